"""What is known of an alta's plan at the moment a letter is written: the newest word on each thing holds."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from plans.book import PlanBook, StoredPlan
from plans.model import Plan
from plans.site import Site
from provisioning.alta.coverage_list import Coverages, of_plan
from provisioning.alta.coverages import CoverageVersion, last_version
from provisioning.alta.forms import last_form
from provisioning.alta.views import AltaView
from provisioning.notices.carried import Known
from provisioning.numbers.inventory import SELECT, read
from provisioning.numbers.states import HELD, NumberKind, NumberState
from provisioning.numbers.tables import numbers
from provisioning.numbers.values import InventoryNumber


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Of altas, from where each fact is kept: the alta, its form, the inventory, the versions in the PBX."""

    engine: AsyncEngine
    book: PlanBook
    site: Site

    async def now(self, alta: AltaView) -> Known:
        async with self.engine.connect() as connection:
            return await self.within(connection, alta)

    async def within(self, connection: AsyncConnection, alta: AltaView) -> Known:
        """As a transaction sees it."""
        standing = self.book.of(alta.plan).tested
        made = standing if standing is not None and _made_by(alta, standing) else None
        plan, former = _plan(made), _plan(standing)
        written = await last_form(connection, alta.id)
        form = written.data if written else None
        dated = [each.starts for each in (plan, form, alta.request, former) if each and each.starts]
        named = [each.fantasy_name for each in (plan, form, former) if each]
        headers, publics = await _numbers(connection, alta, former)
        subsidiary = self.site.subsidiaries.get(alta.subsidiary)
        return Known(
            request=alta.request,
            subsidiary=subsidiary.name if subsidiary else alta.subsidiary,
            name=plan.name if plan else alta.request.name,
            starts=dated[0] if dated else None,
            fantasy_name=named[0] if named else "",
            headers=headers,
            publics=publics,
            form=form,
            coverages=_coverages(await last_version(connection, alta.id), made, former),
        )


def _made_by(alta: AltaView, standing: StoredPlan) -> bool:
    """Whether a version is the alta's own, and not the one that it changes."""
    return standing.candidate or standing.applied_at >= alta.started


def _plan(stored: StoredPlan | None) -> Plan | None:
    return stored.version.plan if stored else None


def _coverages(
    agreed: CoverageVersion | None, made: StoredPlan | None, former: Plan | None
) -> Coverages | None:
    if agreed is not None and (made is None or agreed.at > made.applied_at):
        return agreed.content
    plan = _plan(made) or former
    return of_plan(plan) if plan else None


async def _numbers(
    connection: AsyncConnection, alta: AltaView, plan: Plan | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Headers, and public numbers that the carrier gave: the inventory's, else what the plan's lines say."""
    found = await read(connection, SELECT.where(numbers.c.plan == alta.plan).order_by(numbers.c.e164))
    held = [each for each in found if each.state in HELD]
    if not held and plan is not None:
        publics = dict.fromkeys(line.public for line in plan.lines if line.public)
        return tuple(line.header for line in plan.lines), tuple(publics)
    return (
        tuple(each.e164 for each in held if each.kind is NumberKind.HEADER),
        tuple(each.e164 for each in held if each.kind is NumberKind.PUBLIC and _given(each)),
    )


def _given(public: InventoryNumber) -> bool:
    """Not one that is only asked for."""
    return public.granted_at is not None or public.state is NumberState.RELEASED
