"""A shift on a real instance: coordinators with registered phones, calls that reach them, their desks."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from telephony.console import console
from telephony.layout import PbxLayout
from tests.support.browser import open_page, sign_in
from tests.support.instance import ROOT, Instance, eventually
from tests.support.sip import Endpoint, SipLab

PASSWORD = "clave-de-prueba-1"
TELECOM, NANDU, CALLER = "127.0.0.11", "1143218765", "1155556666"
COORDINATORS = {"ana": ("101", "cat,sac"), "beto": ("102", "cat,sac")}


@dataclass
class Shift:
    """`phones` is where each coordinator's softphone listens."""

    altavoz: Instance
    sip: SipLab
    phones: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        for number, (name, (extension, groups)) in enumerate(COORDINATORS.items()):
            secret = self.altavoz.add_coordinator(name, extension, groups, PASSWORD)
            self.phones[name] = self.altavoz.base + 10 + number
            self.sip.register(extension, secret, self.phones[name])

    def desk(self, browser: Browser, name: str = "ana", http: str = "", **shape: Any) -> Page:
        """The desk of somebody in a browser of their own, live. `window.loaded` tells a reload."""
        page = open_page(browser, **shape)
        sign_in(page, http or self.altavoz.http, name, PASSWORD)
        page.goto(f"{http or self.altavoz.http}/desk")
        self.live(page)
        page.evaluate("window.loaded = 1")
        return page

    def live(self, page: Page, seconds: float = 15) -> None:
        expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=seconds * 1000)

    def rings(self, page: Page, at: str = "ana", ring: float = 3, talk: float | None = 120) -> Endpoint:
        """A call of the Ñandú plan until its pop stands on the page; the phone answers after `ring` s."""
        self.sip.phone(self.phones[at], ring=ring)
        caller = self.sip.call(TELECOM, NANDU, CALLER, name="Juan Pena", keys=[(1.5, "1")], talk=talk)
        page.wait_for_selector('[data-stage="ringing"]', timeout=40_000)
        return caller

    def talks(self, page: Page, at: str = "ana", talk: float | None = 120) -> int:
        """A call that is answered; the id of the case that lies on the desk then."""
        self.rings(page, at, ring=1, talk=talk)
        page.wait_for_selector('[data-stage="talking"]', timeout=20_000)
        (case,) = eventually(self._cases_of_live_calls)
        expect(page.locator(f'article[data-case="{case}"]')).to_be_visible(timeout=10_000)
        return int(case)

    def _cases_of_live_calls(self) -> list[int]:
        return [case for (case,) in self._asked('select "case" from calls where ended is null') if case]

    def in_database(self, case: int, name: str, value: str, seconds: float = 10) -> None:
        """Waits until a field of a case holds `value`."""
        eventually(lambda: self.field(case, name) == value, seconds)

    def field(self, case: int, name: str) -> Any:
        return self._asked(f'select "{name}" from cases where id = ?', case)[0][0]

    def history(self, case: int) -> list[tuple[str, str]]:
        """(field, what it became), in order, of all that people changed."""
        return [(field, after) for field, after, _ in self._changes(case)]

    def sign_out_everybody(self) -> None:
        """As if every session had expired."""
        with sqlite3.connect(self.altavoz.home / "altavoz.db") as connection:
            connection.execute("delete from sessions")

    def writers(self, case: int) -> set[str]:
        """Who changed a case."""
        return {by for *_, by in self._changes(case)}

    def _changes(self, case: int) -> list[tuple[str, str, str]]:
        asked = 'select field, after, "by" from case_changes where "case" = ? order by revision'
        return [row for row in self._asked(asked, case) if row[2] != "altavoz"]

    def _asked(self, question: str, *values: int) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.altavoz.home / 'altavoz.db'}?mode=ro", uri=True) as connection:
            return list(connection.execute(question, values))

    def pbx(self, command: str) -> str:
        """What the PBX answers to a command of its console."""
        control = PbxLayout(ROOT / ".pbx/root", self.altavoz.home).control
        with ThreadPoolExecutor(1) as elsewhere:  # a browser's loop runs in this thread
            return elsewhere.submit(lambda: asyncio.run(console(control, command))).result()

    def end(self, *names: str) -> None:
        """No call and nobody on shift, whatever a test left behind."""
        self.pbx("channel request hangup all")
        for name in names or COORDINATORS:
            self.altavoz.run("user", "leave", name)
        eventually(lambda: "0 active channels" in self.pbx("core show channels"), 10)
        self.sip.stop()


@contextmanager
def shift(base: int, strategy: str = "rrmemory") -> Iterator[Shift]:
    """An instance on ports from `base` to `base + 199`, with its coordinators' phones registered.

    CAT's queue rings by `strategy` and leaves its coordinators a second between calls.
    """
    altavoz = Instance(base, extra={"ALTAVOZ_RTP": f"{base + 30}-{base + 79}"})
    site = (ROOT / "plans/example-site.yaml").read_text("utf-8").replace("wrap_up: 20s", "wrap_up: 1s")
    (altavoz.home / "site.yaml").write_text(
        site.replace("strategy: rrmemory", f"strategy: {strategy}"), "utf-8"
    )
    altavoz.extra = {**altavoz.extra, "ALTAVOZ_SITE": str(altavoz.home / "site.yaml")}
    folder = altavoz.home / "sip-lab"
    folder.mkdir()
    made = Shift(altavoz, SipLab(folder, altavoz.sip, media=base + 80))
    try:
        altavoz.start()
        made.begin()
        yield made
    finally:
        made.sip.stop()
        altavoz.remove()


def typed(field: Locator, text: str, delay: float = 30) -> None:
    field.press_sequentially(text, delay=delay)


def place(page: Page) -> tuple[str, int, int]:
    """Where the writer is: the field's id, and the selection in it."""
    asked = "(({ id, selectionStart, selectionEnd }) => [id, selectionStart, selectionEnd])"
    found = page.evaluate(asked + "(document.activeElement)")
    return found[0], found[1], found[2]


def seconds_until(holds: Any, most: float) -> float:
    """How long it took until `holds()`. Raises AssertionError after `most`."""
    began = time.monotonic()
    eventually(holds, most)
    return time.monotonic() - began
