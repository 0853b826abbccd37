"""Recordings at a real browser: by the microphone, by a dropped file, decided on with the keyboard."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import soundfile
from playwright.async_api import Browser, Page, async_playwright

from provisioning.prompts.states import RecordingState
from tests.unit.ivr_audio.sounds import voice, write
from tests.unit.web.conftest import CHROMIUM_ARGUMENTS
from tests.unit.web.test_desk_in_browser import violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

DROP = """([place, address, name]) => fetch(address).then((answer) => answer.blob()).then((blob) => {
  const transfer = new DataTransfer();
  transfer.items.add(new File([blob], name, { type: "audio/mpeg" }));
  place.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
})"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def speaking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser into whose microphone somebody speaks."""
    spoken = tmp_path_factory.mktemp("microphone") / "voz.wav"
    soundfile.write(spoken, voice(), 48000, subtype="PCM_16")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*CHROMIUM_ARGUMENTS, *fake])
        yield browser
        await browser.close()


async def page_of(browser: Browser, house: object, root: object, name: str, **how: object) -> Page:
    secret = await house.sessions.open((await house.person(name)).id)
    context = await browser.new_context(viewport={"width": 1366, "height": 768}, **how)
    cookie = {"name": f"altavoz-{root.port}", "value": secret.token, "url": str(root)}
    await context.add_cookies([cookie])
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    return page


async def until(page: Page, true: str) -> None:
    """The page's own policy forbids scripts from text, so it is asked again and again from outside."""
    async with asyncio.timeout(10):
        while not await page.evaluate(true):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)


async def the_first(house: object) -> object:
    return (await house.office.prompts.store.all_of(["hogar-nandu"]))[0]


async def test_who_reads_aloud_records_hears_and_sends_with_the_keyboard(lasting_house, speaking):
    async with lasting_house.serving() as root:
        page = await page_of(speaking, lasting_house, root, "carla")
        await page.goto(f"{root}prompts/hogar-nandu/read")
        first = page.locator("[data-page]:visible")
        await page.keyboard.press("g")
        await until(page, "document.querySelector('[data-level]').value > 0.05")
        await page.wait_for_timeout(2000)
        await page.keyboard.press("g")
        await first.locator("[data-preview]").wait_for()
        heard = await page.evaluate(
            "new Promise((done) => { const player = document.querySelector('[data-preview]');"
            " player.addEventListener('playing', () => done(true)); player.play(); })"
        )
        assert heard
        await first.locator("[data-send-take]").press("Enter")
        await page.get_by_text("Grabación 1 enviada.").wait_for()
        assert "2 de" in await page.locator("[data-page]:visible").inner_text()
        made = await the_first(lasting_house)
        assert (made.source, made.kind, made.by) == ("microphone", "WebM", "carla")
        assert made.seconds > 1.5 and made.quality["level"] > -40
        await page.context.close()


async def test_a_dropped_file_is_sent_and_approved_with_two_keys(lasting_house, speaking, tmp_path):
    path = write(tmp_path / "a.mp3", voice(44100), 44100)
    async with lasting_house.serving() as root:
        page = await page_of(speaking, lasting_house, root, "carla")
        await page.goto(f"{root}prompts/hogar-nandu")
        await page.route("**/dropped.mp3", lambda route: route.fulfill(path=path))
        prompt = page.locator("[data-prompt]").first
        place = await prompt.locator("[data-drop]").element_handle()
        await page.evaluate(DROP, [place, f"{root}dropped.mp3", "saludo.mp3"])
        await page.get_by_text("«saludo.mp3» está listo para enviar.").wait_for()
        await prompt.locator("[data-send-take]").click()
        await page.get_by_text("espera la aprobación de otra persona").wait_for()
        await page.context.close()
        page = await page_of(speaking, lasting_house, root, "olga")
        await page.goto(f"{root}prompts/hogar-nandu")
        assert await violations(page) == []
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("p")
        await until(page, "document.querySelector('[data-heard]').currentTime > 0")
        await page.keyboard.press("a")
        await page.get_by_text("Aprobada; saldrá en la próxima publicación.").first.wait_for()
        assert (await the_first(lasting_house)).state is RecordingState.APPROVED
        await page.context.close()


async def test_a_refusal_is_said_where_one_looks_and_the_file_stays(lasting_house, speaking, tmp_path):
    (tmp_path / "nota.mp3").write_bytes(b"no soy audio")
    async with lasting_house.serving() as root:
        page = await page_of(speaking, lasting_house, root, "carla")
        await page.goto(f"{root}prompts/hogar-nandu")
        prompt = page.locator("[data-prompt]").first
        await prompt.locator("[data-file]").set_input_files(tmp_path / "nota.mp3")
        await prompt.locator("[data-send-take]").click()
        await prompt.get_by_text("«nota.mp3» no es un archivo de audio").wait_for()
        assert await prompt.locator("[data-trial]").is_visible()
        await page.context.close()


async def test_a_microphone_that_is_denied_is_said_with_what_to_do(lasting_house, chromium):
    async with lasting_house.serving() as root:
        page = await page_of(chromium, lasting_house, root, "carla")
        await page.goto(f"{root}prompts/hogar-nandu/read")
        await page.keyboard.press("g")
        await page.get_by_text("micrófono").filter(has_text="pruebe otra vez").wait_for()
        assert await page.locator("[data-record]").first.inner_text() == "Grabar con el micrófono"
        await page.context.close()
