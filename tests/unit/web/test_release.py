"""The gate's pages: what is missing, letting strangers in, and the dossier that can be taken away."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provisioning.proof.reports import Check, Kind, Report, Result, TestedCall
from provisioning.release.dossier import verify
from provisioning.release.keys import SigningKey
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.web.altas import contracted

ROOT = Path(__file__).parents[3]
NANDU = ROOT / "plans/examples/hogar-nandu.yaml"
AT = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)


async def proven(house, kind, by):
    stored = house.book.of("hogar-nandu").candidate
    fingerprint = house.office.provisioner.entry_of("hogar-nandu", stored.version.hash)
    checks = (Check("header", "Número", True, "suena", "suena"),)
    call = TestedCall("entrada", "Entrada", "+541143218765", AT, AT, checks)
    of = ("hogar-nandu", "Hogar", "AR", "Seguros Ñandú S.A.", stored.version.hash, fingerprint)
    await house.office.reports.add(Report(kind, *of, "r", by, AT, AT, Result.PASSED, (call,)))


async def sheet_read(house):
    """By everybody who answers the plan's calls."""
    sheets = house.office.notices.sheets
    standing = await sheets.standing("hogar-nandu")
    for reader in standing.readers:
        await sheets.read(reader.person, "hogar-nandu", standing.sheet.hash)


@pytest.fixture
async def ready(house):
    """A plan that strangers reach, changed and tested by both."""
    await house.publishes_the_examples()
    text = NANDU.read_text("utf-8").replace("Ñandú Plus", "Ñandú <script>alert(1)</script>")
    await house.office.provisioner.apply_text(text, "ivan")
    await sheet_read(house)
    await proven(house, Kind.IT, "ivan")
    await proven(house, Kind.OPERATIONS, "sofia")
    return house


async def released_line(house):
    """A line that Operations released, with its dossier 1."""
    await house.publishes_the_examples()
    text = NANDU.read_text("utf-8").replace("Ñandú Plus", "Ñandú Más")
    await house.office.provisioner.apply_text(text, "ivan")
    await sheet_read(house)
    await proven(house, Kind.IT, "ivan")
    await proven(house, Kind.OPERATIONS, "sofia")
    await house.office.line_releases.release("hogar-nandu", await house.person("olga"), "Probada dos veces")


def form(house, **typed):
    fingerprint = house.office.provisioner.entry_of(
        "hogar-nandu", house.book.of("hogar-nandu").candidate.version.hash
    )
    return {"when": "now", "reason": "Probada dos veces", "fingerprint": fingerprint} | typed


async def test_it_is_released_and_its_dossier_verifies_where_it_was_taken_to(ready):
    async with ready.at("olga") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
        assert "Todo está: se puede liberar" in page and "<script>alert" not in page
        answer = await visitor.post("/releases/hogar-nandu", form(ready), Accept="text/html")
        assert answer.headers["Location"] == "/releases/hogar-nandu?done=released"
        file = await (await visitor.get("/dossiers/1/file")).read()
        page = await (await visitor.get("/dossiers/1")).text()
        pdf = await (await visitor.get("/dossiers/1/pdf")).read()
    assert verify(file, [SigningKey(ready.office.home).public()]).sections[0].name == "release"
    assert "Probada dos veces" in page and "<script>alert" not in page
    assert pdf.startswith(b"%PDF-")


async def test_what_is_missing_is_on_the_page_and_the_post_is_refused_with_it(ready):
    text = NANDU.read_text("utf-8").replace("Gracias por comunicarse", "Gracias por llamar")
    await ready.office.provisioner.apply_text(text, "ivan")
    async with ready.at("olga") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
        assert "Faltan 2 cosas" in page
        answer = await visitor.post("/releases/hogar-nandu", form(ready), Accept="text/html")
        assert answer.status == 422 and "no tiene una prueba aprobada" in await answer.text()
    assert ready.book.of("hogar-nandu").live.number == 1


async def test_who_signs_signs_what_was_shown(ready):
    async with ready.at("olga") as visitor:
        typed = form(ready, fingerprint="plan-hogar-nandu-otra")
        answer = await visitor.post("/releases/hogar-nandu", typed, Accept="text/html")
        assert answer.status == 422 and "cambió mientras usted la miraba" in await answer.text()


async def test_what_is_typed_stays_when_it_is_refused(ready):
    async with ready.at("olga") as visitor:
        typed = form(ready, when="day", day="pronto", reason="A partir del lunes")
        answer = await visitor.post("/releases/hogar-nandu", typed, Accept="text/html")
        page = await answer.text()
    assert answer.status == 422 and "A partir del lunes" in page and "2026-12-01" in page


async def test_scheduled_and_taken_back(ready):
    async with ready.at("olga") as visitor:
        typed = form(ready, when="day", day="2999-01-01")
        answer = await visitor.post("/releases/hogar-nandu", typed, Accept="text/html")
        assert answer.headers["Location"].endswith("done=scheduled")
        assert "Programada para el" in await (await visitor.get("/releases/hogar-nandu")).text()
        answer = await visitor.post("/releases/hogar-nandu/cancel", {"reason": "esperar"}, Accept="text/html")
        assert answer.headers["Location"].endswith("done=cancelled")


async def test_suspended_strangers_are_told_and_the_page_says_so(ready):
    async with ready.at("olga") as visitor:
        answer = await visitor.post("/releases/hogar-nandu/suspend", {"reason": "robo"}, Accept="text/html")
        assert answer.headers["Location"].endswith("done=suspended")
    assert ready.book.of("hogar-nandu").live is None


@pytest.mark.parametrize("path", ["/releases/nada", "/dossiers/99", "/dossiers/999999999999"])
async def test_what_is_not_there_is_not_found(ready, path):
    async with ready.at("olga") as visitor:
        assert (await visitor.get(path)).status == 404


