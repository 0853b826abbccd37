"""Tests by hand and by the trunk on a real Asterisk: a code, once; and who pretends to be a test."""

import asyncio
import itertools
import re
import shutil
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from dialplan.hand import MOST_WRONG
from dialplan.testcalls import CALL, KEYS
from telephony.facts import CallQueued
from telephony.testcall_values import Moment, Press, TestCall, Way, new_id
from telephony.testcalls import Spent, new_digits
from tests.support.sip import SipLab
from tests.support.sip_message import Message, proof, read, sdp
from tests.support.softphone import Telephone

pytestmark = pytest.mark.pbx
LONG = pytest.mark.long

SIP = ("127.0.0.1", 15260)
LINE, AJOLOTE, NANDU = "+541143219000", "+525541239876", "+541143218765"
"""One on trial, two that strangers reach."""
MONDAY = "1796050800"
FORGED = (("X-Altavoz-Test", "abc123"), ("X-Altavoz-Carrier", "telecom-ar"), ("X-Altavoz-At", MONDAY))


@pytest.fixture
def lab(stage, tmp_path) -> Iterator[SipLab]:
    made = SipLab(tmp_path, SIP, media=22000)
    yield made
    made.stop()


@pytest.fixture
async def told(stage, links) -> AsyncIterator[list[dict[str, str]]]:
    """What the dialplan tells meanwhile, of real calls and of tests."""
    events: list[dict[str, str]] = []

    async def listen() -> None:
        async for event in links[0].events():
            if event.name == "UserEvent":
                events.append(dict(event.headers))

    task = asyncio.create_task(listen())
    yield events
    task.cancel()


def keys(code: str, first: float = 0.3) -> list[tuple[float, str]]:
    return [(first if place == 0 else 0.1, key) for place, key in enumerate(code)]


def soon(seconds: float = 60) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def by_hand(line: str = LINE, carrier: str = "telecom-ar") -> TestCall:
    return TestCall(new_id(), line, carrier, way=Way.HAND)


async def ended(call) -> int:
    return await asyncio.to_thread(call.wait, 20)


def kinds(told: list[dict[str, str]], name: str) -> list[str]:
    return [event["Mark"] for event in told if event["UserEvent"] == name]


@pytest.mark.long
async def test_the_right_digits_make_a_strangers_call_a_test(stage, caller, lab, told):
    digits, moments = new_digits(), []
    async with caller.expected(by_hand(AJOLOTE, "telmex"), digits, soon()) as hand:
        call = lab.call("127.0.0.13", "525541239876", "5555550000", keys=keys(f"*{digits}"))
        seen = await hand.observed(moments.append)
    assert await ended(call) == 0
    assert seen.arrived.plan == "mascotas-ajolote"
    assert [each.fact.queue for each in seen.facts if isinstance(each.fact, CallQueued)] == ["sac"]
    assert seen.phone.display == b"AJOLOTE MASCOTAS"
    assert seen.delivered.user == "525541239876"
    assert seen.delivered.headers["From"].startswith("<sip:5555550000@127.0.0.13")
    assert moments[-1] is Moment.ENDED
    assert kinds(told, "Altavoz") == []


