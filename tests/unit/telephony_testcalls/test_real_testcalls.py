"""Test calls on a real Asterisk: what they prove is what happens to a stranger, and nobody counts them.

All calls of the first tests are made at once, while a coordinator is signed in.
"""

import asyncio
import math
import wave
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from telephony.ami import AmiLink
from telephony.events import AmiEvent
from telephony.facts import CallAnswered, CallArrived, CallFact, CallQueued, CallRinging, ChoiceMade
from telephony.journal import Journal
from telephony.journal_calls import JournalCalls, JournalFiles
from telephony.queues import QueueDesk
from telephony.testcall_values import Moment, Observed, Press, TestCall, new_id
from telephony.testcalls import CannotPlace
from telephony.tracker import CallTracker
from tests.support.sip import SipLab

pytestmark = pytest.mark.pbx

SUNDAY = datetime(2026, 11, 29, 15, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 15, tzinfo=UTC)
SIP = ("127.0.0.1", 15260)
CALLS = {
    "ajolote": TestCall("a1", "+525541239876", "telmex", seconds=20),
    "nandu": TestCall("a2", "+541143218765", "telecom-ar", (Press("1", 1.0),), seconds=20),
    "condor": TestCall("a3", "+576015551234", "claro-co", (Press("1", 3.5),), MONDAY, 20),
    "closed": TestCall("a4", "+541143219000", "telecom-ar", at=SUNDAY, seconds=20),
    "diversion": TestCall("a5", "+541143219001", "desvio-ar", at=MONDAY, seconds=20),
    "called-party": TestCall("a6", "+541143219002", "pcpid-ar", at=MONDAY, seconds=20),
    "unknown": TestCall("a7", "+541143210000", "telecom-ar", seconds=20),
}


@dataclass
class Made:
    """What was observed of each call, what the live tracker told meanwhile, and what the phone heard.

    `row` is the last of the journal before.
    """

    seen: dict[str, Observed]
    told: list[CallFact]
    row: int
    phone: str = ""


@pytest.fixture(scope="module")
def made(stage, tmp_path_factory) -> Iterator[Made]:
    lab = SipLab(tmp_path_factory.mktemp("sip"), SIP, media=21000)
    try:
        lab.register("101", "clave-de-ana", 15267)
        phone = lab.phone(15267)
        made = asyncio.run(place_all(stage))
        made.phone = phone.messages()
        yield made
    finally:
        lab.stop()


async def place_all(stage) -> Made:
    async with stage.links() as (listens, acts):
        desk = QueueDesk(acts)
        await desk.add("101", "cat", "ana")
        await desk.add("101", "sac", "ana")
        caller = stage.caller(listens, acts, at_once=len(CALLS))
        events: list[AmiEvent] = []
        last = Journal(stage.layout.cel_db).last()
        reading = asyncio.create_task(read(listens, events))
        seen = await asyncio.gather(*(caller.place(call) for call in CALLS.values()))
        for queue in ("cat", "sac"):
            await desk.remove("101", queue)
        await asyncio.sleep(0.2)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    tracker = CallTracker("pbx1")
    told = [fact for event in events for fact in tracker.feed(event)]
    return Made(dict(zip(CALLS, seen, strict=True)), told, last.row if last else 0)


async def read(link: AmiLink, events: list[AmiEvent]) -> None:
    async for event in link.events():
        events.append(event)


def of(seen: Observed, kind: type[CallFact]) -> CallFact:
    return next(each.fact for each in seen.facts if isinstance(each.fact, kind))


def heard(path: Path) -> np.ndarray:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float)


def begins_with(recorded: np.ndarray, sound: np.ndarray) -> float:
    """How alike the beginning of a recording is to a sound, sample by sample (1 is the same)."""
    first = recorded[: len(sound)]
    return float(np.corrcoef(first, sound[: len(first)].astype(float))[0, 1])


def test_every_call_was_made_and_observed(made):
    assert {name: seen.problems for name, seen in made.seen.items()} == dict.fromkeys(CALLS, ())


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("ajolote", "mascotas-ajolote"),
        ("nandu", "hogar-nandu"),
        ("condor", "vial-condor"),
        ("closed", "oficina-tero"),
        ("diversion", "oficina-tero"),
        ("called-party", "oficina-tero"),
    ],
)
def test_the_plan_of_the_line_answers_as_its_carrier_delivers_it_in_milliseconds(made, name, plan):
    call, seen = CALLS[name], made.seen[name]
    arrived = of(seen, CallArrived)
    assert (arrived.plan, arrived.line, arrived.carrier) == (plan, call.line, call.carrier)
    assert arrived.caller == call.line
    assert 0 <= seen.plan_ms < 1500
    assert seen.delivered.line == call.line.removeprefix("+")


def test_what_the_carrier_sent_is_kept_as_it_came(made):
    sent = {name: seen.delivered for name, seen in made.seen.items()}
    assert sent["nandu"].user == "1143218765"
    assert "+576015551234@" in sent["condor"].headers["To"]
    assert sent["diversion"].headers["Diversion"] == "<sip:541143219001@altavoz>"
    assert sent["diversion"].user == "trunk-AR"
    assert sent["called-party"].headers["P-Called-Party-ID"] == "<sip:1143219002@altavoz>"
    assert made.seen["nandu"].sent[0] == "INVITE sip:1143218765 SIP/2.0"


