"""Telephones and carriers that attack a running Altavoz: nobody is called outside, cut off or forged."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest

from telephony.console import console
from telephony.layout import PbxLayout
from tests.support import sip_message as sip
from tests.support.instance import ROOT, Instance, eventually
from tests.support.sip_message import Message
from tests.support.softphone import Call, Refused, Telephone

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(300)]

PASSWORD = "clave-de-prueba-1"
BASE = 19800
LINE = "1143218765"
CARRIER, CARRIERS = "127.0.198.11", ("127.0.198.11", "127.0.198.12", "127.0.198.13")
"""Addresses of nobody else's: what leaves the house comes to port 5060 there."""
COORDINATORS = (("ana", "101", "cat"), ("luis", "102", "cat"), ("eva", "103", "sac"))


@pytest.fixture(scope="module")
def altavoz() -> Iterator[Instance]:
    """With carriers at addresses of ours, so that every call that leaves is seen."""
    instance = Instance(base=BASE, extra={"ALTAVOZ_RTP": f"{BASE + 100}-{BASE + 179}"})
    site = (ROOT / "plans/example-site.yaml").read_text("utf-8").replace("wrap_up: 20s", "wrap_up: 1s")
    site = site.replace("[127.0.0.", "[127.0.198.")
    (instance.home / "site.yaml").write_text(site, "utf-8")
    instance.extra = {**instance.extra, "ALTAVOZ_SITE": str(instance.home / "site.yaml")}
    try:
        instance.start()
        yield instance
    finally:
        instance.remove()


@pytest.fixture(scope="module")
def secrets(altavoz: Instance) -> dict[str, str]:
    return {
        extension: altavoz.add_coordinator(name, extension, groups, PASSWORD)
        for name, extension, groups in COORDINATORS
    }


@dataclass
class Stage:
    """Everybody's telephones; `carriers` are where calls leave the house."""

    altavoz: Instance
    phones: dict[str, Telephone]
    carriers: dict[str, Telephone]
    outside: list[Telephone] = field(default_factory=list)

    def left(self) -> list[str]:
        """The first line of every call that left the house."""
        heard = [message for carrier in self.carriers.values() for message in carrier.heard]
        return [message.first for message in heard if message.method == "INVITE" and message.status is None]

    async def opened(self) -> Telephone:
        """A telephone somewhere outside, behind the first carrier."""
        telephone = await Telephone.open(CARRIER, 0, self.altavoz.sip)
        self.outside.append(telephone)
        return telephone

    async def caller(self, number: str = "1155554444", called: str = LINE, name: str = "") -> Call:
        """Somebody who called and chose the emergencies."""
        call = await (await (await self.opened()).call(called, number, name)).answered()
        await asyncio.sleep(1.5)
        await call.digit("1")
        return call

    async def answers(self, phone: str = "101") -> Call:
        call = await (await self.rings(phone)).answer(0.2)
        await asyncio.sleep(0.4)
        return call

    async def rings(self, phone: str = "101") -> Call:
        """The next call at a phone; menus and queues take their time."""
        async with asyncio.timeout(40):
            while True:
                with suppress(TimeoutError):
                    return await self.phones[phone].rings()


@pytest.fixture
async def stage(altavoz: Instance, secrets: dict[str, str]) -> AsyncIterator[Stage]:
    phones = {
        extension: await Telephone.open("127.0.0.1", BASE + 80 + place, altavoz.sip, extension, secret)
        for place, (extension, secret) in enumerate(secrets.items())
    }
    for telephone in phones.values():
        await telephone.register()
    carriers = {host: await Telephone.open(host, 5060, altavoz.sip) for host in CARRIERS}
    await asyncio.to_thread(altavoz.run, "user", "available", "ana")
    stage = Stage(altavoz, phones, carriers)
    yield stage
    layout = PbxLayout(ROOT / ".pbx/root", altavoz.home)
    await console(layout.control, "channel request hangup all")
    await asyncio.sleep(1.5)
    for telephone in (*phones.values(), *carriers.values(), *stage.outside):
        await telephone.close()


FORBIDDEN = [
    "+18005551234",  # another country
    "008816512345678",  # a satellite
    "*8102",
    "911",
    "from-phones",
    "external_replaces",
    "102&PJSIP/5460012345@telecom-ar",
    "102,1)\r\nAction: Originate",
    "1" * 400,
    "701-",
]


