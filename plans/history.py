"""What stood of a plan since when, and who put it there: read from the rows that are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import aliased

from plans.tables import PlanHistoryRow, PlanVersionRow

_ROW = PlanHistoryRow


@dataclass(frozen=True, slots=True)
class Since:
    """From when on, and by whom."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Stood:
    """What stood of a plan from an instant on: the numbers of its versions, None for none."""

    at: datetime
    by: str
    live: int | None
    candidate: int | None
    suspended: bool


class PlanHistory:
    """Every method reads once."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put_up_by(self, plan: str, hash: str) -> tuple[str, ...]:
        """Who applied a version first, then whoever put it into the PBX for test calls, in order."""
        version = select(PlanVersionRow).where(PlanVersionRow.plan == plan, PlanVersionRow.hash == hash)
        found = version.with_only_columns(PlanVersionRow.id, PlanVersionRow.applied_by)
        async with self._engine.connect() as connection:
            row = (await connection.execute(found)).one_or_none()
            if row is None:
                return ()
            rows = select(_ROW.candidate_id, _ROW.by).where(_ROW.plan == plan).order_by(_ROW.id)
            stood = (await connection.execute(rows)).all()
        ids = (None, *(each.candidate_id for each in stood))
        up = (
            each.by for former, each in zip(ids, stood, strict=False) if row.id == each.candidate_id != former
        )
        return (row.applied_by, *up)

    async def is_of(self, plan: str, hash: str, since: datetime) -> bool:
        """Whether a version is of a change that began at an instant: another one than answered then, first
        saved or on trial from then on. One that only came back, as by a rollback, is not.
        """
        row = PlanVersionRow
        wanted = select(row.id, row.applied_at).where(row.plan == plan, row.hash == hash)
        rows = select(_ROW.at, _ROW.version_id, _ROW.candidate_id).where(_ROW.plan == plan)
        async with self._engine.connect() as connection:
            version = (await connection.execute(wanted)).one_or_none()
            stood = (await connection.execute(rows.order_by(_ROW.id))).all()
        then = next((each for each in reversed(stood) if each.at <= since), None)
        if version is None or (then is not None and then.version_id == version.id):
            return False
        later = [each for each in stood if each is then or each.at > since]
        return version.applied_at >= since or any(each.candidate_id == version.id for each in later)

    async def live_since(self, plan: str) -> Since | None:
        """Since when strangers reach the version that they reach now; None when they reach none."""
        rows = select(_ROW.version_id, _ROW.suspended, _ROW.at, _ROW.by).where(_ROW.plan == plan)
        found: Since | None = None
        version: int | None = None
        async with self._engine.connect() as connection:
            for row in await connection.execute(rows.order_by(_ROW.id.desc())):
                answers = None if row.suspended else row.version_id
                if answers is None or version not in (None, answers):
                    break
                version, found = answers, Since(row.at, row.by)
        return found

    async def of(self, plan: str, limit: int = 50) -> tuple[Stood, ...]:
        """What stood since when, the newest first."""
        live, candidate = aliased(PlanVersionRow), aliased(PlanVersionRow)
        rows = (
            select(_ROW.at, _ROW.by, live.number, candidate.number, _ROW.suspended)
            .outerjoin(live, live.id == _ROW.version_id)
            .outerjoin(candidate, candidate.id == _ROW.candidate_id)
            .where(_ROW.plan == plan)
            .order_by(_ROW.id.desc())
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return tuple(Stood(*row) for row in await connection.execute(rows))

    async def live_before(self, plan: str, hash: str) -> int | None:
        """The number of the last version that strangers reached before they reached this one."""
        rows = select(PlanVersionRow.number, PlanVersionRow.hash)
        joined = rows.join(_ROW, _ROW.version_id == PlanVersionRow.id).where(_ROW.plan == plan)
        async with self._engine.connect() as connection:
            for row in await connection.execute(joined.order_by(_ROW.id.desc())):
                if row.hash != hash:
                    return int(row.number)
        return None
