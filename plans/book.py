"""The plans in memory: what a call asks for must never wait for the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from plans.model import Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class Marks:
    """The versions of a plan that stand in the PBX, by hash.

    `live` answers strangers unless the plan is `suspended`; `candidate` answers test calls only.
    """

    live: str | None = None
    candidate: str | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A version as it was applied: the plan's `number`-th, the `text` it was read from, when and by whom.

    `live`: it answers strangers. `candidate`: it waits for its release. `suspended`: it was live and will be
    again when it is resumed. Test calls reach all three.
    """

    version: PlanVersion
    number: int
    text: str
    live: bool
    applied_at: datetime
    applied_by: str
    candidate: bool = False
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Stands:
    """What of one plan stands in the PBX; a plan that is live is not suspended."""

    live: StoredPlan | None = None
    candidate: StoredPlan | None = None
    suspended: StoredPlan | None = None

    @property
    def tested(self) -> StoredPlan | None:
        """The version that a test call reaches."""
        return self.candidate or self.suspended or self.live


NOTHING = Stands()


class PlanBook:
    """The plans by the lines they answer, and every version that calls may still be on."""

    def __init__(self) -> None:
        self._plans: Mapping[str, Stands] = {}
        self._standing: tuple[StoredPlan, ...] = ()
        self._by_line: dict[str, StoredPlan] = {}
        self._by_test: dict[str, StoredPlan] = {}
        self._by_version: dict[tuple[str, str], StoredPlan] = {}

    def replace(self, stored: Iterable[StoredPlan]) -> None:
        """Exactly these stand in the PBX from now on; former versions can still be found."""
        standing = tuple(stored)
        self._by_version.update((_key(plan), plan) for plan in standing)
        self._by_line = _by_line(each for each in standing if each.live)
        waiting = _by_line(each for each in standing if each.suspended)
        self._by_test = self._by_line | waiting | _by_line(each for each in standing if each.candidate)
        self._plans = _plans(standing)
        self._standing = standing

    def remember(self, stored: StoredPlan) -> None:
        """A former version that calls are still on."""
        self._by_version.setdefault(_key(stored), stored)

    def by_line(self, e164: str) -> StoredPlan | None:
        """The plan that answers strangers at this header number."""
        return self._by_line.get(e164)

    def by_test(self, e164: str) -> StoredPlan | None:
        """The version that a test call to this header number reaches."""
        return self._by_test.get(e164)

    def find(self, plan: str, short: str) -> StoredPlan | None:
        """A version by the twelve characters of its hash."""
        return self._by_version.get((plan, short))

    def of(self, plan: str) -> Stands:
        """What of a plan stands."""
        return self._plans.get(plan, NOTHING)

    def live(self) -> tuple[StoredPlan, ...]:
        """What answers strangers."""
        return tuple(each for each in self._standing if each.live)

    def candidates(self) -> tuple[StoredPlan, ...]:
        """What answers test calls only, until it is released."""
        return tuple(each for each in self._standing if each.candidate)

    def standing(self) -> tuple[StoredPlan, ...]:
        """All that stands in the PBX: live, candidate and suspended versions."""
        return self._standing

    def plans(self) -> tuple[Plan, ...]:
        """Each plan once, as it answers strangers or last did, or else as its candidate has it."""
        several = (each.live or each.suspended or each.candidate for each in self._plans.values())
        return tuple(each.version.plan for each in several if each)


def _by_line(several: Iterable[StoredPlan]) -> dict[str, StoredPlan]:
    return {line.header: stored for stored in several for line in stored.version.plan.lines}


def _plans(standing: Iterable[StoredPlan]) -> dict[str, Stands]:
    found: dict[str, list[StoredPlan]] = {}
    for stored in standing:
        found.setdefault(stored.version.plan.plan, []).append(stored)
    return {plan: _stands(several) for plan, several in found.items()}


def _stands(several: Iterable[StoredPlan]) -> Stands:
    live = candidate = suspended = None
    for stored in several:
        live = stored if stored.live else live
        candidate = stored if stored.candidate else candidate
        suspended = stored if stored.suspended else suspended
    return Stands(live, candidate, suspended)


def _key(stored: StoredPlan) -> tuple[str, str]:
    return stored.version.plan.plan, stored.version.short
