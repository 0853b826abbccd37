"""The plans in memory: what a call asks for must never wait for the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from plans.model import PlanVersion


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A version as it was applied: the plan's `number`-th, the `text` it was read from, when and by whom."""

    version: PlanVersion
    number: int
    text: str
    live: bool
    applied_at: datetime
    applied_by: str


class PlanBook:
    """The live plans by the lines they answer, and every version that calls may still be on."""

    def __init__(self) -> None:
        self._live: tuple[StoredPlan, ...] = ()
        self._by_line: dict[str, StoredPlan] = {}
        self._by_version: dict[tuple[str, str], StoredPlan] = {}

    def replace(self, stored: Iterable[StoredPlan]) -> None:
        """Exactly these are live from now on; former versions can still be found."""
        live = tuple(stored)
        by_line = {line.header: plan for plan in live for line in plan.version.plan.lines}
        self._by_version.update((_key(plan), plan) for plan in live)
        self._live, self._by_line = live, by_line

    def remember(self, stored: StoredPlan) -> None:
        """A former version that calls are still on."""
        self._by_version.setdefault(_key(stored), stored)

    def by_line(self, e164: str) -> StoredPlan | None:
        """The live plan whose header number this is."""
        return self._by_line.get(e164)

    def find(self, plan: str, short: str) -> StoredPlan | None:
        """A version by the twelve characters of its hash."""
        return self._by_version.get((plan, short))

    def live(self) -> tuple[StoredPlan, ...]:
        return self._live


def _key(stored: StoredPlan) -> tuple[str, str]:
    return stored.version.plan.plan, stored.version.short
