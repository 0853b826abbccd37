"""Training, times, sheets, absences and mail by programs: what the pages show and do, in a person's name."""

from datetime import timedelta

from staff.audit_trail import AuditFilter
from staff.permissions import Permission
from tests.unit.web.test_api_acts import asked, posted, sent_file, token_of
from tests.unit.web.test_network import found, today, with_coverages
from tests.unit.web.test_notices import alta, letter  # noqa: F401 - a fixture

TRAINING = "training/hogar-premium"


async def test_tmk_writes_down_what_it_learnt_and_was_given(house):
    made = await with_coverages(house)
    tina = await token_of(house, "tina")
    rows = b"nombre;telefono\nZafiro;123\nPerla;456\n"
    session = {"held": today(house).isoformat(), "trainer": "Tina Rey", "attended": ["Ana; 85", "Luis"]}
    base = {"named": "base.csv", "received_by": "Tina Rey", "stored": "true"}
    async with house.at() as visitor:
        plans = {each["plan"]: each for each in (await asked(visitor, "training", tina))["items"]}
        assert plans["hogar-premium"] == {"plan": "hogar-premium", "name": "Hogar Premium", "waits": False}
        assert "hogar-nandu" in plans
        late = session | {"held": (today(house) + timedelta(days=1)).isoformat()}
        assert (await posted(visitor, f"{TRAINING}/sessions", tina, **late)).status == 422
        held = await (await posted(visitor, f"{TRAINING}/sessions", tina, **session)).json()
        (kept,) = held["sessions"]
        assert kept["attended"] == [{"name": "Ana", "mark": 85}, {"name": "Luis", "mark": None}]
        place = f"training/sessions/{kept['id']}"
        guion = {"named": "guion.pdf", "title": "Guion"}
        assert (await sent_file(visitor, f"{place}/documents", tina, b"MZ", **guion)).status == 422
        sent = await sent_file(visitor, f"{place}/documents", tina, b"%PDF-1.4 guion", **guion)
        (paper,) = (await sent.json())["sessions"][0]["material"]
        assert (paper["title"], paper["by"]) == ("Guion", "tina")
        refused = await sent_file(visitor, f"{TRAINING}/bases", tina, rows, **base)
        assert (refused.status, "hasta cuándo" in (await refused.json())["detail"]) == (422, True)
        handed = await sent_file(visitor, f"{TRAINING}/bases", tina, rows, **base, until="2031-01-31")
        assert (await handed.json())["bases"][0]["rows"] == 2
        assert (await found(house, made, "tmk-trained")).by == ("tina",)
        file = await visitor.get("/api/v1/training/bases/1/file", Authorization=f"Bearer {tina}")
        assert await file.read() == rows
        ended = await (await posted(visitor, "training/bases/1/end", tina, ending="Se devolvió")).json()
        assert (ended["bases"][0]["stored"], ended["bases"][0]["ended_by"]) == (False, "tina")
        gone = await (await posted(visitor, f"{place}/withdraw", tina, reason="Otro plan")).json()
        assert gone["sessions"][0]["withdrawn"] == "Otro plan"
        assert (await posted(visitor, f"{place}/withdraw", tina, reason="Otra vez")).status == 409
    deeds = {row.action: row.actor for row in (await house.audit.page(AuditFilter())).rows}
    assert deeds["base.read"] == deeds["training.held"] == "tina"


async def test_times_are_the_pages(house):
    await with_coverages(house)
    token = await token_of(house, "fabio")
    async with house.at() as visitor:
        times = await asked(visitor, "times?months=3", token)
        assert [each["title"] for each in times["steps"]] == ["Prospecto y datos de la cuenta"]
        assert times["months"][0]["key"] == f"{today(house):%Y-%m}"
        assert (await asked(visitor, "times?kind=otro-si", token))["steps"] == []


