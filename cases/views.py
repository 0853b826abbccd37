"""What the rest of the house sees of calls and cases: frozen values, ready for a page or for JSON.

Instants are aware UTC. Numbers are E.164. People are named by their account's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plans.model import Plan


@dataclass(frozen=True, slots=True)
class CallView:
    """One call to a line of ours.

    `choice` is the path of labels the caller chose (`Consultas y reclamos › Reclamo`), `phase` where the call
    is or where it ended, `outcome` is None while it lives. `case` is the id of its case.
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
    choice: str
    kind: str | None
    priority: int
    digits: Mapping[str, str]
    queue: str | None
    coordinator: str | None
    extension: str | None
    number: str | None
    started: datetime
    queued: datetime | None
    answered: datetime | None
    ended: datetime | None
    outcome: str | None
    phase: str
    case: int | None
    ringing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case. `number` is what people say (`AV-000123`); `revision` grows by one with each change."""

    id: int
    number: str
    line: str
    plan: str
    plan_name: str
    fantasy_name: str
    version: str
    state: str
    kind: str | None
    coverage: str | None
    who: str
    address: str
    telephone: str
    notes: str
    priority: int
    owner: str | None
    callback_queue: str | None
    outcome: str | None
    opened: datetime
    closed: datetime | None
    revision: int
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One row of a case's history. `field` is a field's name, or `opened`, `closed`, `reopened`, `taken`."""

    case: int
    revision: int
    at: datetime
    by: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class PopView:
    """All that a coordinator must see when the phone rings.

    `waited` is how long the caller waited in the queue: seconds, to the answer or to now. `public_written`
    and `caller_written` are in the writing of the plan's country; an anonymous caller has an empty
    `caller_written`. `in_force` says whether the plan's dates cover the day of the call there.
    """

    call: CallView
    waited: int
    fantasy_name: str
    public_written: str
    guide: str
    caller_written: str
    plan: Plan
    earlier_calls: tuple[CallView, ...]
    open_cases: tuple[CaseView, ...]
    in_force: bool


def case_number(id: int) -> str:
    """`AV-000123`: how people name a case."""
    return f"AV-{id:06d}"
