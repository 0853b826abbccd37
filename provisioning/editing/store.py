"""The texts of plans that are being written, in the database: saved as they are typed, never lost."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.strict_yaml import MAX_BYTES
from provisioning.editing.tables import PlanDraftHistoryRow, PlanDraftRow
from provisioning.editing.values import Beginning, DraftRefused, FormerText, PlanDraft, StaleDraft
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.audit_table import audit as audit_rows
from staff.scope import EVERYTHING, Scope

ONE_SITTING = timedelta(minutes=5)
"""What one person writes within this time is one row of the history."""

_CLOSED = ("plan.draft-published", "plan.draft-dropped")
_ROW = PlanDraftRow
_PAST = PlanDraftHistoryRow
_TOO_LONG = f"El texto pasa de {MAX_BYTES // 1024} KiB: un plan ocupa mucho menos."


class PlanDrafts:
    """Every method is one transaction, by `staff.actor.current()`."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    async def find(self, plan: str) -> PlanDraft | None:
        """A plan's draft, also one that was published or given up; None when there never was any."""
        async with self._engine.connect() as connection:
            return await _found(connection, plan)

    async def open(self, scope: Scope = EVERYTHING) -> tuple[PlanDraft, ...]:
        """What is being written, by the plan's name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(_SELECT.where(_ROW.open).order_by(_ROW.plan))
            drafts = [_draft(row) for row in rows]
        return tuple(each for each in drafts if scope.covers(each.subsidiary, each.account))

    async def save(self, plan: str, text: str, revision: int, begins: Beginning) -> PlanDraft:
        """The text as it stands now. `revision` is the one that its writer saw, 0 where there was none; a
        draft that is not open begins anew, as `begins` says. Raises StaleDraft; DraftRefused for a bad text.
        """
        _refuse_unreadable(text)
        try:
            async with writing(self._engine) as connection:
                return await self._saved(connection, plan, text, revision, begins)
        except IntegrityError as error:
            found = await self.find(plan)
            assert found is not None
            raise StaleDraft(found) from error

    async def close(self, plan: str, revision: int, action: str, reason: str = "") -> bool:
        """It was published or given up; False when somebody has written on meanwhile."""
        async with writing(self._engine) as connection:
            seen = update(_ROW).where(_ROW.plan == plan, _ROW.revision == revision, _ROW.open)
            moved = await connection.execute(seen.values(open=False))
            if moved.rowcount == 1:
                await audit.write(connection, Deed(action, plan, after={"revision": revision}, reason=reason))
            return moved.rowcount == 1

    async def history(self, plan: str, limit: int = 50) -> tuple[FormerText, ...]:
        """Who wrote when, the newest first."""
        wanted = select(_PAST.revision, _PAST.by, _PAST.begun, _PAST.at).where(_PAST.plan == plan)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(_PAST.revision.desc()).limit(limit))
            return tuple(FormerText(*row) for row in rows)

    async def writers(self, plan: str, since: datetime | None, until: datetime) -> frozenset[str]:
        """Who wrote in a plan's drafts between two instants."""
        within = [_PAST.plan == plan, _PAST.begun <= until, *([_PAST.at >= since] if since else [])]
        async with self._engine.connect() as connection:
            found = await connection.execute(select(_PAST.by).where(*within).distinct())
            return frozenset(found.scalars())

    async def authors(self, plan: str, text: str) -> frozenset[str]:
        """Who wrote in the drafts that came to say exactly this, whenever that was."""
        wanted = select(_PAST.revision, _PAST.by, (_PAST.text == text).label("said"))
        over = select(audit_rows.c.after).where(
            audit_rows.c.subject == plan, audit_rows.c.action.in_(_CLOSED)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted.where(_PAST.plan == plan).order_by(_PAST.revision))).all()
            closed = {json.loads(after)["revision"] for after in (await connection.execute(over)).scalars()}
        found: set[str] = set()
        for said in (row.revision for row in rows if row.said):
            begins = max((each for each in closed if each < said), default=0)
            found |= {row.by for row in rows if begins < row.revision <= said}
        return frozenset(found)

    async def former(self, plan: str, revision: int) -> str | None:
        """What the draft said at a revision of its history."""
        wanted = select(_PAST.text).where(_PAST.plan == plan, _PAST.revision == revision)
        async with self._engine.connect() as connection:
            found: str | None = await connection.scalar(wanted)
            return found

    async def _saved(
        self, connection: AsyncConnection, plan: str, text: str, revision: int, begins: Beginning
    ) -> PlanDraft:
        now = await _found(connection, plan)
        if now is not None and now.open and now.text == text:
            return now
        if now is None and revision:
            raise DraftRefused("Ese borrador ya no existe: vuelva a abrir el plan.")
        if now is not None and now.revision != revision:
            raise StaleDraft(now)
        values = self._values(text, revision + 1, begins, now)
        if now is None:
            await connection.execute(insert(_ROW).values(plan=plan, **values))
        else:
            seen = update(_ROW).where(_ROW.plan == plan, _ROW.revision == revision)
            if (await connection.execute(seen.values(values))).rowcount != 1:
                raise StaleDraft(await _found(connection, plan) or now)
        await self._remember(connection, plan, text, revision + 1)
        saved = await _found(connection, plan)
        assert saved is not None
        return saved

    def _values(self, text: str, revision: int, begins: Beginning, now: PlanDraft | None) -> dict[str, Any]:
        values: dict[str, Any] = {"text": text, "revision": revision, "by": current().name}
        values |= {"at": self._clock(), "open": True}
        if now is None or not now.open:
            values |= {name: getattr(begins, name) for name in ("version", "alta", "subsidiary", "account")}
        return values

    async def _remember(self, connection: AsyncConnection, plan: str, text: str, revision: int) -> None:
        """What is typed in one sitting is one row, and one deed."""
        now, by = self._clock(), current().name
        last = select(_PAST.id, _PAST.by, _PAST.begun).where(_PAST.plan == plan)
        row = (await connection.execute(last.order_by(_PAST.revision.desc()).limit(1))).one_or_none()
        if row is not None and row.by == by and now - row.begun < ONE_SITTING:
            same = update(_PAST).where(_PAST.id == row.id)
            await connection.execute(same.values(text=text, revision=revision, at=now))
            return
        values = {"plan": plan, "revision": revision, "text": text, "by": by, "begun": now, "at": now}
        await connection.execute(insert(_PAST).values(values))
        await audit.write(connection, Deed("plan.drafted", plan, after={"revision": revision}))


def _refuse_unreadable(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise DraftRefused("El texto tiene signos que no son UTF-8: péguelo de nuevo.") from error
    if size > MAX_BYTES:
        raise DraftRefused(_TOO_LONG)
    if "\x00" in text:
        raise DraftRefused("El texto tiene un carácter nulo: quítelo.")


_FIELDS = (
    "plan", "text", "revision", "open", "by", "at", "version", "alta", "subsidiary", "account",
)  # fmt: skip
_SELECT = select(*(getattr(_ROW, name) for name in _FIELDS))


async def _found(connection: AsyncConnection, plan: str) -> PlanDraft | None:
    row = (await connection.execute(_SELECT.where(_ROW.plan == plan))).one_or_none()
    return _draft(row) if row else None


def _draft(row: Row[Any]) -> PlanDraft:
    return PlanDraft(**row._mapping)
