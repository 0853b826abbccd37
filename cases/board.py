"""What is live now, from committed facts only, and who is told when it changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cases.metrics import POP_DELAY
from cases.stream import Change, ChangeKind, Subscription
from cases.views import CallView, CaseView

QUEUED_CHANGES = 200
_WAITING = ("queue", "ringing")


@dataclass(frozen=True, slots=True)
class Committed:
    """A call as it stands in the database; `heard` is when we heard of what changed."""

    call: CallView
    heard: datetime


class Board:
    """The calls that have not ended. `name_of` tells whose an extension is (a person's name)."""

    def __init__(self, name_of: Callable[[str], str | None]) -> None:
        self._name_of = name_of
        self._calls: dict[str, CallView] = {}
        self._pops: dict[tuple[str, str], datetime] = {}
        self._subscribers: dict[str | None, set[Subscription]] = defaultdict(set)

    def live(self) -> tuple[CallView, ...]:
        """Every call that has not ended, oldest first."""
        return tuple(sorted(self._calls.values(), key=lambda call: (call.started, call.id)))

    def call(self, id: str) -> CallView | None:
        """A live call."""
        return self._calls.get(id)

    def waiting(self) -> tuple[CallView, ...]:
        """The callers in a queue or ringing, the most urgent first, then by who waits longest."""
        found = (call for call in self._calls.values() if _waits(call))
        return tuple(sorted(found, key=lambda call: (-call.priority, call.queued or call.started, call.id)))

    def ringing_for(self, extension: str) -> tuple[CallView, ...]:
        """The calls that ring at a phone."""
        return tuple(call for call in self.live() if extension in call.ringing)

    def talking_for(self, person: str) -> tuple[CallView, ...]:
        """The calls that a person is in, and those that they are making."""
        return tuple(call for call in self.live() if person in _talkers(call))

    def in_call(self, person: str) -> bool:
        return bool(self.talking_for(person))

    def unacknowledged(self, person: str) -> tuple[CallView, ...]:
        """The pops that no browser of this person has shown yet."""
        ids = sorted(id for id, name in self._pops if name == person)
        return tuple(self._calls[id] for id in ids if id in self._calls)

    def pop_acknowledged(self, call_id: str, person: str, at: datetime) -> None:
        """A browser of `person` shows the pop: the delay is observed once, another tab's is nothing new."""
        heard = self._pops.pop((call_id, person), None)
        if heard is not None:
            POP_DELAY.observe(max(0.0, (at - heard).total_seconds()))

    def restore(self, calls: Iterable[CallView]) -> None:
        """The live calls as the database has them at start; nobody is told."""
        self._calls = {call.id: call for call in calls if call.ended is None}

    def committed(self, changes: Iterable[Committed]) -> None:
        """Take what was committed and tell the desks concerned. Never waits."""
        for change in changes:
            before = self._calls.get(change.call.id)
            self._keep(change.call)
            self._tell_call(before, change.call)
            self._tell_ringing(before, change)

    def case_changed(self, case: CaseView, former_owner: str | None) -> None:
        """A case was changed and committed."""
        self._tell_case(case.id, case.owner, former_owner)

    def person_changed(self, person: str) -> None:
        """A person's availability or phone changed."""
        for name in (person, None):
            self._tell(name, Change(ChangeKind.PERSON))

    def subscribe(self, person: str | None) -> Subscription:
        """What concerns a person from now on; None is for watchers, who are told of everything."""
        subscription = Subscription(person, QUEUED_CHANGES, self._forget)
        self._subscribers[person].add(subscription)
        return subscription

    def _forget(self, subscription: Subscription) -> None:
        held = self._subscribers[subscription.person]
        held.discard(subscription)
        if not held:
            del self._subscribers[subscription.person]

    def _keep(self, call: CallView) -> None:
        if call.ended is None:
            self._calls[call.id] = call
        else:
            self._calls.pop(call.id, None)

    def _tell_call(self, before: CallView | None, after: CallView) -> None:
        former, now = _talkers(before), _talkers(after)
        for person in sorted(now - former):
            self._tell(person, Change(ChangeKind.TALKING, after.id, after.case))
        for person in sorted(former - now):
            self._tell(person, Change(ChangeKind.ENDED, after.id, after.case))
        if _heard(before) != _heard(after):
            for person in sorted(now & former):
                self._tell(person, Change(ChangeKind.TALKING, after.id, after.case))
        if after.case is not None and (before is None or before.case is None):
            self._tell_case(after.case, after.coordinator, after.coordinator)
        elif after.case is not None and before is not None and before.coordinator != after.coordinator:
            self._tell_case(after.case, after.coordinator, before.coordinator)
        if _seen_waiting(before) != _seen_waiting(after) or _owes(before) != _owes(after):
            self._tell_everybody(Change(ChangeKind.WAITING))
        self._tell(None, Change(ChangeKind.CALL, after.id, after.case))

    def _tell_ringing(self, before: CallView | None, change: Committed) -> None:
        id, now = change.call.id, change.call.ringing
        former = before.ringing if before else frozenset()
        for person in sorted(filter(None, map(self._name_of, former - now))):
            self._pops.pop((id, person), None)
            self._tell(person, Change(ChangeKind.POP_GONE, id))
        for person in sorted(filter(None, map(self._name_of, now - former))):
            self._pops[id, person] = change.heard
            self._tell(person, Change(ChangeKind.POP, id))

    def _tell_case(self, id: int, owner: str | None, former: str | None) -> None:
        """A case that nobody owns, or that somebody has just taken, concerns everybody."""
        change = Change(ChangeKind.CASE, case_id=id)
        if owner is None or former is None:
            self._tell_everybody(change)
        else:
            for person in {owner, former, None}:
                self._tell(person, change)

    def _tell(self, person: str | None, change: Change) -> None:
        for subscription in tuple(self._subscribers.get(person, ())):
            subscription.put(change)

    def _tell_everybody(self, change: Change) -> None:
        for person in tuple(self._subscribers):
            self._tell(person, change)


def _talkers(call: CallView | None) -> frozenset[str]:
    """Who of the house is in the call now; whoever makes a call is in it from the start."""
    if call is None or call.ended is not None:
        return frozenset()
    if call.direction == "out" and call.answered is None and call.coordinator is not None:
        return frozenset({call.coordinator})
    return call.talkers


def _heard(call: CallView | None) -> tuple[object, ...] | None:
    """What those who are in a call see of it besides its plan: on hold since when, and with whom."""
    return (call.stage, call.since, call.parties) if call is not None else None


def _waits(call: CallView) -> bool:
    return call.direction == "in" and call.phase in _WAITING


def _seen_waiting(call: CallView | None) -> tuple[object, ...] | None:
    """What the list of waiting calls shows of a call; None when it is not in the list."""
    if call is None or not _waits(call) or call.ended is not None:
        return None
    return call.queue, call.priority, call.since, call.choice, call.kind


def _owes(call: CallView | None) -> tuple[bool, bool]:
    """Whether the list of missed calls may differ: a call ended unanswered, or was answered."""
    if call is None:
        return False, False
    return call.ended is not None and call.answered is None, call.answered is not None
