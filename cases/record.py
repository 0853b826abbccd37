"""What is known of one call, and how its record begins. `cases.fold` takes it on."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cases.parties import Parties, present
from cases.plans_in_use import public_of
from plans.model import Plan
from telephony.facts import CallArrived, CallPlaced

CALLER_NAME_LONGEST = 80
NOTHING = timedelta()
ChoicePath = tuple[tuple[str, str, str], ...]
Beginning = CallArrived | CallPlaced
BEGINNINGS = (CallArrived, CallPlaced)


class Phase(StrEnum):
    """Where a call is; once it ended, where it ended."""

    GREETING = "greeting"
    MENU = "menu"
    QUEUE = "queue"
    RINGING = "ringing"
    TALKING = "talking"
    CALLBACK = "callback"


class Stage(StrEnum):
    """What the caller's time goes into: the machine, waiting for somebody, talking, or being on hold."""

    IVR = "ivr"
    WAITING = "waiting"
    TALKING = "talking"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class CallRecord:
    """All that is known of one call.

    `direction` is `in`, or `out` for a call that a coordinator makes to `number`; such a call has the plan of
    its case, if any. `choices` are (menu, digit, label) from the outermost menu inwards. `extension` is the
    phone of ours that talks, or that talked last; `people` says whose each extension was. `ivr`, `waiting`,
    `talking` and `held` are the stages that are over; the present one began `since`. Of a call that ended
    they add up to `ended - started`.
    """

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
    since: datetime
    direction: str = "in"
    subsidiary: str = ""
    account: str = ""
    choices: ChoicePath = ()
    kind: str | None = None
    priority: int = 0
    digits: Mapping[str, str] = field(default_factory=dict)
    queue: str | None = None
    callback_queue: str | None = None
    ringing: frozenset[str] = frozenset()
    parties: Parties = ()
    held_by: frozenset[str] = frozenset()
    passed_by: str | None = None
    people: Mapping[str, str] = field(default_factory=dict)
    extension: str | None = None
    number: str | None = None
    coordinator: str | None = None
    queued: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    ivr: timedelta = NOTHING
    waiting: timedelta = NOTHING
    talking: timedelta = NOTHING
    held: timedelta = NOTHING
    outcome: str | None = None
    phase: str = Phase.GREETING
    ended_by: str | None = None
    cause: int | None = None


def begin(fact: Beginning, plan: Plan | None) -> CallRecord:
    """The record of a call that has just begun."""
    return _placed(fact) if isinstance(fact, CallPlaced) else _arrived(fact, plan)


def stage_of(record: CallRecord) -> Stage:
    """Where the caller is now."""
    there = {each.party for each in present(record.parties)}
    if there:
        return Stage.HELD if there <= record.held_by else Stage.TALKING
    waits = record.queued or record.answered or record.phase == Phase.RINGING
    return Stage.WAITING if waits else Stage.IVR


def printable(name: str) -> str:
    """A caller's own name without control characters and lone surrogates, at most 80 characters."""
    kept = (c for c in name[:400] if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp"))
    return "".join(kept).strip()[:CALLER_NAME_LONGEST]


def _arrived(fact: CallArrived, plan: Plan | None) -> CallRecord:
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
        since=fact.at,
        subsidiary=plan.subsidiary if plan else "",
        account=plan.account.name if plan else "",
    )


def _placed(fact: CallPlaced) -> CallRecord:
    return CallRecord(
        id=fact.call,
        linkedid=fact.linkedid,
        line=fact.shown,
        public=None,
        plan="",
        version="",
        plan_name="",
        fantasy_name="",
        carrier=fact.carrier,
        caller=None,
        caller_name="",
        started=fact.at,
        since=fact.at,
        direction="out",
        extension=fact.extension,
        number=fact.number,
        phase=Phase.RINGING,
    )
