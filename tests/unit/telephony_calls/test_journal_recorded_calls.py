"""The journal of recorded calls tells what live events told of them; what it cannot know is listed here."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from telephony import journal
from telephony.facts import CallFact, CallHeld, CallResumed
from telephony.journal_calls import JournalCalls, JournalFiles

CALLS = Path(__file__).parents[2] / "calls"
sys.path.insert(0, str(CALLS / "recording"))

from witness import put_back  # noqa: E402

SCENARIOS = sorted(file.parent.name for file in CALLS.glob("*/journal.jsonl"))
NOT_COMPARED = ("call", "at", "linkedid", "version")
NOT_WRITTEN = (CallHeld, CallResumed)
"""A hold is no event of the journal."""
MIXED_BY_A_PHONE = {"conference-of-the-phone", "attended-to-queue", "conference-in-one-bridge"}
"""Whom a phone mixes with a caller is known by its holds only; the parties are not compared."""


def told(scenario: str, folder: Path) -> list[tuple[CallFact, ...]]:
    files = JournalFiles(folder / "cel.db", folder / "queue_log")
    journal.prepare(files.cel)
    put_back(CALLS / scenario / "journal.jsonl", files)
    calls = JournalCalls("pbx1", files)
    rows = calls.journal.after(0, 10_000)
    return list(calls.since(0, rows[-1].at).calls.values())


def shown(fact: CallFact, calls: list[str]) -> dict[str, dict[str, Any]]:
    named = {call: f"call {place}" for place, call in enumerate(calls, start=1)}
    fields = {name: getattr(fact, name) for name in fact.__dataclass_fields__ if name not in NOT_COMPARED}
    return {type(fact).__name__: {name: named.get(value, value) for name, value in fields.items()}}


def known_to_both(facts: list[dict[str, Any]], scenario: str) -> list[dict[str, Any]]:
    silent = {kind.__name__ for kind in NOT_WRITTEN}
    if scenario in MIXED_BY_A_PHONE:
        silent |= {"PartyJoined", "PartyLeft"}
    return [fact for fact in facts if not silent.intersection(fact)]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_journal_tells_what_live_events_told(scenario: str, tmp_path: Path) -> None:
    expected = yaml.safe_load((CALLS / scenario / "expected.yaml").read_text())["calls"]
    calls = told(scenario, tmp_path)
    ids = [facts[0].call for facts in calls]
    found = [[shown(fact, ids) for fact in facts] for facts in calls]
    assert [known_to_both(facts, scenario) for facts in found] == [
        known_to_both(facts, scenario) for facts in expected
    ]


def test_most_scenarios_have_their_journal() -> None:
    assert len(SCENARIOS) > 40
