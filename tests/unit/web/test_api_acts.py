"""What programs do: as a person, with what both token and person may, by the console's own rules."""

from dataclasses import replace

import pytest
from aiohttp import FormData

from staff.audit_trail import AuditFilter
from staff.permissions import Permission
from staff.profile import profile_of
from staff.roles import Role
from staff.scope import Scope
from staff.tokens import GRANTABLE, LABELS
from tests.unit.web.test_access import path_of
from web import access
from web.who import ByToken

REASON = {"reason": "Por pedido de Comercial"}
STEP = {"revision": 1}
BODIES = {
    "/api/v1/altas": {"name": "Hogar Nuevo", "client": "Zafiro", "type": "banco", "subsidiary": "AR"},
    "/api/v1/altas/{id}": {"name": "Hogar Nuevo", "revision": 1},
    "/api/v1/altas/{id}/steps/{step}/finish": STEP,
    "/api/v1/altas/{id}/steps/{step}/sign": STEP | {"area": "it", "approved": True},
    "/api/v1/altas/{id}/steps/{step}/skip": STEP,
    "/api/v1/altas/{id}/steps/{step}/back": STEP | REASON | {"to": "coberturas"},
    "/api/v1/altas/{id}/steps/{step}/reopen": STEP | REASON,
    "/api/v1/altas/{id}/steps/{step}/assign": STEP | {"owner": "ana"},
    "/api/v1/altas/{id}/steps/{step}/due": STEP | REASON | {"due": "2031-01-31"},
    "/api/v1/altas/{id}/comments": {"text": "Falta la grúa"},
    "/api/v1/altas/{id}/suspend": REASON,
    "/api/v1/altas/{id}/resume": {},
    "/api/v1/altas/{id}/cancel": REASON,
    "/api/v1/altas/{id}/move": REASON,
    "/api/v1/altas/{id}/coverages": {"version": 0, "coverages": []},
    "/api/v1/altas/{id}/coverages/archive": {"step": "archivado"},
    "/api/v1/altas/{id}/coverages/deliveries/{delivery}/again": {},
    "/api/v1/altas/{id}/documents": b"%PDF-",
    "/api/v1/altas/{id}/documents/{document}/sign-off": {"what": "reviewed"},
    "/api/v1/altas/{id}/number-request": {
        "line": "0800",
        "fantasy_name": "HOGAR",
        "notice": "general",
        "starts": "2031-01-31",
    },
    "/api/v1/altas/{id}/number-request/sign": {"area": "it", "version": 1, "approved": True},
    "/api/v1/altas/{id}/letters/{kind}": {"subject": "Datos", "text": "Van.", "to": [], "once": "1"},
    "/api/v1/altas/{id}/letters/{kind}/preview": {"subject": "Datos", "text": "Van."},
    "/api/v1/altas/{id}/numbers/reserve": {"carrier": "telecom-ar"},
    "/api/v1/altas/{id}/numbers/request": {"header": "+541143218765"},
    "/api/v1/altas/{id}/numbers/link": {"header": "+541143218765", "public": "0800-555-0001"},
    "/api/v1/numbers/{e164}/move": REASON | {"move": "retire", "revision": 1},
    "/api/v1/numbers/{e164}/link": {"other": "0800-555-0001"},
    "/api/v1/numbers/{e164}/change": {"note": "Portado", "revision": 1},
    "/api/v1/number-moves": REASON | {"numbers": ["+541143218765"], "move": "retire"},
    "/api/v1/number-loads": b"numero\n011 4000-1000\n",
    "/api/v1/number-loads/{load}": {},
    "/api/v1/number-loads/{load}/drop": {},
    "/api/v1/line-test-runs": {"plan": "hogar-nandu", "kind": "it"},
    "/api/v1/line-test-runs/{id}/cancel": {},
    "/api/v1/providers": {"name": "Manos", "subsidiary": "AR", "services": ["hogar"], "zones": ["Córdoba"]},
    "/api/v1/providers/{id}": {"note": "Ojo", "revision": 1},
    "/api/v1/providers/{id}/documents": b"%PDF-",
    "/api/v1/provider-loads": "prestador;filial;servicios;zonas\nManos;AR;hogar;Córdoba\n".encode(),
    "/api/v1/provider-loads/{load}": {},
    "/api/v1/provider-loads/{load}/drop": {},
    "/api/v1/providers/{id}/state": REASON | {"state": "suspended", "revision": 1},
    "/api/v1/providers/check/{plan}/confirm": {"needs": "0" * 64},
    "/api/v1/providers/check/{plan}/demand": {"zones": ["Córdoba"], "revision": 0},
    "/api/v1/providers/check/{plan}/tasks": {"due": "2031-01-31"},
    "/api/v1/selections/{id}/change": {"owner": "pedro", "due": "2031-01-31"},
    "/api/v1/selections/{id}/waive": REASON,
    "/api/v1/selections/{id}/reopen": REASON,
    "/api/v1/releases/{plan}": REASON | {"fingerprint": "plan-hogar-nandu-000000000000"},
    "/api/v1/releases/{plan}/cancel": REASON,
    "/api/v1/releases/{plan}/suspend": REASON,
    "/api/v1/releases/{plan}/canary": {},
    "/api/v1/drafts/{plan}": {"text": "plan: otro\n", "revision": 0},
    "/api/v1/drafts/{plan}/begin": {},
    "/api/v1/drafts/{plan}/drop": {"revision": 1},
    "/api/v1/drafts/{plan}/restore": {"what": "v1"},
    "/api/v1/drafts/{plan}/publish": {"revision": 1, "shown": "x"},
    "/api/v1/drafts/{plan}/hurry": REASON | {"revision": 1, "shown": "x"},
    "/api/v1/drafts/{plan}/withdraw": REASON,
    "/api/v1/training/{plan}/sessions": {"held": "2026-01-05", "trainer": "Tina", "attended": ["Ana; 90"]},
    "/api/v1/training/sessions/{id}/withdraw": REASON,
    "/api/v1/training/sessions/{id}/documents": b"%PDF-",
    "/api/v1/training/{plan}/bases": b"dni;nombre",
    "/api/v1/training/bases/{id}/end": {"ending": "Se destruyó"},
    "/api/v1/sheets/{plan}/remind": {},
    "/api/v1/sheets/{plan}/start-without": REASON,
    "/api/v1/absences": {"person": "carla", "first": "2031-01-01", "last": "2031-01-02"},
    "/api/v1/absences/{id}/end": {},
    "/api/v1/mail/{id}/again": {},
    "/api/v1/mail/{id}/withdraw": {},
    "/api/v1/prompts/{plan}/say/{prompt}": b"RIFF",
    "/api/v1/prompts/{plan}/say/{prompt}/waive": REASON,
    "/api/v1/prompts/{plan}/say/{prompt}/unwaive": {},
    "/api/v1/prompts/{plan}/recordings/{id}/approve": {},
    "/api/v1/prompts/{plan}/recordings/{id}/reject": REASON,
    "/api/v1/prompts/{plan}/recordings/{id}/withdraw": REASON,
    "/api/v1/prompts/{plan}/recordings/{id}/reconsider": {},
}
"""What each door is sent: something that its model takes; bytes are a file."""
ACTS = [row for row in access.ROUTES if isinstance(row.who, ByToken) and row.method == "POST"]