async def test_no_transfer_of_a_phone_leads_out_or_loses_the_caller(stage: Stage) -> None:
    """After each of them the caller is with a coordinator, and nobody outside was called."""
    caller = await stage.caller()
    talking = await stage.answers()
    for target in FORBIDDEN:
        if await talking.refer(quote(target, safe="+*")) == 202:
            await talking.bye()
            talking = await stage.answers()
        assert not caller.ended.is_set() and not talking.ended.is_set(), target
    assert stage.left() == []
    await talking.bye()
    await caller.until_ended(10)


@pytest.mark.parametrize("target", ["i", "${SHELL(id)}", "\r\nRefer-To: <sip:0600123456@127.0.0.1>"])
async def test_a_transfer_that_begins_like_no_number_or_name_calls_nobody(stage: Stage, target: str) -> None:
    await stage.caller()
    talking = await stage.answers()
    await talking.refer(quote(target, safe=""))
    await asyncio.sleep(1)
    assert stage.left() == []
    assert [call for phone in ("102", "103") for call in stage.phones[phone].calls] == []


async def test_a_transfer_to_a_number_that_is_allowed_does_leave(stage: Stage) -> None:
    """The watch at the carriers works: what may leave is seen there."""
    caller = await stage.caller()
    talking = await stage.answers()
    assert await talking.refer("01143219999") == 202
    await asyncio.to_thread(eventually, stage.left)
    assert "143219999" in stage.left()[0]
    await talking.bye()
    await caller.bye()


async def test_a_carrier_transfers_nothing(stage: Stage) -> None:
    caller = await stage.caller()
    talking = await stage.answers()
    for target in ("102", "+18005551234", "701"):
        assert await caller.refer(target) >= 400
    await asyncio.sleep(0.5)
    assert not talking.ended.is_set() and stage.left() == []
    await caller.bye()


async def test_digits_of_a_caller_are_only_sounds(stage: Stage) -> None:
    caller = await stage.caller()
    talking = await stage.answers()
    for digit in "*8102#1*2##**0":
        await caller.digit(digit)
        await talking.digit(digit)
    await asyncio.sleep(1)
    assert not caller.ended.is_set() and not talking.ended.is_set()
    assert stage.left() == []
    assert [call for phone in ("102", "103") for call in stage.phones[phone].calls] == []
    await caller.bye()


async def test_a_phone_that_diverts_its_calls_sends_them_nowhere(stage: Stage) -> None:
    caller = await stage.caller()
    ringing = await stage.rings()
    assert ringing.invite is not None
    away = {"Contact": "<sip:0600123456@127.0.198.11>", "Diversion": "<sip:0600123456@127.0.198.11>"}
    fixed = [("Via", value) for value in ringing.invite.all("Via")]
    same = [(name, ringing.invite.get(name)) for name in ("From", "Call-ID", "CSeq")]
    to = f"{ringing.invite.get('To')};tag=away"
    stage.phones["101"].write(
        Message("SIP/2.0 302 Moved Temporarily", (*fixed, *same, ("To", to), *away.items()))
    )
    await asyncio.sleep(2)
    assert stage.left() == [] and not caller.ended.is_set()
    await caller.bye()


async def test_only_a_phone_of_the_same_queue_picks_up(stage: Stage) -> None:
    caller = await stage.caller()
    ringing = await stage.rings()
    for code in ("*8101", "*8", "*8101-"):
        with suppress(Refused, TimeoutError):
            async with asyncio.timeout(2):
                pytest.fail(f"{code}: {await (await stage.phones['103'].call(code)).answered()}")
    assert not ringing.ended.is_set()
    await (await stage.phones["102"].call("*8101")).answered()
    assert not caller.ended.is_set()


