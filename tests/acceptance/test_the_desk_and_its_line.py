"""The line between browser and service is cut, falls silent, or sleeps: the desk is right at once."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.browser import chromium
from tests.support.proxy import wire
from tests.support.shift import Shift, seconds_until, shift

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(600)]

BACK_WITHIN, NOTICED_WITHIN = 5, 12
PROXY = 18795


@pytest.fixture(scope="module")
def ours() -> Iterator[Shift]:
    with shift(18600) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(autouse=True)
def ended(ours: Shift) -> Iterator[None]:
    yield
    ours.end()


def devtools(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def network(tools: CDPSession, *, offline: bool) -> None:
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.emulateNetworkConditions", conditions)


def test_a_network_that_is_gone_for_a_while_leaves_nothing_wrong_behind(
    ours: Shift, browser: Browser
) -> None:
    page = ours.desk(browser)
    case = ours.talks(page, talk=20)
    tools = devtools(page)
    network(tools, offline=True)
    page.locator(f"#case-{case}-notes").fill("Escrito sin red")
    expect(page.locator(f"#case-{case}-notes-saved")).to_contain_text("guardado aquí", timeout=15_000)
    ours.pbx("channel request hangup all")
    time.sleep(3)
    network(tools, offline=False)
    took = seconds_until(lambda: page.locator('[data-stage="over"]').count() == 1, BACK_WITHIN)
    print(f"right {took:.1f} s after the network is back")
    ours.in_database(case, "notes", "Escrito sin red", seconds=BACK_WITHIN)
    assert page.evaluate("window.loaded") == 1
    page.context.close()


def test_a_line_that_swallows_everything_is_noticed_by_its_silence(ours: Shift, browser: Browser) -> None:
    with wire(PROXY, ("127.0.0.1", ours.altavoz.base)) as line:
        page = ours.desk(browser, http=f"http://127.0.0.1:{PROXY}")
        case = ours.talks(page, talk=60)
        line.dead = True
        noticed = seconds_until(lambda: page.locator("#offline").is_visible(), NOTICED_WITHIN)
        page.locator(f"#case-{case}-notes").fill("Escrito en una línea muerta")
        ours.pbx("channel request hangup all")
        time.sleep(8)
        line.dead = False
        back = seconds_until(lambda: page.locator('[data-stage="over"]').count() == 1, BACK_WITHIN)
        print(f"silence noticed after {noticed:.1f} s; right {back:.1f} s after the line is back")
        ours.in_database(case, "notes", "Escrito en una línea muerta", seconds=15)
        assert page.evaluate("window.loaded") == 1
        page.context.close()


def test_a_tab_that_slept_is_right_as_soon_as_it_wakes(ours: Shift, browser: Browser) -> None:
    page = ours.desk(browser)
    tools = devtools(page)
    tools.send("Page.setWebLifecycleState", {"state": "frozen"})
    other = ours.desk(browser, "beto")
    ours.altavoz.run("user", "leave", "ana")
    ours.rings(other, "beto", ring=1)
    time.sleep(12)
    tools.send("Page.setWebLifecycleState", {"state": "active"})
    expect(page.locator("[data-region=status]")).to_contain_text("Fuera de turno", timeout=BACK_WITHIN * 1000)
    expect(page.locator("[data-region=waiting]")).to_contain_text("Nadie espera")
    ours.live(page, BACK_WITHIN)
    for each in (page, other):
        each.context.close()


def test_a_browser_frozen_in_the_middle_of_a_restart_comes_back_too(ours: Shift, browser: Browser) -> None:
    page = ours.desk(browser)
    tools = devtools(page)
    tools.send("Page.setWebLifecycleState", {"state": "frozen"})
    ours.altavoz.kill()
    ours.altavoz.start()
    tools.send("Page.setWebLifecycleState", {"state": "active"})
    ours.altavoz.run("user", "leave", "ana")
    expect(page.locator("[data-region=status]")).to_contain_text("Fuera de turno", timeout=BACK_WITHIN * 1000)
    page.context.close()


def test_a_clock_that_is_set_anew_changes_no_time_on_the_desk(ours: Shift, browser: Browser) -> None:
    page = ours.desk(browser)
    ours.talks(page, talk=60)
    page.evaluate("(() => { const real = Date.now; Date.now = () => real() + 3_600_000; })()")
    time.sleep(2.5)
    shown = page.locator('[data-stage="talking"] .state time').first.inner_text()
    minutes, seconds = map(int, shown.split(":"))
    assert minutes == 0 and seconds < 30
    ours.live(page, 1)
    page.context.close()
