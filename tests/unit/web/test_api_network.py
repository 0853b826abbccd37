"""Providers by programs: kept, found enough and confirmed by Prestadores, gaps as somebody's task."""

from dataclasses import replace
from datetime import timedelta

from staff.audit_trail import AuditFilter
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.web.test_api_acts import asked, posted, sent_file, token_of
from tests.unit.web.test_api_altas import read
from tests.unit.web.test_network import found, today, with_coverages

MANOS = {
    "name": "Manos del Plata",
    "subsidiary": "AR",
    "services": ["hogar"],
    "zones": ["Todo el país"],
    "capacity": 3,
    "phone": "011 4321-8765",
}
CHECK = "providers/check/hogar-premium"


async def test_a_provider_is_added_changed_and_suspended_and_its_history_says_so(house):
    pedro, carla = await token_of(house, "pedro"), await token_of(house, "carla")
    async with house.at() as visitor:
        assert (await posted(visitor, "providers", carla, **MANOS)).status == 403
        wrong = MANOS | {"zones": [], "hours": "a la tarde", "phone": "123", "capacity": 0}
        refused = (await read(await posted(visitor, "providers", pedro, **wrong), 422))["detail"]
        for said in ("dónde atiende", "Ese teléfono no existe", "de 1 a 9999"):
            assert said in refused
        made = await read(await posted(visitor, "providers", pedro, **MANOS))
        assert (made["id"], made["revision"], made["hours"], made["state"]) == (1, 1, "24 h", "active")
        now = {"zones": ["Córdoba / Río Cuarto", "Santa Fe"], "revision": 1, "reason": "Se achicó"}
        changed = await read(await posted(visitor, "providers/1", pedro, **now))
        assert changed["zones"] == ["Córdoba / Río Cuarto", "Santa Fe"] and changed["capacity"] == 3
        assert (await posted(visitor, "providers/1", pedro, **now | {"capacity": 9})).status == 409
        state = {"state": "suspended", "reason": "Sin seguro"}
        assert (await posted(visitor, "providers/1/state", pedro, **state, revision=1)).status == 409
        done = await read(await posted(visitor, "providers/1/state", pedro, **state, revision=2))
        assert done["state"] == "suspended"
        assert [(each["what"], each["reason"]) for each in done["history"]] == [
            ("state", "Sin seguro"), ("changed", "Se achicó"), ("added", ""),
        ]  # fmt: skip
        assert (await asked(visitor, "providers/1", carla)) == done
    rows = (await house.audit.page(AuditFilter(actor="pedro"))).rows
    assert {row.after.get("by_token") for row in rows if row.via == "api"} == {"de-pedro"}


async def test_providers_confirms_what_it_looked_at_and_the_alta_knows(house):
    alta = await with_coverages(house)
    pedro, ivan = await token_of(house, "pedro"), await token_of(house, "ivan")
    async with house.at() as visitor:
        seen = await asked(visitor, CHECK, pedro)
        assert not seen["enough"] and all(row["gap"] for row in seen["rows"])
        early = await read(await posted(visitor, f"{CHECK}/confirm", pedro, needs=seen["needs"]), 422)
        assert "No alcanza." in early["detail"]
        await read(await posted(visitor, "providers", pedro, **MANOS))
        assert (await posted(visitor, f"{CHECK}/confirm", ivan, needs=seen["needs"])).status == 403
        assert (await posted(visitor, f"{CHECK}/confirm", pedro, needs="0" * 64)).status == 409
        word = await read(
            await posted(visitor, f"{CHECK}/confirm", pedro, needs=seen["needs"], note="Los tres")
        )
        assert (word["enough"], word["confirmed"]["by"], word["confirmed"]["note"]) == (
            True,
            "pedro",
            "Los tres",
        )
        assert (await found(house, alta, "providers-sufficient")).by == ("pedro",)
        least = {"zones": ["Córdoba"], "revision": 0}
        none = await posted(visitor, f"{CHECK}/demand", pedro, **least, minimums={"nada": {}})
        assert none.status == 422
        service = seen["rows"][0]["service"]
        more = least | {"minimums": {service: {"providers": 2}}}
        now = await read(await posted(visitor, f"{CHECK}/demand", pedro, **more))
        assert (now["enough"], now["confirmed"], now["revision"]) == (False, None, 1)
        assert (await posted(visitor, f"{CHECK}/demand", pedro, **more)).status == 409


