"""Real telephones, two real desks: a call passed on brings its case along; calls both ways; missed calls."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.support.browser import CHROMIUM, FLAGS
from tests.support.instance import Instance, eventually
from tests.support.softphone import Call, Telephone

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
BASE = 18400
LINE, CARRIER, NUMBER = "1143218765", "127.0.0.11", "1155554444"
WHO = {"101": "ana", "102": "beto"}


@pytest.fixture(scope="module")
def altavoz() -> Iterator[Instance]:
    instance = Instance(base=BASE, extra={"ALTAVOZ_RTP": f"{BASE + 20}-{BASE + 169}"})
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture(scope="module")
def secrets(altavoz: Instance) -> dict[str, str]:
    return {
        extension: altavoz.add_coordinator(name, extension, "cat,sac", PASSWORD)
        for extension, name in WHO.items()
    }


@pytest.fixture
async def phones(altavoz: Instance, secrets: dict[str, str]) -> AsyncIterator[dict[str, Telephone]]:
    """Both registered; only Ana takes calls from the queue."""
    opened = {
        extension: await Telephone.open("127.0.0.1", BASE + 180 + place, altavoz.sip, extension, secret)
        for place, (extension, secret) in enumerate(secrets.items())
    }
    for telephone in opened.values():
        await telephone.register()
    await asyncio.to_thread(altavoz.run, "user", "available", "ana")
    yield opened
    for telephone in opened.values():
        await telephone.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


Desks = Callable[[str], Awaitable[Page]]


@pytest.fixture
async def desk(altavoz: Instance, browser: Browser) -> Desks:
    async def open_desk(name: str) -> Page:
        page = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
        await page.goto(f"{altavoz.http}/sign-in")
        await page.fill("[name=name]", name)
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(lambda url: "sign-in" not in url)
        await page.goto(f"{altavoz.http}/desk")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live", timeout=15_000)
        return page

    return open_desk


async def calls(altavoz: Instance, number: str = NUMBER) -> tuple[Telephone, Call]:
    """Somebody calls and chooses the emergencies."""
    telephone = await Telephone.open(CARRIER, 0, altavoz.sip)
    call = await (await telephone.call(LINE, number)).answered()
    await asyncio.sleep(1.5)
    await call.digit("1")
    return telephone, call


async def rings(phone: Telephone) -> Call:
    """However long the greeting is."""
    async with asyncio.timeout(40):
        while True:
            with suppress(TimeoutError):
                return await phone.rings()


async def test_the_second_desk_has_the_pop_with_what_the_first_wrote_and_then_the_case(
    altavoz: Instance, phones: dict[str, Telephone], desk: Desks
) -> None:
    ana, beto = await desk("ana"), await desk("beto")
    await asyncio.to_thread(altavoz.run, "user", "pause", "beto")
    telephone, caller = await calls(altavoz)
    first = await (await rings(phones["101"])).answer(0.3)
    who = ana.locator("[name=who]")
    await who.fill("Peña <b>")
    await who.blur()
    await expect(ana.locator("article.case .saved[data-state=saved]").first).to_be_visible(timeout=10_000)
    number = await ana.locator("article.case").get_attribute("data-case")
    assert await first.refer("102") == 202
    await first.bye()
    ringing = await rings(phones["102"])
    pop = beto.locator("[data-stage=ringing]")
    await expect(pop.locator(".passed")).to_contain_text("ana le pasa esta llamada", ignore_case=True)
    await expect(pop.locator(".passed")).to_contain_text("Peña <b>")
    await expect(ana.locator("[data-stage=talking]")).to_have_count(0)
    await ringing.answer()
    await expect(beto.locator("[data-stage=talking]")).to_be_visible(timeout=10_000)
    await expect(beto.locator(f'article.case[data-case="{number}"] [name=who]')).to_have_value("Peña <b>")
    await caller.bye()
    await telephone.close()
    case = await asyncio.to_thread(eventually, lambda: _ended(altavoz, f"AV-{int(number or 0):06d}"))
    assert (case["owner"], case["who"], len(case["calls"])) == ("beto", "Peña <b>", 1)
    await beto.goto(f"{altavoz.http}/cases/{number}")
    await expect(beto.locator("main")).to_contain_text("siguió con la llamada y el caso, que le pasó")
    await beto.goto(f"{altavoz.http}/calls/{case['calls'][0]}")
    await expect(beto.locator(".story")).to_contain_text("la pasó a")


async def test_a_missed_call_is_owed_until_somebody_calls_that_number_and_talks(
    altavoz: Instance, phones: dict[str, Telephone], desk: Desks
) -> None:
    ana = await desk("ana")
    telephone, caller = await calls(altavoz, "1155557777")
    await rings(phones["101"])
    await caller.bye()
    owed = ana.locator(".missed a[href='tel:+541155557777']")
    await expect(owed).to_be_visible(timeout=10_000)
    await telephone.close()
    answering = await Telephone.open(CARRIER, 5060, altavoz.sip)
    outgoing = asyncio.create_task(phones["101"].call("01155557777"))
    called = await (await answering.rings()).answer(0.5)
    call = await (await outgoing).answered()
    await expect(owed).to_have_count(0, timeout=10_000)
    await asyncio.sleep(0.5)
    await call.bye()
    await called.telephone.close()
    rows = altavoz.json("call", "list", "--limit", "1")
    assert (rows[0]["direction"], rows[0]["number"], rows[0]["coordinator"]) == (
        "out",
        "+541155557777",
        "ana",
    )


def _ended(altavoz: Instance, number: str) -> dict[str, object] | None:
    call = altavoz.json("call", "list", "--limit", "1")[0]
    case: dict[str, object] = altavoz.json("case", "show", number)
    return case if call["outcome"] else None