async def sent(visitor, row, token, body=None):
    """The answer of a door to a body, or to one that it takes."""
    given = BODIES[row.path] if body is None else body
    if isinstance(given, bytes):
        return await sent_file(visitor, path_of(row).removeprefix("/api/v1/"), token, given)
    return await posted(visitor, path_of(row).removeprefix("/api/v1/"), token, **given)


async def sent_file(visitor, path, token, content, *, named="archivo.wav", **fields):
    form = FormData(default_to_multipart=True)
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("file", content, filename=named)
    headers = {"Authorization": f"Bearer {token}"}
    return await visitor.session.post(visitor.root.with_path(f"/api/v1/{path}"), data=form, headers=headers)


async def posted(visitor, path, token, **body):
    headers = {"Authorization": f"Bearer {token}"}
    return await visitor.session.post(visitor.root.with_path(f"/api/v1/{path}"), json=body, headers=headers)


async def asked(visitor, path, token):
    answer = await visitor.get(f"/api/v1/{path}", Authorization=f"Bearer {token}")
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def token_of(house, name, *more):
    """A token of a person with all that they may."""
    person = await house.person(name)
    may = [each for each in LABELS if person.may(each)]
    return await house.tokens.add(f"de-{name}", may, person=person)


def test_every_door_that_does_something_is_asked_below():
    assert {row.path for row in ACTS} == set(BODIES)


async def test_who_only_reads_does_nothing(house):
    token = await house.tokens.add("lector", GRANTABLE)
    async with house.at() as visitor:
        for row in ACTS:
            answer = await sent(visitor, row, token)
            code = "token-permission" if row.who.permission else "token-person"
            assert (answer.status, (await answer.json())["code"]) == (403, code), row.path


