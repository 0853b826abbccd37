"""The console's pages of notices: the mail, days off, sheets to be read, letters looked at before they go."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from mail.letter import Letter
from mail.tables import outbox
from provisioning.alta.load import SHIPPED, load_procedure
from provisioning.alta.request import AltaRequest
from staff.changes import PeopleChanges
from staff.profile import profile_of
from staff.scope import Scope

PLAN = "hogar-nandu"
_AREAS = {label: name for name, label in load_procedure(SHIPPED).procedure.areas().items()}
COMMERCIAL, OPERATIONS = _AREAS["Comercial"], _AREAS["Operaciones"]


async def changed(house, name, **columns):
    person = await house.person(name)
    await PeopleChanges(house.engine, house.clock).change(
        name, replace(profile_of(person), **columns), person.revision
    )


async def letter(house, state="failed", **columns):
    """A letter that stands at this state; its id."""
    written = Letter("notice", "ana@empresa.example", "Es su turno", "Hola\n", "<p>Hola</p>", **columns)
    async with house.engine.begin() as connection:
        id = await house.outbox.put(connection, written, house.clock())
        await connection.execute(update(outbox).where(outbox.c.id == id).values(state=state, error="550 no"))
    return id


@pytest.fixture
async def alta(house):
    """An otro sí of the example plan, whose coordinators are asked to read."""
    for name in (COMMERCIAL, OPERATIONS):
        await house.areas.add(name, name.title())
    for name, area in (("carla", COMMERCIAL), ("olga", OPERATIONS), ("fabio", COMMERCIAL)):
        await changed(house, name, email=f"{name}@empresa.example", areas=(area,))
    await changed(house, "ana", email="ana@empresa.example")
    plan = house.book.of(PLAN).live.version.plan
    asked = AltaRequest(
        kind="otro-si", plan=PLAN, name=plan.name, account=plan.account, subsidiary=plan.subsidiary
    )
    made = await house.office.altas.start(asked, await house.person("raul"))
    async with house.engine.begin() as connection:
        await house.office.notices.sheets.ask(connection, made, "raul")
    return made


async def test_the_mail_is_searched_and_a_confidential_text_is_not_shown(house):
    await letter(house)
    secret = await letter(house, confidential=True)
    async with house.at("aurora") as visitor:
        page = await (await visitor.get("/mail?text=ana&state=failed", Accept="text/html")).text()
        assert page.count("No salió</span>") == 2
        assert "Ningún correo" in await (await visitor.get("/mail?text=nadie", Accept="text/html")).text()
        page = await (await visitor.get(f"/mail/{secret}", Accept="text/html")).text()
        assert "Es confidencial" in page and "Hola" not in page
        assert (await visitor.post(f"/mail/{secret}/again")).status == 403


async def test_a_doubtful_letter_goes_again_only_deliberately(house):
    id = await letter(house, "doubtful")
    async with house.at("ivan") as visitor:
        refused = await visitor.post(f"/mail/{id}/again", Accept="text/html")
        assert refused.status == 409 and "Puede que ya haya llegado" in await refused.text()
        assert (await visitor.post(f"/mail/{id}/again", {"doubtful": "yes"})).status == 303
    found = await house.outbox.find(id)
    assert found.state == "pending"


async def test_a_letter_that_waits_is_withdrawn(house):
    id = await letter(house, "pending")
    async with house.at("ivan") as visitor:
        assert (await visitor.post(f"/mail/{id}/withdraw")).status == 303
        assert (await visitor.post(f"/mail/{id}/withdraw")).status == 409
    assert (await house.outbox.find(id)).state == "failed"


async def test_a_letter_that_waits_for_the_server_says_so_and_one_that_was_refused_says_when(house):
    id = await letter(house, "pending")
    created, later = (await house.outbox.find(id)).created, datetime(2126, 1, 1, 15, tzinfo=UTC)
    waits, refused = "cuando el servidor responda", "otra vez 1 ene 2126"
    for due, row, whole in (
        (created, waits, "Cuando el servidor de correo responda"),
        (later, refused, "<dd>1 ene 2126"),
    ):
        assert await house.outbox.claim(later - timedelta(days=1))
        await house.outbox.retry(id, due, "no sale")
        async with house.at("ivan") as visitor:
            assert row in await (await visitor.get("/mail", Accept="text/html")).text()
            assert whole in await (await visitor.get(f"/mail/{id}", Accept="text/html")).text()


async def test_who_sees_one_country_sees_its_letters_only(house):
    await changed(house, "ivan", scope=Scope(frozenset({"CO"})))
    await letter(house, about="alta:1", subsidiary="AR")
    mine = await letter(house, about="alta:2", subsidiary="CO")
    nobodys = await letter(house)
    async with house.at("ivan") as visitor:
        page = await (await visitor.get("/mail", Accept="text/html")).text()
        assert re.findall(r"/mail/(\d+)\"", page) == [str(mine)]
        assert (await visitor.get(f"/mail/{nobodys}")).status == 404


async def test_people_set_their_own_days_off_and_heads_those_of_their_people(house, alta):
    await house.areas.change(COMMERCIAL, "Comercial", "carla", None)
    today = house.office.absences.today()
    away = {"first": f"{today}", "last": f"{today + timedelta(days=3)}", "deputy": "olga"}
    async with house.at("fabio") as visitor:
        assert (await visitor.post("/absences", {"person": "carla", **away})).status == 404
        assert (await visitor.post("/absences", {"person": "fabio", **away})).status == 303
        page = await (await visitor.get("/absences", Accept="text/html")).text()
        assert "lo suple Olga Díaz" in page
    async with house.at("carla") as visitor:
        [absence] = await house.office.absences.to_come("fabio")
        assert (await visitor.post(f"/absences/{absence.id}/end")).status == 303
        wrong = await visitor.post(
            "/absences", {"person": "fabio", **away, "last": "ayer"}, Accept="text/html"
        )
        assert wrong.status == 422 and "Escriba el día como" in await wrong.text()


async def test_a_coordinator_reads_and_confirms_and_the_desk_asks_no_more(house, alta):
    async with house.at("ana") as visitor:
        assert "1 plan nuevo por leer" in await (await visitor.get("/desk", Accept="text/html")).text()
        page = await (await visitor.get(f"/sheets/{PLAN}", Accept="text/html")).text()
        shown = re.search(r'name="sheet" value="([0-9a-f]{64})"', page)[1]
        assert "0800-555-1234" in page and "Cerrajería" in page
        assert (await visitor.post(f"/sheets/{PLAN}", {"sheet": "0" * 64}, Accept="text/html")).status == 409
        assert (await visitor.post(f"/sheets/{PLAN}", {"sheet": shown})).status == 303
        assert "por leer" not in await (await visitor.get("/desk", Accept="text/html")).text()


async def test_a_ringing_desk_is_not_asked_to_read(house, alta):
    await house.rings()
    async with house.at("ana") as visitor:
        assert "por leer" not in await (await visitor.get("/desk", Accept="text/html")).text()


async def test_operations_sees_who_has_not_read_and_reminds_them(house, alta):
    async with house.at("olga") as visitor:
        page = await (await visitor.get(f"/sheets/{PLAN}/readers", Accept="text/html")).text()
        assert "Faltan 2 de 2" in page and "Ana Paz" in page
        sent = await visitor.post(f"/sheets/{PLAN}/remind")
        assert sent.headers["Location"].endswith("?reminded=2")
        short = await visitor.post(f"/sheets/{PLAN}/start-without", {"reason": "ya"}, Accept="text/html")
        assert short.status == 422
    async with house.at("carla") as visitor:
        assert (await visitor.post(f"/sheets/{PLAN}/remind")).status == 403


async def test_a_letter_is_seen_before_it_goes_and_goes_once(house, alta):
    path = f"/altas/{alta.id}/letters/announcement"
    async with house.at("carla") as visitor:
        page = await (await visitor.get(path, Accept="text/html")).text()
        once = re.search(r'name="once" value="([^"]+)"', page)[1]
        given = {"once": once, "subject": "Lanzamiento", "text": "Hola <todos>\n\nhttps://x.example/a."}
        seen = await (await visitor.post(path, {**given, "how": "preview"}, Accept="text/html")).text()
        assert "Hola &lt;todos&gt;" in seen and 'href="https://x.example/a"' in seen
        for _ in range(2):
            assert (await visitor.post(path, {**given, "how": "send"})).status == 303
        assert "Lanzamiento" in await (await visitor.get(f"/altas/{alta.id}", Accept="text/html")).text()
    wanted = select(outbox.c.recipient).where(outbox.c.kind == "announcement")
    async with house.engine.connect() as connection:
        sent = (await connection.execute(wanted)).scalars().all()
    assert sorted(sent) == [f"{name}@empresa.example" for name in ("ana", "carla", "fabio", "olga")]


async def test_without_a_mail_server_who_would_write_a_letter_is_told_first(house, alta):
    house.office.notices.drafts._outbox = None
    async with house.at("carla") as visitor:
        path = f"/altas/{alta.id}/letters/announcement"
        page = await (await visitor.get(path, Accept="text/html")).text()
        assert "no tiene un servidor de correo" in page and "Copiar el texto" in page
        assert "<textarea" not in page and "Ver cómo queda" not in page


async def test_how_somebody_is_told_is_theirs_to_choose(house):
    async with house.at("carla") as visitor:
        page = await (await visitor.get("/account", Accept="text/html")).text()
        assert re.findall(r'<option value="America/[^>]*>([^<]*)', page) == [
            "Buenos Aires",
            "Bogotá",
            "Ciudad de México",
        ]
        zone = house.office.preferences.zones[-1]
        chosen = {"how": "digest", "hour": "18", "zone": zone}
        assert (await visitor.post("/account/notices", chosen)).status == 303
        assert (await visitor.post("/account/notices", {**chosen, "how": "never"})).status == 400
    preference = await house.office.preferences.of((await house.person("carla")).id)
    assert (preference.how, preference.hour, preference.zone) == ("digest", 18, zone)
