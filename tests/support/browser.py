"""A real browser for tests: the system's Chromium, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = (1366, 768), (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_page(
    browser: Browser, size: tuple[int, int] = WIDE, scheme: Literal["light", "dark"] = "light"
) -> Page:
    """A page of a browser context of its own; errors of the page's scripts end the test."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="es-AR"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: (_ for _ in ()).throw(AssertionError(f"script error: {error}")))
    return page


def sign_in(page: Page, http: str, name: str, password: str) -> None:
    page.goto(f"{http}/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.click("button:has-text('Entrar')")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def listen(page: Page) -> None:
    """Whoever tests plays each prompt, four times as fast, and says that it sounds right."""
    unsaid = "#escuchar li:not(:has(.tag))"
    while "/runs/" in page.url and page.locator(unsaid).count():
        row = page.locator(unsaid).first
        right = row.get_by_role("button", name="Oída y correcta")
        expect(right).to_be_disabled()
        row.locator("audio").evaluate("audio => { audio.playbackRate = 4; audio.focus(); audio.play(); }")
        expect(right).to_be_focused(timeout=60_000)
        with page.expect_navigation():
            page.keyboard.press("Enter")
