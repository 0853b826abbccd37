"""Pages by key: each begins after the last row of the one before, so that they stay quick as tables grow."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Select, and_, or_, select, union_all

T = TypeVar("T")
MOST = 500
_LARGEST_ID = 2**31 - 1


class BadPage(ValueError):
    """The mark of a page is not one of ours; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, newest first, and the mark to ask for the following ones with (None at the end)."""

    items: tuple[T, ...]
    next: str | None


def size(limit: int) -> int:
    """How many items a page of this limit holds: at least one, at most 500."""
    return min(max(limit, 1), MOST)


def mark(at: datetime, id: object) -> str:
    """The opaque mark of a row: its instant and its id."""
    text = f"{at.astimezone(UTC).isoformat(timespec='microseconds')}~{id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unmark(written: str) -> tuple[datetime, str]:
    """Undo `mark`; raises `BadPage`."""
    try:
        text = base64.urlsafe_b64decode(written[:200] + "=" * (-len(written) % 4)).decode()
        at, _, id = text.partition("~")
        instant = datetime.fromisoformat(at).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _no_such_page() from error
    if not id.isprintable():
        raise _no_such_page()
    return instant, id


def row_of(written: str) -> int:
    """The row that a mark names by its number. Raises `BadPage`."""
    return _number(unmark(written)[1])


def newest_first(
    wanted: Select[Any], at: ColumnElement[Any], id: ColumnElement[Any], limit: int, after: str | None
) -> Select[Any]:
    """One page of `wanted`, with one row more than `limit` to tell whether another page follows.

    Raises `BadPage`.
    """
    if after is not None:
        instant, text = unmark(after)
        key = _key(id, text)
        wanted = wanted.where(at <= instant, or_(at < instant, and_(at == instant, id < key)))
    return wanted.order_by(at.desc(), id.desc()).limit(size(limit) + 1)


def newest_by_ways(
    wanted: Select[Any],
    ways: Sequence[ColumnElement[bool]],
    at: Column[Any],
    limit: int,
    after: str | None,
) -> Select[Any]:
    """One page of the rows of `wanted` that any of `ways` lets in.

    Each way gives its newest rows by its own index, so that a page costs the same however many rows no way
    lets in. Raises `BadPage`.
    """
    id = at.table.c.id
    if len(ways) == 1:
        return newest_first(wanted.where(*ways), at, id, limit, after)
    ids = wanted.with_only_columns(id, maintain_column_froms=True)
    found = [newest_first(ids.where(way), at, id, limit, after).subquery() for way in ways]
    among = union_all(*(select(one.c.id) for one in found))
    return newest_first(wanted.where(id.in_(among)), at, id, limit, None)


def _key(id: ColumnElement[Any], text: str) -> str | int:
    return _number(text) if id.type.python_type is int else text


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text) > _LARGEST_ID:
        raise _no_such_page()
    return int(text)


def _no_such_page() -> BadPage:
    return BadPage("Esa página no existe: vuelva a la primera.")
