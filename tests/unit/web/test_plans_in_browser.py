"""A plan is written in a real browser: problems at once, form and text as one, nothing typed is lost."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.unit.web.test_alarms_in_browser import AXE, PHONE, browsing

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

ROOT = Path(__file__).parents[3]
NANDU = (ROOT / "plans/examples/hogar-nandu.yaml").read_text("utf-8")


@pytest.fixture
async def published(lasting_house):
    await lasting_house.publishes_the_examples()
    return lasting_house


async def until_saved(house, said):
    """The database has it: the line above the text may still tell of an earlier saving."""
    for _ in range(80):
        draft = await house.office.plan_drafts.find("hogar-nandu")
        if draft and said in draft.text:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not saved: {said}")


async def violations(page):
    await page.evaluate(AXE)
    found = await page.evaluate("axe.run()")
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


async def test_what_is_typed_is_looked_at_and_saved_and_the_form_writes_into_the_text(chromium, published):
    async with published.serving() as root, browsing(chromium, published, root, "carla") as page:
        await page.goto(f"{root}plans/hogar-nandu/edit")
        area = page.get_by_label("El plan en YAML")
        await area.fill(NANDU.replace("queue: cat, kind: emergencia", "queue: nadie, kind: emergencia"))
        problem = page.get_by_role("link", name="Línea 41", exact=True)
        await expect(problem).to_be_visible()
        await expect(page.locator(".gutter .error")).to_have_text("41")
        await page.keyboard.press("F8")
        assert "nadie" in await area.evaluate("t => t.value.slice(t.selectionStart, t.selectionEnd)")
        await page.get_by_text("Menús").first.click()
        await page.get_by_label("Cola").first.select_option("cat")
        await expect(page.locator("#problems-h")).to_have_text("Sin problemas")
        await page.get_by_label("Nombre de fantasía").fill("ASISTENCIA <b>ÑANDÚ LARGA")
        await page.keyboard.press("Tab")
        await expect(area).to_have_value(re.compile("fantasy_name: .*ÑANDÚ LARGA.* # what the coordinator"))
        await page.get_by_role("button", name="Vista previa").click()
        await expect(page.get_by_text("Se corta en «ASISTENCIA <b>ÑA»")).to_be_visible()
        await expect(page.locator("#saved")).to_contain_text("Guardado a las", timeout=8000)
        await until_saved(published, "ÑANDÚ LARGA")


async def test_what_two_write_at_once_stands_side_by_side_and_a_reload_loses_nothing(chromium, published):
    async with (
        published.serving() as root,
        browsing(chromium, published, root, "carla") as carla,
        browsing(chromium, published, root, "olga") as olga,
    ):
        for page in (carla, olga):
            await page.goto(f"{root}plans/hogar-nandu/edit")
        await olga.get_by_label("El plan en YAML").fill(NANDU + "# de Olga\n")
        await expect(olga.locator("#saved")).to_contain_text("Guardado a las", timeout=8000)
        await carla.get_by_label("El plan en YAML").fill(NANDU + "# de Carla\n")
        await carla.reload()
        theirs = carla.get_by_label("El texto de Olga Díaz")
        await expect(carla.get_by_text("guardó esto mientras usted escribía")).to_be_visible(timeout=8000)
        assert "# de Carla" in await carla.get_by_label("El plan en YAML").input_value()
        assert "# de Olga" in await carla.locator("#conflict textarea").input_value(), theirs
        await carla.get_by_role("button", name="Dejar lo mío").click()
        await expect(carla.locator("#saved")).to_contain_text("Guardado a las", timeout=8000)
        await until_saved(published, "# de Carla\n")


async def test_the_pages_are_usable_by_everybody_on_a_telephone_too(chromium, published):
    await published.office.provisioner.apply_text(NANDU.replace("Plus", "Oro"), "ivan")
    async with (
        published.serving() as root,
        browsing(chromium, published, root, "raul", viewport=PHONE) as page,
    ):
        for path in ("plans", "plans/hogar-nandu", "plans/hogar-nandu/compare", "plans/hogar-nandu/edit"):
            await page.goto(f"{root}{path}")
            assert await violations(page) == [], path
            wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, path
