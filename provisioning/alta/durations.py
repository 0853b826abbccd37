"""How long altas take: by step and month, as it was written when each step closed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.tables import alta_spans
from staff.scope import Scope


@dataclass(frozen=True, slots=True)
class Span:
    """One closing of a step: business days it was open, suspension left out."""

    alta: int
    step: str
    title: str
    area: str
    subsidiary: str
    account: str
    opened: datetime
    closed: datetime
    days: float
    on_time: bool
    round: int


@dataclass(frozen=True, slots=True)
class Duration:
    """A step in a month (its first day): how often it closed, business days, and how many were on time."""

    step: str
    title: str
    month: date
    count: int
    average: float
    middle: float
    longest: float
    on_time: int


async def spans(
    connection: AsyncConnection, since: datetime, until: datetime, scope: Scope
) -> tuple[Span, ...]:
    """The closings from `since` on and before `until`, the oldest first."""
    wanted = select(*(alta_spans.c[name] for name in Span.__dataclass_fields__))
    wanted = wanted.where(alta_spans.c.closed >= since, alta_spans.c.closed < until)
    rows = (await connection.execute(wanted.order_by(alta_spans.c.closed, alta_spans.c.id))).mappings()
    found = [Span(**dict[str, Any](row)) for row in rows]
    return tuple(each for each in found if scope.covers(each.subsidiary, each.account))


def durations(found: Iterable[Span], zone: ZoneInfo) -> tuple[Duration, ...]:
    """By month, then by step as they first closed. Pure."""
    grouped: dict[tuple[date, str], list[Span]] = defaultdict(list)
    for span in found:
        grouped[span.closed.astimezone(zone).date().replace(day=1), span.step].append(span)
    return tuple(_duration(month, step, of) for (month, step), of in grouped.items())


def _duration(month: date, step: str, found: list[Span]) -> Duration:
    days = [span.days for span in found]
    on_time = sum(span.on_time for span in found)
    return Duration(
        step, found[-1].title, month, len(found), sum(days) / len(days), median(days), max(days), on_time
    )
