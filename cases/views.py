"""What the rest of the house sees of calls and cases: frozen values, ready for a page or for JSON.

Instants are aware UTC. Numbers are E.164. People are named by their account's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plans.model import Plan


@dataclass(frozen=True, slots=True)
class PartyView:
    """Somebody who spoke with the caller: a phone of ours (`102`) and its `person`, an outside number
    (E.164), or another call to us by its id. `left` is None while they still do.
    """

    party: str
    person: str | None
    joined: datetime
    left: datetime | None


@dataclass(frozen=True, slots=True)
class CallView:
    """One call: `direction` is `in` to a line of ours, or `out` to `number`, which a coordinator called.

    `choice` is the path of labels the caller chose (`Consultas y reclamos › Reclamo`), `phase` where the call
    is or where it ended, `outcome` is None while it lives. `case` is the id of its case; `subsidiary` and
    `account` are its plan's, empty when it has none. `coordinator` is who talks, or talked last, `passed_by`
    who passed it on last, `people` whose each phone was that had to do with it.

    `ivr`, `waiting`, `talking` and `held` are how long each lasted, as far as they are over; the present one,
    `stage`, began `since`. Once the call ended they add up to its length, and `stage` is empty.
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
    direction: str
    subsidiary: str
    account: str
    parties: tuple[PartyView, ...]
    people: Mapping[str, str]
    passed_by: str | None
    since: datetime
    stage: str
    ivr: timedelta
    waiting: timedelta
    talking: timedelta
    held: timedelta
    ringing: frozenset[str] = frozenset()

    @property
    def talkers(self) -> frozenset[str]:
        """The people of the house who are in the call now."""
        return frozenset(each.person for each in self.parties if each.person and each.left is None)

    def had(self, person: str) -> bool:
        """Whether this person is or was in the call."""
        return self.coordinator == person or any(each.person == person for each in self.parties)


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
    subsidiary: str
    account: str
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
    caller: str | None
    outcome: str | None
    opened: datetime
    closed: datetime | None
    revision: int
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One row of a case's history. `field` is a field's name, or `opened`, `closed`, `reopened`, `taken`,
    `passed` (with the call, to who goes on with it)."""

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
    `caller_written`. `in_force` says whether the plan's dates cover the day of the call there. `case` is the
    call's case as it is written so far; `passed_by` is the full name of who passes the call on.
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
    case: CaseView | None
    passed_by: str


@dataclass(frozen=True, slots=True)
class MissedView:
    """A number that called and was not answered, and that nobody has spoken with since: `call` is its last
    call, of `times`."""

    call: CallView
    times: int


def case_number(id: int) -> str:
    """`AV-000123`: how people name a case."""
    return f"AV-{id:06d}"
