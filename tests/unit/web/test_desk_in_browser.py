"""The desk in a real browser: pops, typing, saving, keys, and what a screen reader's tools find."""

import asyncio
import re
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect
from prometheus_client import REGISTRY

from telephony.facts import CallHeld, CallResumed, PartyJoined, PartyLeft

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = (Path(__file__).parents[2] / "vendor/axe/axe.min.js").read_text()
CALL, OTHER = "pbx1-1.1", "pbx1-2.1"
STRICT = re.compile("Content Security Policy|Uncaught|SyntaxError")


@asynccontextmanager
async def browsing(chromium, house, root, name="ana", **options):
    """A page of somebody signed in. Its console must stay free of refusals and errors."""
    context = await chromium.new_context(
        locale="es-AR", **({"viewport": {"width": 1366, "height": 768}} | options)
    )
    secret = await house.sessions.open((await house.person(name)).id)
    await context.add_cookies(
        [{"name": f"altavoz-{root.port}", "value": secret.token, "url": str(root), "httpOnly": True}]
    )
    page = await context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: STRICT.search(said.text) and complaints.append(said.text))
    page.on("dialog", lambda dialog: asyncio.ensure_future(answer(dialog, complaints)))
    yield page
    await context.close()
    assert complaints == []


async def answer(dialog, complaints):
    """Leaving with something unsaved asks; any other dialog is somebody's script."""
    if dialog.type != "beforeunload":
        complaints.append(f"dialog {dialog.message}")
    await dialog.accept()


@asynccontextmanager
async def at_desk(chromium, house, name="ana", **options):
    async with house.serving() as root, browsing(chromium, house, root, name, **options) as page:
        await page.goto(f"{root}desk")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        yield page


async def focused(page):
    return await page.evaluate("document.activeElement.id")


async def in_database(house, case, field, value):
    """Waits until the case holds the value."""
    async with asyncio.timeout(8):
        while getattr(await house.store.case(case), field) != value:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def violations(page):
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


async def test_the_pop_is_painted_announced_and_acknowledged(chromium, lasting_house):
    house = lasting_house
    async with at_desk(chromium, house) as page:
        before = REGISTRY.get_sample_value("altavoz_pop_delay_seconds_count")
        await house.rings()
        pop = page.locator(f'[data-pop="{CALL}"]')
        await expect(pop.locator("h2")).to_have_text("ASISTENCIA ÑANDÚ")
        sentence = "Llamada de ASISTENCIA ÑANDÚ, Emergencia, 011 5555-1234"
        await expect(page.locator("#announce")).to_have_text(sentence)
        assert await page.locator("#announce").get_attribute("aria-live") == "assertive"
        assert await page.title() == "Suena: ASISTENCIA ÑANDÚ"
        await house.until(lambda: REGISTRY.get_sample_value("altavoz_pop_delay_seconds_count") == before + 1)
        box = await pop.locator("table").bounding_box()
        assert box["y"] + box["height"] < 768, "the coverages are in sight without scrolling"
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_answering_shows_the_case_and_answered_elsewhere_clears_the_pop(chromium, lasting_house):
    house = lasting_house
    async with at_desk(chromium, house) as page:
        await house.rings(CALL)
        case = await house.answers(CALL)
        await expect(page.locator(f'article[data-case="{case}"]')).to_be_visible()
        await expect(page.locator(f'[data-pop="{CALL}"]')).to_have_attribute("data-stage", "talking")
        await house.rings(OTHER)
        await expect(page.locator(f'[data-pop="{OTHER}"]')).to_be_visible()
        await house.answers(OTHER, at="102")
        await expect(page.locator(f'[data-pop="{OTHER}"]')).to_have_count(0)
        await expect(page.locator("#notices")).to_contain_text("la atendió Beto Ruiz")
        assert await page.title() == "Puesto · Altavoz"


