"""A pause keeps callers waiting for whoever is on shift; the end of a shift lets them go to whom is next."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import chromium, open_page, sign_in
from tests.support.instance import eventually
from tests.support.shift import CALLER, NANDU, PASSWORD, TELECOM, Shift, shift

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(600)]

GREETING = 25
"""Seconds that the greeting and the menu may take."""


@pytest.fixture(scope="module")
def ours() -> Iterator[Shift]:
    with shift(18600) as made:
        words = ["user", "add", "sofia", "--role", "supervisor", "--full-name", "Sofía Luna"]
        made.altavoz.run(*words, "--password-stdin", stdin=PASSWORD + "\n")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def members(ours: Shift) -> str:
    return ours.pbx("queue show cat")


def test_the_only_coordinator_pauses_callers_wait_and_the_supervisor_sees_why(
    ours: Shift, browser: Browser
) -> None:
    page = ours.desk(browser)
    watching = open_page(browser)
    sign_in(watching, ours.altavoz.http, "sofia", PASSWORD)
    watching.goto(f"{ours.altavoz.http}/desk")
    team = watching.locator("[data-region=team]")
    expect(team.locator("tr", has_text="101")).to_contain_text("Disponible")

    page.keyboard.press("d")
    page.keyboard.press("a")
    expect(page.locator("[data-region=call]")).to_contain_text("En pausa · Almuerzo")
    expect(team.locator("tr", has_text="101")).to_contain_text("En pausa · Almuerzo")
    assert "paused:lunch" in members(ours)

    phone = ours.sip.phone(ours.phones["ana"], ring=2)
    ours.sip.call(TELECOM, NANDU, CALLER, keys=[(1.5, "1")], talk=90)
    expect(page.locator("[data-region=waiting]")).to_contain_text("ASISTENCIA ÑANDÚ", timeout=GREETING * 1000)
    time.sleep(12)
    assert "INVITE" not in phone.messages()
    expect(page.locator("[data-region=waiting]")).to_contain_text("ASISTENCIA ÑANDÚ")

    page.keyboard.press("d")
    expect(page.locator('[data-stage="talking"]')).to_be_visible(timeout=15_000)
    expect(team.locator("tr", has_text="101")).to_contain_text("En llamada · ASISTENCIA ÑANDÚ")
    page.context.close()
    watching.context.close()
    ours.end()


def test_a_pause_is_the_pbxs_own_and_stands_through_a_kill_of_ours(ours: Shift, browser: Browser) -> None:
    page = ours.desk(browser)
    _pause(page, "b", "Baño")
    ours.altavoz.kill()
    ours.altavoz.start()
    ours.live(page)
    expect(page.locator("#paused")).to_have_text("En pausa · Baño")
    assert "paused:bathroom" in members(ours)
    page.context.close()
    ours.end()


def test_signing_out_in_a_pause_ends_the_shift_and_callers_do_not_wait_in_vain(
    ours: Shift, browser: Browser
) -> None:
    page = ours.desk(browser)
    _pause(page, "o", "Otra")
    page.click("text=Salir")
    page.wait_for_url("**/sign-in")
    assert "No Members" in members(ours)
    page.context.close()


def test_a_pause_of_somebody_who_is_signed_in_nowhere_any_more_ends_by_itself(
    ours: Shift, browser: Browser
) -> None:
    page = ours.desk(browser)
    _pause(page, "c", "Capacitación")
    page.context.close()
    ours.sign_out_everybody()
    eventually(lambda: "No Members" in members(ours), 40)


def _pause(page: Page, key: str, label: str) -> None:
    page.keyboard.press("d")
    page.keyboard.press(key)
    expect(page.locator("#paused")).to_have_text(f"En pausa · {label}")
