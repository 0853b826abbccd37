"""Reading the audit trail: by who, what, to what, when and words; page by page, or all of it in a stream."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from staff.audit import folded
from staff.audit_table import audit

MOST, STREAMED = 500, 500
_NEVER = 2**31 - 1
_COLUMNS = [column for column in audit.c if column.name not in ("words", "previous")]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One deed as it stands in the trail; `id` counts from 1 without gaps."""

    id: int
    at: datetime
    actor: str
    via: str
    address: str | None
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows: from the instant `since`, before `until`. `text` is words that must all occur somewhere."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Rows, newest first; `next` is the number to ask for the following ones with, None at the end."""

    rows: tuple[AuditRow, ...]
    next: int | None


class AuditTrail:
    """The trail as it was committed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(self, filter: AuditFilter, limit: int = 50, before: int | None = None) -> AuditPage:
        """Rows numbered below `before`, newest first: at most `limit`, and never more than 500."""
        size = min(max(limit, 1), MOST)
        async with self._engine.connect() as connection:
            found = await _newest(connection, filter, size + 1, before)
        return AuditPage(found[:size], found[size - 1].id if len(found) > size else None)

    async def stream(self, filter: AuditFilter, most: int | None = None) -> AsyncIterator[AuditRow]:
        """All rows, newest first, in memory a few hundred at a time; `most` ends it early."""
        before, left = None, most
        while left is None or left > 0:
            async with self._engine.connect() as connection:
                size = STREAMED if left is None else min(STREAMED, left)
                found = await _newest(connection, filter, size, before)
            for row in found:
                yield row
            if len(found) < size:
                return
            before, left = found[-1].id, None if left is None else left - len(found)

    async def actions(self) -> tuple[str, ...]:
        """Every action that occurs, by a leap through their index each."""
        found: list[str] = []
        async with self._engine.connect() as connection:
            while True:
                later = select(audit.c.action).where(audit.c.action > (found[-1] if found else ""))
                first = await connection.scalar(later.order_by(audit.c.action).limit(1))
                if first is None:
                    return tuple(found)
                found.append(first)


async def _newest(
    connection: AsyncConnection, filter: AuditFilter, size: int, before: int | None
) -> tuple[AuditRow, ...]:
    wanted = select(*_COLUMNS).where(*_conditions(filter)).order_by(audit.c.id.desc()).limit(size)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    return tuple(audit_row(row) for row in await connection.execute(wanted))


def audit_row(row: Row[Any]) -> AuditRow:
    found = AuditRow(**row._mapping)
    return replace(found, before=json.loads(str(found.before)), after=json.loads(str(found.after)))


def _conditions(filter: AuditFilter) -> Iterable[ColumnElement[bool]]:
    for name in ("actor", "action", "subject"):
        if (value := getattr(filter, name)) is not None:
            yield audit.c[name] == value
    for word in folded(filter.text).split():
        yield audit.c.words.contains(word, autoescape=True)
    if filter.since is not None:
        yield audit.c.id >= _first_from(filter.since)
    if filter.until is not None:
        yield audit.c.id < func.coalesce(_first_from(filter.until), _NEVER)


def _first_from(instant: datetime) -> ColumnElement[Any]:
    """The first row of an instant or later: the trail's instants never go back, so numbers follow them."""
    first: Select[Any] = select(audit.c.id).where(audit.c.at >= instant)
    return first.order_by(audit.c.at, audit.c.id).limit(1).scalar_subquery()