async def test_a_line_on_trial_answers_who_keys_the_digits_once_and_then_no_stranger(
    stage, caller, lab, told
):
    digits = new_digits()
    async with caller.expected(by_hand(), digits, soon()) as hand:
        lab.call("127.0.0.11", "1143219000", "1155550000", keys=keys(f"*{digits}"))
        seen = await hand.observed()
        stranger = lab.refused_call("127.0.0.11", "1143219000", "1155550000", 480)
        await asyncio.to_thread(stranger.wait, 10)
    assert seen.arrived.plan == "oficina-tero"
    assert kinds(told, "AltavozTest").count("keyed") == 1
    assert kinds(told, "Altavoz") == ["inactive"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("*000000", 1),
        ("135790", 0),
        *(pytest.param(*each, marks=LONG) for each in (("*12", 0), ("", 0), ("*#*#*#*", 0), ("1*135790", 0))),
    ],
)
async def test_other_keys_lead_on_as_a_stranger(stage, caller, lab, told, typed, wrong):
    """Who reached a line that is not active was told so before the answer."""
    async with caller.expected(by_hand(), "135790", soon()) as hand:
        lab.call("127.0.0.11", "1143219000", "1155550000", keys=keys(typed))
        async with asyncio.timeout(20):
            while "inactive" not in kinds(told, "Altavoz"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert hand.wrong == wrong
    assert "keyed" not in kinds(told, "AltavozTest")
    assert kinds(told, "Altavoz") == ["inactive"]


@pytest.mark.long
async def test_a_code_is_good_no_more_after_five_wrong_ones(stage, caller, lab, told):
    async with caller.expected(by_hand(AJOLOTE, "telmex"), "135790", soon()) as hand:
        for wrong in range(MOST_WRONG):
            assert hand.wrong == wrong
            assert await stage.cli("database show altavoz-hand") != "0 results found."
            call = lab.call("127.0.0.13", "525541239876", "5555550000", keys=keys("*000000"), talk=0.2)
            assert await ended(call) == 0
        with pytest.raises(Spent):
            await hand.observed()
        assert await stage.cli("database show altavoz-hand") == "0 results found."
        await ended(lab.call("127.0.0.13", "525541239876", "5555550000", keys=keys("*135790"), talk=1))
    assert "keyed" not in kinds(told, "AltavozTest")
    assert kinds(told, "Altavoz").count("arrived") == MOST_WRONG + 1
    assert await stage.cli("database show altavoz-hand-wrong") == "0 results found."


async def test_who_hangs_up_while_a_test_is_awaited_is_told_of_under_their_own_name(stage, caller, lab, told):
    async with caller.expected(by_hand(AJOLOTE, "telmex"), "135790", soon()):
        called = "127.0.0.13", "525541239876", "5555550000"
        assert await ended(lab.call(*called, name="Peña, Ana", talk=0.3)) == 0
        await asyncio.sleep(0.2)
    (arrived,) = (event for event in told if event["UserEvent"] == "Altavoz")
    assert (arrived["Mark"], arrived["Plan"]) == ("arrived", "mascotas-ajolote")
    assert (arrived["CallerIDName"], arrived["CallerIDNum"]) == ("Peña, Ana", "525555550000")


async def test_a_strangers_call_that_comes_first_is_not_taken_for_the_test(stage, caller, lab, told):
    digits = new_digits()
    called = "127.0.0.13", "525541239876"
    async with caller.expected(by_hand(AJOLOTE, "telmex"), digits, soon()) as hand:
        lab.call(*called, "5555550001")
        lab.call(*called, "5555550002", keys=keys(f"*{digits}", 0.5))
        seen = await hand.observed()
    assert seen.delivered.headers["From"].startswith("<sip:5555550002@")
    assert seen.arrived.plan == "mascotas-ajolote"
    assert kinds(told, "Altavoz").count("arrived") == 1


# who only calls


SOON = 0.6
"""Seconds that two calls differ by on a busy machine; one more key of a code would be waited for 2 s."""


@dataclass(frozen=True)
class Lived:
    """What a caller lived through: after how long the answer came, what was heard (packets that are not
    silent), and when each sound began and ended, from the call on; in seconds."""

    answered: float
    heard: Counter[bytes]
    turns: tuple[float, ...]


async def lived(pressed: str, seconds: float) -> Lived:
    """A stranger's call to a line that is answered, in which keys are pressed and which they end."""
    telephone = await Telephone.open("127.0.0.11", 0, SIP)
    now = asyncio.get_running_loop().time
    try:
        began = now()
        call = await (await telephone.call("1143218765", "1155550000")).answered()
        answered = now() - began
        for place, key in enumerate(pressed, start=1):
            await asyncio.sleep(began + 0.6 * place - now())
            await call.digit(key)
        await asyncio.sleep(began + seconds - now())
        sounds = [(at - began, sound) for at, sound in call.heard if sound.strip(b"\xd5")]
        await call.bye()
    finally:
        await telephone.close()
    times = [at for at, _ in sounds]
    gaps = [pair for pair in itertools.pairwise(times) if pair[1] - pair[0] > 0.3]
    turns = (times[0], *(at for gap in gaps for at in gap), times[-1])
    return Lived(answered, Counter(sound for _, sound in sounds), turns)


def alike(pressed: str, one: Lived, other: Lived) -> bool:
    """Where a key ends a sound is another packet each time, so that only how much was heard is compared."""
    last = len(one.turns) - 1 if pressed else 1
    pairs = [(one.answered, other.answered), *zip(one.turns[::last], other.turns[::last], strict=False)]
    only = max((one.heard - other.heard).total(), (other.heard - one.heard).total())
    return only <= SOON * 50 and all(abs(first - second) <= SOON for first, second in pairs)


@pytest.fixture
def recorded(stage) -> Iterator[None]:
    """What strangers say is recorded; nothing of it stays."""
    yield
    for day in (stage.layout.spool / "monitor").glob("20*"):
        shutil.rmtree(day)


@pytest.mark.parametrize(
    ("keyed", "seconds"),
    [
        (("", "1", "*", "*9"), 10),
        pytest.param(("", "31", "12345678", "*000000", "#"), 30, marks=LONG),
    ],
)
async def test_who_calls_a_live_line_lives_through_the_same_whether_a_test_is_awaited_or_not(
    stage, caller, told, recorded, keyed, seconds
):
    """The lead of a code pressed by chance, and wrong codes, included.

    A machine that is busy with others makes calls differ; one that waits differs each time.
    """
    left = list(keyed)
    for _ in range(4):
        told.clear()
        without = await asyncio.gather(*(lived(each, seconds) for each in left))
        usual = sorted(kinds(told, "Altavoz"))
        told.clear()
        async with caller.expected(by_hand(NANDU), "135790", soon()):
            meanwhile = await asyncio.gather(*(lived(each, seconds) for each in left))
        assert sorted(kinds(told, "Altavoz")) == usual
        assert all(one.heard.total() >= 50 for one in without)
        pairs = zip(left, without, meanwhile, strict=True)
        left = [pressed for pressed, one, other in pairs if not alike(pressed, one, other)]
        if not left:
            return
    raise AssertionError(f"other than usual when keyed {left}")


# by a carrier


class GivesBack:
    """A carrier whose every call out comes in again: it hands each datagram back to who sent it."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.16", 5060))
        self.socket.settimeout(0.1)
        self.open = True
        self.thread = threading.Thread(target=self._relay, daemon=True)
        self.thread.start()

    def _relay(self) -> None:
        while self.open:
            with suppress(TimeoutError):
                self.socket.sendto(self.socket.recv(8000), SIP)

    def close(self) -> None:
        self.open = False
        self.thread.join()
        self.socket.close()


@pytest.mark.long
async def test_a_call_by_the_trunk_is_known_by_its_digits(stage, caller, told):
    trunk = GivesBack()
    try:
        seen = await caller.place(TestCall(new_id(), LINE, "vuelta-ar", seconds=30, way=Way.TRUNK))
    finally:
        trunk.close()
    assert seen.problems == ()
    assert seen.arrived.plan == "oficina-tero"
    assert seen.delivered.user == "1143219000"
    assert kinds(told, "Altavoz") == []
    assert await stage.channels() == []


@pytest.mark.long
async def test_calls_by_the_trunk_to_one_line_wait_for_one_another(caller):
    """A line's digits are those of one call; a test of a line makes several at a time."""
    trunk = GivesBack()
    calls = [TestCall(new_id(), LINE, "vuelta-ar", seconds=30, way=Way.TRUNK) for _ in range(2)]
    try:
        seen = await asyncio.gather(*map(caller.place, calls))
    finally:
        trunk.close()
    assert [each.problems for each in seen] == [(), ()]


@pytest.mark.long
async def test_a_call_by_the_trunk_to_what_strangers_reach_hears_what_they_hear(stage, caller):
    trunk = GivesBack()
    try:
        call = TestCall(new_id(), LINE, "vuelta-ar", seconds=30, way=Way.TRUNK, live=True)
        seen = await caller.place(call)
    finally:
        trunk.close()
    assert (seen.problems, [kind for kind, _ in seen.marks]) == ((), ["inactive"])


@pytest.mark.long
async def test_a_call_by_the_trunk_to_a_live_line_is_nobodys_call_and_keys_as_it_is_told_to(
    stage, caller, links, told, monkeypatch
):
    """Its code is not looked at before the notice of what strangers hear is over; it is answered long before
    a busy machine presses it.
    """
    _originates(links, monkeypatch, before_keys=0.5)
    trunk = GivesBack()
    try:
        call = TestCall(
            new_id(), NANDU, "vuelta-ar", (Press("1", 0.5),), seconds=60, way=Way.TRUNK, live=True
        )
        seen = await caller.place(call)
    finally:
        trunk.close()
    assert seen.problems == ()
    assert [each.fact.queue for each in seen.facts if isinstance(each.fact, CallQueued)] == ["cat"]
    assert seen.phone.display == "ASISTENCIA ÑANDÚ".encode()
    assert kinds(told, "Altavoz") == []
    assert await stage.channels() == []


@pytest.mark.long
async def test_a_call_by_a_trunk_that_leads_elsewhere_presses_nothing_and_is_ended_before_it_rings_anybody(
    stage, caller, links, told, monkeypatch
):
    made = _originates(links, monkeypatch)
    trunk = GivesBack()
    try:
        call = TestCall(
            new_id(), LINE, "vuelta-ar", seconds=40, way=Way.TRUNK, dialled=AJOLOTE, out="vuelta-ar"
        )
        seen = await caller.place(call)
    finally:
        trunk.close()
    assert "no llegó a la línea" in seen.problems[0]
    assert made == [f"Local/{seen.call.id}@{CALL}/n"]
    assert "queue" not in kinds(told, "Altavoz")
    assert await stage.channels() == []


def _originates(links, monkeypatch, before_keys: float = 0.0) -> list[str]:
    """The channels that are made from here on; those that press keys so many seconds late."""
    made, acts = [], links[1].action

    async def action(name, headers):
        made.append(headers["Channel"])
        await asyncio.sleep(before_keys if KEYS in headers["Channel"] else 0)
        return await acts(name, headers)

    monkeypatch.setattr(links[1], "action", action)
    return made


# those who pretend


class Stranger:
    """Sends INVITEs by UDP from an address and hears what is answered."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(5)
        self.number = 0

    def invite(self, user: str, caller: str, *more: tuple[str, str]) -> Message:
        """The first answer that is no 100."""
        self.number += 1
        port = self.socket.getsockname()[1]
        uri = f"sip:{user}@{SIP[0]}:{SIP[1]}"
        headers = (
            ("Via", f"SIP/2.0/UDP {self.host}:{port};branch=z9hG4bK{id(self)}{self.number};rport"),
            ("From", f"<sip:{caller}@{self.host}>;tag=x{self.number}"),
            ("To", f"<{uri}>"),
            ("Call-ID", f"{id(self)}"),
            ("CSeq", f"{self.number} INVITE"),
            ("Contact", f"<sip:{caller}@{self.host}:{port}>"),
            ("Max-Forwards", "70"),
            ("Content-Type", "application/sdp"),
            *more,
        )
        message = Message(f"INVITE {uri} SIP/2.0", headers, sdp(self.host, 40000, "sendrecv"))
        self.socket.sendto(message.text.encode("latin-1"), SIP)
        while True:
            answer = read(self.socket.recv(8000))
            if answer.status != 100:
                return answer

    def with_secret(self, user: str, secret: str, name: str) -> Message:
        challenge = self.invite(user, "5551234", *FORGED)
        assert challenge.status == 401
        uri = f"sip:{user}@{SIP[0]}:{SIP[1]}"
        shown = proof(challenge.get("WWW-Authenticate"), name, secret, "INVITE", uri)
        return self.invite(user, "5551234", *FORGED, ("Authorization", shown))

    def close(self) -> None:
        self.socket.close()


@pytest.mark.parametrize("user", ["1143218765", "desk", "s", "from-altavoz-test"])
def test_who_does_not_know_the_secret_places_no_test_call(stage, user):
    stranger = Stranger("127.0.0.77")
    try:
        assert stranger.with_secret(user, "otra", "altavoz-test").status in (401, 403)
        assert stranger.with_secret(user, "clave-de-ana", "101").status in (401, 403)
        assert stranger.invite(user, "altavoz-test").status == 401
    finally:
        stranger.close()


async def test_a_carrier_that_writes_our_headers_delivers_a_strangers_call(stage, told):
    carrier = Stranger("127.0.0.11")
    try:
        answer = await asyncio.to_thread(carrier.invite, "1143219000", "1155550000", *FORGED)
        assert answer.status in (183, 480)
        await asyncio.sleep(0.3)
    finally:
        carrier.close()
    assert kinds(told, "Altavoz") == ["inactive"]
    assert kinds(told, "AltavozTest") == []


async def test_a_phone_that_writes_our_headers_is_asked_for_the_secret(stage, told):
    phone = Stranger("127.0.0.1")
    try:
        assert phone.with_secret("1143219000", "clave-de-ana", "101").status in (401, 403)
    finally:
        phone.close()
    assert told == []


async def test_the_secret_is_nobodys_to_read(stage):
    shown = await stage.cli("pjsip show auth altavoz-test")
    assert re.search(r"username +: altavoz-test", shown)
    assert not (await stage.cli("database show altavoz-hand")).count("/")
