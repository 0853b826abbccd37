"""Coming in, on a whole instance with a real mail server and a real browser: invited, locked out, killed."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.support.browser import chromium, open_page, sign_in
from tests.support.instance import Instance
from tests.support.mail_server import MailServer, mail_server

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(420)]
BASE, MAIL = 19100, 19190
NEW = "tormenta lila siete"


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    settings = {
        "ALTAVOZ_SMTP": f"smtp://127.0.0.1:{MAIL}",
        "ALTAVOZ_MAIL_FROM": "altavoz@empresa.example",
        "ALTAVOZ_RTP": f"{BASE + 20}-{BASE + 80}",
    }
    running = Instance(BASE, extra=settings)
    running.start(examples=False)
    running.run("user", "add", "ana", "--role", "operations", "--email", "ana@empresa.example")
    yield running
    running.stop()


def letters(server: MailServer, many: int, seconds: float) -> list[str]:
    """The texts that arrived, when they are as many; a little later they still are."""
    end = time.monotonic() + seconds
    while len(server.messages) < many and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(1)
    assert len(server.messages) == many
    return [str(message.get_body(("plain",)).get_content()) for message in server.messages]


def link_in(text: str) -> str:
    found = re.search(r"http://\S+/invitation/\S+", text)
    assert found is not None
    return found[0]


def test_a_letter_written_while_nobody_takes_it_goes_out_once_after_a_crash(instance: Instance) -> None:
    instance.run("user", "invite", "ana")
    time.sleep(1)
    instance.kill()
    with mail_server(MAIL) as server:
        instance.start(examples=False)
        (text,) = letters(server, 1, 60)
        assert server.envelopes == [("altavoz@empresa.example", ["ana@empresa.example"])]
        with chromium() as browser:
            page = open_page(browser)
            page.goto(link_in(text))
            page.fill("[name=new]", NEW)
            page.fill("[name=again]", NEW)
            page.click("button:has-text('Guardar y entrar')")
            page.wait_for_url("**/mine")
            page.goto(link_in(text))
            assert "ya no sirve" in page.inner_text("main")


def wait_told(page: Page, instance: Instance, password: str) -> int:
    """Tries to come in; the seconds that the page says to wait, 0 when it says none."""
    page.goto(f"{instance.http}/sign-in")
    page.fill("[name=name]", "ana")
    page.fill("[name=password]", password)
    page.click("button:has-text('Entrar')")
    page.wait_for_selector(".problem")
    found = re.search(r"espere (\d+) s", page.inner_text(".problem"))
    return int(found[1]) if found else 0


def test_a_crash_forgets_no_wrong_try_and_the_command_line_does(instance: Instance) -> None:
    with chromium() as browser:
        page = open_page(browser)
        while (wait := wait_told(page, instance, "equivocada")) < 30:
            time.sleep(wait)
        instance.kill()
        instance.start(examples=False)
        assert wait_told(page, instance, NEW) > 0
        instance.run("user", "unlock", "ana")
        sign_in(page, instance.http, "ana", NEW)
