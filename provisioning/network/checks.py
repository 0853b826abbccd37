"""Whether the network is enough for a plan: looked at now, confirmed by somebody, proved (P26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from plans.site import Site
from provisioning.alta.evidence import Found, Item
from provisioning.alta.views import AltaView
from provisioning.network.enough import Check, Demand, PlanNeeds, Row, check
from provisioning.network.minimums import Minimum, Minimums
from provisioning.network.providers import Providers
from provisioning.network.selection import Selection
from provisioning.network.tables import network_checks, network_demands
from provisioning.network.values import NetworkRefused, StaleRow
from provisioning.network.wanted import Wanted, facts_of
from provisioning.network.zones import Zone, zone_of
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.clock import Clock


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody's word that the network is enough, with the rows that were looked at."""

    id: int
    plan: str
    alta: int | None
    needs: str
    rows: tuple[Mapping[str, Any], ...]
    at: datetime
    actor: str
    note: str


class Checks:
    """`tasks` are the selections that gaps started."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        site: Site,
        providers: Providers,
        wanted: Wanted,
        tasks: Selection,
        minimums: Minimums,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._site = site
        self._providers = providers
        self._wanted = wanted
        self._tasks = tasks
        self.minimums = minimums

    async def look(self, wanted: PlanNeeds) -> Check:
        """As the providers stand now."""
        demand = await self.demand(wanted.plan)
        found = await self._providers.all_of(wanted.subsidiary)
        here = self._site.subsidiaries[wanted.subsidiary].here(self._clock())
        return check(wanted, demand, self.minimums, found, here.date())

    async def demand(self, plan: str) -> Demand:
        """What a plan demands of its own."""
        wanted = select(network_demands).where(network_demands.c.plan == plan)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return Demand()
        least = {service: Minimum.model_validate(each) for service, each in row.minimums.items()}
        return Demand(tuple(zone_of(each) for each in row.zones), least, row.revision)

    async def set_demand(self, wanted: PlanNeeds, demand: Demand) -> None:
        """Where and how many, as somebody wrote it; `demand.revision` is what they began from."""
        before = await self.demand(wanted.plan)
        values = _kept(demand.zones, demand.minimums) | {"at": self._clock(), "actor": current().name}
        async with writing(self._engine) as connection:
            if demand.revision:
                mine = (network_demands.c.plan == wanted.plan) & (
                    network_demands.c.revision == demand.revision
                )
                claim = update(network_demands).where(mine).values(**values, revision=demand.revision + 1)
                if (await connection.execute(claim)).rowcount != 1:
                    raise StaleRow("Otra persona lo cambió antes que usted: mire cómo quedó.")
            elif before.revision:
                raise StaleRow("Otra persona lo escribió antes que usted: mire cómo quedó.")
            else:
                row = values | {"plan": wanted.plan, "revision": 1}
                await connection.execute(insert(network_demands).values(row))
            old, new = _kept(before.zones, before.minimums), _kept(demand.zones, demand.minimums)
            await audit.write(connection, Deed("provider.demanded", wanted.plan, old, new))

    async def confirm(self, wanted: PlanNeeds, needs: str, note: str = "") -> Confirmation:
        """Somebody says that it is enough. `needs` is what they looked at. Raises `NetworkRefused`."""
        seen = await self.look(wanted)
        open_gaps = await self.unsettled(seen)
        if seen.unsaid or open_gaps:
            raise NetworkRefused(seen.unsaid or f"No alcanza. {' '.join(row.said for row in open_gaps)}")
        if seen.needs != needs:
            raise StaleRow("Lo que el plan necesita cambió mientras usted lo miraba: mírelo otra vez.")
        row = facts_of(wanted) | {
            "needs": seen.needs,
            "enough": seen.enough,
            "rows": seen.kept(),
            "at": self._clock(),
            "actor": current().name,
            "note": note.strip()[:500],
        }
        async with writing(self._engine) as connection:
            await connection.execute(insert(network_checks).values(row))
            told = {"enough": seen.enough, "needs": seen.needs, "alta": wanted.alta}
            await audit.write(connection, Deed("provider.confirmed", wanted.plan, after=told, reason=note))
        found = await self.confirmations(wanted.plan, 1)
        return found[0]

    async def unsettled(self, seen: Check) -> tuple[Row, ...]:
        """The gaps that nobody waived with a reason."""
        waived = await self._tasks.waived(seen.wanted.plan)
        return tuple(row for row in seen.gaps if row.need.key not in waived)

    async def untaken(self, seen: Check) -> tuple[Row, ...]:
        """The gaps that nobody looks for and nobody waived."""
        settled = {task.key for task in await self._tasks.of_plan(seen.wanted.plan) if task.state != "filled"}
        return tuple(row for row in seen.gaps if row.need.key not in settled)

    async def confirmations(self, plan: str, limit: int = 20) -> tuple[Confirmation, ...]:
        """The newest first."""
        names = Confirmation.__dataclass_fields__
        wanted = select(*(network_checks.c[name] for name in names)).where(network_checks.c.plan == plan)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(network_checks.c.id.desc()).limit(limit))
            return tuple(Confirmation(**row) for row in rows.mappings())

    async def settle(self, subsidiary: str) -> None:
        """Selections whose gap somebody filled meanwhile are over."""
        plans = await self._tasks.plans_open(subsidiary)
        for plan in plans:
            wanted = await self._wanted.of_plan(plan)
            if wanted is not None:
                seen = await self.look(wanted)
                gaps = {row.need.key for row in seen.gaps}
                if not seen.unsaid:
                    await self._tasks.fill(plan, gaps)

    async def found(self, alta: AltaView) -> Found:
        """The evidence `providers-sufficient`: enough as it stands now, and confirmed for this alta."""
        wanted = await self._wanted.of_alta(alta)
        link, seen = f"/providers/check/{alta.plan}", await self.look(wanted)
        items = tuple(Item(row.said, row.ok, link) for row in seen.rows)
        if not wanted.coverages:
            return Found(False, "Todavía no hay coberturas para las que buscar prestadores.", link)
        if seen.unsaid:
            return Found(False, seen.unsaid, link)
        if gaps := await self.unsettled(seen):
            count = len(gaps)
            said = "falta en un servicio y zona" if count == 1 else f"falta en {count} servicios y zonas"
            return Found(False, f"Los prestadores no alcanzan: {said}.", link, items)
        for given in await self.confirmations(alta.plan, 1):
            if given.alta == alta.id and given.needs == seen.needs:
                return Found(True, _said(seen), link, items, given.at, (given.actor,))
        return Found(False, "Los prestadores alcanzan: falta que Prestadores lo confirme.", link, items)


def _said(seen: Check) -> str:
    if not seen.rows:
        return "Ninguna cobertura pide que se envíe a alguien."
    if seen.gaps:
        return f"Se sigue sin {len(seen.gaps)} de {len(seen.rows)}, con el motivo anotado."
    zones = len({str(row.need.zone) for row in seen.rows})
    places = "una zona" if zones == 1 else f"{zones} zonas"
    return f"Los prestadores alcanzan en {places}."


def _kept(zones: tuple[Zone, ...], least: Mapping[str, Minimum]) -> dict[str, Any]:
    return {
        "zones": [str(zone) for zone in zones],
        "minimums": {service: each.model_dump() for service, each in least.items()},
    }