async def test_who_confirmed_a_sheet_is_told_and_operations_starts_without(house, alta):  # noqa: F811
    olga, carla = await token_of(house, "olga"), await token_of(house, "carla")
    path = "sheets/hogar-nandu"
    async with house.at() as visitor:
        before = await asked(visitor, f"{path}/readers", carla)
        assert (
            not before["confirmed"]
            and {"person": "ana", "name": "Ana Paz", "read": None} in before["readers"]
        )
        ana = await house.person("ana")
        sheets = house.office.notices.sheets
        await sheets.read(ana, "hogar-nandu", sheets.sheet("hogar-nandu").hash)
        after = {
            each["person"]: each["read"]
            for each in (await asked(visitor, f"{path}/readers", carla))["readers"]
        }
        assert after["ana"] and not all(after.values())
        answer = await posted(visitor, f"{path}/start-without", carla, reason="Urge a la cuenta")
        assert (answer.status, (await answer.json())["code"]) == (403, "not-yours")
        assert (await posted(visitor, f"{path}/remind", carla)).status == 403
        assert (await asked(visitor, f"{path}/readers", olga))["excepted_by"] == ""


async def test_days_off_are_ones_own_or_those_of_whom_one_heads(house):
    carla, raul = await token_of(house, "carla"), await token_of(house, "raul")
    days = {"first": "2031-03-03", "last": "2031-03-07"}
    async with house.at() as visitor:
        own = await (await posted(visitor, "absences", carla, **days, deputy="olga")).json()
        (absence,) = own["items"]
        assert (absence["person"], absence["deputy"]) == ("carla", "olga")
        assert (await posted(visitor, "absences", carla, **days, person="olga")).status == 404
        again = await posted(visitor, "absences", carla, **days)
        assert (again.status, "Ya figura ausente" in (await again.json())["detail"]) == (422, True)
        assert (await posted(visitor, "absences", raul, **days, person="olga")).status == 200
        assert [each["person"] for each in (await asked(visitor, "absences", carla))["items"]] == ["carla"]
        assert (await posted(visitor, "absences/2/end", carla)).status == 404
        ended = await (await posted(visitor, f"absences/{absence['id']}/end", raul)).json()
        assert [each["person"] for each in ended["items"]] == ["olga"]


async def test_a_token_that_only_reads_names_no_deputy(house):
    """Whoever finds it would have the areas' turns."""
    reads = await house.tokens.add("lee", [Permission.ALTA_READ], person=await house.person("carla"))
    async with house.at() as visitor:
        answer = await posted(
            visitor, "absences", reads, first="2031-03-03", last="2031-03-07", deputy="olga"
        )
        assert (answer.status, (await answer.json())["code"]) == (403, "token-permission")
        assert (await posted(visitor, "absences/1/end", reads)).status == 403
        assert (await asked(visitor, "absences", reads))["items"] == []


async def test_mail_is_read_sent_again_and_withdrawn(house):
    id, doubtful = await letter(house), await letter(house, state="doubtful")
    secret = await letter(house, confidential=True)
    token = await token_of(house, "raul")
    async with house.at() as visitor:
        first = await asked(visitor, "mail?limit=2", token)
        rest = await asked(visitor, f"mail?limit=2&after={first['next']}", token)
        assert [each["id"] for each in first["items"] + rest["items"]] == [secret, doubtful, id]
        assert rest["next"] is None
        assert [each["id"] for each in (await asked(visitor, "mail?state=doubtful", token))["items"]] == [
            doubtful
        ]
        assert (await asked(visitor, f"mail/{id}", token))["text"] == "Hola\n"
        assert (await asked(visitor, f"mail/{secret}", token))["text"] is None
        assert (await (await posted(visitor, f"mail/{id}/again", token)).json())["state"] == "pending"
        assert (await posted(visitor, f"mail/{doubtful}/again", token)).status == 422
        assert (await posted(visitor, f"mail/{doubtful}/again", token, doubtful=True)).status == 200
        assert (await posted(visitor, f"mail/{id}/withdraw", token)).status == 200
        assert (await asked(visitor, "mail/received", token))["items"] == []