def test_a_key_reaches_its_queue_and_the_test_desk_in_it(made):
    seen = made.seen["nandu"]
    assert (of(seen, ChoiceMade).menu, of(seen, ChoiceMade).digit) == ("principal", "1")
    assert (of(seen, CallQueued).queue, of(seen, CallQueued).priority) == ("cat", 10)
    assert (of(seen, CallRinging).queue, of(seen, CallRinging).extension) == ("cat", "desk")
    assert of(seen, CallAnswered).extension == "desk"
    assert (seen.ended.outcome, seen.ended.by) == ("answered", "coordinator")
    assert of(made.seen["condor"], CallQueued).queue == "cat"


def test_the_phone_is_shown_the_fantasy_name_byte_for_byte(made):
    phone = made.seen["nandu"].phone
    assert phone.display == phone.asserted == phone.party == "ASISTENCIA ÑANDÚ".encode()
    assert made.seen["condor"].phone.display == "CÓNDOR EN RUTA".encode()


def test_closed_hours_are_those_of_the_instant_asked_for(made):
    closed, open_ = made.seen["closed"], made.seen["diversion"]
    assert ("closed", {"Calendar": "oficina"}) in closed.marks
    assert (closed.ended.outcome, closed.answered_ms) == ("closed", None)
    assert "closed" not in dict(open_.marks)
    assert open_.ended.outcome == "answered"


def test_what_is_said_before_the_answer_is_heard_from_its_beginning(made, stage):
    sentence = "Nuestro horario es de lunes a viernes de nueve a dieciocho."
    recorded = heard(made.seen["closed"].heard)
    assert math.isclose(len(recorded) / 8000, 1.0, abs_tol=0.05)
    assert begins_with(recorded, stage.sound(sentence)) > 0.99


def test_what_is_said_after_the_answer_is_heard_too(made, stage):
    recorded = heard(made.seen["ajolote"].heard)
    assert begins_with(recorded, stage.sound("Ajolote Mascotas, gracias por llamar.", "es-MX")) > 0.99


def test_how_sound_came_is_counted_over_the_whole_call(made):
    """The desk's answer begins another stream, which is counted by itself."""
    for seen in made.seen.values():
        assert seen.reception.packets > 20 and not seen.reception.bad and seen.reception.lost == 0
    assert made.seen["nandu"].reception.packets > 100


def test_a_line_that_no_plan_has_is_told_apart(made):
    seen = made.seen["unknown"]
    assert [kind for kind, _ in seen.marks] == ["unknown"]
    assert seen.arrived is None
    assert seen.delivered.line == "541143210000"


def test_nobodys_phone_rings_though_they_are_signed_in(made):
    assert "INVITE" not in made.phone


def test_live_calls_and_the_journal_know_nothing_of_tests(made, stage):
    assert made.told == []
    journal = JournalCalls("pbx1", JournalFiles(stage.layout.cel_db, stage.layout.queue_log))
    assert not journal.since(made.row, datetime.now(UTC)).calls
    kinds = {row.event for row in journal.journal.after(made.row, 5000)}
    assert "ALTAVOZTEST" in kinds
    assert "ALTAVOZ" not in kinds


async def test_nothing_of_tests_is_kept_for_the_house(made, stage):
    assert await stage.cli("database show altavoz-shows") == "0 results found."
    recorded = {path.parent for path in stage.layout.spool.rglob("*.wav")}
    assert recorded == {stage.layout.heard}


async def test_no_channel_is_left(made, stage):
    assert await stage.channels() == []


async def test_a_call_that_is_cancelled_leaves_no_channel(stage, caller):
    arrived = asyncio.Event()
    call = TestCall(new_id(), "+541143218765", "telecom-ar", seconds=60)
    task = asyncio.create_task(caller.place(call, lambda m: arrived.set() if m is Moment.ARRIVED else None))
    await asyncio.wait_for(arrived.wait(), 5)
    assert await stage.channels() != []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await stage.channels() == []


@pytest.mark.long
async def test_a_call_whose_service_was_killed_ends_by_itself(stage):
    call = TestCall(new_id(), "+541143218765", "telecom-ar", seconds=2)
    async with stage.links() as (listens, acts):
        await stage.caller(listens, acts)._call(call, "")
        await asyncio.sleep(0.5)
        assert await stage.channels() != []
    await asyncio.sleep(2.5)
    assert await stage.channels() == []


async def test_a_carrier_that_is_none_is_not_called(stage, caller):
    seen = await caller.place(TestCall(new_id(), "+541143218765", "nadie", seconds=5))
    assert seen.problems == ("la llamada no llegó a la línea (nadie respondió)",)
    assert await stage.channels() == []


async def test_what_is_no_call_is_refused(caller):
    for call in (
        TestCall(new_id(), "+541143218765", "telecom-ar", seconds=1000),
        TestCall(new_id(), "+541143218765", "telecom-ar", (Press("A", 1),)),
        TestCall("a,b", "+541143218765", "telecom-ar"),
        TestCall(new_id(), "+54x", "telecom-ar"),
    ):
        with pytest.raises(CannotPlace):
            await caller.place(call)
