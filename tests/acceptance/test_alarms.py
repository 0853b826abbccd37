"""Faults made on real parts, and how many seconds later an open page says so by itself."""

import asyncio
import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from telephony.console import console
from telephony.layout import PbxLayout
from tests.support.browser import chromium, open_page, sign_in
from tests.support.instance import ROOT, Instance
from tests.support.options import answering_options
from tests.support.sip import SipLab

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(600)]

PASSWORD = "clave-de-prueba-1"
BASE = 19500
CARRIER = ("127.0.0.195", 5060)
TABLE: list[tuple[str, float, float]] = []


@pytest.fixture(scope="module")
def altavoz() -> Iterator[Instance]:
    instance = Instance(base=BASE)
    site = instance.home / "site.yaml"
    text = (ROOT / "plans/example-site.yaml").read_text("utf-8")
    site.write_text(text.replace("[127.0.0.11]", f"[{CARRIER[0]}]"))
    instance.extra = {"ALTAVOZ_SITE": str(site)}
    try:
        instance.start()
        run = "user", "add", "sofia", "--role", "supervisor", "--extension", "103", "--groups", "cat,sac"
        instance.run(*run, "--password-stdin", stdin=PASSWORD + "\n")
        yield instance
    finally:
        instance.remove()
        for fault, seconds, most in TABLE:
            print(f"{fault:<58} {seconds:5.1f} s (at most {most:g})")


@pytest.fixture(scope="module")
def page(altavoz: Instance) -> Iterator[Page]:
    with chromium() as browser:
        page = open_page(browser)
        sign_in(page, altavoz.http, "sofia", PASSWORD)
        page.goto(f"{altavoz.http}/cases")
        yield page


@pytest.fixture(scope="module")
def served(altavoz: Instance) -> Iterator[SipLab]:
    """A coordinator with a registered phone serves both queues."""
    secret = altavoz.add_coordinator("eva", "101", "cat,sac", PASSWORD)
    folder = altavoz.home / "sip"
    folder.mkdir()
    lab = SipLab(folder, altavoz.sip, media=BASE + 230)
    lab.register("101", secret, BASE + 10)
    altavoz.run("user", "available", "eva")
    try:
        yield lab
    finally:
        lab.stop()


@contextmanager
def timed(fault: str, most: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    TABLE.append((fault, time.monotonic() - started, most))
    assert TABLE[-1][1] <= most, fault


def says(page: Page, text: str, seconds: float = 60) -> None:
    expect(page.locator("[data-part=alarms]")).to_contain_text(re.compile(text), timeout=seconds * 1000)


def is_silent(page: Page, text: str, seconds: float = 60) -> None:
    expect(page.locator("[data-part=alarms]")).not_to_contain_text(re.compile(text), timeout=seconds * 1000)


def pbx(altavoz: Instance) -> int:
    pid = altavoz.pbx_pid()
    assert pid is not None
    return pid


def test_an_empty_queue_is_said_until_somebody_serves_it(
    altavoz: Instance, page: Page, served: SipLab
) -> None:
    is_silent(page, "Nadie atiende")
    altavoz.run("user", "leave", "eva")
    with timed("the last coordinator left the queues", 5):
        says(page, "Nadie atiende CAT")
    altavoz.run("user", "available", "eva")
    with timed("…and came back", 7):
        is_silent(page, "Nadie atiende")


def test_a_killed_pbx_is_said_within_five_seconds(altavoz: Instance, page: Page, served: SipLab) -> None:
    with timed("PBX killed (-9)", 5):
        os.kill(pbx(altavoz), signal.SIGKILL)
        says(page, "Sin conexión con la central desde las")
    with timed("…and is started again by the service", 20):
        is_silent(page, "Sin conexión con la central")
    says(page, "La central se reinició")


def test_a_pbx_that_stops_answering_is_said_within_five_seconds(altavoz: Instance, page: Page) -> None:
    with timed("PBX frozen (half-open link)", 5):
        os.kill(pbx(altavoz), signal.SIGSTOP)
        says(page, "Sin conexión con la central desde las")
    with timed("…and thaws", 15):
        os.kill(pbx(altavoz), signal.SIGCONT)
        is_silent(page, "Sin conexión con la central")


def test_a_carrier_is_said_to_be_gone_only_after_it_once_answered(altavoz: Instance, page: Page) -> None:
    is_silent(page, "No responde el operador")
    with answering_options(*CARRIER):
        eventually_answers(altavoz)
    with timed("carrier gone (asked every 15 s, looked at every 15 s)", 40):
        says(page, "No responde el operador telecom-ar")
    assert "claro-co" not in page.locator("[data-part=alarms]").inner_text()
    with answering_options(*CARRIER), timed("…and comes back, for good", 70):
        is_silent(page, "No responde el operador")


def eventually_answers(altavoz: Instance) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        trunks = altavoz.json("status")["seen"]["pbx"]["trunks"]
        if any(trunk["carrier"] == "telecom-ar" and trunk["reachable"] is True for trunk in trunks):
            return
        time.sleep(1)
    raise AssertionError("the carrier never answered")


def test_a_database_that_takes_nothing_is_said(altavoz: Instance, page: Page, served: SipLab) -> None:
    with closing(sqlite3.connect(altavoz.home / "altavoz.db", timeout=5)) as held:
        held.execute("BEGIN IMMEDIATE")
        served.call("127.0.0.13", "525541239876", "5512345678", talk=3)
        with timed("database locked, from the call on", 15):
            says(page, "La base de datos no responde desde las")
        held.rollback()
    with timed("…and is free again", 15):
        is_silent(page, "La base de datos no responde")


def test_a_release_undone_in_the_pbx_is_said(altavoz: Instance, page: Page) -> None:
    current = altavoz.home / "pbx/conf/altavoz/current"
    standing = current.readlink()
    empty = next(each for each in (current.parent / "releases").iterdir() if each.name != standing.name)
    with timed("release undone in the PBX (looked at every 15 s, twice)", 50):
        _point(current, Path("releases") / empty.name)
        _reload(altavoz)
        _point(current, standing)
        says(page, "La central no tiene la última publicación")
    _reload(altavoz)
    is_silent(page, "La central no tiene la última publicación")


def _point(link: Path, to: Path) -> None:
    link.unlink()
    link.symlink_to(to)


def _reload(altavoz: Instance) -> None:
    control = PbxLayout(ROOT / ".pbx/root", altavoz.home).control
    with ThreadPoolExecutor(1) as apart:  # the browser has a loop in this thread
        answer = apart.submit(lambda: asyncio.run(console(control, "dialplan reload"))).result()
    assert "reloaded" in answer


def test_a_service_that_is_gone_is_said_by_the_page_itself(altavoz: Instance, page: Page) -> None:
    gone = page.locator("#gone")
    with timed("service killed (-9)", 5):
        altavoz.kill()
        expect(gone).to_contain_text("Sin conexión con Altavoz desde las", timeout=10_000)
    altavoz.start(examples=False)
    with timed("…and started again", 15):
        expect(gone).to_be_hidden(timeout=20_000)
