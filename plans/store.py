"""Versions of plans in the database: kept for ever, numbered from 1 in each plan, some of them in the PBX."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, func, insert, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.book import Marks, StoredPlan
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
        """What answers strangers, by the plan's name."""
        return [stored for stored in await self.standing() if stored.live]

    async def standing(self) -> list[StoredPlan]:
        """What stands in the PBX, by the plan's name: live, candidate and suspended versions."""
        return await self._all(_SELECT.where(LivePlanRow.plan.is_not(None)))

    async def marks(self) -> dict[str, Marks]:
        """What of each plan stands."""
        return marks_of(await self.standing())

    async def versions(self, plan: str) -> list[StoredPlan]:
        """All versions of a plan, the first one first."""
        return await self._all(_SELECT.where(PlanVersionRow.plan == plan))

    async def resting(self) -> list[StoredPlan]:
        """The newest version of each plan of which nothing stands."""
        row = PlanVersionRow
        last = select(row.plan, func.max(row.number).label("number")).group_by(row.plan).subquery()
        newest = and_(row.plan == last.c.plan, row.number == last.c.number)
        standing = select(LivePlanRow.plan)
        return await self._all(_SELECT.join(last, newest).where(row.plan.not_in(standing)))

    async def get(self, plan: str, number: int | None = None) -> StoredPlan | None:
        """A version by its number; without one the live or suspended version, or else the last."""
        versions = await self.versions(plan)
        if number is not None:
            return next((version for version in versions if version.number == number), None)
        shown = (version for version in versions if version.live or version.suspended)
        return next(shown, versions[-1] if versions else None)

    async def find(self, plan: str, short: str) -> StoredPlan | None:
        """A version by the beginning of its hash (12 characters are enough to be sure)."""
        of_hash = PlanVersionRow.hash.startswith(short, autoescape=True)
        found = await self._all(_SELECT.where(PlanVersionRow.plan == plan, of_hash))
        return found[0] if found else None

    async def mark(self, marks: Mapping[str, Marks], by: str, at: datetime) -> None:
        """Exactly this stands afterwards; what changes leaves a row of history.

        Raises UnknownVersion, with nothing changed, when a version was never saved.
        """
        async with writing(self._engine) as connection:
            await mark(connection, marks, by, at)

    async def _all(self, chosen: Select[*tuple[Any, ...]]) -> list[StoredPlan]:
        async with self._engine.connect() as connection:
            rows = await connection.execute(chosen.order_by(PlanVersionRow.plan, PlanVersionRow.number))
            return [_stored(row) for row in rows]


_SELECT = select(
    PlanVersionRow, LivePlanRow.version_id, LivePlanRow.candidate_id, LivePlanRow.suspended
).outerjoin(
    LivePlanRow,
    and_(
        LivePlanRow.plan == PlanVersionRow.plan,
        or_(LivePlanRow.version_id == PlanVersionRow.id, LivePlanRow.candidate_id == PlanVersionRow.id),
    ),
)


def marks_of(standing: Iterable[StoredPlan]) -> dict[str, Marks]:
    """The marks that these versions bear."""
    marks: dict[str, Marks] = {}
    for stored in standing:
        plan, hash = stored.version.plan.plan, stored.version.hash
        known = marks.get(plan, Marks())
        if stored.candidate:
            marks[plan] = replace(known, candidate=hash)
        elif stored.live or stored.suspended:
            marks[plan] = replace(known, live=hash, suspended=stored.suspended)
    return marks


async def mark(connection: AsyncConnection, marks: Mapping[str, Marks], by: str, at: datetime) -> None:
    """`PlanStore.mark` within a transaction of somebody else."""
    wanted = {plan: await _ids(connection, plan, each) for plan, each in marks.items()}
    row = LivePlanRow
    asked = select(row.plan, row.version_id, row.candidate_id, row.suspended)
    before = {plan: tuple(rest) for plan, *rest in await connection.execute(asked)}
    changed = [plan for plan in {**before, **wanted} if before.get(plan, _NONE) != wanted.get(plan, _NONE)]
    if changed:
        await _stand(connection, {plan: wanted.get(plan, _NONE) for plan in changed}, by, at)


_Ids = tuple[int | None, int | None, bool]
_NONE: _Ids = (None, None, False)


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


async def _ids(connection: AsyncConnection, plan: str, marks: Marks) -> _Ids:
    live, candidate = await _id(connection, plan, marks.live), await _id(connection, plan, marks.candidate)
    return live, candidate, marks.suspended


async def _id(connection: AsyncConnection, plan: str, hash: str | None) -> int | None:
    if hash is None:
        return None
    row = PlanVersionRow
    found: int | None = await connection.scalar(select(row.id).where(row.plan == plan, row.hash == hash))
    if found is None:
        raise UnknownVersion(plan, hash)
    return found


async def _stand(connection: AsyncConnection, changed: Mapping[str, _Ids], by: str, at: datetime) -> None:
    await connection.execute(delete(LivePlanRow).where(LivePlanRow.plan.in_(list(changed))))
    rows = [
        {"plan": plan, "version_id": live, "candidate_id": candidate, "suspended": suspended}
        for plan, (live, candidate, suspended) in changed.items()
    ]
    if standing := [row for row in rows if row["version_id"] or row["candidate_id"]]:
        await connection.execute(insert(LivePlanRow), standing)
    await connection.execute(insert(PlanHistoryRow), [row | {"at": at, "by": by} for row in rows])


def _stored(row: Row[Any]) -> StoredPlan:
    version = PlanVersion(
        plan=Plan.model_validate_json(row.content),
        hash=row.hash,
        recordings=json.loads(row.recordings),
    )
    answers = row.version_id == row.id
    return StoredPlan(
        version,
        row.number,
        row.text,
        answers and not row.suspended,
        row.applied_at,
        row.applied_by,
        candidate=row.candidate_id == row.id,
        suspended=answers and row.suspended,
    )
