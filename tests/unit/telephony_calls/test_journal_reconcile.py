"""Two witnesses of one call: which facts of the journal nobody had told, and which contradict."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallHeld,
    CallQueued,
    CallRinging,
    ChoiceMade,
    RingUnanswered,
)
from telephony.reconcile import NEAR, compare, twin_of

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
CALL = "pbx1-1.0"


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def arrived(seconds: float = 0.0) -> CallArrived:
    return CallArrived(CALL, at(seconds), "1.0", "+541143218765", "hogar", "ab", "telecom", None, "")


def ended(seconds: float, by: str = "caller") -> CallEnded:
    return CallEnded(CALL, at(seconds), "answered", "talking", by, 16)


def whole() -> list[CallFact]:
    return [
        arrived(),
        ChoiceMade(CALL, at(1), "principal", "1"),
        CallQueued(CALL, at(2), "cat", 10),
        CallRinging(CALL, at(3), "cat", "101"),
        RingUnanswered(CALL, at(8), "cat", "101"),
        CallRinging(CALL, at(9), "cat", "101"),
        CallAnswered(CALL, at(11), "cat", "101"),
        ended(60),
    ]


def later(fact: CallFact, seconds: float) -> CallFact:
    kind = type(fact)
    values = {name: getattr(fact, name) for name in fact.__dataclass_fields__}
    return kind(**values | {"at": fact.at + timedelta(seconds=seconds)})


def test_a_call_that_nobody_heard_of_is_missing_whole() -> None:
    assert compare(whole(), []).missing == tuple(whole())


@given(st.lists(st.floats(-0.9, 0.9), min_size=8, max_size=8))
def test_what_differs_by_less_than_a_second_is_the_same(shifts: list[float]) -> None:
    known = [later(fact, shift) for fact, shift in zip(whole(), shifts, strict=True)]
    comparison = compare(whole(), known)
    assert (comparison.missing, comparison.contradicted) == ((), ())


@given(st.sets(st.integers(0, 7)))
def test_exactly_what_was_not_told_is_missing(untold: set[int]) -> None:
    known = [later(fact, 0.01) for place, fact in enumerate(whole()) if place not in untold]
    told_of = [fact for place, fact in enumerate(whole()) if place in untold]
    assert compare(whole(), known).missing == tuple(told_of)


def test_the_same_key_pressed_twice_is_two_facts() -> None:
    pressed = [ChoiceMade(CALL, at(1), "principal", "9"), ChoiceMade(CALL, at(2.5), "principal", "9")]
    assert compare(pressed, [later(pressed[1], 0.01)]).missing == (pressed[0],)


def test_what_the_journal_cannot_know_stays() -> None:
    known = [*whole(), CallHeld(CALL, at(20), "101")]
    assert compare(whole(), known).missing == ()


def test_a_call_ends_once_however_late_it_was_noticed() -> None:
    comparison = compare([ended(60)], [ended(75, by="pbx")])
    assert comparison.missing == ()
    assert comparison.contradicted == ((ended(60), ended(75, by="pbx")),)


def test_two_phones_that_answer_at_once_contradict() -> None:
    journal, live = CallAnswered(CALL, at(11), "cat", "101"), CallAnswered(CALL, at(11.2), "cat", "102")
    comparison = compare([journal], [live])
    assert (comparison.missing, comparison.contradicted) == ((), ((journal, live),))


def test_an_answer_that_comes_much_later_is_another() -> None:
    first, second = CallAnswered(CALL, at(11), "cat", "101"), CallAnswered(CALL, at(40), None, "102")
    assert compare([first, second], [first]).missing == (second,)


def test_the_nearest_of_several_is_the_twin() -> None:
    rings = [CallRinging(CALL, at(seconds), "cat", "101") for seconds in (0, 1, 2)]
    assert twin_of(CallRinging(CALL, at(1.1), "cat", "101"), rings) == rings[1]
    beyond = CallRinging(CALL, at(2) + NEAR + timedelta(milliseconds=1), "cat", "101")
    assert twin_of(beyond, rings) is None
