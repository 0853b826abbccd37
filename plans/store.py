"""Versions of plans in the database: kept for ever, numbered from 1 in each plan, some of them live."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.book import StoredPlan
from plans.model import Plan, PlanVersion
from plans.tables import LivePlanRow, PlanHistoryRow, PlanVersionRow

_ATTEMPTS = 10


class UnknownVersion(LookupError):
    """A version that was never saved; nothing was changed. `plan` and `hash` name it."""

    def __init__(self, plan: str, hash: str) -> None:
        self.plan, self.hash = plan, hash
        super().__init__(f"el plan «{plan}» no tiene una versión {hash[:12]}; aplíquelo de nuevo")


class PlanStore:
    """Every method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def save(self, version: PlanVersion, text: str, by: str, at: datetime) -> int:
        """Keeps a version and returns its number; one that is kept already keeps its number and its text.

        Two writers may save at once: the one who loses the number looks again.
        """
        for attempt in range(_ATTEMPTS):
            try:
                async with writing(self._engine) as connection:
                    known = await _number(connection, version)
                    return known or await _add(connection, version, text, by, at)
            except IntegrityError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    async def live(self) -> list[StoredPlan]:
        """What answers calls, by the plan's name."""
        return await self._all(_SELECT.where(LivePlanRow.version_id.is_not(None)))

    async def all_live_except(self, plans: Collection[str]) -> list[StoredPlan]:
        """What answers calls and is none of these plans."""
        chosen = _SELECT.where(LivePlanRow.version_id.is_not(None), PlanVersionRow.plan.not_in(list(plans)))
        return await self._all(chosen)

    async def versions(self, plan: str) -> list[StoredPlan]:
        """All versions of a plan, the first one first."""
        return await self._all(_SELECT.where(PlanVersionRow.plan == plan))

    async def get(self, plan: str, number: int | None = None) -> StoredPlan | None:
        """A version by its number; without one the live version, or else the last."""
        versions = await self.versions(plan)
        if number is not None:
            return next((version for version in versions if version.number == number), None)
        return next((version for version in versions if version.live), versions[-1] if versions else None)

    async def find(self, plan: str, short: str) -> StoredPlan | None:
        """A version by the beginning of its hash (12 characters are enough to be sure)."""
        of_hash = PlanVersionRow.hash.startswith(short, autoescape=True)
        found = await self._all(_SELECT.where(PlanVersionRow.plan == plan, of_hash))
        return found[0] if found else None

    async def set_live(self, versions: Mapping[str, str], by: str, at: datetime) -> None:
        """Exactly these versions (plan → hash) are live afterwards; what changes leaves a row of history.

        Raises UnknownVersion, with nothing changed, when one was never saved.
        """
        async with writing(self._engine) as connection:
            wanted = {plan: await _id(connection, plan, hash) for plan, hash in versions.items()}
            before = {row.plan: row.version_id for row in await connection.execute(select(*_LIVE))}
            changed = [plan for plan in {**before, **wanted} if before.get(plan) != wanted.get(plan)]
            if changed:
                await _make_live(connection, {plan: wanted.get(plan) for plan in changed}, by, at)

    async def _all(self, chosen: Select[*tuple[Any, ...]]) -> list[StoredPlan]:
        async with self._engine.connect() as connection:
            rows = await connection.execute(chosen.order_by(PlanVersionRow.plan, PlanVersionRow.number))
            return [_stored(row) for row in rows]


_LIVE = (LivePlanRow.plan, LivePlanRow.version_id)
_SELECT = select(PlanVersionRow, LivePlanRow.version_id.label("live_id")).outerjoin(
    LivePlanRow, LivePlanRow.version_id == PlanVersionRow.id
)


async def _number(connection: AsyncConnection, version: PlanVersion) -> int | None:
    row = PlanVersionRow
    same = select(row.number).where(row.plan == version.plan.plan, row.hash == version.hash)
    number: int | None = await connection.scalar(same)
    return number


async def _add(connection: AsyncConnection, version: PlanVersion, text: str, by: str, at: datetime) -> int:
    name = version.plan.plan
    last = select(func.max(PlanVersionRow.number)).where(PlanVersionRow.plan == name)
    number = int(await connection.scalar(last) or 0) + 1
    await connection.execute(
        insert(PlanVersionRow).values(
            plan=name,
            number=number,
            hash=version.hash,
            content=version.plan.model_dump_json(by_alias=True),
            recordings=json.dumps(dict(version.recordings)),
            text=text,
            applied_at=at,
            applied_by=by,
        )
    )
    return number


async def _id(connection: AsyncConnection, plan: str, hash: str) -> int:
    row = PlanVersionRow
    found: int | None = await connection.scalar(select(row.id).where(row.plan == plan, row.hash == hash))
    if found is None:
        raise UnknownVersion(plan, hash)
    return found


async def _make_live(
    connection: AsyncConnection, changed: Mapping[str, int | None], by: str, at: datetime
) -> None:
    await connection.execute(delete(LivePlanRow).where(LivePlanRow.plan.in_(list(changed))))
    live = [{"plan": plan, "version_id": id} for plan, id in changed.items() if id is not None]
    if live:
        await connection.execute(insert(LivePlanRow), live)
    history = [{"plan": plan, "version_id": id, "at": at, "by": by} for plan, id in changed.items()]
    await connection.execute(insert(PlanHistoryRow), history)


def _stored(row: Row[Any]) -> StoredPlan:
    version = PlanVersion(
        plan=Plan.model_validate_json(row.content),
        hash=row.hash,
        recordings=json.loads(row.recordings),
    )
    return StoredPlan(version, row.number, row.text, row.live_id is not None, row.applied_at, row.applied_by)
