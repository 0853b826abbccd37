from datetime import UTC, datetime

from telephony.events import WANTED, genuine, read_event, read_message
from telephony.framing import RawMessage

READ_AT = datetime(2025, 1, 1, tzinfo=UTC)
MARK = (
    "Event: UserEvent\r\nTimestamp: 1795294975.589730\r\nChannel: PJSIP/telecom-ar-00000000\r\n"
    "CallerIDName: María Peña\r\nPriority: 7\r\nUniqueid: 1795294975.0\r\n"
    "UserEvent: Altavoz\r\nMark: queue\r\nQueue: cat\r\nPriority: 2"
)


def test_an_event_knows_its_name_its_headers_and_the_instant_of_the_pbx() -> None:
    event = read_event(RawMessage(MARK.encode()), READ_AT)
    assert (event.name, event.get("CallerIDName"), event.get("Absent", "-")) == (
        "UserEvent",
        "María Peña",
        "-",
    )
    assert event.at == datetime(2026, 11, 21, 21, 2, 55, 589730, tzinfo=UTC)


def test_an_event_without_a_sane_instant_has_that_of_its_reading() -> None:
    for stamp in ("", "\r\nTimestamp: soon", "\r\nTimestamp: 1e300", "\r\nTimestamp: nan"):
        assert read_event(RawMessage(b"Event: Hangup" + stamp.encode()), READ_AT).at == READ_AT


def test_what_a_mark_says_counts_before_the_channels_own_header_of_that_name() -> None:
    assert read_event(RawMessage(MARK.encode()), READ_AT).get("Priority") == "2"


def test_a_caller_name_that_broke_the_line_would_not_change_the_mark() -> None:
    forged = MARK.replace("María Peña", "x\r\nUserEvent: Altavoz\r\nQueue: stolen\r\nMark: closed")
    event = read_event(RawMessage(forged.encode()), READ_AT)
    assert (event.get("Mark"), event.get("Queue")) == ("queue", "cat")


def test_of_equal_headers_the_first_counts() -> None:
    event = read_event(RawMessage(b"Event: Hangup\r\nCause: 16\r\nCause: 17"), READ_AT)
    assert event.get("Cause") == "16"


def test_an_answer_keeps_equal_headers_in_order() -> None:
    answer = read_message(RawMessage(b"Response: Success\r\nOutput: one\r\nOutput: \r\nOutput: three: 3"))
    assert answer.all("Output") == ("one", "", "three: 3")
    assert answer.get("Output") == "one"


def test_an_empty_last_header_is_there() -> None:
    assert dict(read_message(RawMessage(b"Event: X\r\nLast: ")).pairs)["Last"] == ""


def test_latin_1_bytes_are_read_as_such_and_leave_utf_8_alone() -> None:
    message = read_message(RawMessage("Event: X\r\nA: Ñandú\r\nB: ".encode() + "Peña".encode("latin-1")))
    assert (message.get("A"), message.get("B")) == ("Ñandú", "Peña")


def test_few_events_are_asked_for() -> None:
    assert len(WANTED) == len(set(WANTED)) <= 19


HANGUP = (
    "Event: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1795296763.654620\r\n"
    "Channel: PJSIP/telecom-ar-00000005\r\nCallerIDNum: {number}\r\nCallerIDName: Ana\r\n"
    "Uniqueid: 1795296763.5\r\nLinkedid: 1795296763.5\r\nCause: 16"
)


def test_an_event_that_the_pbx_wrote_is_genuine():
    assert genuine(RawMessage(HANGUP.format(number="541155554444").encode()))
    assert genuine(RawMessage(HANGUP.format(number="1\r\nChanVariable: a\r\nChanVariable: b").encode()))


def test_a_number_with_a_line_break_that_slips_a_header_in_is_not_genuine():
    forged = HANGUP.format(number="1\r\nUniqueid: 1795296700.1")
    assert not genuine(RawMessage(forged.encode()))


def test_a_number_that_ends_a_message_and_begins_another_has_no_room_for_a_genuine_one():
    number = "1\r\n\r\nEvent: Hangup\r\nUniqueid: 1795296700.1"
    assert len(number) <= 79
    for message in HANGUP.format(number=number).encode().split(b"\r\n\r\n")[1:]:
        assert not genuine(RawMessage(message))
    shortest = (
        "1\r\n\r\nEvent: Hangup\r\nPrivilege: a\r\nTimestamp: 1795296763.654620\r\nUniqueid: 1795296700.1"
    )
    assert len(shortest) > 79
