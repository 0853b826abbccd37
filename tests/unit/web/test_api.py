"""Calls and cases for other programs, and what machines ask of the service."""

from datetime import UTC, date, datetime, timedelta

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import insert
from yarl import URL

from mail.tables import received
from plans.model import Account, Coverage
from provisioning.alta.coverage_list import Coverages
from provisioning.alta.number_request import NumberRequest
from provisioning.alta.request import AltaRequest
from provisioning.network.papers import Owner
from provisioning.network.profile import profile_of
from provisioning.network.tables import provider_loads
from provisioning.network.training import Attendee, Handing, Session
from provisioning.numbers.states import NumberKind
from provisioning.numbers.tables import number_loads
from provisioning.numbers.values import Entry
from provisioning.proof.reports import Kind, Report, Result
from provisioning.proof.runs import Run, RunState
from staff.audit_trail import AuditFilter
from staff.permissions import Permission
from staff.scope import Scope
from staff.tokens import GRANTABLE, LABELS
from tests.unit.ivr_audio.sounds import voice, write
from tests.unit.web.test_network import WHOLE
from tests.unit.web.test_notices import letter
from tests.unit.web.test_release import released_line
from web.access import ROUTES
from web.who import ByToken

READS = [Permission.CALL_READ, Permission.CASE_READ, Permission.LINE_READ, Permission.ALTA_READ]

FIELDS = {
    "id", "linkedid", "line", "public", "plan", "caller", "choice", "digits",
    "coordinator", "started", "answered", "ended", "outcome", "case",
}  # fmt: skip


@pytest.fixture
async def bearer(house):
    return {"Authorization": f"Bearer {await house.tokens.add('informes')}"}


async def test_a_call_has_what_was_promised(house, bearer):
    await house.rings()
    case = await house.answers()
    await house.hangs_up()
    async with house.at() as visitor:
        body = await (await visitor.get("/api/v1/calls", **bearer)).json()
        (call,) = body["items"]
        assert call.keys() >= FIELDS and body["next"] is None
        assert call["digits"] == {"documento": "30123456"} and call["case"] == case
        assert await (await visitor.get("/api/v1/calls/pbx1-1.1", **bearer)).json() == call
        assert (call["coordinator"], call["outcome"]) == ("ana", "answered")
        assert datetime.fromisoformat(call["started"]).utcoffset().total_seconds() == 0


async def test_a_case_names_its_calls(house, bearer):
    await house.rings()
    await house.answers()
    async with house.at() as visitor:
        (case,) = (await (await visitor.get("/api/v1/cases", **bearer)).json())["items"]
        assert case["calls"] == ["pbx1-1.1"] and case["number"] == "AV-000001"
        for name in ("1", "AV-000001"):
            assert await (await visitor.get(f"/api/v1/cases/{name}", **bearer)).json() == case


@pytest.mark.parametrize("line", ["%2B541143218765", "+541143218765", "541143218765"])
async def test_a_line_is_understood_however_its_plus_arrives(house, bearer, line):
    await house.rings()
    async with house.at() as visitor:
        found = await (await visitor.get(f"/api/v1/calls?line={line}", **bearer)).json()
        other = await (await visitor.get("/api/v1/calls?line=%2B576015551234", **bearer)).json()
        assert len(found["items"]) == 1 and other["items"] == []


async def test_pages_follow_one_another_without_gap_or_double(house, bearer):
    for number in range(5):
        await house.rings(f"pbx1-{number}.1", waits=100 + number)
    async with house.at() as visitor:
        seen, after = [], ""
        while after is not None:
            address = f"/api/v1/calls?limit=2{f'&after={after}' if after else ''}"
            body = await (await visitor.get(address, **bearer)).json()
            seen += [call["id"] for call in body["items"]]
            after = body["next"]
        assert seen == [f"pbx1-{number}.1" for number in range(5)]


@pytest.mark.parametrize(
    ("since", "found"), [("2020-01-01T00:00:00Z", 1), ("2099-01-01T00:00:00%2B00:00", 0)]
)
async def test_since_keeps_what_started_later(house, bearer, since, found):
    await house.rings()
    async with house.at() as visitor:
        body = await (await visitor.get(f"/api/v1/calls?since={since}", **bearer)).json()
        assert len(body["items"]) == found