async def test_nothing_takes_the_focus_from_what_is_being_typed(chromium, lasting_house):
    house = lasting_house
    await house.rings(CALL)
    first = await house.answers(CALL)
    async with at_desk(chromium, house) as page:
        notes = page.locator(f"#case-{first}-notes")
        await notes.focus()
        typing = asyncio.create_task(notes.press_sequentially("Pierde agua en la cocina, c?d1s", delay=30))
        await house.rings(OTHER)
        await expect(page.locator(f'[data-pop="{OTHER}"]')).to_be_visible()
        second = await house.answers(OTHER)
        await typing
        await expect(page.get_by_role("button", name=f"AV-00000{second}", exact=True)).to_be_visible()
        assert await focused(page) == f"case-{first}-notes"
        assert await notes.input_value() == "Pierde agua en la cocina, c?d1s"
        await expect(page.locator(f'article[data-case="{first}"]')).to_be_visible()
        await in_database(house, first, "notes", "Pierde agua en la cocina, c?d1s")
        assert house.queues.serving == set(), "the letters typed were no shortcuts"


async def test_each_field_says_whether_it_is_saved(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with at_desk(chromium, house) as page:
        await page.select_option(f"#case-{case}-coverage", "CERR")
        await expect(page.locator(f"#case-{case}-coverage-saved")).to_have_text("guardado")
        telephone = page.locator(f"#case-{case}-telephone")
        await telephone.fill("12")
        note = page.locator(f"#case-{case}-telephone-saved")
        await expect(note).to_contain_text("no se pudo guardar: Teléfono")
        assert await telephone.input_value() == "12"
        assert await telephone.get_attribute("aria-invalid") == "true"
        await telephone.fill("+54 11 4321 8765")
        await expect(note).to_have_text("guardado")
        await in_database(house, case, "telephone", "+541143218765")
        assert (await house.store.case(case)).coverage == "CERR"


async def test_the_link_that_calls_follows_the_telephone_while_it_is_written(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with at_desk(chromium, house) as page:
        telephone, link = page.locator(f"#case-{case}-telephone"), page.get_by_role("link", name="Llamar")
        await expect(link).to_have_attribute("href", "tel:+541155551234")
        await telephone.fill("011 4321")
        await expect(link).to_be_hidden()
        await telephone.fill("+52 55 4123 9876")
        await expect(link).to_have_attribute("href", "tel:+525541239876", timeout=300)
        await telephone.fill("011 4321-8765")
        await expect(link).to_have_attribute("href", "tel:+541143218765")
        assert await focused(page) == f"case-{case}-telephone"
        await house.desk.edit(case, "telephone", "011 4321-0000", "beto")
        await expect(link).to_have_attribute("href", "tel:+541143210000")
        await page.reload()
        await expect(link).to_have_attribute("href", "tel:+541143210000")


async def test_what_is_typed_outlives_a_restart_of_the_server(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with house.serving() as root, browsing(chromium, house, root) as page:
        await page.goto(f"{root}desk")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        who = page.locator(f"#case-{case}-who")
        await who.focus()
        await house.servers[-1].close()
        await expect(page.locator("#offline")).to_contain_text("Sin conexión con Altavoz desde las")
        await who.press_sequentially("Marta Gil")
        await expect(page.locator(f"#case-{case}-who-saved")).to_contain_text("guardado aquí")
        async with house.serving(root.port):
            await expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=15_000)
            await in_database(house, case, "who", "Marta Gil")
            await expect(page.locator("#offline")).to_be_hidden()
            assert await focused(page) == f"case-{case}-who"


async def test_what_is_not_saved_outlives_a_reload(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with at_desk(chromium, house) as page:
        await page.route("**/field", lambda route: route.abort())
        await page.locator(f"#case-{case}-notes").fill("Se inunda la casa")
        await expect(page.locator(f"#case-{case}-notes-saved")).to_contain_text("se enviará al volver")
        await page.reload()
        assert await page.locator(f"#case-{case}-notes").input_value() == "Se inunda la casa"
        await page.unroute("**/field")
        await in_database(house, case, "notes", "Se inunda la casa")


async def test_a_session_that_ended_loses_nothing_either(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with at_desk(chromium, house) as page:
        ana = await house.person("ana")
        await house.sessions.close_all(ana.id)
        await page.locator(f"#case-{case}-notes").fill("Sigue en línea")
        await expect(page.locator(f"#case-{case}-notes-saved")).to_contain_text("cuando vuelva a entrar")
        again = await page.context.new_page()
        await again.goto(page.url.replace("/desk", "/sign-in"))
        await again.fill("[name=name]", "ana")
        await again.fill("[name=password]", house.password)
        await again.press("[name=password]", "Enter")
        await in_database(house, case, "notes", "Sigue en línea")


async def test_a_case_is_filled_in_and_closed_by_keyboard_alone(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    await house.hangs_up()
    async with at_desk(chromium, house) as page:
        keys = page.keyboard
        await keys.press("c")
        assert await focused(page) == f"case-{case}-coverage"
        await keys.type("Plom")
        await keys.press("Tab")
        await keys.type("Marta Gil")
        await keys.press("Control+Enter")
        await keys.type("Resu")
        await keys.press("Control+Enter")
        await in_database(house, case, "state", "closed")
        await expect(page.locator("#notices")).to_contain_text(f"Caso AV-00000{case} cerrado")
        closed = await house.store.case(case)
        assert (closed.coverage, closed.who, closed.outcome) == ("PLOM", "Marta Gil", "resuelto")
        assert await focused(page) == "desk-title"


async def test_shortcuts_act_outside_fields_and_can_be_switched_off(chromium, lasting_house):
    house = lasting_house
    async with at_desk(chromium, house) as page:
        await page.keyboard.press("d")
        await expect(page.locator("#available")).to_have_attribute("aria-pressed", "true")
        await page.keyboard.press("?")
        await expect(page.locator("#shortcuts")).to_be_visible()
        await page.locator("#letters").uncheck()
        await page.keyboard.press("Escape")
        await page.keyboard.press("d")
        await page.wait_for_timeout(200)
        assert house.queues.serving != set()


async def test_a_desk_whose_place_another_took_says_so_and_waits_to_be_asked(chromium, lasting_house):
    house = lasting_house
    async with at_desk(chromium, house) as page:
        (desk,) = house.desks()
        desk.give_way()
        await expect(page.locator("#offline")).to_contain_text("Abrió el puesto en otras pestañas o equipos")
        assert await violations(page) == []
        await page.evaluate("dispatchEvent(new Event('online'))")
        await page.wait_for_timeout(800)
        assert len(house.desks()) == 0
        await page.click("text=Seguir aquí")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        await expect(page.locator("#offline")).to_be_hidden()


async def test_a_pause_asks_for_its_reason_by_keyboard_or_pointer(chromium, lasting_house):
    house = lasting_house
    async with at_desk(chromium, house) as page:
        await expect(page.locator("#paused")).to_be_disabled()
        await page.keyboard.press("d")
        await expect(page.locator("#paused")).to_be_enabled()
        await page.keyboard.press("d")
        await expect(page.locator("#pauses")).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await page.click("#paused")
        await page.get_by_role("button", name="Capacitación").click()
        await expect(page.locator("#call")).to_contain_text("En pausa · Capacitación")
        await expect(page.locator("#pauses")).to_be_hidden()
        assert house.queues.paused["101"][0] == "training"
        assert await violations(page) == []


async def test_two_texts_for_one_field_are_both_in_sight_until_somebody_decides(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with at_desk(chromium, house) as page:
        await page.route("**/field", lambda route: route.abort())
        who = page.locator(f"#case-{case}-who")
        await who.fill("Marta Gómez")
        await house.desk.edit(case, "who", "Marta Gil", "beto")
        await page.unroute("**/field")
        conflict = page.locator(".conflict")
        await expect(conflict).to_contain_text("Beto Ruiz puso mientras usted escribía", timeout=20_000)
        await expect(conflict.locator("blockquote")).to_have_text("Marta Gil")
        assert await who.input_value() == "Marta Gómez"
        assert await violations(page) == []
        await page.get_by_role("button", name="Dejar lo mío").click()
        await in_database(house, case, "who", "Marta Gómez")
        await expect(conflict).to_have_count(0)


async def test_a_case_that_passes_on_is_saved_first_and_leaves_when_its_writer_rests(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    case = await house.answers()
    async with at_desk(chromium, house) as page:
        notes = page.locator(f"#case-{case}-notes")
        await notes.focus()
        await house.desk.take(case, "beto")
        await notes.press_sequentially("Lo último que dijo", delay=20)
        sentence = f"caso AV-{case:06d} pas"
        await expect(page.locator(".leaving")).to_contain_text(sentence)
        await expect(page.locator(f'article[data-case="{case}"]')).to_have_count(0, timeout=8000)
        await expect(page.locator("#notices")).to_contain_text("a Beto Ruiz.")
        await in_database(house, case, "notes", "Lo último que dijo")
        await page.keyboard.type("d")
        await page.wait_for_timeout(200)
        assert house.queues.serving == set(), "a letter still on its way is no shortcut"


async def test_a_page_loaded_anew_goes_on_in_the_same_field_at_the_same_letter(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    first = await house.answers()
    await house.hangs_up()
    await house.rings(OTHER)
    await house.answers(OTHER)
    async with at_desk(chromium, house) as page:
        await page.click(f'[data-open-case="{first}"]')
        notes = page.locator(f"#case-{first}-notes")
        await notes.fill("Se inunda la casa")
        await in_database(house, first, "notes", "Se inunda la casa")
        await notes.evaluate("field => field.setSelectionRange(3, 9)")
        await page.reload()
        await expect(notes).to_be_focused()
        assert await notes.evaluate("field => [field.selectionStart, field.selectionEnd]") == [3, 9]


async def test_a_call_on_hold_says_since_when_and_who_else_is_in_it_is_named(chromium, lasting_house):
    house = lasting_house
    await house.rings()
    await house.answers()
    async with at_desk(chromium, house) as page:
        await house.happens(PartyJoined(CALL, house.clock(), "102"))
        await expect(page.locator(".company")).to_have_text("También en la llamada: Beto Ruiz")
        await house.happens(PartyLeft(CALL, house.clock(), "102"), CallHeld(CALL, house.clock(), "101"))
        await expect(page.locator("[data-held] .state")).to_contain_text("En espera desde las")
        assert await violations(page) == []
        await house.happens(CallResumed(CALL, house.clock(), "101"))
        await expect(page.locator('[data-stage="talking"] .state')).to_contain_text("En conversación")


async def test_muting_the_ring_is_remembered(chromium, lasting_house):
    async with at_desk(chromium, lasting_house) as page:
        await page.keyboard.press("Escape")
        await expect(page.locator("#mute")).to_have_text("Sonido activado")
        await page.click("#mute")
        await page.reload()
        await expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")


async def test_what_people_write_never_runs(chromium, lasting_house):
    house = lasting_house
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}"
    await house.rings(caller="<script>alert(3)"[:20])
    case = await house.answers()
    for field in ("who", "address", "notes"):
        await house.desk.edit(case, field, attack, "beto")
    async with at_desk(chromium, house) as page:
        assert await page.locator(f"#case-{case}-notes").input_value() == attack
        await page.goto(page.url.replace("/desk", f"/cases/{case}"))
        await page.goto(page.url.replace(f"/cases/{case}", "/cases"))
        await expect(page.locator("td", has_text="onerror")).to_be_visible()


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1366, 768)), ("dark", (390, 844))], ids=["wide-light", "narrow-dark"]
)
async def test_axe_finds_nothing_on_any_page(chromium, lasting_house, scheme, size):
    house = lasting_house
    await house.rings(OTHER)
    case = await house.answers(OTHER)
    await house.hangs_up(OTHER)
    await house.rings(CALL)
    options = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}}
    async with house.serving() as root, browsing(chromium, house, root, "raul", **options) as page:
        for path in ("cases", f"cases/{case}", "calls", "lines", "phones", "password", "nada"):
            await page.goto(f"{root}{path}")
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        await page.context.clear_cookies()
        await page.goto(f"{root}sign-in")
        assert await violations(page) == []
    async with at_desk(chromium, house, **options) as page:
        assert await violations(page) == []
        await house.answers(CALL)
        await expect(page.locator('[data-stage="talking"]')).to_be_visible()
        assert await violations(page) == []
        await page.click("#help")
        assert await violations(page) == []
