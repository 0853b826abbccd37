"""The texts of plans that there are: what stands in the PBX, and what is being written for it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plans.book import PlanBook, StoredPlan
from plans.model import Plan

Drafting = Callable[[], Awaitable[Iterable[Plan]]]
"""Answers the plans that are being written and that the PBX may not have."""


class Where(StrEnum):
    """Where a plan's text stands, the newest first."""

    DRAFT = "draft"
    CANDIDATE = "candidate"
    LIVE = "live"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class Text:
    """A plan as it stands somewhere; `recordings` is what its prompts sound like there (prompt → sound)."""

    where: Where
    plan: Plan
    recordings: Mapping[str, str] = field(default_factory=dict)


Texts = tuple[Text, ...]
"""One plan's, the newest first."""


class KnownPlans:
    """`drafting` are those who know of plans that are being written."""

    def __init__(self, book: PlanBook, drafting: Callable[[], Iterable[Drafting]]) -> None:
        self._book = book
        self._drafting = drafting

    async def all(self) -> Mapping[str, Texts]:
        """Every plan's texts, by the plan."""
        drafts = [Text(Where.DRAFT, plan) for ask in self._drafting() for plan in await ask()]
        found: dict[str, list[Text]] = {}
        for text in (*drafts, *self._standing()):
            found.setdefault(text.plan.plan, []).append(text)
        order = list(Where)
        return {
            plan: tuple(sorted(texts, key=lambda text: order.index(text.where)))
            for plan, texts in found.items()
        }

    async def of(self, plan: str) -> Texts:
        """A plan's texts; none when nobody knows it."""
        return (await self.all()).get(plan, ())

    def _standing(self) -> Iterable[Text]:
        for stored in self._book.standing():
            yield Text(_where(stored), stored.version.plan, stored.version.recordings)


def _where(stored: StoredPlan) -> Where:
    if stored.live:
        return Where.LIVE
    return Where.SUSPENDED if stored.suspended else Where.CANDIDATE
