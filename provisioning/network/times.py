"""How long altas take: by step, by area, month by month; how much is late. Business days throughout."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select

from provisioning.alta.durations import Span
from provisioning.alta.ledger import Ledger
from provisioning.alta.store import Altas
from provisioning.alta.tables import altas
from staff.scope import EVERYTHING, Scope

_PORTION = 400


@dataclass(frozen=True, slots=True)
class Taken:
    """Days of several: `middle` is the median, nine of ten took `most` or less, `late` how many were late."""

    key: str
    title: str
    count: int
    total: float
    middle: float
    most: float
    longest: float
    late: int

    @property
    def late_share(self) -> int:
        """In per cent."""
        return round(100 * self.late / self.count)


@dataclass(frozen=True, slots=True)
class Times:
    """`wholes` are altas from beginning to end, by month; `months` the steps of each month."""

    steps: tuple[Taken, ...]
    areas: tuple[Taken, ...]
    months: tuple[Taken, ...]
    wholes: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class TimesFilter:
    since: datetime
    until: datetime
    subsidiary: str = ""
    kind: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """An alta that is done."""

    ended: datetime
    days: float


class TimesDesk:
    """Reads what altas wrote as their steps closed."""

    def __init__(self, altas: Altas, ledger: Ledger) -> None:
        self._altas = altas
        self._ledger = ledger

    async def spans(self, filter: TimesFilter, scope: Scope = EVERYTHING) -> tuple[Span, ...]:
        """The closings that the filter asks for, the oldest first; the steps of all when `step` is empty."""
        found = await self._altas.spans(filter.since, filter.until, scope)
        if filter.subsidiary:
            found = tuple(span for span in found if span.subsidiary == filter.subsidiary)
        if filter.kind:
            kinds = await self._kinds({span.alta for span in found})
            found = tuple(span for span in found if kinds.get(span.alta) == filter.kind)
        return found

    async def times(self, filter: TimesFilter, zone: ZoneInfo, scope: Scope = EVERYTHING) -> Times:
        found = await self.spans(filter, scope)
        chosen = [span for span in found if filter.step in ("", span.step)]
        return Times(
            steps=taken(found, lambda span: (span.step, span.title)),
            areas=_longest_first(taken(chosen, lambda span: (span.area, span.area))),
            months=taken(chosen, lambda span: month_of(span.closed, zone)),
            wholes=of_wholes(await self._wholes(filter, scope), zone),
        )

    async def _kinds(self, ids: set[int]) -> Mapping[int, str]:
        found: dict[int, str] = {}
        listed = sorted(ids)
        async with self._ledger.engine.connect() as connection:
            for at in range(0, len(listed), _PORTION):
                wanted = select(altas.c.id, altas.c.kind).where(altas.c.id.in_(listed[at : at + _PORTION]))
                found |= {row.id: row.kind for row in await connection.execute(wanted)}
        return found

    async def _wholes(self, filter: TimesFilter, scope: Scope) -> tuple[Whole, ...]:
        names = ("subsidiary", "account", "started", "ended")
        wanted = select(*(altas.c[name] for name in names)).where(
            altas.c.state == "done", altas.c.ended >= filter.since, altas.c.ended < filter.until
        )
        for name in ("subsidiary", "kind"):
            if value := getattr(filter, name):
                wanted = wanted.where(altas.c[name] == value)
        async with self._ledger.engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(altas.c.ended))).all()
        seen = [row for row in rows if scope.covers(row.subsidiary, row.account)]
        spent = (self._ledger.calendar(row.subsidiary).spent(row.started, row.ended) for row in seen)
        return tuple(Whole(row.ended, days) for row, days in zip(seen, spent, strict=True))


def taken(found: Iterable[Span], by: Callable[[Span], tuple[str, str]]) -> tuple[Taken, ...]:
    """By key, in the order in which each first closed; the title is the last one. Pure."""
    grouped: dict[str, list[Span]] = defaultdict(list)
    titles: dict[str, str] = {}
    for span in found:
        key, title = by(span)
        grouped[key].append(span)
        titles[key] = title
    return tuple(
        _taken(key, titles[key], [span.days for span in spans], sum(not span.on_time for span in spans))
        for key, spans in grouped.items()
    )


def of_wholes(found: Iterable[Whole], zone: ZoneInfo) -> tuple[Taken, ...]:
    """By the month in which they ended. Pure."""
    grouped: dict[str, list[float]] = defaultdict(list)
    for whole in found:
        grouped[month_of(whole.ended, zone)[0]].append(whole.days)
    return tuple(_taken(month, month, days, 0) for month, days in grouped.items())


def month_of(at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """`2026-03`, as key and title."""
    month = f"{at.astimezone(zone):%Y-%m}"
    return month, month


def months_before(day: date, count: int) -> date:
    """The first day of the month that many months before. Pure."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _longest_first(found: Iterable[Taken]) -> tuple[Taken, ...]:
    return tuple(sorted(found, key=lambda each: -each.total))


def _taken(key: str, title: str, days: Sequence[float], late: int) -> Taken:
    ordered = sorted(days)
    most = ordered[math.ceil(0.9 * len(ordered)) - 1]
    return Taken(key, title, len(ordered), sum(ordered), median(ordered), most, ordered[-1], late)
