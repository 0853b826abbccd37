"""The inventory follows the PBX: what of a plan stands there moves its numbers, whoever published it."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.book import Stands
from plans.model import Plan
from provisioning.changed import Changed
from provisioning.numbers import rows
from provisioning.numbers.conflicts import in_plan
from provisioning.numbers.inventory import SELECT, read
from provisioning.numbers.rows import Moving, step
from provisioning.numbers.standing import MOVES, Stand, Standing, follow, mount, mounts, standing
from provisioning.numbers.states import HELD, Move, NumberState
from provisioning.numbers.store import Numbers
from provisioning.numbers.tables import numbers
from provisioning.numbers.values import Holder, InventoryNumber
from staff.clock import Clock


class PlanNumbers:
    """The numbers of plans, moved by what happens to the plans."""

    def __init__(self, engine: AsyncEngine, clock: Clock, numbers: Numbers) -> None:
        self._engine = engine
        self._clock = clock
        self._numbers = numbers

    async def plan_changed(self, changed: Changed) -> None:
        """Bring the inventory to what stands of the plan. Told twice, it changes nothing the second time."""
        candidate = Stand.CHANGED if changed.what == "candidate" else Stand.CANDIDATE
        stands = Stands(changed.live, changed.candidate, changed.suspended)
        await self._bring(changed.plan, standing(stands, candidate), changed.reason)

    async def tested(self, plan: Plan, reason: str = "") -> tuple[InventoryNumber, ...]:
        """Both tests of the version that stands as the candidate passed."""
        async with writing(self._engine) as connection:
            found = await rows.these(connection, list(in_plan(plan)))
            ready = [
                each for each in found if each.plan == plan.plan and each.state is NumberState.CONFIGURED
            ]
            before = {number.e164: number for number in ready}
            for number in ready:
                await step(connection, number, self._moving(Move.TEST, reason))
            return await self._told(connection, before, reason)

    async def _bring(self, plan: str, wanted: Mapping[str, Standing], reason: str) -> None:
        async with self._engine.connect() as connection:
            if await _is_so(connection, plan, wanted):
                return
        async with writing(self._engine) as connection:
            await self._take_in(connection, wanted)
            before = await _of(connection, plan, wanted)

            def moving(move: Move, holder: Holder | None) -> Moving:
                return self._moving(move, reason, holder)

            for e164, number in before.items():
                await follow(connection, plan, number, wanted.get(e164), moving)
            await mount(connection, plan, wanted)
            await self._told(connection, before, reason)

    async def _take_in(self, connection: AsyncConnection, wanted: Mapping[str, Standing]) -> None:
        """What the inventory never heard of."""
        known = {number.e164 for number in await rows.these(connection, list(wanted))}
        new = [each.number.entry(e164) for e164, each in wanted.items() if e164 not in known]
        if new:
            await rows.insert_entries(connection, new, self._clock(), "está en la central")

    async def _told(
        self, connection: AsyncConnection, before: Mapping[str, InventoryNumber], reason: str
    ) -> tuple[InventoryNumber, ...]:
        """The numbers that changed, as they stand now; writes their deeds."""
        now = await rows.these(connection, list(before))
        changed = [(before[each.e164], each) for each in now if before[each.e164] != each]
        await rows.write_deeds(connection, changed, reason)
        return tuple(each for _, each in changed)

    def _moving(self, move: Move, reason: str, holder: Holder | None = None) -> Moving:
        return Moving(move, self._clock(), reason, self._numbers.quarantine, holder)


async def _of(
    connection: AsyncConnection, plan: str, wanted: Mapping[str, Standing]
) -> dict[str, InventoryNumber]:
    """The plan's numbers in the inventory, and those that it wants."""
    mine = await read(connection, SELECT.where(numbers.c.plan == plan))
    return {number.e164: number for number in (*mine, *await rows.these(connection, list(wanted)))}


async def _is_so(connection: AsyncConnection, plan: str, wanted: Mapping[str, Standing]) -> bool:
    """Whether nothing is to be done: the usual case at a start."""
    found = await _of(connection, plan, wanted)
    return all(e164 in found and mounts(found[e164], each) for e164, each in wanted.items()) and not any(
        MOVES[wanted[e164].stand if e164 in wanted else Stand.GONE].get(number.state)
        and (number.plan == plan or number.state not in HELD)
        for e164, number in found.items()
    )
