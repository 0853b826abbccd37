"""The inventory follows the PBX: what of a plan stands there moves its numbers, whoever published it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.model import Plan
from provisioning.changed import Changed
from provisioning.numbers import rows
from provisioning.numbers.conflicts import InPlan, in_plan
from provisioning.numbers.inventory import SELECT, read
from provisioning.numbers.rows import Moving, step
from provisioning.numbers.states import HELD, Move, NumberState
from provisioning.numbers.store import Numbers
from provisioning.numbers.tables import numbers
from provisioning.numbers.values import Holder, InventoryNumber
from staff.clock import Clock

log = structlog.get_logger(__name__)


class Stand(StrEnum):
    """How a plan has a number in the PBX. CHANGED: the candidate is another one than before."""

    LIVE = "live"
    SUSPENDED = "suspended"
    CANDIDATE = "candidate"
    CHANGED = "changed"
    GONE = "gone"


_S, _M = NumberState, Move
_BEFORE_IT = (_S.FREE, _S.RESERVED, _S.REQUESTED, _S.LINKED, _S.CONFIGURED, _S.TESTED, _S.QUARANTINE)
_CANDIDATE: Mapping[NumberState, tuple[Move, ...]] = {
    _S.FREE: (_M.CONFIGURE,),
    _S.RESERVED: (_M.CONFIGURE,),
    _S.LINKED: (_M.CONFIGURE,),
}
MOVES: Mapping[Stand, Mapping[NumberState, tuple[Move, ...]]] = {
    Stand.LIVE: dict.fromkeys(_BEFORE_IT, (_M.ADOPT,))
    | {_S.TESTED: (_M.RELEASE,), _S.SUSPENDED: (_M.RELEASE,)},
    Stand.SUSPENDED: dict.fromkeys(_BEFORE_IT, (_M.ADOPT, _M.SUSPEND)) | {_S.RELEASED: (_M.SUSPEND,)},
    Stand.CANDIDATE: _CANDIDATE,
    Stand.CHANGED: {**_CANDIDATE, _S.TESTED: (_M.CONFIGURE,)},
    Stand.GONE: {
        _S.RELEASED: (_M.QUARANTINE,),
        _S.SUSPENDED: (_M.QUARANTINE,),
        _S.CONFIGURED: (_M.DISMANTLE,),
        _S.TESTED: (_M.DISMANTLE,),
    },
}
"""What a number does so that its state says how it stands; in any other state it stays as it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A number of a plan, how it stands, and the number that the plan mounts on it."""

    stand: Stand
    number: InPlan
    public: str | None


class PlanNumbers:
    """The numbers of plans, moved by what happens to the plans."""

    def __init__(self, engine: AsyncEngine, clock: Clock, numbers: Numbers) -> None:
        self._engine = engine
        self._clock = clock
        self._numbers = numbers

    async def plan_changed(self, changed: Changed) -> None:
        """Bring the inventory to what stands of the plan. Told twice, it changes nothing the second time."""
        await self._bring(changed.plan, standing(changed), changed.reason)

    async def tested(self, plan: Plan, reason: str = "") -> tuple[InventoryNumber, ...]:
        """Both tests of the version that stands as the candidate passed."""
        async with writing(self._engine) as connection:
            found = await rows.these(connection, list(in_plan(plan)))
            ready = [each for each in found if each.plan == plan.plan and each.state is _S.CONFIGURED]
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
            for e164, number in before.items():
                await self._follow(connection, plan, number, wanted.get(e164), reason)
            await _mount(connection, plan, wanted)
            await self._told(connection, before, reason)

    async def _take_in(self, connection: AsyncConnection, wanted: Mapping[str, Standing]) -> None:
        """What the inventory never heard of."""
        known = {number.e164 for number in await rows.these(connection, list(wanted))}
        new = [each.number.entry(e164) for e164, each in wanted.items() if e164 not in known]
        if new:
            await rows.insert_entries(connection, new, self._clock(), "está en la central")

    async def _follow(
        self,
        connection: AsyncConnection,
        plan: str,
        number: InventoryNumber,
        wanted: Standing | None,
        reason: str,
    ) -> None:
        if number.state in HELD and number.plan != plan:
            log.warning("number_of_another_plan", number=number.e164, plan=plan, holder=number.plan)
            return
        holder = _holder(wanted.number.plan) if wanted else None
        for move in MOVES[wanted.stand if wanted else Stand.GONE].get(number.state, ()):
            number = await step(connection, number, self._moving(move, reason, holder))
        if number.state is _S.QUARANTINE:
            await rows.unmount_from(connection, number)

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


def standing(changed: Changed) -> Mapping[str, Standing]:
    """Every number of what stands of a plan; the version that answers strangers counts first. Pure."""
    candidate = Stand.CHANGED if changed.what == "candidate" else Stand.CANDIDATE
    kinds = (
        (changed.live, Stand.LIVE),
        (changed.suspended, Stand.SUSPENDED),
        (changed.candidate, candidate),
    )
    found: dict[str, Standing] = {}
    for stored, stand in kinds:
        if stored is not None:
            plan = stored.version.plan
            mounted = {line.header: line.public for line in plan.lines}
            for e164, number in in_plan(plan).items():
                found.setdefault(e164, Standing(stand, number, mounted.get(e164)))
    return found


def _holder(plan: Plan) -> Holder:
    return Holder(plan.plan, plan.subsidiary, plan.account.name)


async def _of(
    connection: AsyncConnection, plan: str, wanted: Mapping[str, Standing]
) -> dict[str, InventoryNumber]:
    """The plan's numbers in the inventory, and those that it wants."""
    mine = await read(connection, SELECT.where(numbers.c.plan == plan))
    return {number.e164: number for number in (*mine, *await rows.these(connection, list(wanted)))}


async def _is_so(connection: AsyncConnection, plan: str, wanted: Mapping[str, Standing]) -> bool:
    """Whether nothing is to be done: the usual case at a start."""
    found = await _of(connection, plan, wanted)
    return all(e164 in found and _mounts(found[e164], each) for e164, each in wanted.items()) and not any(
        MOVES[wanted[e164].stand if e164 in wanted else Stand.GONE].get(number.state)
        and (number.plan == plan or number.state not in HELD)
        for e164, number in found.items()
    )


def _mounts(header: InventoryNumber, wanted: Standing) -> bool:
    return wanted.public is None or wanted.public in header.linked


async def _mount(connection: AsyncConnection, plan: str, wanted: Mapping[str, Standing]) -> None:
    """Headers bear what the plan mounts on them; a header without one keeps what the carrier linked."""
    found = {number.e164: number for number in await rows.these(connection, list(wanted))}
    for e164, each in wanted.items():
        if each.public and found[e164].plan == plan and not _mounts(found[e164], each):
            await rows.mount(connection, found[e164], found[each.public])
