"""Altas in the console: begun, moved by those whose turn it is, sent back, undone; nothing lost or silent."""

import re
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from provisioning.alta.evidence import Found
from staff.profile import profile_of
from staff.scope import Scope
from tests.unit.web.altas import AREAS, TYPED, at_work, begun, contracted, coverages, observed
from tests.unit.web.test_access import PERSON_OF, path_of
from web import access


async def read(visitor, path):
    answer = await visitor.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def test_an_alta_begins_by_its_form_and_says_whose_turn_it_is(house):
    await at_work(house)
    async with (
        house.serving() as root,
        house.visit(root, "carla") as carla,
        house.visit(root, "olga") as olga,
    ):
        answer = await carla.post("/altas/new", TYPED)
        assert answer.status == 303 and answer.headers["Location"] == "/altas/1?done=started"
        page = await read(carla, "/altas/1?done=started")
        assert "El alta empezó." in page and "Es su turno" in page
        assert page.count('id="finish-prospecto"') == 1, "what to do stands on the page once"
        assert page.count("Terminar el paso</button>") == 1, "the one thing to do is a button"
        for said in ("30-71234567-8", "Luis Rey, siniestros", "Asistencia al hogar"):
            assert said in page
        assert "Grúa en 60 minutos" in page and '<a href="/plans/hogar-premium">hogar-premium</a>' in page
        page = await read(olga, "/altas/1")
        assert "Ahora no es su turno" in page and "Le corresponde a Comercial: Carla Mora." in page


async def test_what_is_wrong_in_the_form_is_said_at_its_field_all_at_once(house):
    await at_work(house)
    async with house.at("carla") as carla:
        wrong = TYPED | {
            "plan": "Hogar Ñandú!",
            "client": "",
            "starts": "mañana",
            "share": "x",
            "within": "20",
        }
        answer = await carla.post("/altas/new", wrong)
        page = await answer.text()
        assert answer.status == 422 and page.count('class="refused"') == 4
        assert "Grúa en 60 minutos" in page, "what was typed is still there"
        again = await carla.post("/altas/new", TYPED | {"plan": "hogar-nandu"})
        assert "inicie un otro sí" in await again.text()


async def test_a_start_that_is_past_is_taken_and_said(house):
    await at_work(house)
    today = house.clock().astimezone(ZoneInfo("America/Argentina/Buenos_Aires")).date()
    async with house.at("carla") as carla:
        for days, past in ((-1, True), (0, False)):
            starts = (today + timedelta(days=days)).isoformat()
            answer = await carla.post("/altas/new", TYPED | {"plan": f"hogar{days}", "starts": starts})
            path = answer.headers["Location"].partition("?")[0]
            form, page = await read(carla, f"{path}/edit"), await read(carla, path)
            said = "<span>La fecha ya pasó" in form, "ya pasó</span>" in page
            assert said == (past, past), starts


async def test_an_otro_si_begins_from_what_the_plan_in_service_says(house):
    await at_work(house)
    async with house.at("carla") as carla:
        assert "Asistencia Hogar Ñandú Plus" in await read(carla, "/altas/new?kind=otro-si")
        page = await read(carla, "/altas/new?kind=otro-si&plan=hogar-nandu")
        assert 'value="Asistencia Hogar Ñandú Plus"' in page and "Empezar el otro sí" in page
        sent = TYPED | {"kind": "otro-si", "plan": "hogar-nandu"}
        assert (await carla.post("/altas/new", sent)).status == 303
        assert "Otro sí · ALTA-1" in await read(carla, "/altas/1")


async def test_a_step_is_finished_by_whose_turn_it_is_and_opened_again_by_one_press(house):
    alta = await begun(house)
    async with (
        house.serving() as root,
        house.visit(root, "carla") as carla,
        house.visit(root, "olga") as olga,
    ):
        path = f"/altas/{alta.id}/steps/prospecto"
        refused = await olga.post(f"{path}/finish", {"revision": "1"})
        assert refused.status == 422 and "Le corresponde a Comercial" in await refused.text()
        done = await carla.post(f"{path}/finish", {"revision": "1"})
        assert done.headers["Location"] == f"/altas/{alta.id}?done=finished&step=prospecto"
        page = await read(carla, done.headers["Location"])
        assert "Paso terminado." in page and "Deshacer" in page
        revision = re.search(r'prospecto/reopen">.*?name="revision" value="(\d+)"', page, re.DOTALL)[1]
        assert (
            await carla.post(f"{path}/reopen", {"revision": revision, "reason": "Se deshizo"})
        ).status == 303
        page = await read(carla, f"/altas/{alta.id}")
        assert "Volvió a abrir «Prospecto" in page and "Motivo: Se deshizo" in page


