"""Where the watch of a running instance looks."""

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from altavoz.settings import PbxMode
from altavoz.watch import Sights
from altavoz.watch_finds import TOLD_FOR, listed
from altavoz.watch_machine import Machine
from altavoz.watch_pbx import seen_of
from altavoz.watch_seen import MachineSeen, PbxSeen, Seen, StoreSeen
from plans.model import Plan
from plans.numbers import written
from telephony.layout import PbxLayout
from telephony.pbx_status import pbx_status

if TYPE_CHECKING:
    from altavoz.house import House

GAPS, GAPS_OF = 5, timedelta(days=7)


def sights_of(house: "House") -> Sights:
    return Sights(
        at_hand=lambda at, pbx, machine, store: _at_hand(house, at, pbx, machine, store),
        pbx=lambda at, before: _pbx(house, at, before),
        store=lambda at: _store(house, at),
        hints=lambda: (house.acts.state.up, house.presence.ringable()),
        machine=_machine(house),
    )


def _at_hand(
    house: "House", at: datetime, pbx: PbxSeen | None, machine: MachineSeen | None, store: StoreSeen
) -> Seen:
    return Seen(
        at=at,
        listens=house.listens.state,
        acts=house.acts.state,
        process=house.central.pbx.running() if house.central.pbx else None,
        pbx=pbx,
        release=house.standing,
        stuck=house.intake.stuck_since,
        store=store,
        queued=house.intake.waiting,
        spooled=house.intake.spooled,
        machine=machine,
        phases=Counter(call.phase for call in house.board.live()),
        plans=len(house.book.live()),
        unspooled=house.intake.unspooled_since,
        lost=house.intake.lost,
        lost_at=house.intake.lost_at,
        audit=house.heads.broken,
        late=house.listens.late_since,
        canaries=house.office.canaries.failing(),
        named={plan.plan: plan_said(plan) for plan in house.book.plans()},
    )


def plan_said(plan: Plan) -> str:
    """A plan's name with the numbers that people dial."""
    numbers = listed([written(line.public or line.header, plan.subsidiary) for line in plan.lines])
    return f"{plan.name} ({numbers})"


async def _pbx(house: "House", at: datetime, before: PbxSeen | None) -> PbxSeen:
    status = await pbx_status(house.acts)
    plans = [stored.version.plan for stored in house.book.live()]
    return seen_of(status, at, before, house.site, plans)


def _lines(house: "House") -> dict[str, str]:
    plans = [stored.version.plan for stored in house.book.live()]
    return {line.header: plan.plan for plan in plans for line in plan.lines}


async def _store(house: "House", at: datetime) -> StoreSeen:
    if not await database_answers(house.engine):
        return StoreSeen(answers=False, unsent=None)
    outbox = house.entrance.outbox if house.settings.smtp else None
    return StoreSeen(
        answers=True,
        unsent=await outbox.stuck_since(at) if outbox else None,
        undelivered=await outbox.undelivered(at - TOLD_FOR) if outbox else (),
        gaps=await house.journal_store.gaps(since=at - GAPS_OF, limit=GAPS),
        quiet=await house.quiet.look(at, _lines(house)),
        untested=tuple((await house.office.untested.now()).values()),
        refused=await house.office.line_releases.store.refused(at - TOLD_FOR),
    )


async def database_answers(engine: AsyncEngine) -> bool:
    try:
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True


def _machine(house: "House") -> Machine:
    settings = house.settings
    layout = PbxLayout(settings.pbx_root, settings.home)
    ours = settings.pbx is not PbxMode.EXTERNAL
    folders = {"home": settings.home} | ({"recordings": layout.spool} if ours else {})
    journal = house.central.journal.cel if house.central.journal else None
    return Machine(folders, settings.tls[0] if settings.tls else None, journal)