@pytest.mark.parametrize(
    "query",
    [
        "line=abc",
        "plan=Un Plan",
        "since=ayer",
        "limit=0",
        "limit=201",
        "limit=muchas",
        "after=a b",
        "limite=5",
        "plan=a&plan=b",
    ],
)
@pytest.mark.parametrize("what", ["calls", "cases"])
async def test_a_question_that_makes_no_sense_is_answered_with_what_to_write(house, bearer, what, query):
    async with house.at() as visitor:
        answer = await visitor.get(f"/api/v1/{what}?{query}", **bearer)
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"
        problem = await answer.json()
        assert (problem["code"], problem["status"]) == ("bad-request", 400)
        assert query.split("=")[0] in problem["title"] and problem["detail"]


@pytest.mark.parametrize("what", ["calls", "cases"])
async def test_a_mark_of_no_page_is_not_found(house, bearer, what):
    async with house.at() as visitor:
        answer = await visitor.get(f"/api/v1/{what}?after=nada", **bearer)
        assert (answer.status, "after" in (await answer.json())["title"]) == (404, True)


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer nada"}, {"Authorization": "Basic YTpi"}])
async def test_without_a_token_the_api_answers_401_in_json(house, given):
    async with house.at("raul") as visitor:
        answer = await visitor.get("/api/v1/calls", **given)
        assert answer.status == 401 and answer.headers["WWW-Authenticate"] == "Bearer"
        assert "token" in (await answer.json())["title"]


async def test_an_address_of_the_api_that_is_not_there_answers_in_json(house):
    async with house.at() as visitor:
        answer = await visitor.get("/api/v1/nada")
        assert answer.status == 404 and (await answer.json())["code"] == "not-found"


async def test_alive_is_always_said_and_ready_only_when_all_stands(house):
    async with house.at() as visitor:
        assert (await visitor.get("/healthz")).status == 200
        assert (await visitor.get("/readyz")).status == 200
        house.standing = {"database": True, "pbx": False}
        answer = await visitor.get("/readyz")
        assert answer.status == 503 and (await answer.json())["missing"] == ["pbx"]
        assert (await visitor.get("/healthz")).status == 200


async def test_metrics_are_for_this_machine_or_a_token(house, bearer):
    async with house.at() as visitor:
        here = await visitor.get("/metrics")
        assert here.status == 200 and "altavoz_pop_delay_seconds_bucket" in await here.text()
        proxied = {"X-Forwarded-For": "203.0.113.5"}
        assert (await visitor.get("/metrics", **proxied)).status == 401
        assert (await visitor.get("/metrics", **proxied, **bearer)).status == 200


async def test_metrics_under_another_machines_name_need_a_token(house, bearer):
    """A page elsewhere whose name is made to lead here would else read them in a browser here."""
    async with house.at() as visitor:
        for host in ("mal.example", f"mal.example:{visitor.root.port}", "127.0.0.1.mal.example", "10.0.0.1"):
            assert (await visitor.get("/metrics", Host=host)).status == 401
            assert (await visitor.get("/metrics", Host=host, **bearer)).status == 200
        for host in ("localhost", f"LOCALHOST:{visitor.root.port}", "127.0.0.1", "[::1]:8080"):
            assert (await visitor.get("/metrics", Host=host)).status == 200


async def test_an_accident_is_a_page_that_tells_nothing_of_the_inside(house):
    async def broken():
        raise RuntimeError("secreto interno")

    house._ready = broken
    async with house.at() as visitor:
        answer = await visitor.get("/readyz")
        assert answer.status == 500
        text = await answer.text()
        assert "secreto" not in text and "avise a Sistemas" in text


async def test_the_parts_of_a_call_add_up_to_it(house, bearer):
    await house.rings()
    await house.answers()
    await house.hangs_up()
    async with house.at() as visitor:
        call = await (await visitor.get("/api/v1/calls/pbx1-1.1", **bearer)).json()
        lasted = datetime.fromisoformat(call["ended"]) - datetime.fromisoformat(call["started"])
        parts = sum(call[name] for name in ("ivr", "waiting", "talking", "held"))
        assert parts == pytest.approx(lasted.total_seconds(), abs=0.001)


