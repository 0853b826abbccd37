import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.exchange import LONGEST_LINE, MOST_HEADERS, Exchange, Unsendable, checked
from telephony.framing import RawMessage


def raw(text: str) -> RawMessage:
    return RawMessage(text.replace("\n", "\r\n").encode())


def test_an_answer_finds_the_action_that_asked() -> None:
    exchange = Exchange()
    exchange.ask("a")
    exchange.ask("b")
    answer = exchange.take(raw("Response: Success\nActionID: b\nPing: Pong"))
    assert answer is not None
    assert (answer.action_id, answer.messages[0].get("Ping"), answer.refusal) == ("b", "Pong", None)


def test_a_list_is_an_answer_when_its_last_item_came() -> None:
    exchange = Exchange()
    exchange.ask("7")
    assert exchange.take(raw("Response: Success\nActionID: 7\nEventList: start")) is None
    assert exchange.take(raw("Event: Item\nActionID: 7\nN: 1")) is None
    assert exchange.take(raw("Event: Item\nActionID: 7\nN: 2")) is None
    answer = exchange.take(raw("Event: ItemsComplete\nActionID: 7\nEventList: Complete\nListItems: 2"))
    assert answer is not None
    assert [message.get("N") for message in answer.messages] == ["", "1", "2"]


def test_a_refusal_says_what_the_pbx_said() -> None:
    exchange = Exchange()
    exchange.ask("1")
    answer = exchange.take(raw("Response: Error\nActionID: 1\nMessage: Permission denied"))
    assert answer is not None
    assert answer.refusal == "Permission denied"


def test_an_answer_to_nobody_is_dropped() -> None:
    exchange = Exchange()
    exchange.ask("1")
    exchange.forget("1")
    assert exchange.take(raw("Response: Success\nActionID: 1")) is None
    assert exchange.take(raw("Response: Success")) is None


@pytest.mark.parametrize(
    "value", ["a\r\nAction: Originate", "a\nb", "a\rb", "\x00", "tab\t", "\x7f", "\x85", "\u2028"]
)
def test_a_value_with_a_control_character_is_refused(value: str) -> None:
    with pytest.raises(Unsendable):
        checked("QueueAdd", {"MemberName": value})
    with pytest.raises(Unsendable):
        checked("Originate", {"Variable": ["A=1", value]})


@given(st.text(max_size=30))
def test_what_is_sent_is_one_line_a_value(value: str) -> None:
    try:
        lines = checked("QueueAdd", {"MemberName": value})
    except Unsendable:
        return
    assert len(f"MemberName: {lines['MemberName']}".splitlines()) == 1


@pytest.mark.parametrize("header", ["", "A b", "A:", "A\r\nB", "ñ"])
def test_a_header_that_is_no_name_is_refused(header: str) -> None:
    with pytest.raises(Unsendable):
        checked("Ping", {header: "x"})


def test_what_asterisk_would_cut_off_is_refused() -> None:
    with pytest.raises(Unsendable):
        checked("Ping", {"A": "ñ" * (LONGEST_LINE // 2)})
    with pytest.raises(Unsendable):
        checked("Ping", {"Variable": ["a=1"] * MOST_HEADERS})
    with pytest.raises(Unsendable):
        checked("Ping", {"A": "\ud800"})
