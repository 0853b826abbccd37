"""How the plans that stand in the PBX have their numbers, and what each number does to say so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.book import PlanBook, Stands
from plans.model import Plan
from provisioning.numbers import rows
from provisioning.numbers.conflicts import InPlan, in_plan
from provisioning.numbers.rows import Moving, step
from provisioning.numbers.states import HELD, Move, NumberKind, NumberState
from provisioning.numbers.values import Holder, InventoryNumber

log = structlog.get_logger(__name__)


class Stand(StrEnum):
    """How a plan has a number in the PBX. CHANGED: the candidate is another one than before."""

    LIVE = "live"
    SUSPENDED = "suspended"
    CANDIDATE = "candidate"
    CHANGED = "changed"
    GONE = "gone"


_S, _M = NumberState, Move
_WITHOUT = (_S.FREE, _S.RESERVED, _S.REQUESTED, _S.GRANTED, _S.LINKED)
_BEFORE_IT = (*_WITHOUT, _S.CONFIGURED, _S.TESTED, _S.QUARANTINE)
_CANDIDATE: Mapping[NumberState, tuple[Move, ...]] = dict.fromkeys(_WITHOUT, (_M.CONFIGURE,))
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

Movings = Callable[[Move, Holder | None], Moving]
"""A move with its when and why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A number of a plan, how it stands, and the number that the plan mounts on it."""

    stand: Stand
    number: InPlan
    public: str | None


def standing(stands: Stands, candidate: Stand = Stand.CANDIDATE) -> dict[str, Standing]:
    """Every number of what stands of a plan; the version that answers strangers counts first. Pure."""
    kinds = (
        (stands.live, Stand.LIVE),
        (stands.suspended, Stand.SUSPENDED),
        (stands.candidate, candidate),
    )
    found: dict[str, Standing] = {}
    for stored, stand in kinds:
        if stored is not None:
            plan = stored.version.plan
            mounted = {line.header: line.public for line in plan.lines}
            for e164, number in in_plan(plan).items():
                found.setdefault(e164, Standing(stand, number, mounted.get(e164)))
    return found


def standing_in(book: PlanBook) -> Mapping[str, Standing]:
    """The numbers of every plan that stands in the PBX. Pure."""
    plans = {stored.version.plan.plan for stored in book.standing()}
    return {e164: each for plan in plans for e164, each in standing(book.of(plan)).items()}


async def follow(
    connection: AsyncConnection,
    plan: str,
    number: InventoryNumber,
    wanted: Standing | None,
    moving: Movings,
) -> None:
    """Bring a number to how its plan has it: not at all, without `wanted`."""
    if number.state in HELD and number.plan != plan:
        log.warning("number_of_another_plan", number=number.e164, plan=plan, holder=number.plan)
        return
    holder = _holder(wanted.number.plan) if wanted else None
    for move in MOVES[wanted.stand if wanted else Stand.GONE].get(number.state, ()):
        number = await step(connection, number, moving(move, holder))
    if number.state is _S.QUARANTINE:
        await rows.unmount_from(connection, number)
    elif wanted is None and number.kind is NumberKind.HEADER and not number.granted_at:
        await rows.mount(connection, number, None)


def _holder(plan: Plan) -> Holder:
    return Holder(plan.plan, plan.subsidiary, plan.account.name)


def mounts(header: InventoryNumber, wanted: Standing) -> bool:
    """Whether a header bears what the plan mounts on it; of its own, it bears only what the carrier gave."""
    if wanted.public is None:
        return header.kind is NumberKind.PUBLIC or not header.linked or header.granted_at is not None
    return wanted.public in header.linked


async def mount(connection: AsyncConnection, plan: str, wanted: Mapping[str, Standing]) -> None:
    """Headers bear what the plan mounts on them."""
    publics = [each.public for each in wanted.values() if each.public]
    found = {number.e164: number for number in await rows.these(connection, [*wanted, *publics])}
    for e164, each in wanted.items():
        header = found[e164]
        if header.plan == plan and not mounts(header, each):
            await rows.mount(connection, header, found.get(each.public) if each.public else None)