DOORS = {
    "/api/v1/calls": Permission.CALL_READ,
    "/api/v1/calls/pbx1-1.1": Permission.CALL_READ,
    "/api/v1/cases": Permission.CASE_READ,
    "/api/v1/cases/1": Permission.CASE_READ,
    "/api/v1/lines": Permission.LINE_READ,
    "/api/v1/plans": Permission.LINE_READ,
    "/api/v1/numbers": Permission.NUMBER_READ,
    "/api/v1/numbers/541140003000": Permission.NUMBER_READ,
    "/api/v1/number-loads/00000000000000000000000000000000": Permission.NUMBER_WRITE,
    "/api/v1/line-test-runs": Permission.ALTA_READ,
    "/api/v1/line-test-runs/1": Permission.ALTA_READ,
    "/api/v1/providers": Permission.PROVIDER_READ,
    "/api/v1/providers/1": Permission.PROVIDER_READ,
    "/api/v1/providers/1/documents": Permission.PROVIDER_READ,
    "/api/v1/providers/1/documents/3": Permission.PROVIDER_READ,
    "/api/v1/provider-loads/00000000000000000000000000000000": Permission.PROVIDER_WRITE,
    "/api/v1/providers/check/hogar-nandu": Permission.PROVIDER_READ,
    "/api/v1/selections": Permission.PROVIDER_READ,
    "/api/v1/status": Permission.STATUS_READ,
    "/api/v1/audit": Permission.AUDIT_READ,
    "/api/v1/altas": Permission.ALTA_READ,
    "/api/v1/altas/1": Permission.ALTA_READ,
    "/api/v1/altas/1/events": Permission.ALTA_READ,
    "/api/v1/altas/1/coverages": Permission.ALTA_READ,
    "/api/v1/altas/1/coverages/versions": Permission.ALTA_READ,
    "/api/v1/altas/1/coverages/compare": Permission.ALTA_READ,
    "/api/v1/altas/1/coverages/pdf": Permission.ALTA_READ,
    "/api/v1/altas/1/coverages/yaml": Permission.ALTA_READ,
    "/api/v1/altas/1/coverages/deliveries": Permission.ALTA_READ,
    "/api/v1/altas/1/documents": Permission.ALTA_READ,
    "/api/v1/altas/1/documents/2": Permission.ALTA_READ,
    "/api/v1/altas/1/number-request": Permission.ALTA_READ,
    "/api/v1/altas/1/number-request/pdf": Permission.ALTA_READ,
    "/api/v1/altas/1/letters": Permission.ALTA_WRITE,
    "/api/v1/altas/ALTA-2/letters/announcement": Permission.ALTA_WRITE,
    "/api/v1/folders": Permission.ALTA_READ,
    "/api/v1/folders/documents": Permission.ALTA_READ,
    "/api/v1/line-tests": Permission.ALTA_READ,
    "/api/v1/line-tests/1": Permission.ALTA_READ,
    "/api/v1/releases": Permission.ALTA_READ,
    "/api/v1/releases/hogar-nandu": Permission.ALTA_READ,
    "/api/v1/prompts": Permission.ALTA_READ,
    "/api/v1/prompts/hogar-nandu": Permission.ALTA_READ,
    "/api/v1/prompts/hogar-nandu/say/saludo/voice.wav": Permission.ALTA_READ,
    "/api/v1/prompts/hogar-nandu/recordings/1/heard.wav": Permission.ALTA_READ,
    "/api/v1/prompts/hogar-nandu/recordings/1/original": Permission.ALTA_READ,
    "/api/v1/drafts": Permission.ALTA_READ,
    "/api/v1/drafts/hogar-nandu": Permission.ALTA_READ,
    "/api/v1/drafts/hogar-nandu/diff": Permission.ALTA_READ,
    "/api/v1/drafts/hogar-nandu/publication": Permission.ALTA_READ,
    "/api/v1/drafts/hogar-nandu/proposal": Permission.RELEASE_WRITE,
    "/api/v1/training": Permission.ALTA_READ,
    "/api/v1/training/hogar-nandu": Permission.ALTA_READ,
    "/api/v1/training/sessions/1/documents/2": Permission.ALTA_READ,
    "/api/v1/training/bases/1/file": Permission.TRAINING_WRITE,
    "/api/v1/times": Permission.ALTA_READ,
    "/api/v1/sheets/hogar-nandu/readers": Permission.ALTA_READ,
    "/api/v1/absences": None,
    "/api/v1/mail": Permission.MAIL_READ,
    "/api/v1/mail/1": Permission.MAIL_READ,
    "/api/v1/mail/received": Permission.MAIL_READ,
    "/api/v1/mail/received/1": Permission.MAIL_READ,
    "/api/v1/dossiers": Permission.ALTA_READ,
    "/api/v1/dossiers/1": Permission.ALTA_READ,
    "/api/v1/dossiers/1/pdf": Permission.ALTA_READ,
}
"""What is read, as an address of it that answers once `everything` was done."""
PLACES = {"0" * 32: "{load}", "541140003000": "{e164}"} | {
    "1": "{id}",
    "pbx1-1.1": "{id}",
    "hogar-nandu": "{plan}",
    "saludo": "{prompt}",
    "2": "{document}",
    "3": "{document}",
    "ALTA-2": "{id}",
    "announcement": "{kind}",
}
READ_ROWS = [row for row in ROUTES if isinstance(row.who, ByToken) and row.method == "GET"]


