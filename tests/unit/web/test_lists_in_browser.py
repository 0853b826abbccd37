"""Lists on a phone, in a real browser."""

import pytest
from playwright.async_api import expect

from tests.unit.web.test_alarms_in_browser import AXE, PHONE, browsing

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_on_a_phone_each_cell_of_a_list_says_its_columns_name_and_none_is_beside_the_screen(
    chromium, lasting_house
):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root, "raul", viewport=PHONE) as page:
        await page.goto(f"{root}people")
        cells = page.locator("#rows tr:first-child td")
        assert "Roles" in [await cell.get_attribute("data-label") for cell in await cells.all()]
        for cell in await cells.all():
            box = await cell.bounding_box()
            assert box is None or box["x"] + box["width"] <= PHONE["width"]
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


async def test_on_a_phone_a_search_of_many_fields_is_one_line_that_says_how_many_are_set(
    chromium, lasting_house
):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root, "raul", viewport=PHONE) as page:
        await page.goto(f"{root}altas?text=hogar&late=yes")
        search = page.get_by_role("searchbox")
        await expect(search).to_be_hidden()
        await page.get_by_text("Filtros (2)").focus()
        await page.keyboard.press("Enter")
        await expect(search).to_have_value("hogar")
        await page.set_viewport_size({"width": 1366, "height": 768})
        await expect(search).to_be_visible()
        await expect(page.get_by_text("Filtros (2)")).to_be_hidden()
