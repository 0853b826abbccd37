"""Tests by hand and by the trunk on a real Asterisk: six digits, once; and who pretends to be a test."""

import asyncio
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from telephony.facts import CallQueued
from telephony.testcall_values import Moment, TestCall, Way, new_id
from telephony.testcalls import CannotPlace, new_digits
from tests.support.sip import SipLab
from tests.support.sip_message import Message, proof, read, sdp

pytestmark = pytest.mark.pbx
LONG = pytest.mark.long

SIP = ("127.0.0.1", 15260)
LINE, AJOLOTE = "+541143219000", "+525541239876"
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


def keys(digits: str, first: float = 0.3) -> list[tuple[float, str]]:
    return [(first if place == 0 else 0.1, digit) for place, digit in enumerate(digits)]


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
        call = lab.call("127.0.0.13", "525541239876", "5555550000", keys=keys(digits))
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
        lab.call("127.0.0.11", "1143219000", "1155550000", keys=keys(digits))
        seen = await hand.observed()
        stranger = lab.refused_call("127.0.0.11", "1143219000", "1155550000", 480)
        await asyncio.to_thread(stranger.wait, 10)
    assert seen.arrived.plan == "oficina-tero"
    assert kinds(told, "AltavozTest").count("keyed") == 1
    assert kinds(told, "Altavoz") == ["inactive"]


@pytest.mark.parametrize(
    "typed", ["000000", *(pytest.param(each, marks=LONG) for each in ("12", "", "*#*#"))]
)
async def test_other_digits_lead_on_as_a_stranger(stage, caller, lab, told, typed):
    async with caller.expected(by_hand(), "135790", soon()) as hand:
        lab.call("127.0.0.11", "1143219000", "1155550000", keys=keys(typed))
        async with asyncio.timeout(15):
            while "inactive" not in kinds(told, "Altavoz"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert hand.wrong == 1
    assert "keyed" not in kinds(told, "AltavozTest")


async def test_digits_that_are_too_late_are_not_asked_for(stage, caller, lab, told):
    async with caller.expected(by_hand(), "135790", soon(-1)):
        stranger = lab.refused_call("127.0.0.11", "1143219000", "1155550000", 480)
        await asyncio.to_thread(stranger.wait, 10)
    assert kinds(told, "AltavozTest") == []
    assert kinds(told, "Altavoz") == ["inactive"]


async def test_nobody_who_keys_the_digits_in_time_is_told_so(caller):
    async with caller.expected(by_hand(), "135790", soon(0.3)) as hand:
        with pytest.raises(TimeoutError):
            await hand.observed()


async def test_nothing_is_awaited_once_the_wait_is_over_and_one_wait_at_a_time(stage, caller):
    async with caller.expected(by_hand(), "135790", soon()):
        assert "135790" in await stage.cli("database show altavoz-hand")
        with pytest.raises(CannotPlace):
            async with caller.expected(by_hand(), "246801", soon()):
                pass
        assert "135790" in await stage.cli("database show altavoz-hand")
    assert await stage.cli("database show altavoz-hand") == "0 results found."


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
async def test_a_call_by_a_trunk_that_leads_elsewhere_is_ended_before_it_rings_anybody(stage, caller, told):
    trunk = GivesBack()
    try:
        call = TestCall(
            new_id(), LINE, "vuelta-ar", seconds=40, way=Way.TRUNK, dialled=AJOLOTE, out="vuelta-ar"
        )
        seen = await caller.place(call)
    finally:
        trunk.close()
    assert "no llegó a la línea" in seen.problems[0]
    assert "queue" not in kinds(told, "Altavoz")
    assert await stage.channels() == []


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
