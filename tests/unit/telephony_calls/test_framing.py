import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.framing import LONGEST_MESSAGE, Framer, MessageTooLong, NotAmi, event_name

STREAM = (
    "Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\n"
    "Event: Hangup\r\nCallerIDName: Peña Ñandú\r\n\r\n"
    "Event: Short\r\nEnds: badly\r\n\n"
    "Event: Empty\r\nLast: \r\n\r\n\r\n\r\n"
    "Event: Next\r\n\r\nEvent: not yet who"
).encode()
MESSAGES = [
    b"Response: Success\r\nMessage: Authentication accepted",
    "Event: Hangup\r\nCallerIDName: Peña Ñandú".encode(),
    b"Event: Short\r\nEnds: badly",
    b"Event: Empty\r\nLast: ",
    b"Event: Next",
]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


def test_messages_come_whole_and_what_is_not_whole_waits() -> None:
    assert Framer(greeted=False).feed(STREAM) == MESSAGES


def test_each_byte_by_itself_gives_the_same_messages() -> None:
    framer = Framer(greeted=False)
    assert [message for byte in STREAM for message in framer.feed(bytes([byte]))] == MESSAGES


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM)), max_size=12))
def test_wherever_the_stream_is_cut_the_messages_are_the_same(places: list[int]) -> None:
    framer = Framer(greeted=False)
    assert [message for part in cut(STREAM, places) for message in framer.feed(part)] == MESSAGES


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"A: b", b"\xc3", b"\xb1"]), max_size=40), st.data())
def test_any_mixture_of_line_ends_gives_the_same_messages_in_any_parts(
    pieces: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(pieces)
    places = data.draw(st.lists(st.integers(min_value=0, max_value=len(stream)), max_size=8))
    framer = Framer()
    parts = [message for part in cut(stream, places) for message in framer.feed(part)]
    assert parts == Framer().feed(stream)


def test_a_message_with_a_short_end_does_not_wait_for_the_next() -> None:
    assert Framer().feed(b"Event: Short\r\n\n") == [b"Event: Short"]


def test_a_message_that_comes_with_the_rest_of_the_banner_does_not_wait() -> None:
    framer = Framer(greeted=False)
    assert framer.feed(b"Asterisk Call Manager/11.") == []
    assert framer.feed(b"0.0\r\nEvent: A\r\n\r\n") == [b"Event: A"]


@pytest.mark.parametrize(
    "greeting", [b"220 mail.example ESMTP\r\n", b"x" * 200, b"Asterisk Call Manager/" + b"9" * 200]
)
def test_another_greeting_is_not_ami(greeting: bytes) -> None:
    with pytest.raises(NotAmi):
        Framer(greeted=False).feed(greeting)


def test_a_message_without_end_is_refused() -> None:
    framer = Framer()
    with pytest.raises(MessageTooLong):
        for _ in range(LONGEST_MESSAGE // 65536 + 1):
            framer.feed(b"x" * 65536)


def test_a_message_of_megabytes_costs_no_more_than_its_length() -> None:
    line = b"Output: " + b"x" * 100 + b"\r\n"
    whole = b"Response: Success\r\n" + line * (LONGEST_MESSAGE // len(line) - 10)
    framer = Framer()
    started = time.process_time()
    for start in range(0, len(whole), 1024):
        assert framer.feed(whole[start : start + 1024]) == []
    assert framer.feed(b"\r\n") == [whole.removesuffix(b"\r\n")]
    assert time.process_time() - started < 0.5


def test_the_name_of_an_event_is_seen_without_its_headers() -> None:
    names = [event_name(message) for message in Framer(greeted=False).feed(STREAM)]
    assert names == [b"", b"Hangup", b"Short", b"Empty", b"Next"]
