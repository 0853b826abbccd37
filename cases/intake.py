"""From a fact to what changes: pure, without clock or database.

A call's facts are a set: a fact fed twice changes nothing, one that comes late is put where it belongs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases.fold import go_on, place, step
from cases.parties import keeper, of_house
from cases.record import BEGINNINGS, Beginning, CallRecord, begin
from plans.model import Plan
from plans.numbers import BadNumber, parse
from telephony.facts import (
    CallAnswered,
    CallFact,
    CallHeld,
    CallPlaced,
    CallRinging,
    CallTransferred,
    PartyJoined,
)

PHONE_ASKED = "telefono"
"""The digits that an anonymous caller is asked for when a call back is promised."""


class Unplaced(ValueError):
    """The fact is of a call that has not arrived, as far as is known."""


@dataclass(frozen=True, slots=True)
class Known:
    """A call as it is known: its record, its facts in order, the id of its case."""

    record: CallRecord
    facts: tuple[CallFact, ...]
    case: int | None = None


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What intake would write in the case of a call. `opened` is when the need for it arose."""

    origin: str
    line: str
    plan: str
    version: str
    plan_name: str
    fantasy_name: str
    subsidiary: str
    account: str
    kind: str | None
    priority: int
    owner: str | None
    telephone: str
    caller: str | None
    callback_queue: str | None
    opened: datetime


def decide(
    fact: CallFact, known: Known | None, plan: Plan | None, name_of: Callable[[str], str | None]
) -> Known | None:
    """What is known of the call after the fact; None when the fact changes nothing.

    `plan` is the call's version, `name_of` tells whose an extension is. Raises `Unplaced` when nothing is
    known of the call and the fact is not its arrival.
    """
    if known is None:
        if not isinstance(fact, BEGINNINGS):
            raise Unplaced(fact.call)
        return Known(_named(begin(fact, plan), fact, name_of), (fact,))
    if isinstance(fact, BEGINNINGS) or fact in known.facts:
        return None
    record, facts = _with(fact, known, plan)
    return Known(_named(record, fact, name_of), facts, known.case)


def _with(fact: CallFact, known: Known, plan: Plan | None) -> tuple[CallRecord, tuple[CallFact, ...]]:
    if place(fact) > place(known.facts[-1]):
        return step(known.record, fact, plan), (*known.facts, fact)
    facts = tuple(sorted((*known.facts, fact), key=_total))
    return go_on(_anew(known, facts[0], plan), facts[1:], plan), facts


def _total(fact: CallFact) -> tuple[tuple[int, datetime, int], str]:
    return place(fact), repr(fact)


_FROM_THE_START = (
    "line", "public", "plan", "version", "plan_name", "fantasy_name", "subsidiary", "account", "people",
)  # fmt: skip


def _anew(known: Known, beginning: CallFact, plan: Plan | None) -> CallRecord:
    """The record as it began, with what was then known besides the fact: whose line, whose phones."""
    if not isinstance(beginning, Beginning):
        raise TypeError(f"the facts of {beginning.call} do not begin with its beginning")
    kept = {name: getattr(known.record, name) for name in _FROM_THE_START}
    return replace(begin(beginning, plan), **kept)


_PHONES: Mapping[type[CallFact], str] = {
    CallPlaced: "extension",
    CallRinging: "extension",
    CallAnswered: "extension",
    CallHeld: "extension",
    CallTransferred: "by",
    PartyJoined: "party",
}


def _named(record: CallRecord, fact: CallFact, name_of: Callable[[str], str | None]) -> CallRecord:
    """A phone is of who had it when it was first heard of."""
    phone = getattr(fact, _PHONES[type(fact)]) if type(fact) in _PHONES else None
    people = record.people
    if phone is not None and of_house(phone) and phone not in people and (name := name_of(phone)):
        people = {**people, phone: name}
    coordinator = people.get(record.extension or "")
    if people is record.people and coordinator == record.coordinator:
        return record
    return replace(record, people=people, coordinator=coordinator)


def wants_case(record: CallRecord) -> bool:
    """Answered, or a call back was promised; a call that we make belongs to a case or to none."""
    if record.direction == "out":
        return False
    promised = record.callback_queue is not None
    return record.answered is not None or promised or record.outcome in ("answered", "callback")


def draft_of(record: CallRecord, plan: Plan | None) -> CaseDraft:
    """The case that the call needs."""
    return CaseDraft(
        origin=record.id,
        line=record.line,
        plan=record.plan,
        version=record.version,
        plan_name=record.plan_name,
        fantasy_name=record.fantasy_name,
        subsidiary=record.subsidiary,
        account=record.account,
        kind=record.kind,
        priority=record.priority,
        owner=record.people.get(keeper(record.parties) or ""),
        telephone=record.caller or _left(record.digits, plan),
        caller=record.caller,
        callback_queue=record.callback_queue,
        opened=record.answered or record.ended or record.queued or record.started,
    )


_FOLLOWED = ("kind", "priority", "owner", "telephone", "callback_queue")


def corrections(former: CaseDraft, now: CaseDraft) -> Mapping[str, tuple[Any, Any]]:
    """The fields of a case that a later fact changes: what intake had written, and what it writes now."""
    pairs = {name: (getattr(former, name), getattr(now, name)) for name in _FOLLOWED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _left(digits: Mapping[str, str], plan: Plan | None) -> str:
    """The telephone that an anonymous caller left, in E.164 when it is a number of the plan's country."""
    typed = digits.get(PHONE_ASKED, "")[:40]
    try:
        return parse(typed, plan.subsidiary if plan else "").e164 if typed else ""
    except BadNumber:
        return typed