def door_of(path):
    """The row's path of an address."""
    return "/".join(PLACES.get(part, part) for part in path.split("/"))


async def begun_alta(house):
    """ALTA-1, with two versions of its coverages, two documents, and a number request."""
    account = Account(name="Seguros Ñandú S.A.", type="aseguradora")
    asked = AltaRequest(plan="auto-tero", name="Auto Tero", account=account, subsidiary="AR")
    altas = house.office.altas
    alta = await altas.start(asked, None)
    await altas.finish(alta.id, "prospecto", None)
    tow = Coverage(code="GRUA", name="Grúa", service="grua", kind="emergencia")
    for said in ("", "Todo el país."):
        await altas.coverages.save(alta.id, Coverages(coverages=(tow,), conditions=said), None)
    for name in ("contrato.pdf", "anexo.pdf"):
        await altas.documents.attach(alta.id, "", "", name, b"%PDF-1.4", None)
    for step in ("coberturas", "enviadas", "observaciones", "ajustadas"):
        await altas.finish(alta.id, step, None, reason="Así es")
    await altas.documents.attach(alta.id, "contrato", "contrato", "contrato.pdf", b"%PDF-1.4", None)
    await altas.finish(alta.id, "contrato", None, {"diferencias": "Ninguna."})
    notice = altas.forms.notices(await altas.find(alta.id))[0]
    given = {"line": "0800", "fantasy_name": "AUTO", "starts": date(2031, 3, 1)}
    given |= {"notice": notice.name, "notice_text": notice.text}
    await altas.forms.save(alta.id, NumberRequest(**given), None)


def tested():
    """A report of a test that was stopped before its first call."""
    begun = datetime(2026, 11, 26, 21, tzinfo=UTC)
    of = ("auto-tero", "Auto Tero", "AR", "Seguros Ñandú S.A.", "ab" * 32, "plan-auto-tero", "3f2a", "ivan")
    return Report(Kind.IT, *of, begun, begun + timedelta(minutes=1), Result.CANCELLED)


def test_every_door_of_the_api_is_asked_below():
    asked = {door_of(path): ByToken(may) for path, may in DOORS.items()}
    assert {row.path: row.who for row in READ_ROWS} == asked


async def papers_and_letters(house):
    """A training with its second piece of material, a provider's paper, a database, a sheet that is read, a
    letter each way.
    """
    office, now = house.office, house.clock()
    wanted = await office.plan_needs.of_plan("hogar-nandu")
    day = house.site.subsidiaries["AR"].here(now).date()
    held = await office.trainings.hold(wanted, Session(day, "Tina", (Attendee("Ana"),)), day)
    for number in range(2):
        owner = Owner("training", held.id, held.plan)
        await office.network_papers.attach(owner, "Guion", f"{number}.pdf", b"%PDF-1.4 guion")
    await office.network_papers.attach(Owner("provider", 1, "Manos"), "Seguro", "seguro.pdf", b"%PDF-1.4")
    handing = Handing("Tina", day, day, stored=True)
    await office.trainings.hand(wanted, handing, "base.csv", b"nombre\nAna\n")
    async with house.engine.begin() as connection:
        plan = house.book.of("hogar-nandu").live.version.plan
        named = {"plan": plan.plan, "name": plan.name, "account": plan.account, "subsidiary": "AR"}
        alta = await office.altas.start(AltaRequest(kind="otro-si", **named), None)
        await office.notices.sheets.ask(connection, alta, "raul")
        await connection.execute(insert(received).values(ARRIVED | {"at": now}))
    await letter(house)


