"""The bar in a real browser: one row on a desk, one button on a phone, all of it by keyboard."""

import pytest
from playwright.async_api import expect

from tests.unit.web.test_alarms_in_browser import AXE, PHONE, browsing

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_a_group_opens_and_closes_by_keyboard_and_by_pressing_elsewhere(chromium, lasting_house):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root, "raul") as page:
        await page.goto(f"{root}lines")
        bar = await page.locator("header.bar").bounding_box()
        assert bar["height"] < 60, "one row"
        staff, people = page.locator("summary", has_text="Equipo"), page.get_by_role("link", name="Personas")
        await staff.focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(people).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(staff).to_be_focused()
        await expect(people).to_be_hidden()
        await staff.click()
        await page.locator("summary", has_text="Central").click()
        await expect(people).to_be_hidden()
        await page.locator("main").click(position={"x": 4, "y": 4})
        await expect(page.get_by_role("link", name="Teléfonos")).to_be_hidden()


async def test_on_a_phone_one_button_opens_them_all(chromium, lasting_house):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root, "raul", viewport=PHONE) as page:
        await page.goto(f"{root}people")
        assert (await page.locator("header.bar").bounding_box())["height"] < 60
        await expect(page.get_by_role("button", name="Salir")).to_be_hidden()
        await page.get_by_role("button", name="Menú").focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="Personas")).to_be_visible()
        await expect(page.get_by_role("button", name="Salir")).to_be_visible()
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("link", name="Personas")).to_be_hidden()
