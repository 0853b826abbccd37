"""Providers, whether they are enough, and TMK's training, in the console."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from aiohttp import FormData
from sqlalchemy import update
from yarl import URL

from altavoz.provider_operations import ProviderOperations
from provisioning.network.enough import Demand
from provisioning.network.profile import profile_of
from provisioning.network.tables import selection_tasks
from provisioning.network.values import NetworkRefused, StaleRow
from provisioning.network.zones import zone_of
from staff.audit_trail import AuditFilter
from staff.permissions import Permission
from staff.scope import Scope
from tests.unit.web.altas import begun, coverages

WHOLE = {
    "name": "Manos del Plata",
    "subsidiary": "AR",
    "services": "hogar",
    "zones": "Todo el país",
    "capacity": "3",
    "hours": "24 h",
    "phone": "011 4321-8765",
}


async def with_coverages(house, **changes):
    alta = await begun(house, **changes)
    carla = await house.person("carla")
    await house.office.altas.finish(alta.id, "prospecto", carla)
    await house.office.altas.coverages.save(alta.id, coverages(house), carla, "Primera versión")
    return alta


def today(house):
    """The day it is for who fills in the form: near midnight it is not the one of UTC."""
    return house.site.subsidiaries["AR"].here(house.clock()).date()


async def found(house, alta, name):
    return await house.office.evidence[name](await house.office.altas.find(alta.id))


async def sent(visitor, path, fields, *files):
    """A form with files, as a browser sends it."""
    form = FormData(fields)
    for field, name, body in files:
        form.add_field(field, body, filename=name)
    if not files:
        form.add_field("file", b"", filename="")
    headers = {"X-CSRF-Token": visitor.csrf, "Accept": "text/html"}
    return await visitor.session.post(
        visitor.root.join(URL(path)), data=form, allow_redirects=False, headers=headers
    )


async def test_a_provider_is_added_changed_and_suspended_and_its_history_says_so(house):
    async with house.at("pedro") as visitor:
        answer = await visitor.post("/providers/new", WHOLE, Accept="text/html")
        assert answer.headers["Location"] == "/providers/1?done=added"
        changed = WHOLE | {"zones": "Córdoba / Río Cuarto", "hours": "lun-vie 8:00-20:00", "revision": "1"}
        answer = await visitor.post("/providers/1", changed, Accept="text/html")
        assert answer.headers["Location"] == "/providers/1?done=changed"
        stale = await visitor.post("/providers/1", changed | {"name": "Otro"}, Accept="text/html")
        assert stale.status == 409 and "Otra persona lo cambió" in await stale.text()
        why = {"state": "suspended", "reason": "Sin seguro <b>vigente</b>"}
        await visitor.post("/providers/1/state", why, Accept="text/html")
        page = await (await visitor.get("/providers/1")).text()
        listed = await (await visitor.get("/providers?zone=córdoba&service=hogar")).text()
        nowhere = await (await visitor.get("/providers?zone=Mendoza")).text()
    assert "Suspendido" in page and "lun-vie 08:00-20:00" in page and "no cuenta de noche" in page
    assert "Sin seguro &lt;b&gt;vigente" in page and "<del>Todo el país</del>" in page
    assert "Manos del Plata" in listed and "Ningún prestador cumple" in nowhere


async def test_what_is_wrong_with_a_provider_is_said_at_each_field_at_once(house):
    async with house.at("pedro") as visitor:
        typed = WHOLE | {"zones": "", "hours": "a la tarde", "phone": "123", "capacity": "0"}
        answer = await visitor.post("/providers/new", typed, Accept="text/html")
        page = await answer.text()
    assert answer.status == 422
    for name in ("zones", "hours", "phone", "capacity"):
        assert f'id="{name}-told"' in page, name
    assert 'value="Manos del Plata"' in page


async def test_providers_confirms_what_is_enough_and_the_alta_knows(house):
    alta = await with_coverages(house)
    assert not (await found(house, alta, "providers-sufficient")).ok
    async with house.at("pedro") as visitor:
        page = await (await visitor.get("/providers/check/hogar-premium")).text()
        assert "No alcanzan" in page and "Falta 1 prestador" in page and "Confirmar que" not in page
        await visitor.post("/providers/new", WHOLE)
        page = await (await visitor.get("/providers/check/hogar-premium")).text()
        assert "Confirmar que alcanzan" in page
        assert not (await found(house, alta, "providers-sufficient")).ok
        needs = page.split('name="needs" value="')[1].split('"')[0]
        answer = await visitor.post(
            "/providers/check/hogar-premium/confirm", {"needs": needs, "note": "Los tres"}, Accept="text/html"
        )
        assert answer.headers["Location"].endswith("done=confirmed")
        proof = await found(house, alta, "providers-sufficient")
        assert proof.ok and proof.by == ("pedro",)
        await visitor.post("/providers/1/state", {"state": "suspended", "reason": "Quebró"})
    assert not (await found(house, alta, "providers-sufficient")).ok


async def test_only_what_is_enough_as_it_was_looked_at_is_confirmed_and_for_this_alta(house):
    alta, checks = await with_coverages(house), house.office.network_checks
    wanted = await house.office.plan_needs.of_alta(alta)
    needs = (await checks.look(wanted)).needs
    with pytest.raises(NetworkRefused, match="No alcanza"):
        await checks.confirm(wanted, needs)
    await house.office.providers.add(profile_of(WHOLE))
    with pytest.raises(StaleRow):
        await checks.confirm(wanted, "lo de ayer")
    await checks.confirm(replace(wanted, alta=None), needs)
    assert not (await found(house, alta, "providers-sufficient")).ok, "that was said of another alta"
    await checks.confirm(wanted, needs)
    assert (await found(house, alta, "providers-sufficient")).ok
    await checks.set_demand(wanted, Demand((zone_of("Córdoba"),)))
    assert not (await found(house, alta, "providers-sufficient")).ok, "it needs something else now"
    for stale in (0, 9):
        with pytest.raises(StaleRow):
            await checks.set_demand(wanted, Demand((zone_of("Salta"),), revision=stale))
    assert [str(zone) for zone in (await checks.demand(alta.plan)).zones] == ["Córdoba"]


async def test_a_plan_goes_on_without_what_was_waived_once_that_is_confirmed(house):
    alta, checks = await with_coverages(house), house.office.network_checks
    wanted, day = await house.office.plan_needs.of_alta(alta), today(house)
    await checks.set_demand(wanted, Demand((zone_of("Córdoba"),)))
    seen = await checks.look(wanted)
    await house.office.selection.open(wanted, seen.gaps[0], "pedro", day, day)
    await house.office.selection.fill(alta.plan, set())
    assert seen.gaps[0] in await checks.untaken(seen), "what was filled lacks again"
    for gap in seen.gaps:
        task = await house.office.selection.open(wanted, gap, "pedro", day, day)
        assert gap not in await checks.untaken(seen)
        await house.office.selection.waive(task.id, "El cliente acepta el reintegro")
    await checks.confirm(wanted, seen.needs)
    proof = await found(house, alta, "providers-sufficient")
    assert proof.ok and proof.said.startswith("Se sigue sin ")


async def test_a_gap_is_somebodys_task_until_it_is_filled_or_waived(house):
    alta = await with_coverages(house)
    seen = await house.office.network_checks.look(await house.office.plan_needs.of_alta(alta))
    due = (today(house) + timedelta(days=9)).isoformat()
    async with house.at("pedro") as visitor:
        for row in seen.gaps:
            task = {"gap": "|".join(row.need.key), "owner": "pedro", "due": due}
            answer = await visitor.post("/providers/check/hogar-premium/tasks", task, Accept="text/html")
            assert answer.headers["Location"].endswith("done=task")
        assert "busca hasta el" in await (await visitor.get("/providers/check/hogar-premium")).text()
        without = {"reason": "El cliente acepta el reintegro"}
        assert (await visitor.post("/providers/tasks/1/waive", {"reason": ""})).status == 400
        assert (await visitor.post("/providers/tasks/1/waive", without)).status == 303
        await visitor.post("/providers/new", WHOLE)
        tasks = await (await visitor.get("/providers/tasks?state=filled")).text()
    assert tasks.count("Cubierta</span>") == min(len(seen.gaps) - 1, 50)
    assert [task.state for task in await house.office.selection.of_plan("hogar-premium")][-1] == "waived"


async def test_a_task_is_overdue_by_its_subsidiarys_clock(house):
    alta = await with_coverages(house)
    wanted, day = await house.office.plan_needs.of_alta(alta), date(2026, 12, 1)
    [gap, *_] = (await house.office.network_checks.look(wanted)).gaps
    await house.office.selection.open(wanted, gap, "pedro", day, day)
    night = datetime(2026, 12, 2, 4, 30, tzinfo=UTC)
    house.clock = lambda: night
    async with house.at("pedro") as visitor:
        assert "Vencida" in await (await visitor.get("/providers/tasks")).text(), "01:30 in Buenos Aires"
        async with house.engine.begin() as connection:
            await connection.execute(update(selection_tasks).values(subsidiary="MX"))
        assert "Vencida" not in await (await visitor.get("/providers/tasks")).text(), "22:30 in Mexico"


async def test_all_gaps_become_tasks_at_once(house):
    alta = await with_coverages(house)
    seen = await house.office.network_checks.look(await house.office.plan_needs.of_alta(alta))
    assert len(seen.gaps) > 2
    due = (today(house) + timedelta(days=9)).isoformat()
    path = "/providers/check/hogar-premium"
    async with house.at("pedro") as visitor:
        first = {"gap": "|".join(seen.gaps[0].need.key), "owner": "pedro", "due": due}
        await visitor.post(f"{path}/tasks", first, Accept="text/html")
        assert f"para cada falta ({len(seen.gaps) - 1})" in await (await visitor.get(path)).text()
        each = {"gap": "*", "owner": "aurora", "due": due}
        bad = await visitor.post(f"{path}/tasks", each | {"due": ""}, Accept="text/html")
        assert bad.status == 422 and "Escriba hasta cuándo" in await bad.text()
        answer = await visitor.post(f"{path}/tasks", each, Accept="text/html")
        assert answer.headers["Location"] == f"{path}?done=tasks"
        assert "para cada falta" not in await (await visitor.get(path)).text()
        again = await visitor.post(f"{path}/tasks", each, Accept="text/html")
        assert again.status == 422 and "mire la lista como quedó" in await again.text()
    tasks = await house.office.selection.of_plan("hogar-premium")
    assert sorted(task.owner for task in tasks) == ["aurora"] * (len(seen.gaps) - 1) + ["pedro"]


async def test_late_in_the_evening_today_is_still_today(house):
    await with_coverages(house)
    house.clock = lambda: datetime(2026, 11, 28, 1, 30, tzinfo=UTC)
    async with house.at("pedro") as visitor:
        seen = await house.office.network_checks.look(await house.office.plan_needs.of_plan("hogar-premium"))
        task = {"gap": "|".join(seen.gaps[0].need.key), "owner": "pedro", "due": "2026-11-26"}
        past = await visitor.post("/providers/check/hogar-premium/tasks", task, Accept="text/html")
        answer = await visitor.post(
            "/providers/check/hogar-premium/tasks", task | {"due": "2026-11-27"}, Accept="text/html"
        )
    assert past.status == 422 and answer.headers["Location"].endswith("done=task")


async def test_a_local_plan_says_where_before_it_is_looked_at(house):
    alta = await with_coverages(house, scope="local")
    await house.office.providers.add(profile_of(WHOLE | {"zones": "Mendoza"}))
    async with house.at("pedro") as visitor:
        assert "no dice en qué zonas" in await (await visitor.get("/providers/check/hogar-premium")).text()
        typed = {"zones": "Mendoza / Godoy Cruz", "revision": "0"}
        await visitor.post("/providers/check/hogar-premium/demand", typed)
        page = await (await visitor.get("/providers/check/hogar-premium")).text()
    assert "Mendoza / Godoy Cruz" in page and "Confirmar que alcanzan" in page
    assert alta.plan == "hogar-premium"


async def test_tmk_is_trained_when_a_session_and_the_clients_database_are_written_down(house):
    alta = await with_coverages(house)
    session = {"held": today(house).isoformat(), "trainer": "Tina Rey", "attended": "Ana; 85\nLuis"}
    base = {"stored": "yes", "received_by": "Tina Rey", "until": "2031-01-31"}
    rows = "nombre;teléfono\nZafiro;123\nPerla;456\n".encode()
    path = "/training/hogar-premium"
    async with house.at("tina") as visitor:
        answer = await sent(visitor, f"{path}/sessions", session, ("file", "guion.pdf", b"%PDF-1.4 guion"))
        assert answer.headers["Location"] == f"{path}?done=held"
        assert not (await found(house, alta, "tmk-trained")).ok
        answer = await sent(visitor, f"{path}/bases", base | {"until": ""}, ("file", "base.csv", rows))
        assert answer.status == 422 and "hasta cuándo se conserva" in await answer.text()
        await sent(visitor, f"{path}/bases", base, ("file", "base.csv", rows))
        page = await (await visitor.get(path)).text()
        file = await (await visitor.get("/training/bases/1/file")).read()
    proof = await found(house, alta, "tmk-trained")
    assert proof.ok and "con 2 filas" in proof.said and proof.by == ("tina",)
    assert "85</span>" in page and "guion.pdf" in page and file == rows
    async with house.at("carla") as visitor:
        assert (await visitor.get("/training/bases/1/file")).status == 403
    deeds = [row.action for row in (await house.audit.page(AuditFilter())).rows]
    assert "base.read" in deeds


async def test_a_database_that_went_back_is_no_more_here_and_its_registration_stays(house):
    await with_coverages(house)
    base = {"stored": "yes", "received_by": "Tina Rey", "until": "2031-01-31"}
    async with house.at("tina") as visitor:
        await sent(visitor, "/training/hogar-premium/bases", base, ("file", "base.csv", b"a\nb\n"))
        kept = house.office.trainings.path(await house.office.trainings.base(1))
        assert kept.exists()
        await visitor.post("/training/bases/1/end", {"ending": "Se devolvió en mano"})
        page = await (await visitor.get("/training/hogar-premium")).text()
        assert (await visitor.get("/training/bases/1/file")).status == 404
    assert not kept.exists() and "Se devolvió en mano" in page and "base.csv" in page


async def test_without_a_database_the_reason_is_enough(house):
    alta = await with_coverages(house)
    session = {"held": today(house).isoformat(), "trainer": "Tina Rey", "attended": "Ana"}
    async with house.at("tina") as visitor:
        await sent(visitor, "/training/hogar-premium/sessions", session)
        assert (await sent(visitor, "/training/hogar-premium/bases", {})).status == 422
        await sent(visitor, "/training/hogar-premium/bases", {"note": "El banco llama con la suya"})
    assert "El banco llama con la suya" in (await found(house, alta, "tmk-trained")).said


async def test_the_zones_show_where_there_are_too_few(house):
    await house.office.providers.add(profile_of(WHOLE | {"zones": "Córdoba; Mendoza / San Rafael"}))
    async with house.at("fabio") as visitor:
        page = await (await visitor.get("/providers/zones?subsidiary=AR")).text()
    assert "Córdoba</th>" in page and "(1)" in page and "Falta" in page


async def test_who_sees_another_country_sees_none_of_its_providers(house):
    await house.office.providers.add(profile_of(WHOLE))
    mexico = Scope(frozenset({"MX"}))
    assert not (await house.office.providers.page(scope=mexico)).items
    assert await house.office.providers.find(1, mexico) is None


async def test_times_tell_how_long_each_step_took_and_leave_as_a_workbook(house):
    alta = await with_coverages(house)
    async with house.at("fabio") as visitor:
        page = await (await visitor.get("/altas/times")).text()
        book = zipfile.ZipFile(io.BytesIO(await (await visitor.get("/altas/times/xlsx")).read()))
        nothing = await (await visitor.get("/altas/times?kind=otro-si")).text()
    assert "Prospecto y datos de la cuenta" in page and "<svg" in page and "Comercial" in page
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 2 and "<f>" not in sheet
    assert f"ALTA-{alta.id}" in sheet and '<c r="H2"><v>0' in sheet
    assert "Ningún paso se cerró" in nothing


async def test_a_file_is_looked_at_first_and_then_loaded_whole(house):
    await house.office.providers.add(profile_of(WHOLE))
    rows = (
        "prestador;filial;servicios;zonas;a la vez\n"
        "Grúas Sur;AR;vial;Todo el país;4\n"
        "MANOS DEL PLATA;AR;hogar;Córdoba;9\n"
    )
    async with house.at("pedro") as visitor:
        wrong = rows + "Grúas Sur;AR;;Todo el país;0\n"
        answer = await sent(visitor, "/providers/load", {}, ("file", "red.csv", wrong.encode()))
        page = await answer.text()
        assert answer.status == 422 and "Hay 2 problemas" in page
        answer = await sent(visitor, "/providers/load", {}, ("file", "red.csv", rows.encode()))
        kept = answer.headers["Location"]
        assert "1 nuevo, 1 que cambia, 0 iguales" in await (await visitor.get(kept)).text()
        assert len(await house.office.providers.all_of("AR")) == 1
        answer = await visitor.post(kept, {"reason": "Red nueva"}, Accept="text/html")
        assert answer.headers["Location"] == "/providers?done=loaded-2"
        assert (await visitor.get(kept)).status == 404
    found = {each.profile.name: each.profile.capacity for each in await house.office.providers.all_of("AR")}
    assert found == {"Grúas Sur": 4, "MANOS DEL PLATA": 9}


async def test_the_command_line_lists_loads_and_checks(house, tmp_path):
    await with_coverages(house)
    ask = ProviderOperations(house).handlers()
    file = tmp_path / "red.csv"
    file.write_text("prestador,servicios,zonas,a la vez\nManos,hogar,Todo el país,3\n")
    given = {"file": str(file), "subsidiary": "ar"}
    assert not (await ask["provider/check"]({"plan": "hogar-premium"}))["enough"]
    assert (await ask["provider/load"](given | {"check": True}))["added"] == 1
    assert await ask["provider/list"]({}) == []
    assert (await ask["provider/load"](given))["loaded"]
    assert [each["name"] for each in await ask["provider/list"]({"zone": "Córdoba"})] == ["Manos"]
    assert (await ask["provider/check"]({"plan": "hogar-premium"}))["enough"]
    with pytest.raises(NetworkRefused, match="No hay un plan"):
        await ask["provider/check"]({"plan": "nada"})


async def test_programs_read_the_providers_and_whether_they_are_enough_within_their_scope(house):
    await house.office.providers.add(profile_of(WHOLE | {"zones": "Córdoba"}))
    may = [Permission.PROVIDER_READ]
    tokens = (
        await house.tokens.add("todo", may),
        await house.tokens.add("mx", may, Scope(frozenset({"MX"}))),
    )
    async with house.at() as visitor:
        seen, hidden = ({"Authorization": f"Bearer {each}"} for each in tokens)
        path = "/api/v1/providers"
        page = await (await visitor.get(f"{path}?zone=cordoba", **seen)).json()
        check = await (await visitor.get(f"{path}/check/hogar-nandu", **seen)).json()
        assert (await (await visitor.get(path, **hidden)).json())["items"] == []
        assert (await visitor.get(f"{path}/check/hogar-nandu", **hidden)).status == 404
    assert page["items"][0]["zones"] == ["Córdoba"] and page["next"] is None
    assert not check["enough"] and check["rows"][0]["short"].startswith("falta")
