"""How far the journal of each PBX was read, and the gaps in which nobody listened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from telephony.facts import LinkLost
from telephony.tables import journal_cursors, link_gaps


@dataclass(frozen=True, slots=True)
class Cursor:
    """`row` is the last row whose facts are all committed, `at` its instant.

    `listened` is until when live events were certainly heard.
    """

    row: int
    at: datetime
    listened: datetime


@dataclass(frozen=True, slots=True)
class LinkGap:
    """Nobody listened to `pbx` from `lost` to `regained` (None: to this moment).

    `calls` and `facts` count what only the journal knew of; None until it was read.
    """

    id: int
    pbx: str
    lost: datetime
    reason: str
    regained: datetime | None
    calls: int | None
    facts: int | None


class JournalStore:
    """One PBX's cursor and gaps."""

    def __init__(self, engine: AsyncEngine, pbx: str) -> None:
        self._engine = engine
        self._pbx = pbx

    async def cursor(self) -> Cursor | None:
        columns = (journal_cursors.c.row, journal_cursors.c.at, journal_cursors.c.listened)
        wanted = select(*columns).where(journal_cursors.c.pbx == self._pbx)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return Cursor(*row) if row else None

    async def move(self, cursor: Cursor) -> None:
        values = {"row": cursor.row, "at": cursor.at, "listened": cursor.listened}
        mine = update(journal_cursors).where(journal_cursors.c.pbx == self._pbx).values(values)
        async with writing(self._engine) as connection:
            if (await connection.execute(mine)).rowcount == 0:
                await connection.execute(insert(journal_cursors).values(pbx=self._pbx, **values))

    async def listened(self, at: datetime) -> None:
        """Live events are heard up to `at`."""
        mine = update(journal_cursors).where(journal_cursors.c.pbx == self._pbx)
        async with writing(self._engine) as connection:
            await connection.execute(mine.values(listened=at))

    async def lost(self, lost: LinkLost) -> None:
        """A gap begins; one that is open goes on instead."""
        async with writing(self._engine) as connection:
            if (await connection.execute(self._open())).first() is None:
                values = {"pbx": lost.pbx, "lost": lost.at, "reason": lost.reason}
                await connection.execute(insert(link_gaps).values(values))

    async def regained(self, at: datetime, calls: int, facts: int) -> None:
        """The open gap ends, if there is one."""
        async with writing(self._engine) as connection:
            ids = [row.id for row in await connection.execute(self._open())]
            values = {"regained": at, "calls": calls, "facts": facts}
            await connection.execute(update(link_gaps).where(link_gaps.c.id.in_(ids)).values(values))

    async def gaps(
        self, since: datetime | None = None, until: datetime | None = None, limit: int = 50
    ) -> tuple[LinkGap, ...]:
        """The gaps that touch the time from `since` to `until`, newest first."""
        wanted = select(link_gaps).where(link_gaps.c.pbx == self._pbx)
        if until is not None:
            wanted = wanted.where(link_gaps.c.lost <= until)
        if since is not None:
            wanted = wanted.where(or_(link_gaps.c.regained.is_(None), link_gaps.c.regained >= since))
        newest = wanted.order_by(link_gaps.c.lost.desc(), link_gaps.c.id.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return _gaps((await connection.execute(newest)).mappings().all())

    def _open(self) -> Any:
        return select(link_gaps.c.id).where(link_gaps.c.pbx == self._pbx, link_gaps.c.regained.is_(None))


def _gaps(rows: Sequence[Any]) -> tuple[LinkGap, ...]:
    return tuple(LinkGap(**row) for row in rows)