async def test_who_comes_second_sees_what_the_first_did_and_keeps_what_they_wrote(house):
    alta = await observed(house)
    step = alta.step("observaciones")
    async with house.at("olga") as olga:
        sent = {"revision": str(step.revision), "answer-observaciones": "Falta la grúa"}
        path = f"/altas/{alta.id}/steps/observaciones"
        assert (
            await olga.post(f"{path}/assign", {"revision": str(step.revision), "owner": "olga"})
        ).status == 303
        answer = await olga.post(f"{path}/finish", sent)
        page = await answer.text()
        assert answer.status == 409 and "Este paso ya cambió" in page
        assert "Falta la grúa</textarea>" in page and "Olga Díaz (Operaciones)" in page


async def test_it_is_sent_back_with_a_reason_that_who_gets_it_reads_first(house):
    alta = await observed(house)
    revision = str(alta.step("observaciones").revision)
    path = f"/altas/{alta.id}/steps/observaciones/back"
    async with (
        house.serving() as root,
        house.visit(root, "carla") as carla,
        house.visit(root, "olga") as olga,
    ):
        without = await olga.post(path, {"revision": revision, "to": "coberturas", "reason": ""})
        assert without.status == 422 and "Escriba el motivo" in await without.text()
        sent = {"revision": revision, "to": "coberturas", "reason": "Falta el tope de grúa"}
        assert (await olga.post(path, sent)).status == 303
        page = await read(carla, f"/altas/{alta.id}")
        assert "Vuelve porque: Falta el tope de grúa" in page and "vuelta 2" in page


async def test_late_is_said_in_words_and_it_may_be_suspended_resumed_and_cancelled(house):
    alta = await begun(house)
    late = house.clock() + timedelta(days=30)
    house.clock = lambda: late
    path = f"/altas/{alta.id}"
    async with house.at("raul") as raul:
        for page in (path, "/altas", "/altas?view=list", "/altas?late=yes"):
            assert "Atrasado" in await read(raul, page), page
        for move, said in (
            ("suspend", "Está suspendida"),
            ("resume", "Ahora no es su turno"),
            ("cancel", "Se canceló el"),
        ):
            answer = await raul.post(f"{path}/{move}", {"reason": "El cliente lo pidió"})
            assert answer.status == 303 and said in await read(raul, path), move
        assert "Lo que se hizo queda a la vista" in await read(raul, path)


async def test_while_it_is_suspended_no_row_leads_to_a_turn_that_is_not_there(house):
    alta = await begun(house)
    async with house.at("carla") as carla:
        assert "Es su turno: arriba" in await read(carla, f"/altas/{alta.id}")
        assert "alta suspendida" not in await read(carla, "/mine")
        await carla.post(f"/altas/{alta.id}/suspend", {"reason": "Espera"})
        assert "alta suspendida" in await read(carla, "/mine")
        page = await read(carla, f"/altas/{alta.id}")
        assert "Es su turno" not in page and 'id="step-prospecto"' in page


async def test_a_cancelled_alta_asks_for_nothing(house):
    alta = await begun(house)
    await house.office.altas.finish(alta.id, "prospecto", await house.person("carla"))
    await house.office.altas.cancel(alta.id, await house.person("raul"), "El cliente desistió")
    path = f"/altas/{alta.id}"
    async with house.at("raul") as raul:
        page = await read(raul, path)
        assert "Quedó sin hacer" in page and "No se cargaron." in page
        for asks in ("Vence", "Falta", "Terminar el paso", "coverages/edit", "Abierto desde", "Asignar"):
            assert asks not in page, asks
        answer = await raul.get(f"{path}/coverages/edit")
        read_only = await answer.text()
        assert answer.status == 409 and "El alta está cancelada: las coberturas no cambian." in read_only
        assert "<textarea" not in read_only
        form = await read(raul, f"{path}/number-request")
        assert "El alta se canceló" in form and "cuando llegue su paso" not in form
        letter = await raul.post(f"{path}/letters/announcement", {"subject": "x", "text": "y", "act": "send"})
        assert "El alta está cancelada: ese correo ya no sale." in await letter.text()
        number = await raul.post(f"{path}/numbers/reserve", {"carrier": "telecom-ar"})
        assert number.status == 422 and "no se le dan más números" in await number.text()


