"""The record of a call as the fold of its facts. Pure: the same facts give the same record in any order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cases import parties
from cases.parties import Parties
from cases.plans_in_use import choice_of
from cases.record import BEGINNINGS, Beginning, CallRecord, ChoicePath, Phase, begin, stage_of
from plans.model import Plan
from telephony import facts as told
from telephony.facts import CallFact

_NOBODY: frozenset[str] = frozenset()


def place(fact: CallFact) -> tuple[int, datetime, int]:
    """Where a fact stands among those of its call: the arrival first, the end last, the rest by instant.

    At the same instant the natural course of a call decides.
    """
    group = 0 if isinstance(fact, BEGINNINGS) else 2 if isinstance(fact, told.CallEnded) else 1
    return group, fact.at, _COURSE[type(fact)]


def fold(facts: Iterable[CallFact], plan: Plan | None) -> CallRecord:
    """The record of a call from all its facts in order; the first must be its beginning."""
    first, *rest = facts
    if not isinstance(first, BEGINNINGS):
        raise ValueError(f"the record of {first.call} must begin with its arrival")
    return go_on(begin(first, plan), rest, plan)


def go_on(record: CallRecord, facts: Iterable[CallFact], plan: Plan | None) -> CallRecord:
    """The record after more facts, in order."""
    for fact in facts:
        record = step(record, fact, plan)
    return record


def step(record: CallRecord, fact: CallFact, plan: Plan | None) -> CallRecord:
    """The record after one more fact, the next in order. What follows the end changes nothing."""
    if record.ended is not None:
        return record
    after = _STEPS[type(fact)](record, fact, plan)
    return _timed(record, after, max(record.since, fact.at))


def _timed(before: CallRecord, after: CallRecord, at: datetime) -> CallRecord:
    """When the stage changes, the time since it began goes to it."""
    spent = stage_of(before)
    if after.ended is None and stage_of(after) is spent:
        return after
    now = after.ended or at
    return replace(after, **{spent: getattr(before, spent) + (now - before.since)}, since=now)


def _with_parties(record: CallRecord, after: Parties, **changes: Any) -> CallRecord:
    there = {each.party for each in parties.present(after)}
    return replace(
        record,
        parties=after,
        held_by=record.held_by & there,
        extension=parties.talking_phone(after) or record.extension,
        **changes,
    )


def _begun_already(record: CallRecord, _fact: Beginning, _plan: Plan | None) -> CallRecord:
    return record


def _choice(record: CallRecord, fact: told.ChoiceMade, plan: Plan | None) -> CallRecord:
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


def _digits(record: CallRecord, fact: told.DigitsEntered, _plan: Plan | None) -> CallRecord:
    return replace(record, digits={**record.digits, fact.name: fact.digits})


def _transferred(record: CallRecord, fact: told.CallTransferred, _plan: Plan | None) -> CallRecord:
    """A blind one takes the caller away at once; of an attended one the parties that follow tell."""
    if fact.way != "blind":
        return replace(record, passed_by=fact.by)
    rest = parties.left(record.parties, fact.by, max(record.since, fact.at))
    phase = record.phase if parties.present(rest) else Phase.RINGING
    return _with_parties(record, rest, passed_by=fact.by, phase=phase, ringing=_NOBODY)


def _queued(record: CallRecord, fact: told.CallQueued, _plan: Plan | None) -> CallRecord:
    return _with_parties(
        record,
        parties.all_left(record.parties, max(record.since, fact.at)),
        queue=fact.queue,
        priority=fact.priority,
        queued=record.queued or max(record.since, fact.at),
        ringing=_NOBODY,
        phase=Phase.QUEUE,
    )


def _ringing(record: CallRecord, fact: told.CallRinging, _plan: Plan | None) -> CallRecord:
    phase = record.phase if parties.present(record.parties) else Phase.RINGING
    ringing = record.ringing | {fact.extension}
    return replace(record, ringing=ringing, queue=fact.queue or record.queue, phase=phase)


def _unanswered(record: CallRecord, fact: told.RingUnanswered, _plan: Plan | None) -> CallRecord:
    ringing = record.ringing - {fact.extension}
    quiet = not ringing and record.phase == Phase.RINGING
    return replace(record, ringing=ringing, phase=Phase.QUEUE if quiet else record.phase)


def _answered(record: CallRecord, fact: told.CallAnswered, _plan: Plan | None) -> CallRecord:
    """Whoever answers speaks alone with the caller. Of an outgoing call that is the phone that made it."""
    now = max(record.since, fact.at)
    caller = record.extension if record.direction == "out" else None
    who = fact.extension or caller or fact.number or ""
    return _with_parties(
        record,
        parties.joined(parties.all_left(record.parties, now), who, now),
        queue=fact.queue or record.queue,
        number=fact.number or record.number,
        answered=record.answered or now,
        ringing=_NOBODY,
        phase=Phase.TALKING,
    )


def _held(record: CallRecord, fact: told.CallHeld, _plan: Plan | None) -> CallRecord:
    there = {each.party for each in parties.present(record.parties)}
    return replace(record, held_by=record.held_by | ({fact.extension} & there))


def _resumed(record: CallRecord, fact: told.CallResumed, _plan: Plan | None) -> CallRecord:
    return replace(record, held_by=record.held_by - {fact.extension})


def _joined(record: CallRecord, fact: told.PartyJoined, _plan: Plan | None) -> CallRecord:
    now = max(record.since, fact.at)
    after = parties.joined(record.parties, fact.party, now)
    return _with_parties(record, after, answered=record.answered or now, ringing=_NOBODY, phase=Phase.TALKING)


def _left(record: CallRecord, fact: told.PartyLeft, _plan: Plan | None) -> CallRecord:
    rest = parties.left(record.parties, fact.party, max(record.since, fact.at))
    alone = record.phase == Phase.TALKING and not parties.present(rest)
    return _with_parties(record, rest, phase=Phase.QUEUE if alone else record.phase)


def _callback(record: CallRecord, fact: told.CallbackOwed, _plan: Plan | None) -> CallRecord:
    rest = parties.all_left(record.parties, max(record.since, fact.at))
    return _with_parties(record, rest, callback_queue=fact.queue, ringing=_NOBODY, phase=Phase.CALLBACK)


def _ended(record: CallRecord, fact: told.CallEnded, _plan: Plan | None) -> CallRecord:
    last = max(record.since, record.answered or record.started, fact.at)
    return _with_parties(
        record,
        parties.all_left(record.parties, last),
        ended=last,
        outcome=fact.outcome,
        phase=fact.phase,
        ended_by=fact.by,
        cause=fact.cause,
        ringing=_NOBODY,
    )


_STEPS: Mapping[type[CallFact], Callable[[CallRecord, Any, Plan | None], CallRecord]] = {
    told.CallArrived: _begun_already,
    told.CallPlaced: _begun_already,
    told.DigitsEntered: _digits,
    told.ChoiceMade: _choice,
    told.CallTransferred: _transferred,
    told.CallQueued: _queued,
    told.CallRinging: _ringing,
    told.RingUnanswered: _unanswered,
    told.CallAnswered: _answered,
    told.CallHeld: _held,
    told.CallResumed: _resumed,
    told.PartyJoined: _joined,
    told.PartyLeft: _left,
    told.CallbackOwed: _callback,
    told.CallEnded: _ended,
}
_COURSE: Mapping[type[CallFact], int] = {kind: rank for rank, kind in enumerate(_STEPS)}
