"""Calls of a real Asterisk, recorded in tests/calls, told again to the tracker."""

import re
from collections import deque
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.events import AmiEvent
from telephony.facts import CallFact
from telephony.recording import BEFORE_TIME, events, read_pieces, replay
from telephony.tracker import CallTracker

CALLS = Path(__file__).parents[2] / "calls"
SCENARIOS = sorted(folder.parent.name for folder in CALLS.glob("*/expected.yaml"))
NOT_COMPARED = ("call", "at", "linkedid", "version")


@cache
def recorded(scenario: str, file: str = "events.jsonl") -> bytes:
    lines = (CALLS / scenario / file).read_text().splitlines()
    return b"".join(piece.data for piece in read_pieces(lines))


def facts_of(parts: list[bytes]) -> list[CallFact]:
    return list(replay(parts, "pbx1"))


@cache
def whole(scenario: str) -> tuple[AmiEvent, ...]:
    return tuple(events([recorded(scenario)]))


@cache
def with_own_phones(scenario: str, place: int) -> bytes:
    """The recording as it would be of other phones: 2101 instead of 101."""
    return re.sub(rb"(PJSIP/|Local/|By: |To: )(10\d\b)", b"\\g<1>%d\\2" % place, recorded(scenario))


@cache
def told(scenario: str) -> list[CallFact]:
    return facts_of([recorded(scenario)])


def by_call(facts: list[CallFact]) -> dict[str, list[CallFact]]:
    calls: dict[str, list[CallFact]] = {}
    for fact in facts:
        calls.setdefault(fact.call, []).append(fact)
    return calls


def shown(fact: CallFact, calls: list[str]) -> dict[str, dict[str, Any]]:
    """As `expected.yaml` writes it: another call is named by its place among the scenario's."""
    named = {call: f"call {place}" for place, call in enumerate(calls, start=1)}
    fields = {name: getattr(fact, name) for name in fact.__dataclass_fields__ if name not in NOT_COMPARED}
    return {type(fact).__name__: {name: named.get(value, value) for name, value in fields.items()}}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_recorded_call_tells_what_happened(scenario: str) -> None:
    expected = yaml.safe_load((CALLS / scenario / "expected.yaml").read_text())["calls"]
    calls = by_call(told(scenario))
    assert [[shown(fact, [*calls]) for fact in facts] for facts in calls.values()] == expected


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_calls_time_runs_forward_and_nothing_is_kept_of_calls_that_ended(scenario: str) -> None:
    tracker = CallTracker("pbx1")
    calls = by_call([fact for event in whole(scenario) for fact in tracker.feed(event)])
    for facts in calls.values():
        times = [fact.at for fact in facts]
        assert times == sorted(times)
        assert times[0] > BEFORE_TIME
    assert (tracker.live, tracker._legs, len(tracker._board)) == (frozenset(), {}, 0)


def test_the_event_filters_lose_no_fact() -> None:
    scenario = "answered-caller-hangs-up"
    assert facts_of([recorded(scenario, "all-events.jsonl")]) == facts_of([recorded(scenario)])


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_wherever_a_recording_is_cut_the_facts_are_the_same(data: st.DataObject) -> None:
    stream = recorded(data.draw(st.sampled_from(SCENARIOS)))
    places = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    edges = [0, *places, len(stream)]
    parts = [stream[start:end] for start, end in zip(edges, edges[1:], strict=False)]  # noqa: RUF007
    assert facts_of(parts) == facts_of([stream])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(SCENARIOS), min_size=2, max_size=6, unique=True), st.randoms())
def test_calls_told_in_each_others_way_tell_the_same_facts_each(scenarios: list[str], turn: Random) -> None:
    """Calls that have to do with each other come in one recording, whose order stays; a phone is of one."""
    streams = [with_own_phones(name, place) for place, name in enumerate(scenarios, start=2)]
    alone = {call: facts for stream in streams for call, facts in by_call(facts_of([stream])).items()}
    queues = [deque(events([stream])) for stream in streams]
    tracker, mixed = CallTracker("pbx1"), []
    while waiting := [queue for queue in queues if queue]:
        mixed += tracker.feed(turn.choice(waiting).popleft())
    assert by_call(mixed) == alone
