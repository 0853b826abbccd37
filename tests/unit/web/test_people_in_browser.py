"""The accounts at a real browser: by keyboard, what is shown once copied; who is closed is out at once."""

import pytest
from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


async def page_of(browser: Browser, house: object, root: object, name: str) -> Page:
    """A tab in which `name` is signed in; a script that a text smuggles in fails the test."""
    secret = await house.sessions.open((await house.person(name)).id)
    context = await browser.new_context(viewport={"width": 1366, "height": 768})
    await context.grant_permissions(["clipboard-read", "clipboard-write"], origin=str(root.origin()))
    cookie = {"name": f"altavoz-{root.port}", "value": secret.token, "url": str(root)}
    await context.add_cookies([cookie])
    page = await context.new_page()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    return page


async def test_an_account_is_made_with_the_keyboard_and_its_password_copied(lasting_house, chromium):
    async with lasting_house.serving() as root:
        page = await page_of(chromium, lasting_house, root, "raul")
        await page.goto(f"{root}people")
        await page.get_by_role("button", name="Agregar una persona").focus()
        await page.keyboard.press("Enter")
        await page.get_by_label("Nombre de usuario").wait_for()
        await page.keyboard.type("luz")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Luz <img src=x onerror=alert(1)>")
        await page.get_by_role("checkbox", name="Coordinador").focus()
        await page.keyboard.press("Space")
        await page.get_by_label("Interno").fill("130")
        await page.get_by_label("Campaña o motivo").fill("Campaña <script>alert(2)</script>")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Copiar").first.click()
        await page.get_by_role("button", name="Copiado").wait_for()
        shown = await page.locator("#one-time").inner_text()
        assert await page.evaluate("navigator.clipboard.readText()") == shown
        await page.get_by_role("button", name="Ver sus datos").click()
        await page.get_by_text("Campaña <script>").wait_for()
        await page.goto(f"{root}people")
        await page.get_by_text("Luz <img").wait_for()
        await page.context.close()


async def test_who_is_closed_leaves_the_desk_at_once_and_undoing_it_is_one_press(lasting_house, chromium):
    async with lasting_house.serving() as root:
        desk = await page_of(chromium, lasting_house, root, "ana")
        await desk.goto(f"{root}desk")
        await desk.get_by_role("button", name="Disponible").wait_for()
        page = await page_of(chromium, lasting_house, root, "raul")
        await page.goto(f"{root}people/ana")
        await page.get_by_text("Desactivar…").click()
        await page.locator("details.closing").get_by_label("Campaña o motivo").fill("fin de campaña")
        await page.get_by_role("button", name="Desactivar").click()
        await page.get_by_text("Usuario desactivado.").wait_for()
        await desk.get_by_text("Su sesión terminó.").first.wait_for(timeout=5000)
        await page.get_by_role("button", name="Deshacer").click()
        await page.get_by_text("Usuario activo otra vez.").wait_for()
        assert (await lasting_house.person("ana")).active
        await desk.context.close()
        await page.context.close()


async def test_everything_works_without_scripts(lasting_house, chromium):
    async with lasting_house.serving() as root:
        page = await page_of(chromium, lasting_house, root, "raul")
        cookies = await page.context.cookies()
        await page.context.close()
        context = await chromium.new_context(java_script_enabled=False)
        await context.add_cookies(cookies)
        page = await context.new_page()
        await page.goto(f"{root}people/beto")
        await page.get_by_label("Nombre y apellido").fill("Beto R.")
        await page.get_by_role("button", name="Guardar los cambios").click()
        await page.get_by_text("Cambios guardados.").wait_for()
        assert (await lasting_house.person("beto")).full_name == "Beto R."
        await context.close()
