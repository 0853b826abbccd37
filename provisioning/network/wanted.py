"""What a plan needs of the network: of its alta under way, else of the plan in the PBX."""

from collections.abc import Mapping
from typing import Any

from plans.book import PlanBook
from plans.model import Coverage, Plan
from provisioning.alta.lists import AltaFilter
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaState, AltaView
from provisioning.network.enough import PlanNeeds
from staff.scope import EVERYTHING, Scope

_UNDER_WAY = (AltaState.RUNNING, AltaState.SUSPENDED)
MOST = 200


class Wanted:
    """Plans as the network sees them; what a scope does not cover is not there."""

    def __init__(self, altas: Altas, book: PlanBook) -> None:
        self._altas = altas
        self._book = book

    async def of_plan(self, plan: str, scope: Scope = EVERYTHING) -> PlanNeeds | None:
        alta = await self._altas.of_plan(plan)
        if alta is not None and (alta.state in _UNDER_WAY or self._standing(plan) is None):
            found: PlanNeeds | None = await self.of_alta(alta)
        else:
            standing = self._standing(plan)
            found = _of_plan(standing, alta) if standing else None
        return found if found and scope.covers(found.subsidiary, found.account) else None

    async def of_alta(self, alta: AltaView) -> PlanNeeds:
        """With the coverages of the alta, while it has none with those of the plan in the PBX."""
        written = await self._altas.coverages.current(alta.id)
        standing, asked = self._standing(alta.plan), alta.request
        coverages = written.content.coverages if written else standing.coverages if standing else ()
        scope = asked.scope or (standing.scope if standing else None)
        starts = asked.starts or (standing.starts if standing else None)
        return PlanNeeds(
            alta.plan, asked.name, alta.subsidiary, alta.account, coverages, scope, starts, alta.id
        )

    async def plans(self, scope: Scope = EVERYTHING) -> Mapping[str, str]:
        """Plans that can be looked at, by name, those of altas under way first."""
        page = await self._altas.page(AltaFilter(state="under-way"), MOST, scope=scope)
        seen = {each.plan: each.name for each in page.items}
        plans = sorted(self._book.plans(), key=lambda plan: plan.name)
        mine = {each.plan: each.name for each in plans if scope.covers(each.subsidiary, each.account.name)}
        return seen | {plan: name for plan, name in mine.items() if plan not in seen}

    def _standing(self, plan: str) -> Plan | None:
        stands = self._book.of(plan)
        found = stands.tested
        return found.version.plan if found else None


def _of_plan(plan: Plan, alta: AltaView | None) -> PlanNeeds:
    return PlanNeeds(
        plan.plan,
        plan.name,
        plan.subsidiary,
        plan.account.name,
        plan.coverages,
        plan.scope,
        plan.starts,
        alta.id if alta else None,
    )


def services_of(coverages: tuple[Coverage, ...]) -> tuple[str, ...]:
    """Each service once, in the plan's order."""
    return tuple(dict.fromkeys(each.service for each in coverages))


def facts_of(wanted: PlanNeeds) -> dict[str, Any]:
    """The columns by which rows are bound to a plan."""
    return {
        "plan": wanted.plan,
        "alta": wanted.alta,
        "subsidiary": wanted.subsidiary,
        "account": wanted.account,
    }
