"""Calls of a real Asterisk, recorded in tests/calls, told again to the tracker."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.events import WANTED, AmiEvent, read_event
from telephony.facts import CallFact
from telephony.framing import Framer, event_name
from telephony.tracker import CallTracker

CALLS = Path(__file__).parents[2] / "calls"
SCENARIOS = sorted(folder.parent.name for folder in CALLS.glob("*/expected.yaml"))
READ_AT = datetime(2000, 1, 1, tzinfo=UTC)
NOT_COMPARED = ("call", "at", "linkedid", "version")


@cache
def recorded(scenario: str, file: str = "events.jsonl") -> bytes:
    lines = (CALLS / scenario / file).read_text().splitlines()
    return b"".join(json.loads(line)["bytes"].encode("latin-1") for line in lines)


def events(parts: list[bytes]) -> list[AmiEvent]:
    framer = Framer(greeted=False)
    messages = [message for part in parts for message in framer.feed(part)]
    return [read_event(message, READ_AT) for message in messages if event_name(message).decode() in WANTED]


def facts_of(parts: list[bytes]) -> list[CallFact]:
    tracker = CallTracker("pbx1")
    return [fact for event in events(parts) for fact in tracker.feed(event)]


@cache
def whole(scenario: str) -> tuple[AmiEvent, ...]:
    return tuple(events([recorded(scenario)]))


def by_call(facts: list[CallFact]) -> dict[str, list[CallFact]]:
    calls: dict[str, list[CallFact]] = {}
    for fact in facts:
        calls.setdefault(fact.call, []).append(fact)
    return calls


def shown(fact: CallFact) -> dict[str, dict[str, Any]]:
    fields = {name: getattr(fact, name) for name in fact.__dataclass_fields__ if name not in NOT_COMPARED}
    return {type(fact).__name__: fields}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_recorded_call_tells_what_happened(scenario: str) -> None:
    expected = yaml.safe_load((CALLS / scenario / "expected.yaml").read_text())["calls"]
    told = by_call(facts_of([recorded(scenario)]))
    assert [[shown(fact) for fact in facts] for facts in told.values()] == expected


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_time_runs_forward_and_nothing_is_kept_of_calls_that_ended(scenario: str) -> None:
    tracker = CallTracker("pbx1")
    times = [fact.at for event in whole(scenario) for fact in tracker.feed(event)]
    assert times == sorted(times)
    assert all(time > READ_AT for time in times)
    assert (tracker.live, tracker._legs) == (frozenset(), {})


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


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_calls_told_in_each_others_way_tell_the_same_facts_each(data: st.DataObject) -> None:
    scenarios = data.draw(st.lists(st.sampled_from(SCENARIOS), min_size=2, max_size=6, unique=True))
    alone = {call: facts for name in scenarios for call, facts in by_call(facts_of([recorded(name)])).items()}
    queues = [list(whole(name)) for name in scenarios]
    tracker, mixed = CallTracker("pbx1"), []
    while waiting := [queue for queue in queues if queue]:
        mixed += tracker.feed(data.draw(st.sampled_from(waiting)).pop(0))
    assert by_call(mixed) == alone
