"""Scripts in every text that a caller or a colleague can set: a real browser goes everywhere and listens."""

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote

import pytest
from playwright.async_api import expect
from sqlalchemy import update

from plans.book import StoredPlan
from plans.model import PlanVersion
from provisioning.alta.documents import Control
from staff.permissions import Permission
from staff.profile import PersonRefused, profile_of
from staff.sessions import Visit
from staff.tables import areas, people
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallQueued,
    CallRinging,
    DigitsEntered,
    PartyJoined,
)
from tests.unit.web.altas import NANDU as NANDU_CLIENT
from tests.unit.web.altas import contracted
from tests.unit.web.conftest import NANDU, VERSIONS, now
from tests.unit.web.test_access import PARTS
from web import access
from web.alarm import Alarm
from web.who import ByToken

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]

EVIL = (
    "\"'></textarea></title></select></script><script>alert(1)</script>"
    "<img src=x onerror=alert(2)><svg onload=alert(3)><b class=evil hx-get=/evil hx-trigger=load>{{7*7}}</b>"
)
SHORT = "<img src=x onerror=alert(4) class=evil>"
SCRIPT = "javascript:alert(5)"
STRICT = re.compile("Content Security Policy|Uncaught|SyntaxError|Refused|/evil")
NO_PAGE = re.compile(
    r"stream|export|/documents/|/template/|/files/|[./](pdf|xlsx|json|yaml)$|/file$|/audio$|\.wav$"
)
PLANTED = """() => [...document.querySelectorAll("*")].filter((each) =>
  each.matches(".evil, script:not([src])")
  || each.getAttributeNames().some((name) => name.startsWith("on"))
  || /^\\s*(javascript|data|vbscript):/i.test(each.getAttribute("href") ?? "")
  || /^\\s*javascript:/i.test(each.getAttribute("src") ?? each.getAttribute("action") ?? "")
).map((each) => each.outerHTML.slice(0, 200))"""
TYPED = [
    "/cases?q={}", "/cases?plan={}&from=", "/calls?plan={}", "/calls?coordinator={}", "/people?text={}",
    "/people/ana?done={}", "/account?done={}", "/audit?text={}", "/audit?who={}&action={}&subject={}",
    "/sign-in?next={}", "/cases/{}", "/calls/{}", "/people/{}", "/areas/{}", "/invitation/{}",
    "/{}", "/static/{}/{}",
]  # fmt: skip


@asynccontextmanager
async def browsing(chromium, house, root, name="raul"):
    """A page of somebody signed in, and all that went wrong in it."""
    context = await chromium.new_context(locale="es-AR")
    secret = await house.sessions.open((await house.person(name)).id, Visit("127.0.0.1", EVIL))
    await context.add_cookies(
        [{"name": f"altavoz-{root.port}", "value": secret.token, "url": str(root), "httpOnly": True}]
    )
    page = await context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(f"error {error}"))
    page.on("console", lambda said: STRICT.search(said.text) and complaints.append(said.text))
    page.on("request", lambda sent: "/evil" in sent.url and complaints.append(sent.url))

    async def answer(dialog):
        complaints.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    page.on("dialog", lambda dialog: asyncio.ensure_future(answer(dialog)))
    yield page, complaints
    await context.close()


async def poisoned(house):
    """Scripts wherever somebody can write; past our own checks where they would not let them through."""
    house.book.replace(_evil(stored) for stored in house.book.live())
    raul = await house.person("raul")
    for name in ("ana", "beto"):
        person = await house.person(name)
        wanted = replace(profile_of(person), full_name=SHORT, email=f"{name}{SHORT[:4]}@mal.example")
        await house.staffing.change(person, wanted, person.revision, reason=SHORT)
    await house.areas.add("legales", SHORT, "ana", None)
    await house.tokens.add("curioso", {Permission.CALL_READ})
    async with house.engine.begin() as connection:
        await connection.execute(update(people).where(people.c.id == raul.id).values(full_name=EVIL))
        await connection.execute(update(areas).values(label=EVIL))
    house.alarms = (Alarm("mala", now(), EVIL, EVIL, None),)
    await altas(house)
    return await calls(house)


async def altas(house):
    """An alta with scripts in all that people write of it, its first number as the case's."""
    account = NANDU_CLIENT.model_copy(update={"name": EVIL})
    alta = await contracted(house, name=EVIL, account=account, levels=EVIL, purpose=EVIL)
    olga, store = await house.person("olga"), house.office.altas
    await store.comment(alta.id, olga, EVIL)
    await store.comment(alta.id, olga, EVIL, about="PLOM")
    await store.documents.attach(alta.id, "", "", f"{SHORT}.pdf", b"%PDF-", olga, Control(title=EVIL))
    await store.send_back(alta.id, "plan-cargado", "contrato", olga, EVIL)


