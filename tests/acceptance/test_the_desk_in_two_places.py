"""Two tabs and two machines of one coordinator, and a colleague beside: everywhere the same."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import chromium
from tests.support.shift import CALLER, NANDU, TELECOM, Shift, shift

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def ours() -> Iterator[Shift]:
    with shift(18600, strategy="ringall") as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def places(ours: Shift, browser: Browser) -> Iterator[tuple[Page, Page, Page]]:
    """Ana's tab, another tab of the same browser, and her other machine."""
    tab = ours.desk(browser)
    second = tab.context.new_page()
    second.goto(tab.url)
    ours.live(second)
    machine = ours.desk(browser)
    yield tab, second, machine
    for page in (tab, machine):
        page.context.close()
    ours.end()


def test_a_call_rings_everywhere_and_is_cleared_everywhere_when_it_is_answered(
    ours: Shift, places: tuple[Page, Page, Page]
) -> None:
    tab, *others = places
    ours.rings(tab, ring=3)
    for page in others:
        expect(page.locator('[data-stage="ringing"]')).to_be_visible()
    for page in places:
        expect(page.locator('[data-stage="ringing"]')).to_have_count(0, timeout=15_000)
        expect(page.locator('[data-stage="talking"]')).to_be_visible()
        expect(page.locator("article[data-case]:visible")).to_be_visible()


def test_a_call_that_a_colleague_answers_leaves_every_place_and_says_who_has_it(
    ours: Shift, places: tuple[Page, Page, Page]
) -> None:
    ours.altavoz.run("user", "available", "beto")
    ours.sip.phone(ours.phones["beto"], ring=6)
    ours.sip.phone(ours.phones["ana"], answers=False)
    ours.sip.call(TELECOM, NANDU, CALLER, keys=[(1.5, "1")], talk=60)
    for page in places:
        expect(page.locator('[data-stage="ringing"]')).to_be_visible(timeout=40_000)
    for page in places:
        expect(page.locator("#notices")).to_contain_text("la atendió beto", timeout=20_000)
        expect(page.locator('[data-stage="ringing"]')).to_have_count(0)


def test_what_is_typed_in_one_place_appears_in_the_others(
    ours: Shift, places: tuple[Page, Page, Page]
) -> None:
    tab, second, machine = places
    case = ours.talks(tab)
    tab.locator(f"#case-{case}-address").fill("Mitre 100")
    machine.locator(f"#case-{case}-who").fill("Juan Peña")
    for page in places:
        expect(page.locator(f"#case-{case}-address")).to_have_value("Mitre 100")
        expect(page.locator(f"#case-{case}-who")).to_have_value("Juan Peña")
    second.locator(f"#case-{case}-notes").focus()
    machine.locator(f"#case-{case}-notes").fill("De la otra máquina")
    expect(second.locator(f"#case-{case}-notes")).to_have_value("De la otra máquina")


def test_two_texts_for_one_field_are_both_kept_in_sight_until_one_decides(
    ours: Shift, places: tuple[Page, Page, Page]
) -> None:
    tab, _, machine = places
    case = ours.talks(tab)
    notes = f"#case-{case}-notes"
    tab.context.set_offline(True)
    tab.locator(notes).fill("Lo de la pestaña")
    machine.locator(notes).fill("Lo de la máquina")
    ours.in_database(case, "notes", "Lo de la máquina")
    tab.context.set_offline(False)
    conflict = tab.locator(".conflict")
    expect(conflict).to_contain_text("Usted, en otra pestaña o equipo, puso mientras usted escribía:")
    expect(conflict.locator("blockquote")).to_have_text("Lo de la máquina")
    assert tab.locator(notes).input_value() == "Lo de la pestaña"
    assert ours.field(case, "notes") == "Lo de la máquina"

    tab.get_by_role("button", name="Usar ese").click()
    expect(tab.locator(notes)).to_have_value("Lo de la máquina")
    expect(conflict.locator("blockquote")).to_have_text("Lo de la pestaña")
    tab.get_by_role("button", name="Volver a lo mío").click()
    ours.in_database(case, "notes", "Lo de la pestaña")
    for page in places:
        expect(page.locator(notes)).to_have_value("Lo de la pestaña")


def test_two_texts_can_be_joined(ours: Shift, places: tuple[Page, Page, Page]) -> None:
    tab, _, machine = places
    case = ours.talks(tab)
    notes = f"#case-{case}-notes"
    tab.context.set_offline(True)
    tab.locator(notes).fill("Pierde agua")
    machine.locator(notes).fill("No hay luz")
    ours.in_database(case, "notes", "No hay luz")
    tab.context.set_offline(False)
    tab.get_by_role("button", name="Juntar los dos").click()
    ours.in_database(case, "notes", "No hay luz\nPierde agua")


def test_a_pause_shows_everywhere_and_signing_out_of_one_place_tells_the_others(
    ours: Shift, places: tuple[Page, Page, Page]
) -> None:
    tab, second, machine = places
    tab.keyboard.press("d")
    tab.keyboard.press("a")
    for page in places:
        expect(page.locator("#paused")).to_have_text("En pausa · Almuerzo")
    machine.reload()
    expect(machine.locator("#paused")).to_have_text("En pausa · Almuerzo")
    machine.click("text=Salir")
    for page in (tab, second):
        expect(page.locator("#notices")).to_contain_text("Salió en otro equipo: su turno terminó")
        expect(page.locator("[data-region=status]")).to_contain_text("Fuera de turno")
    second.click("text=Salir")
    expect(tab.locator("#offline")).to_contain_text("Su sesión terminó")