async def test_what_the_person_may_not_their_token_may_not(house):
    for role, name in PEOPLE.items():
        person, token = await house.person(name), await token_of(house, name)
        async with house.at() as visitor:
            for row in ACTS:
                answer = await sent(visitor, row, token)
                may = row.who.permission is None or person.may(row.who.permission)
                assert (answer.status == 403) is not may, f"{row.path} as {role}"
                assert answer.status < 500, row.path


PEOPLE = {Role.OPERATIONS: "olga", Role.IT: "ivan", Role.COMMERCIAL: "carla", Role.TMK: "tina"}


async def test_a_token_loses_what_its_person_loses(house):
    token = await token_of(house, "olga")
    olga = await house.person("olga")
    async with house.at() as visitor:
        door = next(row for row in ACTS if row.path == "/api/v1/releases/{plan}/cancel")
        assert (await sent(visitor, door, token)).status == 422
        await house.staffing.change(olga, replaced(olga, roles=frozenset({Role.QUALITY})))
        assert (await sent(visitor, door, token)).status == 403
        await house.staffing.deactivate("olga", reason="baja")
        assert (await sent(visitor, door, token)).status == 401


async def test_a_token_sees_no_more_than_its_person(house):
    await house.publishes_the_examples()
    token = await token_of(house, "olga")
    olga = await house.person("olga")
    await house.staffing.change(olga, replaced(olga, scope=Scope(frozenset({"CO"}))))
    narrower = await house.tokens.add(
        "mx", [Permission.ALTA_READ], Scope(frozenset({"MX"})), person=await house.person("olga")
    )
    async with house.at() as visitor:
        seen = (await asked(visitor, "releases", token))["items"]
        assert {each["subsidiary"] for each in seen} == {"CO"}
        assert (await asked(visitor, "releases", narrower))["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "Falta «reason»"),
        (b"{", 400, "El cuerpo no es JSON"),
        (b"[]", 400, "El cuerpo no es un objeto"),
        (b'{"reason": 5}', 400, "«reason» no sirve así"),
        (b'{"reason": " "}', 400, "«reason» no sirve así"),
        (b'{"reason": "\\u200b \\u00a0\\u202e"}', 400, "«reason» no sirve así"),
        (b'{"reason": "x", "razon": "y"}', 400, "«razon» no es un parámetro"),
        (b'{"reason": "x", "plan": "otro"}', 400, "«plan» no es un parámetro"),
        (b'{"reason": "\\ud800"}', 400, ""),
        (b'{"reason": "' + b"x" * 70_000 + b'"}', 413, "demasiado grande"),
        (b"[" * 60_000, 400, "El cuerpo no es JSON"),
    ],
)
async def test_a_body_that_makes_no_sense_is_answered_with_what_to_write(house, body, status, said):
    await house.publishes_the_examples()
    token = await token_of(house, "olga")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with house.at() as visitor:
        address = visitor.root.with_path("/api/v1/releases/hogar-nandu/suspend")
        answer = await visitor.session.post(address, data=body, headers=headers)
        assert (answer.status, answer.content_type) == (status, "application/problem+json")
        assert said in (await answer.json())["title"]
        other = await visitor.session.post(
            address, data=b"reason=x", headers=headers | {"Content-Type": "text/csv"}
        )
        assert (other.status, (await other.json())["code"]) == (415, "not-this-type")
        query = await visitor.session.post(address.with_query(reason="x"), json=REASON, headers=headers)
        assert query.status == 400
    assert house.book.of("hogar-nandu").live is not None


async def test_what_was_done_is_the_persons_and_says_by_which_token(house):
    await house.publishes_the_examples()
    token = await token_of(house, "olga")
    async with house.at() as visitor:
        answer = await posted(visitor, "releases/hogar-nandu/suspend", token, **REASON)
        assert answer.status == 200 and (await answer.json())["candidate"]["suspended"]
        again = await posted(visitor, "releases/hogar-nandu/suspend", token, **REASON)
        assert (again.status, (await again.json())["code"]) == (422, "refused")
    found = (await house.audit.page(AuditFilter(actor="olga"))).rows
    told = {(row.via, row.reason, row.after["by_token"]) for row in found}
    assert told == {("api", REASON["reason"], "de-olga")}


def replaced(person, **changes):
    return replace(profile_of(person), **changes)