async def numbers_and_a_test(house):
    """A number, files of numbers and providers that Raúl looked at, a test under way, a provider."""
    await house.office.providers.add(profile_of(WHOLE))
    await house.office.numbers.add([Entry("+541140003000", NumberKind.HEADER, "AR", "telecom-ar")])
    of = {"subsidiary": "AR", "carrier": "telecom-ar", "kind": "header", "area": ""}
    file = {
        "id": "0" * 32,
        "at": house.clock(),
        "actor": "raul",
        "name": "n.csv",
        "content": b"011 4000-1000\n",
    }
    async with house.engine.begin() as connection:
        await connection.execute(insert(number_loads).values(file | of))
        red = {"subsidiary": "AR", "content": "prestador;servicios;zonas\nManos;hogar;Córdoba\n".encode()}
        await connection.execute(insert(provider_loads).values(file | red))
    report = tested()
    same = {name: getattr(report, name) for name in ("kind", "plan", "plan_name", "subsidiary", "account")}
    same |= {name: getattr(report, name) for name in ("version", "fingerprint", "release", "by", "begun")}
    await house.office.line_tests.runs.begin(Run(0, **same, state=RunState.RUNNING))


ARRIVED = {
    "digest": "ab" * 32, "sender": "ana@empresa.example", "subject": "Re: su turno", "text": "Listo",
    "size": 5, "outcome": "refused", "reason": "No se sabe de qué alta es.", "about": "",
    "subsidiary": "", "account": "", "sought": "",
}  # fmt: skip


async def everything(house, folder):
    """Something behind each door."""
    file = write(folder / "saludo.wav", voice(44100), 44100)
    await house.office.prompts.bring("hogar-nandu", "saludo", "Bienvenido", file, file.name, "file")
    await house.rings()
    await house.answers()
    await begun_alta(house)
    await house.office.reports.add(tested())
    await released_line(house)
    await numbers_and_a_test(house)
    await papers_and_letters(house)


async def test_a_token_passes_the_doors_of_its_permissions_and_no_other(house, tmp_path):
    await everything(house, tmp_path)
    async with house.serving() as root, house.visit(root) as visitor:
        raul = await house.person("raul")
        for permission in dict.fromkeys(filter(None, DOORS.values())):
            person = None if permission in GRANTABLE else raul
            token = await house.tokens.add(permission.replace(":", "-"), [permission], person=person)
            for path, asked in DOORS.items():
                answer = await visitor.get(path, Authorization=f"Bearer {token}")
                own = asked is None and person is not None
                assert answer.status == (200 if own or asked is permission else 403), (path, permission)
                if answer.status == 403 and asked:
                    assert asked in (await answer.json())["title"]


async def test_a_token_sees_the_rows_of_its_subsidiaries_and_accounts_only(house):
    await house.rings("pbx1-1.1")
    await house.answers("pbx1-1.1")
    await house.hangs_up("pbx1-1.1")
    colombia = await house.tokens.add("colombia", READS, Scope(frozenset({"CO"})))
    other = await house.tokens.add("otra", READS, Scope(accounts=frozenset({"Otra cuenta"})))
    await begun_alta(house)
    await house.office.reports.add(tested())
    async with house.serving() as root, house.visit(root) as visitor:
        for token in (colombia, other):
            bearer = {"Authorization": f"Bearer {token}"}
            for what in ("calls", "cases", "altas"):
                assert (await (await visitor.get(f"/api/v1/{what}", **bearer)).json())["items"] == []
            assert (await visitor.get("/api/v1/calls/pbx1-1.1", **bearer)).status == 404
            for path in ("cases/1", "altas/1", "altas/1/events", "altas/1/coverages"):
                assert (await visitor.get(f"/api/v1/{path}", **bearer)).status == 404
        lines = await (await visitor.get("/api/v1/lines", Authorization=f"Bearer {colombia}")).json()
        assert {line["subsidiary"] for line in lines["items"]} == {"CO"}
        plans = await (await visitor.get("/api/v1/plans", Authorization=f"Bearer {other}")).json()
        assert plans["items"] == []