async def test_out_of_scope_it_is_not_there(ready):
    async with ready.at("olga") as visitor:
        await visitor.post("/releases/hogar-nandu", form(ready), Accept="text/html")
    olga = await ready.person("olga")
    colombia = replace(profile_of(olga), scope=Scope(frozenset({"CO"})))
    await ready.staffing.change(olga, colombia, olga.revision)
    async with ready.at("olga") as visitor:
        for path in ("/releases/hogar-nandu", "/dossiers/1", "/dossiers/1/file", "/dossiers/1/pdf"):
            assert (await visitor.get(path)).status == 404
        assert "hogar-nandu" not in await (await visitor.get("/releases")).text()
        assert "hogar-nandu" not in await (await visitor.get("/dossiers")).text()


async def test_who_may_not_see_to_what_is_missing_is_told_whose_turn_it_is(house):
    alta = await contracted(house)
    text = NANDU.read_text("utf-8").replace("plan: hogar-nandu", "plan: hogar-premium")
    await house.office.provisioner.apply_text(text, "ivan")
    pedro = await house.person("pedro")
    await house.office.altas.assign(alta.id, "prestadores", "pedro", pedro)
    async with house.at("ivan") as visitor:
        page = await (await visitor.get("/releases/hogar-premium")).text()
    told = dict(re.findall(r'<li class="unmet">\s*<strong>(.*?)</strong>.*?<p>(.*?)</p>', page, re.DOTALL))
    assert "Le corresponde a Pedro" in told["Prestadores suficientes"]
    assert "Ir a resolverlo" not in told["Prestadores suficientes"]
    assert "Le corresponde a Operaciones: Olga" in told["Prueba de Operaciones"]
    assert "Ir a resolverlo" in told["Prueba de Sistemas"], "it is his to test"
    assert "Espera a «Plan cargado en conjunto»." in told["Cuenta y plan completos"]
    assert "Ir a resolverlo" not in told["Cuenta y plan completos"]
    async with house.at("pedro") as visitor:
        page = await (await visitor.get("/releases/hogar-premium")).text()
    told = dict(re.findall(r'<li class="unmet">\s*<strong>(.*?)</strong>.*?<p>(.*?)</p>', page, re.DOTALL))
    assert "Ir a resolverlo" in told["Prestadores suficientes"]
    assert "Le corresponde a Sistemas: Iván" in told["Prueba de Sistemas"]


async def test_before_its_start_the_first_day_is_offered_and_now_is_said_to_be_early(ready):
    ready.clock = lambda: datetime(2026, 3, 1, 2, 0, tzinfo=UTC)  # still the last of February over there
    async with ready.at("olga") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
    assert "El plan empieza el 1 mar 2026" in page
    assert re.search(r'value="day" checked', page) and not re.search(r'value="now" checked', page)
    assert 'name="day" min="2026-02-28" value="2026-03-01"' in page


async def test_once_it_began_it_is_released_now(ready):
    ready.clock = lambda: datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
    async with ready.at("olga") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
    assert "El plan empieza" not in page and re.search(r'value="now" checked', page)


async def test_who_may_not_release_is_told_who_may(ready):
    async with ready.at("carla") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
    assert "Todo está: falta que la libere Operaciones" in page
    assert "Pueden liberarla: Olga Díaz, Raúl Vega." in page


async def test_who_configured_it_is_told_who_else_may(ready):
    text = NANDU.read_text("utf-8").replace("Gracias por comunicarse", "Gracias por llamar")
    await ready.office.provisioner.apply_text(text, "raul")
    async with ready.at("raul") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
    assert "Raúl Vega configuró esta versión: la libera otra persona. Puede liberarla: Olga Díaz." in page


async def test_with_no_alta_whoever_releases_follows_who_read_the_new_sheet(ready):
    text = NANDU.read_text("utf-8").replace("fantasy_name: ASISTENCIA", "fantasy_name: HOGAR")
    await ready.office.provisioner.apply_text(text, "ivan")
    await proven(ready, Kind.IT, "ivan")
    await proven(ready, Kind.OPERATIONS, "sofia")
    readers, why = "/sheets/hogar-nandu/readers", {"reason": "Ana está de licencia"}
    async with ready.at("carla") as visitor:
        assert "Lo sigue quien libera la línea" in await (await visitor.get(readers)).text()
        refused = await visitor.post("/sheets/hogar-nandu/start-without", why, Accept="text/html")
        assert refused.status == 403
    async with ready.at("ana") as visitor:
        assert (
            "En su teléfono se lee «HOGAR ÑANDÚ»" in await (await visitor.get("/sheets/hogar-nandu")).text()
        )
    async with ready.at("olga") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
        assert "Falta una cosa" in page and "Coordinadores avisados" in page and readers in page
        await visitor.post("/sheets/hogar-nandu/start-without", why, Accept="text/html")
        page = await (await visitor.get("/releases/hogar-nandu")).text()
        assert "Todo está: se puede liberar" in page and "Ana está de licencia" in page


async def test_a_change_of_coverages_leads_to_where_an_otro_si_begins(ready):
    await ready.office.provisioner.apply_text(
        NANDU.read_text("utf-8").replace("limit: 3", "limit: 5"), "ivan"
    )
    async with ready.at("carla") as visitor:
        page = await (await visitor.get("/releases/hogar-nandu")).text()
        assert "Esta versión cambia las coberturas: empiece un otro sí" in page
        link = re.search(r'href="(/altas/new[^"]+)"', page)[1].replace("&amp;", "&")
        assert "Hogar" in await (await visitor.get(link)).text()
