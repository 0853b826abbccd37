"""Lines that used to be called and are called no more: the first sign that a carrier unlinked a number.

Calls from within the PBX cannot notice it, and not every carrier lets a site call its own toll-free number.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
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
    """A plan's header number (E.164), its last call, and how many calls a day came until then.

    `days` is for how long none came, counted from that call or from when strangers are answered again.
    """

    line: str
    plan: str
    last: datetime
    a_day: float
    days: int


Since = Callable[[str], Awaitable[datetime | None]]
"""When a plan last began to answer strangers, as far as that is known."""
Told = Callable[[QuietLine], Awaitable[None]]
"""Hears of each quiet line, as often as it is looked at."""


def is_quiet(first: datetime, last: datetime, count: int, silence: timedelta) -> bool:
    """Whether a silence is too long for a line with so many calls from `first` to `last`."""
    return silence >= AT_LEAST and a_day(first, last, count) * (silence / timedelta(days=1)) >= EXPECTED


def a_day(first: datetime, last: datetime, count: int) -> float:
    """Calls a day; those of less than a week count as a week's."""
    return count / max((last - first) / timedelta(days=1), 7.0)


class QuietLines:
    """Asks the database once in `EVERY`, however often it is looked at."""

    def __init__(self, engine: AsyncEngine, since: Since, told: Told) -> None:
        self._engine = engine
        self._since = since
        self._told = told
        self._found: tuple[QuietLine, ...] = ()
        self._next: datetime | None = None

    async def look(self, now: datetime, lines: Mapping[str, str]) -> tuple[QuietLine, ...]:
        """Those of `lines`, whose plans these are, that are quiet."""
        if self._next is None or now >= self._next:
            self._next = now + EVERY
            self._found = tuple([each async for each in self._ask(now, lines)])
            for each in self._found:
                await self._told(each)
        return tuple(each for each in self._found if each.line in lines)

    async def _ask(self, now: datetime, lines: Mapping[str, str]) -> AsyncIterator[QuietLine]:
        began = calls.c.started
        wanted = (
            select(calls.c.line, func.min(began), func.max(began), func.count())
            .where(calls.c.direction == "in", began >= now - REMEMBERED)
            .group_by(calls.c.line)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        for line, first, last, count in rows:
            if line in lines and is_quiet(first, last, count, now - last):
                silence = now - max(last, await self._since(lines[line]) or last)
                if is_quiet(first, last, count, silence):
                    yield QuietLine(line, lines[line], last, a_day(first, last, count), silence.days)