async def test_coverages_are_only_read_before_and_after_their_step_with_what_to_do(house):
    alta, carla, altas = await begun(house), await house.person("carla"), house.office.altas
    async with house.at("carla") as visitor:
        early = await visitor.get(f"/altas/{alta.id}/coverages/edit")
        assert early.status == 409 and "cuando llegue su paso" in await early.text()
        await altas.finish(alta.id, "prospecto", carla)
        assert "<textarea" in await read(visitor, f"/altas/{alta.id}/coverages/edit")
        await altas.coverages.save(alta.id, coverages(house), carla)
        await altas.finish(alta.id, "coberturas", carla)
        late = await visitor.get(f"/altas/{alta.id}/coverages/edit")
        assert late.status == 409 and "devuelva o reabra ese paso" in await late.text()


async def test_an_administrator_may_finish_what_waits_for_others_and_is_not_told_it_is_theirs(house):
    alta = await begun(house)
    async with house.at("raul") as raul:
        page = await read(raul, f"/altas/{alta.id}")
        assert "Ahora no es su turno" in page and "Terminar el paso" in page
        assert "Nada espera por usted" in await read(raul, "/mine")
        done = await raul.post(f"/altas/{alta.id}/steps/prospecto/finish", {"revision": "1"})
        assert done.status == 303


async def test_comments_dates_and_data_are_changed_and_stand_in_the_history(house):
    alta = await begun(house)
    path = f"/altas/{alta.id}"
    async with house.at("carla") as carla:
        assert (await carla.post(f"{path}/comments", {"text": "Llamó el cliente <b>"})).status == 303
        assert (await carla.post(f"{path}/comments", {"text": " "})).status == 422
        due = {"revision": "1", "due": "2030-03-01", "reason": "Vacaciones"}
        assert (await carla.post(f"{path}/steps/prospecto/due", due | {"due": "pronto"})).status == 422
        assert (await carla.post(f"{path}/steps/prospecto/due", due)).status == 303
        assert 'value="Hogar Premium"' in await read(carla, f"{path}/edit")
        changed = await carla.post(f"{path}/edit", TYPED | {"name": "Hogar Oro", "reason": "Otro nombre"})
        assert "Luis Rey, siniestros</textarea>" in await read(carla, f"{path}/edit")
        assert changed.status == 303
        page = await read(carla, path)
        for said in ("Llamó el cliente &lt;b&gt;", "hasta el 1 mar 2030", "Hogar Oro", "Motivo: Otro nombre"):
            assert said in page, said


async def test_the_board_is_by_area_by_step_and_a_list_and_finds_by_each_filter(house):
    await contracted(house)
    await begun(house, plan="otro-plan", name="Mascotas Max", subsidiary="MX", carrier="telmex")
    async with house.serving() as root, house.visit(root, "tina") as tina, house.visit(root, "olga") as olga:
        page = await read(tina, "/altas")
        assert page.index("Mi turno") < page.index("TMK capacitado") < page.index('id="lane-commercial"')
        assert 'id="lane-providers"' in await read(olga, "/altas?view=area")
        by_step = await read(olga, "/altas?view=step")
        assert 'id="lane-plan-cargado"' in by_step and 'id="lane-prospecto"' in by_step
        for query, shown in (
            ("subsidiary=MX", {2}), ("carrier=telecom-ar", {1}), ("text=mascotas", {2}), ("text=ALTA-1", {1}),
            ("area=tmk", {1}), ("account=Nadie", set()), ("state=done", set()), ("state=all", {1, 2}),
        ):  # fmt: skip
            page = await read(olga, f"/altas?view=list&{query}")
            assert {int(id) for id in re.findall(r'<th scope="row"><a href="/altas/(\d+)"', page)} == shown, (
                query
            )
        assert "Quítelos" in await read(olga, "/altas?view=list&account=Nadie")


