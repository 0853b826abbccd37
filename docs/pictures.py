"""Takes the picture that the README shows, from a real call: `.venv/bin/python docs/pictures.py`.

With a folder as argument it takes every page in both sizes and schemes instead.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.support.browser import NARROW, WIDE, chromium, listen, open_page, sign_in
from tests.support.instance import Instance
from tests.support.sip import SipLab

PASSWORD = "clave-de-prueba-1"  # noqa: S105 (of an instance that lives for a minute)
EXAMPLE = Path(__file__).parents[1] / "plans/examples/mascotas-ajolote.yaml"
CHANGED, NUMBER = "mascotas-ajolote", "800 123 4567"
SHAPES = [
    ("wide", WIDE, "light"),
    ("wide", WIDE, "dark"),
    ("narrow", NARROW, "light"),
    ("narrow", NARROW, "dark"),
]


class Album:
    """The same moment on several screens."""

    def __init__(self, folder: Path, pages: dict[str, Page]) -> None:
        self.folder = folder
        self.pages = pages

    def take(self, moment: str) -> None:
        for shape, page in self.pages.items():
            page.screenshot(path=self.folder / f"{moment}-{shape}.png")

    def go(self, url: str) -> None:
        for page in self.pages.values():
            page.goto(url)


def main() -> None:
    everything = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if everything else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    altavoz = Instance(base=19400)
    try:
        ready = altavoz.start()
        with chromium() as browser:
            shapes = SHAPES if everything else SHAPES[:1]
            pages = {f"{name}-{scheme}": open_page(browser, size, scheme) for name, size, scheme in shapes}
            _visit(altavoz, Album(folder, pages), ready, everything=everything)
    finally:
        altavoz.remove()


def _visit(altavoz: Instance, album: Album, ready: str, *, everything: bool) -> None:
    lab_folder = altavoz.home / "sip"
    lab_folder.mkdir()
    lab = SipLab(lab_folder, altavoz.sip, media=altavoz.base + 300)
    secret = altavoz.add_coordinator("ana", "101", "cat,sac", PASSWORD)
    for name, role in (("ines", "it"), ("raul", "administrator")):
        altavoz.run("user", "add", name, "--role", role, "--password-stdin", stdin=PASSWORD + "\n")
    lab.register("101", secret, altavoz.base + 10)
    try:
        lab.call("127.0.0.11", "1143218765", "1155556666", name="Juan Pena", talk=3).wait(30)
        if everything:
            album.go(f"{altavoz.http}/sign-in")
            album.take("1-sign-in")
        for page in album.pages.values():
            sign_in(page, altavoz.http, "ana", PASSWORD)
        album.go(f"{altavoz.http}/desk")
        altavoz.run("user", "available", "ana")
        time.sleep(1)
        if everything:
            album.take("2-waiting")
        _call(altavoz, album, lab, everything=everything)
        if everything:
            _rest(altavoz, album, ready)
    finally:
        lab.stop()


def _call(altavoz: Instance, album: Album, lab: SipLab, *, everything: bool) -> None:
    lab.phone(altavoz.base + 10, ring=12)
    lab.call("127.0.0.11", "1143218765", "1155556666", name="Juan Pena", keys=[(1.5, "1")], talk=45)
    first = next(iter(album.pages.values()))
    first.wait_for_selector("[data-pop]", timeout=60_000)
    time.sleep(1.5)
    if not everything:
        first.screenshot(path=album.folder / "desk.png")
        return
    album.take("3-ringing")
    first.wait_for_selector("form.case-form", timeout=30_000)
    first.select_option("form.case-form [name=coverage]", "PLOM")
    first.fill("form.case-form [name=who]", "Juan Peña")
    first.fill("form.case-form [name=address]", "Av. Rivadavia 1234, 5.º B")
    first.fill("form.case-form [name=notes]", "Pérdida de agua en la cocina.")
    time.sleep(2)
    album.take("4-case")


def _rest(altavoz: Instance, album: Album, ready: str) -> None:
    for number, path in enumerate(("cases", "cases/1", "calls", "lines"), start=5):
        album.go(f"{altavoz.http}/{path}")
        album.take(f"{number}-{path.replace('/', '-')}")
    album.go(altavoz.http + "/calls/" + altavoz.json("call", "list")[0]["id"])
    album.take("9-call")
    _as(altavoz, album, "ines", ("phones", "status"), 10)
    _as(
        altavoz,
        album,
        "raul",
        ("people", "people/ana", "areas", "audit", "tokens", "api/docs", "account"),
        12,
    )
    _alta(altavoz, album)
    for page in album.pages.values():
        page.context.clear_cookies()
    page = next(iter(album.pages.values()))
    sign_in(page, altavoz.http, "admin", ready.split()[-1])
    page.screenshot(path=album.folder / "19-password.png")


def _alta(altavoz: Instance, album: Album) -> None:
    """An alta under way, and a changed plan on its way to its dossier: tested by both, then released."""
    for name in ("commercial", "operations"):
        altavoz.run(
            "user", "add", name, "--role", name, "--area", name, "--password-stdin", stdin=PASSWORD + "\n"
        )
    words = [
        "--plan",
        "hogar-tucan",
        "--name",
        "Hogar Tucán",
        "--account",
        "Seguros Río",
        "--subsidiary",
        "AR",
    ]
    altavoz.run("alta", "start", *words)
    changed = altavoz.home / f"{CHANGED}.yaml"
    changed.write_text(
        EXAMPLE.read_text("utf-8").replace("gracias por llamar", "gracias por su llamada"), "utf-8"
    )
    altavoz.run("plan", "apply", str(changed), "--by", "ines")
    altavoz.run("line", "test", NUMBER, "--by", "ines")
    _as(
        altavoz,
        album,
        "commercial",
        ("mine", "altas", "altas/new", "altas/1", "numbers", "plans", "prompts"),
        20,
    )
    _as(
        altavoz,
        album,
        "operations",
        ("line-tests/1", f"releases/{CHANGED}", f"releases/{CHANGED}/dossier"),
        27,
    )
    _listen(next(iter(album.pages.values())), altavoz.http)
    altavoz.run("line", "release", NUMBER, "--by", "operations", "--reason", "Todo oído y correcto.")
    _as(altavoz, album, "operations", ("releases", "dossiers/1"), 30)


def _listen(page: Page, http: str) -> None:
    """The test of Operations, by somebody who finds each prompt right."""
    page.goto(f"{http}/line-tests/of/{CHANGED}")
    page.click("button:has-text('Prueba de Operaciones')")
    page.wait_for_selector("#escuchar", timeout=180_000)
    listen(page)


def _as(altavoz: Instance, album: Album, name: str, paths: Sequence[str], first: int) -> None:
    for page in album.pages.values():
        page.context.clear_cookies()
        sign_in(page, altavoz.http, name, PASSWORD)
    for number, path in enumerate(paths, start=first):
        album.go(f"{altavoz.http}/{path}")
        album.take(f"{number}-{path.replace('/', '-')}")


if __name__ == "__main__":
    main()
