"""Our process is killed at any moment and started again: desks come back by themselves, whole."""

import random
import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import chromium
from tests.support.shift import PASSWORD, Shift, place, shift

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(600)]

NO_LINE = "Los teléfonos siguen sonando; lo que escriba se guarda aquí y se enviará solo."


@pytest.fixture(scope="module")
def ours() -> Iterator[Shift]:
    with shift(18600) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture
def page(ours: Shift, browser: Browser) -> Iterator[Page]:
    made = ours.desk(browser)
    yield made
    made.context.close()
    ours.end()


def test_a_half_written_case_stands_through_a_kill_where_its_writer_left_it(ours: Shift, page: Page) -> None:
    case = ours.talks(page)
    who, address, notes = (page.locator(f"#case-{case}-{name}") for name in ("who", "address", "notes"))
    notes.fill("Pierde agua en la cocina")
    ours.in_database(case, "notes", "Pierde agua en la cocina")
    ours.altavoz.kill()
    expect(page.locator("#offline")).to_contain_text(NO_LINE, timeout=5000)
    address.fill("Av. Rivadavia 1234")
    who.fill("Juan Peña")
    notes.fill("Pierde agua en la cocina y en el baño")
    notes.evaluate("field => field.setSelectionRange(11, 15)")
    before = place(page)
    expect(page.locator(f"#case-{case}-who-saved")).to_contain_text("guardado aquí", timeout=10_000)

    ours.altavoz.start()
    began = time.monotonic()
    ours.live(page)
    print(f"the desk is live {time.monotonic() - began:.1f} s after the service")
    ours.in_database(case, "notes", "Pierde agua en la cocina y en el baño")
    assert place(page) == before
    assert page.evaluate("window.loaded") == 1
    expect(page.locator("#offline")).to_be_hidden()
    assert ours.history(case) == [
        ("notes", "Pierde agua en la cocina"),
        ("address", "Av. Rivadavia 1234"),
        ("who", "Juan Peña"),
        ("notes", "Pierde agua en la cocina y en el baño"),
    ]
    expect(page.locator('[data-stage="talking"]')).to_be_visible()


def test_killed_again_and_again_under_steady_typing_every_letter_arrives_once(
    ours: Shift, page: Page
) -> None:
    case = ours.talks(page)
    killing = threading.Thread(target=_kill_now_and_then, args=(ours, 3))
    killing.start()
    words = []
    notes = page.locator(f"#case-{case}-notes")
    while killing.is_alive():
        words.append(f"{len(words)}-agua ")
        notes.press_sequentially(words[-1], delay=random.uniform(10, 60))
    killing.join()
    text = "".join(words)
    assert notes.input_value() == text
    ours.live(page)
    ours.in_database(case, "notes", text.strip())
    written = [after for _, after in ours.history(case)]
    assert len(written) == len(set(written))
    assert all(text.startswith(after) for after in written)
    assert page.evaluate("window.loaded") == 1


def _kill_now_and_then(ours: Shift, times: int) -> None:
    for _ in range(times):
        time.sleep(random.uniform(0.5, 3))
        ours.altavoz.kill()
        ours.altavoz.start()


def test_a_session_that_ended_meanwhile_costs_no_word_wherever_one_signs_in_again(
    ours: Shift, page: Page
) -> None:
    case = ours.talks(page)
    notes = page.locator(f"#case-{case}-notes")
    ours.altavoz.kill()
    ours.sign_out_everybody()
    notes.fill("Escrito sin servidor ni sesión")
    ours.altavoz.start()
    expect(page.locator("#offline")).to_contain_text("Su sesión terminó", timeout=20_000)
    notes.fill("Escrito sin servidor ni sesión, y después")

    with page.context.expect_page() as opened:
        page.click("#offline a")
    _sign_in_again(opened.value)
    ours.live(page, seconds=5)
    ours.in_database(case, "notes", "Escrito sin servidor ni sesión, y después")
    assert page.evaluate("window.loaded") == 1
    opened.value.close()

    ours.sign_out_everybody()
    notes.fill("Y una vez más")
    expect(page.locator(f"#case-{case}-notes-saved")).to_contain_text("cuando vuelva a entrar")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    _sign_in_again(page)
    assert page.locator(f"#case-{case}-notes").input_value() == "Y una vez más"
    ours.in_database(case, "notes", "Y una vez más")


def test_somebody_else_in_the_same_browser_neither_sees_the_desk_nor_sends_what_was_written(
    ours: Shift, page: Page
) -> None:
    case = ours.talks(page)
    notes = page.locator(f"#case-{case}-notes")
    notes.fill("De Ana")
    ours.in_database(case, "notes", "De Ana")
    ours.sign_out_everybody()
    notes.fill("De Ana, sin terminar")
    other = page.context.new_page()
    other.goto(f"{ours.altavoz.http}/sign-in")
    _sign_in_again(other, "beto")
    expect(page.locator("#offline")).to_contain_text("En este navegador entró beto", timeout=20_000)
    time.sleep(3)
    assert ours.field(case, "notes") == "De Ana"
    other.close()
    again = page.context.new_page()
    again.goto(f"{ours.altavoz.http}/desk")
    again.click("text=Salir")
    _sign_in_again(again, "ana")
    ours.in_database(case, "notes", "De Ana, sin terminar", seconds=20)
    assert ours.writers(case) == {"ana"}


def _sign_in_again(page: Page, name: str = "ana") -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button:has-text('Entrar')")
    page.wait_for_url(lambda url: "/sign-in" not in url)
