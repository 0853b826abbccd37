"""Events of test calls, told as those of real ones, and what of them stays with each call."""

import base64
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from telephony.events import AmiEvent
from telephony.recording import replay
from telephony.testcall_events import Hearing, Witness, as_real, display
from telephony.testcall_values import Moment, TestCall, Way

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
CALL = TestCall("abc1", "+541143218765", "telecom-ar")


def event(name: str, after: float = 0, **headers: str) -> AmiEvent:
    return AmiEvent(name, MappingProxyType(headers), AT + timedelta(seconds=after))


def told(mark: str, after: float = 0, id: str = "abc1", **headers: str) -> AmiEvent:
    return event("UserEvent", after, UserEvent="AltavozTest", Id=id, Mark=mark, **headers)


def encoded(text: bytes) -> str:
    return base64.b64encode(b":" + text).decode()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('"ASISTENCIA ÑANDÚ" <sip:1143218765@127.0.0.1>;tag=a'.encode(), "ASISTENCIA ÑANDÚ".encode()),
        (rb'"Dicho \"Lucho\" \\" <sip:a@b>', rb'Dicho "Lucho" ' + b"\\"),
        (b"Lucho <sip:a@b>", b"Lucho"),
        (b"<sip:a@b>", b""),
        (b"sip:a@b", b""),
        (b'"\xd1and\xfa" <sip:a@b>', b"\xd1and\xfa"),
        (b"", b""),
    ],
)
def test_the_name_in_a_header_is_taken_byte_for_byte(header, name):
    assert display(header) == name


def test_a_tests_mark_is_told_as_a_real_one_and_a_real_one_not_at_all():
    assert as_real(told("arrived")).get("UserEvent") == "Altavoz"
    assert as_real(told("delivered")) is None
    assert as_real(event("UserEvent", UserEvent="Altavoz", Mark="arrived")) is None


def test_a_test_queue_and_its_desk_bear_the_real_names():
    real = as_real(
        event(
            "AgentCalled",
            Queue="test-cat",
            Interface="PJSIP/altavoz-desk",
            DestChannel="PJSIP/altavoz-desk-0000001a",
        )
    )
    assert [real.get(name) for name in ("Queue", "Interface", "DestChannel")] == [
        *("cat", "PJSIP/desk", "PJSIP/desk-0000001a"),
    ]


def test_a_call_is_over_when_its_last_channel_is_gone():
    moments: list[Moment] = []
    hearing, witness = Hearing("pbx1"), Witness(CALL, moments.append)
    hearing.add(witness)
    hearing.take(told("calling", Uniqueid="1.2", Linkedid="1.1"))
    hearing.take(told("delivered", 0.1, Uniqueid="1.3", User=encoded(b"sip:1143218765@127.0.0.1:5060")))
    hearing.take(told("arrived", 0.2, Uniqueid="1.3", Line="541143218765", Plan="a", Version="b"))
    for channel in ("1.1", "1.2"):
        hearing.take(event("Hangup", 1, Uniqueid=channel))
    assert not witness.over
    hearing.take(event("Hangup", 2, Uniqueid="1.3"))
    assert witness.over
    assert moments == [Moment.PLACED, Moment.ARRIVED, Moment.ENDED]
    assert (witness.to_its_plan(), witness.delivered().user) == (100, "1143218765")
    assert [each.after_ms for each in witness.heard()] == [200, 2000]


def test_two_calls_at_once_do_not_hear_of_each_other():
    hearing = Hearing("pbx1")
    one, two = (Witness(TestCall(id, "+541143218765", "x"), lambda m: None) for id in ("abc1", "abc2"))
    for witness in (one, two):
        hearing.add(witness)
    hearing.take(told("delivered", Uniqueid="1.3"))
    hearing.take(told("arrived", Uniqueid="1.3", Line="541143218765", Plan="a", Version="b"))
    hearing.take(told("arrived", Uniqueid="1.4", id="fff", Line="541143218765", Plan="a", Version="b"))
    assert (len(one.facts), len(two.facts)) == (1, 0)


def test_a_call_by_hand_that_is_a_strangers_leaves_the_wait_as_it_was():
    hearing = Hearing("pbx1")
    witness = Witness(TestCall("abc1", "+541143218765", "x", way=Way.HAND), lambda m: None)
    hearing.add(witness)
    hearing.take(told("came", Uniqueid="1.3"))
    hearing.take(told("wrong", 3, Uniqueid="1.3"))
    hearing.take(told("passed", 3, Uniqueid="1.3"))
    hearing.take(event("Hangup", 4, Uniqueid="1.3"))
    hearing.take(told("came", 10, Uniqueid="1.4"))
    hearing.take(event("Hangup", 11, Uniqueid="1.4"))
    assert (witness.over, witness.began, witness.wrong, witness.delivered()) == (False, None, 1, None)
    assert not witness.undecided
    hearing.take(told("came", 20, Uniqueid="1.5"))
    hearing.take(told("came", 21, Uniqueid="1.6"))
    hearing.take(told("delivered", 24, Uniqueid="1.5"))
    hearing.take(told("keyed", 24, Uniqueid="1.5"))
    hearing.take(told("passed", 25, Uniqueid="1.6"))
    hearing.take(event("Hangup", 26, Uniqueid="1.6"))
    assert not witness.over
    hearing.take(event("Hangup", 30, Uniqueid="1.5"))
    assert witness.over
    assert (witness.began, witness.ended) == (AT + timedelta(seconds=20), AT + timedelta(seconds=30))


def test_text_that_is_no_base_64_is_taken_for_none():
    hearing, witness = Hearing("pbx1"), Witness(CALL, lambda m: None)
    hearing.add(witness)
    hearing.take(told("shown", Uniqueid="1.9", From="%%%", To=encoded(b"<sip:desk@x>")))
    assert (witness.phone.display, witness.phone.lines[1:]) == (b"", ("To: <sip:desk@x>",))


def test_a_recording_of_the_link_with_tests_in_it_tells_of_real_calls_only():
    mark = (
        "Event: UserEvent\r\nPrivilege: user,all\r\nTimestamp: 1796050800.000000\r\nChannel: PJSIP/{0}-1\r\n"
        "Uniqueid: {1}\r\nLinkedid: {1}\r\nUserEvent: {2}\r\n{3}Mark: arrived\r\nLine: 541143218765\r\n"
        "Plan: a\r\nVersion: b\r\nCarrier: telecom-ar\r\n\r\n"
    )
    heard = mark.format("altavoz-test", "1.3", "AltavozTest", "Id: abc1\r\n")
    heard += mark.format("telecom-ar", "1.9", "Altavoz", "")
    assert [fact.call for fact in replay([heard.encode()], "pbx1")] == ["pbx1-1.9"]
