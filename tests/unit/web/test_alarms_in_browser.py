"""The bar of alarms in a real browser: live, folded, said aloud once, and honest when the service is gone."""

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from staff.permissions import Permission
from web.alarm import Alarm, Level
from web.status_lines import Line, Section, State

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AT = datetime.now(UTC)
LINK = Alarm("pbx-link", AT, "Sin conexión con la central", "Los teléfonos siguen sonando.", None)
QUEUE = Alarm("queue-nobody", AT, "Nadie atiende CAT <b>", "Póngase disponible.", None)
DISK = Alarm("disk-low", AT, "Queda poco disco", "Libere.", Permission.STATUS_READ, Level.WARNING)
PHONE = {"width": 390, "height": 844}
SECTIONS = (Section("Colas", (Line("CAT", State.BAD, "Nadie atiende"), Line("SAC", State.GOOD, "2"))),)
PLACES = "['.alarms', 'main'].map(each => document.querySelector(each).getBoundingClientRect().toJSON())"
"""Both read at one instant: the bar is put anew whenever it is asked for."""
AXE = (Path(__file__).parents[2] / "vendor/axe/axe.min.js").read_text()


@asynccontextmanager
async def browsing(chromium, house, root, name="sofia", **options):
    context = await chromium.new_context(**({"viewport": {"width": 1366, "height": 768}} | options))
    secret = await house.sessions.open((await house.person(name)).id)
    cookie = {"name": f"altavoz-{root.port}", "value": secret.token, "url": str(root), "httpOnly": True}
    await context.add_cookies([cookie])
    page = await context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    await context.close()
    assert complaints == []


def bar(page):
    return page.locator(".alarms")


async def test_an_alarm_comes_is_said_once_and_goes_without_reload(chromium, lasting_house):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root) as page:
        await page.goto(f"{root}cases")
        await expect(bar(page)).to_have_count(0)
        house.alarms = (QUEUE,)
        await expect(bar(page)).to_contain_text("Nadie atiende CAT <b> desde la", timeout=2000)
        spoken = page.locator("#spoken")
        await expect(spoken).to_contain_text("Alarma: Nadie atiende CAT")
        assert await spoken.get_attribute("role") == "status"
        await page.goto(f"{root}calls")
        await expect(bar(page)).to_contain_text("Nadie atiende CAT")
        await expect(spoken).to_have_count(0)
        house.alarms = ()
        await expect(bar(page)).to_have_count(0, timeout=2000)


async def test_several_fold_into_one_line_with_a_count_and_stay_as_they_were_left(chromium, lasting_house):
    house = lasting_house
    house.alarms = (LINK, QUEUE)
    async with house.serving() as root, browsing(chromium, house, root) as page:
        await page.goto(f"{root}cases")
        summary = bar(page).locator("summary")
        await expect(summary).to_contain_text(re.compile(r"2 alarmas\s+Sin conexión con la central"))
        await expect(bar(page).get_by_text("Póngase disponible.")).to_be_hidden()
        await summary.focus()
        await page.keyboard.press("Enter")
        await expect(bar(page).get_by_text("Póngase disponible.")).to_be_visible()
        house.alarms = (LINK, QUEUE, DISK)
        await expect(summary).to_contain_text("3 alarmas", timeout=2000)
        await expect(bar(page).get_by_text("Póngase disponible.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone_the_bar_leaves_the_page_in_sight(chromium, lasting_house, scheme):
    house = lasting_house
    house.alarms = (LINK, QUEUE, DISK)
    options = {"viewport": PHONE, "color_scheme": scheme}
    async with house.serving() as root, browsing(chromium, house, root, **options) as page:
        await page.goto(f"{root}cases")
        await expect(bar(page)).to_be_visible()
        box, main = await page.evaluate(PLACES)
        assert box["height"] < 110 and box["width"] <= 390
        assert main["y"] >= box["y"] + box["height"]
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await page.evaluate(AXE)
        found = await page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


async def test_the_desk_hears_of_it_by_its_own_stream_and_says_it_once(chromium, lasting_house):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root, "ana") as page:
        await page.goto(f"{root}desk")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        house.alarms = (QUEUE,)
        await expect(bar(page)).to_have_count(1, timeout=4000)
        await expect(page.locator("#spoken")).to_contain_text("Alarma: Nadie atiende CAT")
        assert await page.evaluate("document.querySelector('[data-alarm-stream]')") is None


async def test_a_page_says_by_itself_that_the_service_is_gone_and_that_it_is_back(chromium, lasting_house):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root) as page:
        await page.goto(f"{root}cases")
        gone = page.locator("#gone")
        await page.wait_for_timeout(500)
        await house.servers[-1].close()
        await expect(gone).to_contain_text("Sin conexión con Altavoz desde las", timeout=5000)
        async with house.serving(root.port):
            await expect(gone).to_be_hidden(timeout=10_000)


async def test_a_page_whose_session_ended_says_how_to_enter_again(chromium, lasting_house, monkeypatch):
    house = lasting_house
    monkeypatch.setattr("web.alarm_stream.SESSIONS_EVERY", 0.2)
    async with house.serving() as root, browsing(chromium, house, root) as page:
        await page.goto(f"{root}cases?plan=hogar-nandu")
        await page.wait_for_timeout(500)
        await house.sessions.close_all((await house.person("sofia")).id)
        await expect(page.locator("#gone")).to_contain_text("Su sesión terminó", timeout=3000)
        await page.click("#gone a")
        await page.wait_for_url(re.compile(r"/sign-in\?next=%2Fcases%3Fplan"))


async def test_the_status_page_is_live_and_tells_states_without_colour(chromium, lasting_house):
    house = lasting_house
    house.sections, house.alarms = SECTIONS, ()
    async with house.serving() as root, browsing(chromium, house, root) as page:
        await page.goto(f"{root}status")
        await expect(page.locator(".line").first).to_contain_text("CAT")
        await expect(page.locator(".line .state").first).to_have_text(re.compile("✗ +Mal"))
        house.sections, house.alarms = (), (DISK,)
        await expect(page.locator(".line")).to_have_count(0, timeout=4000)
        await expect(page.locator(".open-alarms")).to_contain_text("Queda poco disco")
        await expect(bar(page)).to_be_hidden()
        await page.emulate_media(media="print")
        await expect(page.locator("header.bar")).to_be_hidden()
        await expect(page.locator(".open-alarms")).to_be_visible()