def _evil(stored):
    plan = stored.version.plan
    coverage = plan.coverages[0].model_copy(update={"name": EVIL, "excludes": EVIL})
    account = plan.account.model_copy(update={"name": EVIL})
    texts = dict.fromkeys(("name", "fantasy_name", "guide", "conditions"), EVIL)
    wanted = {**texts, "coverages": (coverage, *plan.coverages[1:]), "account": account}
    worse = plan.model_copy(update={name: value for name, value in wanted.items() if hasattr(plan, name)})
    return StoredPlan(PlanVersion(plan=worse, hash=stored.version.hash), 1, EVIL, True, now(), EVIL)


async def calls(house):
    """A call that was answered, with its case; one that rings; one that was missed."""
    for number, call in enumerate(("pbx1-5.1", "pbx1-5.2", "pbx1-5.3")):
        at = now()
        arrived = CallArrived(
            call, at, call, NANDU, "hogar-nandu", VERSIONS["hogar-nandu"], EVIL[:40], SHORT[:20], EVIL
        )
        typed = DigitsEntered(call, at, "documento", SHORT)
        await house.happens(arrived, typed, CallQueued(call, at, SHORT, 0))
        await house.happens(CallRinging(call, at, SHORT, "101" if number != 1 else "102"))
    first, missed, _ringing = "pbx1-5.1", "pbx1-5.2", "pbx1-5.3"
    await house.happens(CallAnswered(first, now(), SHORT, "101"), PartyJoined(first, now(), SHORT))
    await house.happens(CallEnded(missed, now(), "abandoned", "ringing", "caller", 16))
    case = (await house.store.call(first)).case
    for field in ("who", "address", "notes"):
        await house.desk.edit(case, field, EVIL if field == "notes" else SHORT, "ana")
    return case


def addresses(case):
    """Every page of the table of routes."""
    values = {"id": str(case), "name": "ana", "secret": quote(EVIL, safe="")}
    for row in access.ROUTES:
        if row.method != "GET" or isinstance(row.who, ByToken) or NO_PAGE.search(row.path):
            continue
        if row.path.startswith("/calls/"):
            yield from (f"/calls/pbx1-5.{number}" for number in (1, 2, 3))
        elif row.path == "/areas/{name}":
            yield "/areas/legales"
        elif not row.path.startswith(("/static", "/sign-in/oidc")):
            yield re.sub(r"{(\w+)(?::[^{}]+)?}", lambda found: {**PARTS, **values}[found[1]], row.path)


async def goes(page, root, path):
    """The page, and what in it nobody of ours wrote."""
    await page.goto(str(root) + path.lstrip("/"), wait_until="load")
    return await page.evaluate(PLANTED)


async def test_no_text_of_others_becomes_a_script_anywhere(chromium, lasting_house):
    house = lasting_house
    case = await poisoned(house)
    async with house.serving() as root, browsing(chromium, house, root) as (page, complaints):
        seen = 0
        for path in addresses(case):
            assert await goes(page, root, path) == [], path
            assert complaints == [], path
            seen += "onerror=alert" in await page.inner_text("body")
        assert seen >= 8, "the texts stand there to be read"


async def test_no_text_in_an_address_becomes_a_script(chromium, lasting_house):
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root) as (page, complaints):
        typed = [(path, EVIL) for path in TYPED]
        for path, evil in [*typed, ("/sign-in?next={}", SCRIPT), ("/cases?plan={}", SCRIPT)]:
            assert await goes(page, root, path.replace("{}", quote(evil, safe=""))) == [], path
        # what a page says of an address that is none is no error of its scripts
        assert [each for each in complaints if "status of 4" not in each] == []


async def test_no_text_of_others_becomes_a_script_on_a_live_desk(chromium, lasting_house):
    """The regions come by the stream and are set as HTML; pops, notices and titles are texts."""
    house = lasting_house
    async with house.serving() as root, browsing(chromium, house, root, "ana") as (page, complaints):
        await page.goto(f"{root}desk")
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        await poisoned(house)
        await expect(page.locator('[data-pop="pbx1-5.3"]')).to_be_visible()
        await house.happens(CallAnswered("pbx1-5.3", now(), SHORT, "102"))
        await expect(page.locator("#notices")).to_contain_text("la atendió")
        await page.wait_for_timeout(500)
        assert await page.evaluate(PLANTED) == [] and complaints == []


async def test_a_name_with_a_line_break_or_a_direction_mark_is_refused(lasting_house):
    house = lasting_house
    ana = await house.person("ana")
    for name in ("Ana\r\nBcc: x@mal.example", "Ana\u202egnp", "Ana\u200bPaz", "Ana\u2028Paz", "\x00", " "):
        with pytest.raises(PersonRefused):
            await house.staffing.change(ana, replace(profile_of(ana), full_name=name), ana.revision, "x")
    for email in ("a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example b", "a b@c.example"):
        with pytest.raises(PersonRefused):
            await house.staffing.change(ana, replace(profile_of(ana), email=email), ana.revision, "x")
