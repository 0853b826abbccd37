"""A fact is taken once, whichever witness tells it first."""

from datetime import UTC, datetime, timedelta

from altavoz.told import Told
from telephony.facts import CallQueued, CallRinging

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def queued(seconds: float = 0, call: str = "pbx1-1.0") -> CallQueued:
    return CallQueued(call, AT + timedelta(seconds=seconds), "cat", 0)


def test_a_live_fact_is_new_until_the_journal_has_told_it() -> None:
    told = Told()
    assert told.live(queued())
    told.journal(queued(60))
    assert not told.live(queued(60.2))
    assert told.of("pbx1-1.0") == (queued(), queued(60))


def test_one_fact_of_the_journal_answers_for_one_live_fact() -> None:
    told = Told()
    ring = CallRinging("pbx1-1.0", AT, "cat", "101")
    told.journal(ring)
    assert not told.live(ring)
    assert told.live(CallRinging("pbx1-1.0", AT + timedelta(seconds=1), "cat", "101"))


def test_only_the_last_calls_are_remembered() -> None:
    told = Told(kept=2)
    for call in ("a", "b", "a", "c"):
        told.live(queued(call=call))
    assert [bool(told.of(call)) for call in ("a", "b", "c")] == [True, False, True]