async def test_each_answer_that_shows_an_affiliate_is_in_the_audit_trail(house, bearer):
    await house.rings()
    await house.answers()
    paths = ["/api/v1/cases?state=open", "/api/v1/cases/AV-000001", "/api/v1/calls", "/api/v1/calls/pbx1-1.1"]
    async with house.at() as visitor:
        for path in paths:
            assert (await visitor.get(path, **bearer)).status == 200
        assert (await visitor.get("/api/v1/cases/9", **bearer)).status == 404
    rows = (await house.audit.page(AuditFilter(actor="token:informes"))).rows
    assert [(row.action, row.subject) for row in reversed(rows)] == [
        ("case.listed", "/api/v1/cases"),
        ("case.read", "AV-000001"),
        ("call.listed", "/api/v1/calls"),
        ("call.read", "pbx1-1.1"),
    ]
    assert rows[-1].after == {"state": "open"} and rows[-1].via == "api" and rows[-1].address == "127.0.0.1"


async def test_the_audit_trail_is_read_page_by_page(house):
    token = await house.tokens.add("auditor", [Permission.AUDIT_READ])
    async with house.at() as visitor:
        bearer = {"Authorization": f"Bearer {token}"}
        for _ in range(4):
            first = await (await visitor.get("/api/v1/audit?limit=2", **bearer)).json()
        following = await (await visitor.get(f"/api/v1/audit?limit=2&after={first['next']}", **bearer)).json()
        ids = [deed["id"] for deed in first["items"] + following["items"]]
        assert ids == sorted(ids, reverse=True) and len(set(ids)) == 4


async def test_a_token_that_was_revoked_or_has_lapsed_opens_nothing(house):
    token = await house.tokens.add("informes", days=1)
    async with house.serving() as root, house.visit(root) as visitor:
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await visitor.get("/api/v1/calls", **bearer)).status == 200
        now, house.clock = house.clock, lambda: datetime.now(UTC) + timedelta(days=2)
        assert (await visitor.get("/api/v1/calls", **bearer)).status == 401
        house.clock = now
        await house.tokens.revoke("informes")
        assert (await visitor.get("/api/v1/calls", **bearer)).status == 401


async def test_the_document_is_valid_and_names_every_door(house):
    async with house.at() as visitor:
        document = await (await visitor.get("/api/openapi.json")).json()
    validate(document)
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {row.path for row in ROUTES if isinstance(row.who, ByToken)}


async def test_answers_are_as_the_document_says(house, tmp_path):
    await everything(house, tmp_path)
    raul = await house.person("raul")
    token = await house.tokens.add("todo", LABELS, person=raul)
    async with house.at() as visitor:
        document = await (await visitor.get("/api/openapi.json")).json()
        for path in DOORS:
            door = document["paths"][door_of(path)]["get"]
            for given, status in ((token, "200"), ("nada", "401")):
                answer = await visitor.get(path, Authorization=f"Bearer {given}")
                (kind, content), *_ = door["responses"][status]["content"].items()
                assert (answer.status, answer.content_type) == (int(status), kind)
                schema = content["schema"] | {"components": document["components"]}
                if kind.endswith("json"):
                    Draft202012Validator(schema).validate(await answer.json())


async def test_the_documents_page_shows_every_door_to_who_is_signed_in(house):
    async with house.serving() as root:
        async with house.visit(root, "tina") as visitor:
            page = await (await visitor.get("/api/docs")).text()
            doors = [row for row in ROUTES if isinstance(row.who, ByToken)]
            assert all(f"{row.method} {row.path}<" in page for row in doors)
        async with house.visit(root) as stranger:
            assert (await stranger.get("/api/docs")).headers["Location"].startswith("/sign-in")


async def test_another_method_says_which_there_are(house, bearer):
    async with house.at() as visitor:
        answer = await visitor.session.put(visitor.root.join(URL("/api/v1/calls")), headers=bearer)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")
        assert answer.content_type == "application/problem+json"