async def test_a_lane_shows_ten_and_asks_for_the_next_ones_by_key(house):
    await at_work(house)
    for number in range(12):
        await begun(house, plan=f"plan-{number}", name=f"Plan {number}")
    async with house.at("carla") as carla:
        page = await read(carla, "/altas")
        assert page.count('class="ticket"') == 10 and '<span class="count">12 altas</span>' in page
        more = re.search(r'hx-get="(/altas\?[^"]*lane=commercial[^"]*)"', page)[1].replace("&amp;", "&")
        rest = await (await carla.get(more, **{"HX-Request": "true"})).text()
        assert rest.count('class="ticket"') == 2 and "Mostrar más" not in rest
        assert (await carla.get("/altas?view=list&after=x")).status == 400


async def test_an_open_page_is_told_what_changed_and_nothing_when_nothing_did(house):
    alta = await begun(house)
    async with house.at("carla") as carla:
        first = await read(carla, f"/altas/{alta.id}/now")
        mark = re.search(r'data-mark="(\w+)"', first)[1]
        assert (await carla.get(f"/altas/{alta.id}/now?mark={mark}")).status == 204
        await house.office.altas.finish(alta.id, "prospecto", await house.person("carla"))
        assert 'id="step-coberturas"' in await read(carla, f"/altas/{alta.id}/now?mark={mark}")


async def test_my_turn_is_where_the_day_starts_for_those_without_a_desk(house):
    await contracted(house)
    async with house.serving() as root:
        for name in ("tina", "pedro"):
            async with house.visit(root, name) as visitor:
                assert (await visitor.get("/")).headers["Location"] == "/mine"
                assert "/altas/1#step-" in await read(visitor, "/mine")
        async with house.visit(root, "fabio") as fabio:
            page = await read(fabio, "/mine")
            assert "Nada espera por usted" in page and "Las altas que usted pidió" not in page
        async with house.visit(root, "carla") as carla:
            page = await read(carla, "/mine")
            asked = page[page.index("Las altas que usted pidió") :]
            assert "Prestadores suficientes: " in asked and "Prestadores, hasta el" in asked
            assert 'href="/altas/new">Nueva alta' in page


async def test_every_role_reads_every_page_of_an_alta_or_is_told_why_not(house):
    """With several areas at work at once: no page of any of them breaks."""
    await contracted(house)
    pages = [
        row
        for row in access.ROUTES
        if row.method == "GET" and row.path.startswith(("/altas", "/mine")) and not row.path.endswith(".pdf")
    ]
    async with house.serving() as root:
        for role, name in PERSON_OF.items():
            async with house.visit(root, name) as visitor:
                for row in pages:
                    status = (await visitor.get(path_of(row).replace("{kind}", "data"))).status
                    labelled = {403} if "document" in row.path else set()
                    expected = {200, 303, 404, 409} | labelled if visitor_may(role, row) else {403}
                    assert status in expected, f"{row.path} as {role}: {status}"


async def test_the_address_of_a_step_in_a_letter_leads_to_it_also_by_way_of_signing_in(house):
    await observed(house)
    path = "/altas/1/steps/observaciones"
    async with house.at("olga") as visitor:
        assert (await visitor.get(path)).headers["Location"] == "/altas/1#step-observaciones"
        page = await read(visitor, "/altas/1")
        assert 'id="step-observaciones"' in page
        assert (await visitor.get("/altas/1/steps/nada")).status == 404
    async with house.serving() as root, house.visit(root, None) as stranger:
        sent = await stranger.get(path, Accept="text/html")
        assert sent.headers["Location"] == f"/sign-in?next={path}"


def visitor_may(role, row):
    return row.who in role.permissions


