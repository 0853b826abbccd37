"""An instance does all it can; its log holds no secret of it, no caller's name or whole number."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import chromium, open_page, sign_in
from tests.support.instance import Instance, eventually
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
CALLER, NAME = "1155551234", "Juana Peñaloza"
BASE = 19500


@pytest.fixture
def altavoz() -> Iterator[Instance]:
    instance = Instance(base=BASE, extra={"ALTAVOZ_LOG": "json"})
    try:
        instance.ready_line = instance.start()
        yield instance
    finally:
        instance.remove()


def one_time(text: str) -> str:
    found = re.search(r"\b[a-z0-9]{4}(-[a-z0-9]{4}){3}\b", text)
    assert found, text
    return found[0]


def everything(altavoz: Instance) -> dict[str, str]:
    """Does it, and answers every secret that came up, by what it is."""
    secrets = {f"ami {name}": value for name, value in _ami(altavoz.home).items()}
    secrets["first password"] = one_time(altavoz.ready_line)
    secrets["sip"] = altavoz.add_coordinator("eva", "101", "cat,sac", PASSWORD)
    secrets["password"] = PASSWORD
    secrets["one-time"] = altavoz.json("user", "add", "luis", "--role", "it")["one_time_password"]
    secrets["new one-time"] = altavoz.json("user", "password", "luis")["one_time_password"]
    secrets["token"] = altavoz.run("token", "add", "tablero", "--may", "call:read").split()[-1]
    altavoz.get("/api/v1/calls", secrets["token"])
    secrets |= _at_the_console(altavoz)
    _a_call(altavoz, secrets["sip"])
    return secrets


def _ami(home: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads((home / "secrets/ami.json").read_text())
    return values


def _at_the_console(altavoz: Instance) -> dict[str, str]:
    with chromium() as browser:
        page = open_page(browser)
        page.goto(f"{altavoz.http}/sign-in")
        page.fill("[name=name]", "eva")
        page.fill("[name=password]", "una-clave-equivocada")
        page.click("button:has-text('Entrar')")
        sign_in(page, altavoz.http, "eva", PASSWORD)
        page.goto(f"{altavoz.http}/desk?q=%3Cscript%3E")
        page.goto(f"{altavoz.http}/nothing-here")
        [cookie] = page.context.cookies()
        csrf = page.evaluate("document.body.dataset.csrf")
        return {"wrong password": "una-clave-equivocada", "cookie": cookie["value"], "csrf": csrf}


def _a_call(altavoz: Instance, secret: str) -> None:
    folder = altavoz.home / "sip"
    folder.mkdir()
    lab = SipLab(folder, altavoz.sip, media=BASE + 230)
    try:
        lab.register("101", secret, BASE + 10)
        altavoz.run("user", "available", "eva")
        lab.phone(BASE + 10, ring=0.5, talk=2)
        lab.call("127.0.0.13", "525541239876", CALLER, name=NAME)
        eventually(lambda: [call for call in altavoz.json("call", "list") if call["ended"]], 40)
        lab.call("127.0.0.13", "529999999999", CALLER, name=NAME, talk=3)
        time.sleep(5)
    finally:
        lab.stop()


def _named_by_the_pbx(altavoz: Instance) -> set[str]:
    """The calls whose ids the PBX's own log says, so that its lines about them bear them in ours."""
    written = (altavoz.home / "pbx/log/messages.json").read_text()
    return {f"pbx1-{uniqueid}" for uniqueid in re.findall(r"altavoz-call (\d+\.\d+)", written)}


def test_what_an_instance_logs_holds_no_secret_and_no_caller(altavoz: Instance) -> None:
    secrets = everything(altavoz)
    assert len(secrets) >= 10 and all(len(secret) >= 6 for secret in secrets.values())
    written = altavoz.errors()
    lines = [json.loads(line) for line in written.splitlines()]
    assert len(lines) > 10 and {line["level"] for line in lines} >= {"info", "warning"}
    assert [what for what, secret in secrets.items() if secret in written] == []
    assert CALLER not in written and "Peñaloza" not in written
    answered = {call["id"] for call in altavoz.json("call", "list") if call["answered"]}
    assert answered and _named_by_the_pbx(altavoz) >= answered
    assert not [line for line in lines if "call" in line and not re.fullmatch(r"pbx1-\d+\.\d+", line["call"])]
