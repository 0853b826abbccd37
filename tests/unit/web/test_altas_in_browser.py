"""Two people walk an alta in real browsers by keyboard alone; what one does shows at the other's, unasked."""

import pytest
from playwright.async_api import expect

from tests.unit.web.altas import at_work, observed
from tests.unit.web.test_alarms_in_browser import AXE, PHONE, browsing

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def press(page, role, name):
    """Goes to a control by keyboard's means and presses Enter."""
    control = page.get_by_role(role, name=name, exact=True).last
    await control.focus()
    await page.keyboard.press("Enter")


async def write(page, label, text):
    await page.get_by_label(label).first.focus()
    await page.keyboard.type(text)


async def choose(page, label, text):
    """Selects as typing into a select does."""
    await page.get_by_role("combobox", name=label).last.focus()
    await page.keyboard.type(text)


async def violations(page):
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


async def test_two_people_walk_by_keyboard_from_the_request_to_the_observations(chromium, lasting_house):
    house = lasting_house
    await at_work(house)
    async with (
        house.serving() as root,
        browsing(chromium, house, root, "carla") as carla,
        browsing(chromium, house, root, "olga") as olga,
    ):
        await carla.goto(f"{root}altas")
        await press(carla, "button", "Nueva alta")
        await expect(carla.get_by_label("Cómo se llama")).to_be_focused()
        await carla.keyboard.type("Hogar Premium")
        await choose(carla, "Filial que lo atiende", "Filial Arg")
        await write(carla, "Cliente", "Seguros Nuevos")
        await choose(carla, "Tipo", "aseg")
        await carla.keyboard.press("Enter")
        await press(carla, "button", "Empezar el alta")
        await press(carla, "button", "Terminar el paso")
        await expect(carla.get_by_text("Paso terminado.")).to_be_visible()
        await press(carla, "button", "Cargar las coberturas")
        await press(carla, "button", "Cargar las coberturas")
        await press(carla, "button", "Agregar una cobertura")
        await expect(carla.get_by_label("Cobertura", exact=True)).to_be_focused()
        await carla.keyboard.type("Plomería")
        await choose(carla, "Tipo", "Emer")
        await press(carla, "button", "Agregar una cobertura")
        await expect(carla.get_by_label("Cobertura", exact=True).nth(1)).to_be_focused()
        await carla.keyboard.type("Grúa")
        await choose(carla, "Tipo", "Emer")
        await press(carla, "button", "Subir la cobertura")
        await expect(carla.get_by_label("Cobertura", exact=True).first).to_have_value("Grúa")
        await write(carla, "Condiciones generales", "Todo el país")
        await press(carla, "button", "Guardar la versión 1")
        await expect(carla.get_by_text("Coberturas guardadas.")).to_be_visible()
        await press(carla, "link", "ALTA-1")
        for _ in range(2):
            await press(carla, "button", "Terminar el paso")
            await expect(carla.get_by_text("Paso terminado.")).to_be_visible()

        await olga.goto(f"{root}mine")
        await press(olga, "link", "Observaciones de Operaciones")
        await expect(olga.locator("#step-observaciones textarea").first).to_be_focused()
        await write(carla, "Escribir un comentario", "Avisé al clie")
        await write(olga, "Observaciones para Comercial", "Falta el tope")
        await press(olga, "button", "Terminar el paso")
        await expect(olga.get_by_text("Paso terminado.")).to_be_visible()

        await expect(carla.locator("#now-h")).to_have_text("Coberturas ajustadas", timeout=9000)
        await expect(carla.get_by_label("Escribir un comentario")).to_have_value("Avisé al clie")
        await expect(carla.get_by_label("Escribir un comentario")).to_be_focused()
        await carla.keyboard.type("nte")
        await press(carla, "button", "Comentar")
        await expect(carla.get_by_text("Avisé al cliente")).to_be_visible()


async def test_what_somebody_else_did_stands_beside_what_is_being_written(chromium, lasting_house):
    house = lasting_house
    alta = await observed(house)
    async with house.serving() as root, browsing(chromium, house, root, "olga") as page:
        await page.goto(f"{root}altas/{alta.id}#step-observaciones")
        await expect(page.locator("#finish-observaciones textarea")).to_be_focused()
        await page.keyboard.type("Falta la grúa")
        await page.wait_for_timeout(500)
        olga = await house.person("olga")
        await house.office.altas.assign(alta.id, "observaciones", "olga", olga)
        note = page.locator("#step-observaciones .meanwhile-note")
        await expect(note).to_contain_text("Lo suyo sigue aquí", timeout=9000)
        await press(page, "button", "Ver cómo quedó")
        await expect(note).to_contain_text("Olga Díaz (Operaciones)")
        await expect(page.locator("#finish-observaciones textarea")).to_have_value("Falta la grúa")
        await press(page, "button", "Terminar el paso")
        await expect(page.get_by_role("alert")).to_contain_text("Este paso ya cambió")
        await expect(page.locator("#finish-observaciones textarea")).to_have_value("Falta la grúa")
        await press(page, "button", "Terminar el paso")
        await expect(page.get_by_text("Paso terminado.")).to_be_visible()


async def test_who_chooses_a_start_that_is_past_is_told_before_it_is_sent(chromium, lasting_house):
    house = lasting_house
    await at_work(house)
    async with house.serving() as root, browsing(chromium, house, root, "carla") as page:
        await page.goto(f"{root}altas/new")
        told = page.get_by_text("La fecha ya pasó")
        await page.get_by_label("Empieza el").fill("2020-02-01")
        await expect(told).to_be_visible()
        await page.get_by_label("Empieza el").fill("2999-02-01")
        await expect(told).to_be_hidden()


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [({"width": 1366, "height": 768}, "light"), (PHONE, "dark")],
    ids=["desk", "phone"],
)
async def test_the_pages_of_an_alta_fit_and_are_accessible(chromium, lasting_house, viewport, scheme):
    house = lasting_house
    alta = await observed(house)
    async with (
        house.serving() as root,
        browsing(chromium, house, root, "olga", viewport=viewport, color_scheme=scheme) as page,
    ):
        for path in (
            "altas",
            "altas?view=list",
            f"altas/{alta.id}",
            f"altas/{alta.id}/coverages/edit",
            "altas/new",
        ):
            await page.goto(f"{root}{path}")
            assert await violations(page) == [], path
            assert await page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], path
