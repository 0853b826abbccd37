"""The dossier in a real browser: read, and its long lines scrolled, by everybody."""

import pytest

from tests.unit.web.test_alarms_in_browser import PHONE, browsing
from tests.unit.web.test_altas_in_browser import violations
from tests.unit.web.test_release import released_line

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_dossier_is_accessible(chromium, lasting_house, scheme):
    house = lasting_house
    await released_line(house)
    options = {"viewport": PHONE, "color_scheme": scheme}
    async with house.serving() as root, browsing(chromium, house, root, "olga", **options) as page:
        await page.goto(f"{root}dossiers/1")
        await page.locator("details", has_text="El plan completo").locator("summary").click()
        assert await violations(page) == []
