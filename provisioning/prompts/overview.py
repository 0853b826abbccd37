"""Which plans still have prompts to record or to approve, and how each of them stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from provisioning.prompts.known import KnownPlans, Texts, Where
from provisioning.prompts.needs import COUNT, PlanNeeds, needs_of
from provisioning.prompts.store import RecordingStore
from provisioning.prompts.values import Recording, Waiver
from provisioning.prompts.waivers import Waivers
from staff.scope import EVERYTHING, Scope

AT_ONCE = 50
Row = TypeVar("Row", Recording, Waiver)


@dataclass(frozen=True)
class PlanFilter:
    """`text` is sought in the names of plan and account; `what` is `record`, `approve`, `done` or empty."""

    text: str = ""
    what: str = ""


@dataclass(frozen=True)
class NeedsPage:
    """`next` is the plan after which the following page begins."""

    plans: tuple[PlanNeeds, ...]
    next: str | None
    to_record: int
    to_approve: int


class Overview:
    """What the pages, the command line and the alta ask."""

    def __init__(self, known: KnownPlans, store: RecordingStore, waivers: Waivers) -> None:
        self._known = known
        self._store = store
        self._waivers = waivers

    async def of(self, plan: str, scope: Scope = EVERYTHING, *, standing: bool = False) -> PlanNeeds | None:
        """One plan's, as it is being written or, on request, as it stands in the PBX; None when nobody knows
        its texts, or it is out of sight.
        """
        known = await self._known.of(plan)
        texts = tuple(text for text in known if not standing or text.where is not Where.DRAFT)
        if not texts or not _in_sight(texts, scope):
            return None
        return needs_of(texts, await self._store.all_of([plan]), await self._waivers.of([plan]))

    async def page(
        self, wanted: PlanFilter, scope: Scope = EVERYTHING, after: str | None = None, limit: int = AT_ONCE
    ) -> NeedsPage:
        """Those with most to do first; pages begin after a plan's name."""
        known = {plan: texts for plan, texts in (await self._known.all()).items() if _in_sight(texts, scope)}
        everything = [each for each in await self._needs(known.values()) if _sought(each, wanted.text)]
        chosen = sorted((each for each in everything if _chosen(each, wanted.what)), key=_order)
        start = next((at + 1 for at, each in enumerate(chosen) if each.plan.plan == after), 0)
        plans = tuple(chosen[start : start + limit])
        more = plans[-1].plan.plan if start + limit < len(chosen) else None
        to_record = sum(each.to_record for each in everything)
        return NeedsPage(plans, more, to_record, sum(each.to_approve for each in everything))

    async def _needs(self, known: Iterable[Texts]) -> list[PlanNeeds]:
        wanted = list(known)
        names = [texts[0].plan.plan for texts in wanted]
        recordings = _by_plan(await self._store.in_states(names, COUNT))
        waivers = _by_plan(await self._waivers.of(names))
        return [
            needs_of(texts, recordings[plan], waivers[plan])
            for plan, texts in zip(names, wanted, strict=True)
        ]


def _by_plan(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.plan].append(row)
    return found


def _in_sight(texts: Texts, scope: Scope) -> bool:
    plan = texts[0].plan
    return scope.covers(plan.subsidiary, plan.account.name)


def _sought(needs: PlanNeeds, text: str) -> bool:
    plan = needs.plan
    said = f"{plan.plan} {plan.name} {plan.fantasy_name} {plan.account.name}".casefold()
    return all(word in said for word in text.casefold().split())


def _chosen(needs: PlanNeeds, what: str) -> bool:
    counts = {"record": needs.to_record, "approve": needs.to_approve}
    if what == "done":
        return not any(counts.values())
    return bool(counts.get(what, True))


def _order(needs: PlanNeeds) -> tuple[int, str]:
    """What is to be recorded holds up most, then what waits for approval."""
    rank = 0 if needs.to_record else 1 if needs.to_approve else 2
    return rank, needs.plan.name.casefold()