async def test_nothing_of_an_alta_out_of_sight_leaves_or_changes(house):
    """Every door below a real alta of Argentina, tried by somebody who sees Mexico only."""
    alta = await contracted(house)
    carla = await house.person("carla")
    await house.people.add("memo", carla.roles, "Memo Paz", None, (), house.password)
    memo = await house.person("memo")
    areas, scope = tuple(AREAS), Scope(frozenset({"MX"}))
    await house.staffing.change(memo, replace(profile_of(memo), areas=areas, scope=scope))
    before = await house.office.altas.events(alta.id)
    async with house.at("memo") as visitor:
        for row in access.ROUTES:
            if row.path.startswith("/altas/{id}") and visitor_may(next(iter(carla.roles)), row):
                sent = {
                    "reason": "x",
                    "text": "x",
                    "revision": "1",
                    "decision": "approved",
                    "area": "commercial",
                }
                path = path_of(row).replace("{kind}", "data")
                answer = await (visitor.get(path) if row.method == "GET" else visitor.post(path, sent))
                assert answer.status == 404, f"{row.method} {row.path}"
        for path in (
            "/altas",
            "/altas?view=list",
            "/altas?view=list&text=Premium",
            "/altas?view=step",
            "/mine",
        ):
            assert "/altas/1" not in await read(visitor, path), path
        wanted = await visitor.post("/altas/new", TYPED)
        assert wanted.status == 422 and "fuera de lo que usted ve" in await wanted.text()
    assert await house.office.altas.events(alta.id) == before


@pytest.mark.parametrize(
    "evil", ["'\"<script>", "{{7*7}}", "\u202e", "\U0001f600" * 900, "../../etc", "a\r\nX: y"]
)
async def test_strange_texts_are_kept_as_texts_or_refused_clearly(house, evil):
    alta = await observed(house)
    path = f"/altas/{alta.id}"
    async with house.at("olga") as olga:
        for form in (
            "comments",
            "steps/observaciones/finish",
            "steps/observaciones/back",
            "coverages/observe",
        ):
            sent = dict.fromkeys(
                ("text", "reason", "to", "revision", "answer-observaciones", "about-PLOM", "owner"), evil
            )
            answer = await olga.post(f"{path}/{form}", sent)
            assert answer.status in (303, 409, 413, 422), f"{form}: {answer.status}"
        page = await read(olga, path)
        assert "'\"<script>" not in page and "X: y" not in answer.headers
    for id in ("0", "-1", "99999999999", "²", "1;drop", "ALTA-1x"):
        async with house.at("olga") as olga:
            assert (await olga.get(f"/altas/{id}")).status == 404, id


def test_the_coverages_of_the_tests_are_those_of_a_plan_in_service(house):
    assert {each.code for each in coverages(house).coverages} >= {"PLOM", "CERR"}


async def test_the_plan_is_loaded_once_both_areas_signed_on_the_altas_page(house):
    async def written(_alta):
        return Found(True, "El borrador no tiene errores.")

    house.office.evidence["plan-written"] = written
    alta = await contracted(house)
    sign, path = "Firmar por {}", f"/altas/{alta.id}/steps/plan-cargado/sign"
    async with (
        house.serving() as root,
        house.visit(root, "carla") as carla,
        house.visit(root, "olga") as olga,
    ):
        page = await read(carla, f"/altas/{alta.id}")
        assert sign.format("Comercial") in page and sign.format("Operaciones") not in page
        other = await carla.post(path, {"area": "operations", "decision": "approved", "revision": "0"})
        assert other.status == 422 and "Le corresponde a Operaciones" in await other.text()
        revision = str((await house.office.altas.find(alta.id)).step("plan-cargado").revision)
        for visitor, area in ((carla, "commercial"), (olga, "operations")):
            sent = {"area": area, "decision": "approved", "revision": revision}
            assert (await visitor.post(path, sent)).status == 303
        await house.office.altas.by_itself.look()
        assert (await house.office.altas.find(alta.id)).step("plan-cargado").closed
        told = await read(olga, f"/altas/{alta.id}")
        assert "Carla Mora, Olga Díaz, " in told[told.index('id="step-plan-cargado"') :]
        assert "Firmó la solicitud" not in told and "Firmó «Plan cargado en conjunto» por Comercial" in told


async def test_what_closed_a_step_that_nobody_closed_is_said(house):
    alta = await observed(house)
    late = house.clock() + timedelta(days=30)
    house.clock = lambda: late
    await house.office.altas.by_itself.look()
    async with house.at("carla") as carla:
        page = await read(carla, f"/altas/{alta.id}")
    step = page[page.index('id="step-observaciones"') :]
    assert "venció su plazo, " in step[: step.index("</summary>")]
    assert '<div class="soft">Venció su plazo</div>' in page[page.index('id="history"') :]