async def test_gaps_are_somebodys_task_waived_and_taken_up_again(house):
    await with_coverages(house)
    pedro = await token_of(house, "pedro")
    due = (today(house) + timedelta(days=9)).isoformat()
    late = (today(house) - timedelta(days=1)).isoformat()
    async with house.at() as visitor:
        rows = (await asked(visitor, CHECK, pedro))["rows"]
        past = await read(await posted(visitor, f"{CHECK}/tasks", pedro, gap=rows[0]["gap"], due=late), 422)
        assert "de hoy en adelante" in past["detail"]
        one = await read(await posted(visitor, f"{CHECK}/tasks", pedro, gap=rows[0]["gap"], due=due))
        assert [(each["owner"], each["state"]) for each in one["tasks"]] == [("pedro", "open")]
        every = await read(await posted(visitor, f"{CHECK}/tasks", pedro, due=due))
        assert len(every["tasks"]) == len(rows) > 2
        assert (await posted(visitor, f"{CHECK}/tasks", pedro, due=due)).status == 422
        first = await asked(visitor, "selections?limit=1", pedro)
        rest = await asked(visitor, f"selections?after={first['next']}", pedro)
        assert len(first["items"] + rest["items"]) == len(rows)
        path = f"selections/{first['items'][0]['id']}"
        given = await read(
            await posted(visitor, f"{path}/change", pedro, owner="olga", due=due, note="Llamar")
        )
        assert (given["owner"], given["note"]) == ("olga", "Llamar")
        gone = await read(await posted(visitor, f"{path}/waive", pedro, reason="Se reintegra"))
        assert (gone["state"], gone["closed_by"]) == ("waived", "pedro")
        assert (await posted(visitor, f"{path}/waive", pedro, reason="Otra vez")).status == 409
        assert (await read(await posted(visitor, f"{path}/reopen", pedro, reason="No quiso")))[
            "state"
        ] == "open"


async def test_who_sees_another_country_sees_none_of_it(house):
    await with_coverages(house)
    pedro = await token_of(house, "pedro")
    due = (today(house) + timedelta(days=9)).isoformat()
    async with house.at() as visitor:
        await read(await posted(visitor, "providers", pedro, **MANOS | {"zones": ["Córdoba"]}))
        await read(await posted(visitor, f"{CHECK}/tasks", pedro, due=due))
        person = await house.person("pedro")
        colombia = replace(profile_of(person), scope=Scope(frozenset({"CO"})))
        await house.staffing.change(person, colombia, person.revision, "campaña")
        assert (await asked(visitor, "selections", pedro))["items"] == []
        assert (await posted(visitor, "selections/1/waive", pedro, reason="x")).status == 404
        assert (await posted(visitor, "providers/1", pedro, note="x", revision=1)).status == 404
        assert (await posted(visitor, f"{CHECK}/tasks", pedro, due=due)).status == 404
        assert (await posted(visitor, "providers", pedro, **MANOS)).status == 422