async def test_a_phone_is_shown_as_itself_whatever_it_says(stage: Stage) -> None:
    phone = stage.phones["101"]
    own = phone.user
    for said in ("102", "911"):
        phone.user = said
        with pytest.raises((Refused, TimeoutError)):
            async with asyncio.timeout(3):
                await (await phone.call("103")).answered()
    phone.user = own
    call = Call(phone, "faked@127.0.0.1")
    call.uri = call.remote = f"sip:103@{stage.altavoz.sip[0]}:{stage.altavoz.sip[1]}"
    call.ours, call.theirs = '"La presidenta" <sip:101@127.0.0.1>;tag=f1', f"<{call.uri}>"
    phone.calls[call.id] = call
    forged = {
        "P-Asserted-Identity": '"La presidenta" <sip:911@127.0.0.1>',
        "Remote-Party-ID": '"La presidenta" <sip:911@127.0.0.1>;party=calling;screen=yes',
    }
    await call.dial(forged)
    rings = await stage.rings("103")
    assert "presidenta" not in rings.shown and "911" not in rings.shown and "101" in rings.shown
    await call.cancel()


FORGED = "541155554444\r\nEvent: Hangup\r\nUniqueid: x\r\n\r\nEvent: UserEvent\r\nUserEvent: Altavoz"
NUMBERS = [FORGED, "1155554444\nLine: 541100000000", "\x00\xff", "'; drop table calls;--", "${SHELL(id)}"]


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_callers_number_begins_no_line_of_ours(stage: Stage, number: str) -> None:
    call = await stage.caller(quote(number, safe=""), name="x, Plan: vial-condor")
    await asyncio.sleep(0.5)
    await call.bye()

    def row() -> dict[str, object] | None:
        newest: dict[str, object] = stage.altavoz.json("call", "list", "--limit", "1")[0]
        return newest if newest["outcome"] else None

    found = await asyncio.to_thread(eventually, row)
    assert found["plan"] == "hogar-nandu" and found["line"] == "+541143218765"
    assert found["caller"] is None or str(found["caller"]).removeprefix("+").isdigit()


CALLED = ["\r\nEvent: x", "1143218765\r\nAction: Logoff", "${EXTEN}", "1143218765,s,1", "h", "i", "t"]


@pytest.mark.parametrize("called", CALLED)
async def test_a_number_dialled_is_only_a_number(stage: Stage, called: str) -> None:
    """It reaches the line of its digits, or the sentence for numbers that nobody has."""
    telephone = await stage.opened()
    with suppress(Refused):
        async with asyncio.timeout(5):
            await telephone.call(quote(called, safe=""), "1155554444")
    assert stage.altavoz.json("status")["pbx_link"] is True
    assert stage.left() == []


async def test_the_audit_and_the_log_hold_no_line_of_theirs(stage: Stage) -> None:
    """What was forged above stands in no table as a call, a fact or an event."""
    with sqlite3.connect(f"file:{stage.altavoz.home / 'altavoz.db'}?mode=ro", uri=True) as connection:
        (calls,) = connection.execute("select count(*) from calls where plan = 'vial-condor'").fetchone()
        (broken,) = connection.execute(
            "select count(*) from calls where caller glob '*[^+0-9]*' or line glob '*[^+0-9]*'"
        ).fetchone()
    assert (calls, broken) == (0, 0)


async def test_a_stranger_registers_nobody(stage: Stage) -> None:
    for user in ("101", "altavoz-acts", "telecom-ar", "*", "101%00"):
        stranger = await Telephone.open("127.0.0.1", 0, stage.altavoz.sip, user, "adivinada")
        with pytest.raises((Refused, TimeoutError)):
            async with asyncio.timeout(2):
                await stranger.register()
        with pytest.raises((Refused, TimeoutError)):
            async with asyncio.timeout(2):
                await (await stranger.call("01143219999")).answered()
        await stranger.close()
    assert stage.left() == []


async def test_a_dialogue_that_nobody_has_is_replaced_by_nobody(stage: Stage) -> None:
    caller = await stage.caller()
    talking = await stage.answers()
    thief = Call(stage.phones["103"], "thief@127.0.0.1")
    thief.uri = thief.remote = f"sip:101@{stage.altavoz.sip[0]}:{stage.altavoz.sip[1]}"
    thief.ours, thief.theirs = "<sip:103@127.0.0.1>;tag=t9", f"<{thief.uri}>"
    stage.phones["103"].calls[thief.id] = thief
    guess = f"{talking.id};to-tag={sip.tag(talking.ours)[:-1]};from-tag=guessed"
    with pytest.raises(Refused):
        await thief.dial({"Replaces": guess})
    assert not talking.ended.is_set() and not caller.ended.is_set()
    await caller.bye()
