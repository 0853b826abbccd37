"""What is told when the parties of a call change."""

from datetime import UTC, datetime, timedelta

from telephony.conversation import Conversation
from telephony.facts import PartyJoined, PartyLeft

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(seconds=5)


def answered() -> Conversation:
    conversation = Conversation("c")
    conversation.answered("101")
    return conversation


def test_whoever_answered_is_not_told_to_join() -> None:
    conversation = answered()
    assert conversation.changed([], NOON) == []
    assert conversation.changed(["101"], NOON) == []


def test_one_who_joins_and_one_who_leaves_while_another_stays_are_told_at_once() -> None:
    conversation = answered()
    assert conversation.changed(["+5411", "101"], NOON) == [PartyJoined("c", NOON, "+5411")]
    assert conversation.changed(["+5411"], LATER) == [PartyLeft("c", LATER, "101")]


def test_the_last_who_leaves_is_told_only_when_the_call_goes_on_and_at_its_own_instant() -> None:
    conversation = answered()
    conversation.changed(["101"], NOON)
    assert conversation.changed([], NOON) == []
    assert conversation.changed(["102"], LATER) == [
        PartyLeft("c", NOON, "101"),
        PartyJoined("c", LATER, "102"),
    ]
    assert conversation.goes_on() == []


def test_one_who_is_away_for_an_instant_never_left() -> None:
    conversation = answered()
    conversation.changed(["101"], NOON)
    conversation.changed([], NOON)
    assert conversation.changed(["101"], LATER) == []
    assert conversation.goes_on() == []


def test_nobody_leaves_a_call_that_was_passed_on() -> None:
    conversation = answered()
    conversation.changed(["101"], NOON)
    conversation.passed_on()
    assert conversation.changed([], NOON) == []
    assert conversation.goes_on() == []


def test_what_stood_before_is_told_when_it_ends() -> None:
    conversation = Conversation("c")
    conversation.stands(["101"])
    assert conversation.changed(["102"], NOON) == [PartyJoined("c", NOON, "102"), PartyLeft("c", NOON, "101")]