async def test_a_file_of_providers_is_looked_at_with_every_problem_then_loaded_whole(house):
    pedro, carla = await token_of(house, "pedro"), await token_of(house, "carla")
    head = "prestador;filial;servicios;zonas;a la vez\n"
    rows = f"{head}Manos del Plata;;hogar;Córdoba;9\nGrúas Sur;AR;vial;Todo el país;4\n"
    wrong = f"{rows}Otro;ZZ;vial;Todo el país;1\nNadie;AR;;Todo el país;0\n"

    async def look(token, content, **fields):
        return await sent_file(visitor, "provider-loads", token, content.encode(), named="red.csv", **fields)

    async with house.at() as visitor:
        await read(await posted(visitor, "providers", pedro, **MANOS))
        assert (await look(carla, rows)).status == 403
        bad = await read(await look(pedro, wrong, subsidiary="AR"))
        assert (bad["load"], [each["line"] for each in bad["problems"]]) == (None, [4, 5, 5])
        assert bad["problems"][0]["said"].startswith("No hay una filial «ZZ»; hay: AR")
        seen = await read(await look(pedro, rows, subsidiary="AR"))
        assert (seen["added"], seen["changed"], seen["loaded"]) == (1, 1, False)
        assert [(each["id"], each["name"]) for each in seen["providers"]] == [
            (None, "Grúas Sur"),
            (1, "Manos del Plata"),
        ]
        path = f"provider-loads/{seen['load']}"
        assert (await asked(visitor, path, pedro)) == seen
        raul = await token_of(house, "raul")
        assert (await posted(visitor, path, raul)).status == 404
        done = await read(await posted(visitor, path, pedro, reason="Red nueva"))
        assert (done["loaded"], done["added"], done["changed"]) == (True, 1, 1)
        assert (await posted(visitor, path, pedro)).status == 404
        manos = await asked(visitor, "providers/1", pedro)
        assert (manos["capacity"], manos["history"][0]["reason"]) == (9, "Red nueva")
        again = await read(await look(pedro, rows, subsidiary="AR"))
        assert again["same"] == 2
        await read(await posted(visitor, f"provider-loads/{again['load']}/drop", pedro))
        assert (await posted(visitor, f"provider-loads/{again['load']}", pedro)).status == 404
        no_table = await read(await look(pedro, ""), 422)
        assert no_table["code"] == "refused"
        assert (await look(pedro, rows, subsidiary="Argentina")).status == 400


async def test_a_file_that_became_wrong_meanwhile_is_not_loaded(house):
    pedro = await token_of(house, "pedro")
    file = "prestador;filial;servicios;zonas\nManos;AR;hogar;Córdoba\n".encode()
    async with house.at() as visitor:
        seen = await read(await sent_file(visitor, "provider-loads", pedro, file, named="red.csv"))
        person = await house.person("pedro")
        colombia = replace(profile_of(person), scope=Scope(frozenset({"CO"})))
        await house.staffing.change(person, colombia, person.revision, "campaña")
        refused = await read(await posted(visitor, f"provider-loads/{seen['load']}", pedro), 409)
        assert "2: La filial AR no está entre las que usted ve." in refused["detail"]
    assert await house.office.providers.all_of("AR") == ()


async def test_a_providers_papers_are_kept_and_each_reading_is_noted(house):
    pedro, carla = await token_of(house, "pedro"), await token_of(house, "carla")
    path, pdf = "providers/1/documents", b"%PDF-1.4 seguro"
    async with house.at() as visitor:
        await read(await posted(visitor, "providers", pedro, **MANOS))
        assert (await sent_file(visitor, path, carla, pdf, named="seguro.pdf")).status == 403
        no_paper = await read(await sent_file(visitor, path, pedro, b"MZ", named="a.exe"), 422)
        assert no_paper["detail"]
        kept = await read(await sent_file(visitor, path, pedro, pdf, named="seguro.pdf", title="Seguro"))
        (paper,) = kept["items"]
        assert (paper["title"], paper["file"], paper["by"]) == ("Seguro", "seguro.pdf", "pedro")
        assert await asked(visitor, path, carla) == kept
        file = await visitor.get(f"/api/v1/{path}/{paper['id']}", Authorization=f"Bearer {carla}")
        assert (await file.read(), file.content_type) == (pdf, "application/octet-stream")
        assert (await visitor.get(f"/api/v1/{path}/9", Authorization=f"Bearer {carla}")).status == 404
        assert (await sent_file(visitor, "providers/9/documents", pedro, pdf, named="a.pdf")).status == 404
    deeds = {row.action for row in (await house.audit.page(AuditFilter(actor="carla"))).rows}
    assert "provider.document-read" in deeds
