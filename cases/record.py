"""A call's record as the fold of its facts. Pure: the same facts give the same record in any order."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from cases.plans_in_use import choice_of, public_of
from plans.model import Plan
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallbackOwed,
    CallEnded,
    CallFact,
    CallQueued,
    CallRinging,
    ChoiceMade,
    DigitsEntered,
    RingUnanswered,
)

CALLER_NAME_LONGEST = 80
_NOBODY: frozenset[str] = frozenset()
ChoicePath = tuple[tuple[str, str, str], ...]


class Phase(StrEnum):
    """Where a call is; once it ended, where it ended."""

    GREETING = "greeting"
    MENU = "menu"
    QUEUE = "queue"
    RINGING = "ringing"
    TALKING = "talking"
    CALLBACK = "callback"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """All that is known of one call. `choices` are (menu, digit, label) from the outermost menu inwards."""

    id: str
    linkedid: str
    line: str
    public: str | None
    plan: str
    version: str
    plan_name: str
    fantasy_name: str
    carrier: str
    caller: str | None
    caller_name: str
    started: datetime
    choices: ChoicePath = ()
    kind: str | None = None
    priority: int = 0
    digits: Mapping[str, str] = field(default_factory=dict)
    queue: str | None = None
    callback_queue: str | None = None
    ringing: frozenset[str] = frozenset()
    extension: str | None = None
    number: str | None = None
    coordinator: str | None = None
    queued: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    outcome: str | None = None
    phase: str = Phase.GREETING
    ended_by: str | None = None
    cause: int | None = None


def place(fact: CallFact) -> tuple[int, datetime, int]:
    """Where a fact stands among those of its call: the arrival first, the end last, the rest by instant.

    At the same instant the natural course of a call decides.
    """
    group = 0 if isinstance(fact, CallArrived) else 2 if isinstance(fact, CallEnded) else 1
    return group, fact.at, _COURSE[type(fact)]


def fold(facts: Iterable[CallFact], plan: Plan | None) -> CallRecord:
    """The record of a call from all its facts in order; the first must be its arrival."""
    arrived, *rest = facts
    if not isinstance(arrived, CallArrived):
        raise ValueError(f"the record of {arrived.call} must begin with its arrival")
    record = begin(arrived, plan)
    for fact in rest:
        record = step(record, fact, plan)
    return record


def begin(fact: CallArrived, plan: Plan | None) -> CallRecord:
    """The record of a call that has just arrived."""
    return CallRecord(
        id=fact.call,
        linkedid=fact.linkedid,
        line=fact.line,
        public=public_of(plan, fact.line),
        plan=fact.plan,
        version=fact.version,
        plan_name=plan.name if plan else fact.plan,
        fantasy_name=plan.fantasy_name if plan else fact.plan,
        carrier=fact.carrier,
        caller=fact.caller,
        caller_name=printable(fact.caller_name),
        started=fact.at,
    )


def step(record: CallRecord, fact: CallFact, plan: Plan | None) -> CallRecord:
    """The record after one more fact, the next in order. What follows the end changes nothing."""
    if record.ended is not None:
        return record
    return _STEPS[type(fact)](record, fact, plan)


def printable(name: str) -> str:
    """A caller's own name without control characters and lone surrogates, at most 80 characters."""
    kept = (c for c in name[:400] if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    return "".join(kept).strip()[:CALLER_NAME_LONGEST]


def _arrived(record: CallRecord, _fact: CallArrived, _plan: Plan | None) -> CallRecord:
    return record


def _choice(record: CallRecord, fact: ChoiceMade, plan: Plan | None) -> CallRecord:
    choice = choice_of(plan, fact.menu, fact.digit)
    if choice is not None and choice.repeat:
        return record
    label = (choice.label or "") if choice else f"{fact.menu} {fact.digit}"
    return replace(
        record,
        choices=(*_before(record.choices, fact.menu), (fact.menu, fact.digit, label)),
        kind=(choice.kind if choice else None) or record.kind,
        priority=max(choice.priority if choice else 0, record.priority),
        phase=Phase.MENU,
    )


def _before(path: ChoicePath, menu: str) -> ChoicePath:
    """The path up to a menu: coming back to it undoes what was chosen in it and below."""
    menus = [each[0] for each in path]
    return path[: menus.index(menu)] if menu in menus else path


def _digits(record: CallRecord, fact: DigitsEntered, _plan: Plan | None) -> CallRecord:
    return replace(record, digits={**record.digits, fact.name: fact.digits})


def _queued(record: CallRecord, fact: CallQueued, _plan: Plan | None) -> CallRecord:
    return replace(
        record,
        queue=fact.queue,
        priority=fact.priority,
        queued=record.queued or _not_before(record.started, fact.at),
        ringing=_NOBODY,
        phase=Phase.QUEUE,
    )


def _ringing(record: CallRecord, fact: CallRinging, _plan: Plan | None) -> CallRecord:
    ringing = record.ringing | {fact.extension}
    return replace(record, ringing=ringing, queue=fact.queue or record.queue, phase=Phase.RINGING)


def _unanswered(record: CallRecord, fact: RingUnanswered, _plan: Plan | None) -> CallRecord:
    ringing = record.ringing - {fact.extension}
    quiet = not ringing and record.phase == Phase.RINGING
    return replace(record, ringing=ringing, phase=Phase.QUEUE if quiet else record.phase)


def _answered(record: CallRecord, fact: CallAnswered, _plan: Plan | None) -> CallRecord:
    return replace(
        record,
        queue=fact.queue or record.queue,
        extension=fact.extension,
        number=fact.number,
        answered=record.answered or _not_before(record.queued or record.started, fact.at),
        ringing=_NOBODY,
        phase=Phase.TALKING,
    )


def _callback(record: CallRecord, fact: CallbackOwed, _plan: Plan | None) -> CallRecord:
    return replace(record, callback_queue=fact.queue, ringing=_NOBODY, phase=Phase.CALLBACK)


def _ended(record: CallRecord, fact: CallEnded, _plan: Plan | None) -> CallRecord:
    last = record.answered or record.queued or record.started
    return replace(
        record,
        ended=_not_before(last, fact.at),
        outcome=fact.outcome,
        phase=fact.phase,
        ended_by=fact.by,
        cause=fact.cause,
        ringing=_NOBODY,
    )


def _not_before(earliest: datetime, at: datetime) -> datetime:
    return max(earliest, at)


_STEPS: Mapping[type[CallFact], Callable[[CallRecord, Any, Plan | None], CallRecord]] = {
    CallArrived: _arrived,
    DigitsEntered: _digits,
    ChoiceMade: _choice,
    CallQueued: _queued,
    CallRinging: _ringing,
    RingUnanswered: _unanswered,
    CallAnswered: _answered,
    CallbackOwed: _callback,
    CallEnded: _ended,
}
_COURSE: Mapping[type[CallFact], int] = {kind: rank for rank, kind in enumerate(_STEPS)}
