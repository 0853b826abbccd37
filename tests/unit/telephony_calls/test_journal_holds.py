"""A call that was on hold when a gap began is on hold after it."""

from datetime import UTC, datetime, timedelta

from telephony.events import AmiMessage
from telephony.facts import CallFact, CallHeld, CallResumed, CallTransferred
from telephony.holds import held_by, holds_before

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CALL = "pbx1-1.0"


def at(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def channel(name: str, uniqueid: str, bridge: str) -> AmiMessage:
    return AmiMessage((("Channel", name), ("Uniqueid", uniqueid), ("Linkedid", "1.0"), ("BridgeId", bridge)))


CHANNELS = [
    channel("PJSIP/telecom-ar-00000000", "1.0", "b1"),
    channel("PJSIP/101-00000001", "1.1", "b1"),
    channel("PJSIP/101-00000002", "9.0", "b9"),
]


def test_the_last_word_counts_in_whatever_order_facts_are_kept() -> None:
    held, resumed = CallHeld(CALL, at(1), "101"), CallResumed(CALL, at(2), "101")
    assert held_by([held]) == "101"
    assert held_by([resumed, held]) is None
    assert held_by([held, CallTransferred(CALL, at(3), "blind", "101", "102")]) is None
    assert held_by([]) is None


def test_the_hold_is_that_of_the_phone_in_the_calls_own_bridge() -> None:
    known: dict[str, list[CallFact]] = {CALL: [CallHeld(CALL, at(1), "101")]}
    (event,) = holds_before("pbx1", known, CHANNELS, at(9))
    assert (event.name, event.get("Uniqueid"), event.get("Channel")) == ("Hold", "1.1", "PJSIP/101-00000001")
    assert event.at == at(9)


def test_a_phone_that_left_holds_nothing() -> None:
    known: dict[str, list[CallFact]] = {CALL: [CallHeld(CALL, at(1), "102")], "pbx1-7.0": []}
    assert list(holds_before("pbx1", known, CHANNELS, at(9))) == []
