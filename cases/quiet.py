"""Lines that used to be called and are called no more: the first sign that a carrier unlinked a number.

Calls from within the PBX cannot notice it, and not every carrier lets a site call its own toll-free number.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from cases.tables import calls

REMEMBERED = timedelta(days=90)
AT_LEAST = timedelta(days=3)
"""A line may be silent over a weekend."""
EXPECTED = 20
"""Calls that should have come in a silence for it to say something: by chance that is one in 500 million."""
EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class QuietLine:
    """A header number (E.164) of a subsidiary, its last call, and how many calls a day came until then."""

    line: str
    subsidiary: str
    last: datetime
    a_day: float


def is_quiet(first: datetime, last: datetime, count: int, now: datetime) -> bool:
    """Whether a silence since `last` is too long for a line with so many calls since `first`."""
    silence = now - last
    return silence >= AT_LEAST and a_day(first, last, count) * (silence / timedelta(days=1)) >= EXPECTED


def a_day(first: datetime, last: datetime, count: int) -> float:
    """Calls a day; those of less than a week count as a week's."""
    return count / max((last - first) / timedelta(days=1), 7.0)


class QuietLines:
    """Asks the database once in `EVERY`, however often it is looked at."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._found: tuple[QuietLine, ...] = ()
        self._next: datetime | None = None

    async def look(self, now: datetime, lines: Collection[str]) -> tuple[QuietLine, ...]:
        """Those of `lines` that are quiet."""
        if self._next is None or now >= self._next:
            self._found = await self._ask(now)
            self._next = now + EVERY
        return tuple(each for each in self._found if each.line in lines)

    async def _ask(self, now: datetime) -> tuple[QuietLine, ...]:
        began = calls.c.started
        wanted = (
            select(calls.c.line, func.max(calls.c.subsidiary), func.min(began), func.max(began), func.count())
            .where(calls.c.direction == "in", began >= now - REMEMBERED)
            .group_by(calls.c.line)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return tuple(
            QuietLine(line, subsidiary, last, a_day(first, last, count))
            for line, subsidiary, first, last, count in rows
            if is_quiet(first, last, count, now)
        )
