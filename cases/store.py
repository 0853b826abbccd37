"""Reading calls and cases. Nothing here changes anything."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cases.pages import Page, mark, newest_first, size
from cases.rows import call_view, case_change, case_view
from cases.tables import calls, case_changes, cases
from cases.views import CallView, CaseChange, CaseView

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls. `since` and `until` bound the start: from the first, before the second."""

    line: str | None = None
    plan: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases. `state` is `open` or `closed`, `owner` a person's name.

    `since` and `until` bound the opening: from the first, before the second.
    """

    line: str | None = None
    plan: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: str | None = None
    owner: str | None = None


class CaseStore:
    """Calls and cases as they were committed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def calls(
        self, filter: CallFilter = CallFilter(), limit: int = 50, after: str | None = None
    ) -> Page[CallView]:
        """A page of calls, newest first. Raises `BadPage` when `after` is no mark of ours."""
        wanted = select(calls).where(*_call_conditions(filter))
        async with self._engine.connect() as connection:
            wanted = newest_first(wanted, calls.c.started, calls.c.id, limit, after)
            views = await _calls(connection, wanted)
        return _page(views, limit, lambda view: mark(view.started, view.id))

    async def call(self, id: str) -> CallView | None:
        async with self._engine.connect() as connection:
            found = await _calls(connection, select(calls).where(calls.c.id == id))
            return found[0] if found else None

    async def cases(
        self, filter: CaseFilter = CaseFilter(), limit: int = 50, after: str | None = None
    ) -> Page[CaseView]:
        """A page of cases, newest first. Raises `BadPage` when `after` is no mark of ours."""
        wanted = select(cases).where(*_case_conditions(filter))
        async with self._engine.connect() as connection:
            wanted = newest_first(wanted, cases.c.opened, cases.c.id, limit, after)
            views = await read_cases(connection, wanted)
        return _page(views, limit, lambda view: mark(view.opened, view.id))

    async def case(self, id: int) -> CaseView | None:
        async with self._engine.connect() as connection:
            return await read_case(connection, id)

    async def open_of(self, person_name: str) -> tuple[CaseView, ...]:
        """The open cases of a person, most urgent first, then oldest first."""
        wanted = select(cases).where(cases.c.owner == person_name, cases.c.state == "open")
        async with self._engine.connect() as connection:
            found = await read_cases(connection, wanted.order_by(cases.c.opened, cases.c.id).limit(200))
        return tuple(sorted(found, key=lambda case: -case.priority))

    async def unowned(self, limit: int = 50) -> tuple[CaseView, ...]:
        """Open cases that wait for somebody to take them (the call backs owed), oldest first."""
        wanted = select(cases).where(cases.c.owner.is_(None), cases.c.state == "open")
        async with self._engine.connect() as connection:
            ordered = wanted.order_by(cases.c.opened, cases.c.id).limit(limit)
            return tuple(await read_cases(connection, ordered))

    async def history(self, case_id: int) -> tuple[CaseChange, ...]:
        """Every change of a case, oldest first."""
        wanted = select(case_changes).where(case_changes.c.case == case_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(case_changes.c.revision))
            return tuple(case_change(dict(row)) for row in rows.mappings())

    async def earlier_calls(self, caller: str, before: CallView, limit: int = 5) -> tuple[CallView, ...]:
        """The last calls of the same number before this one, newest first."""
        same = select(calls).where(calls.c.caller == caller, calls.c.started <= before.started)
        wanted = same.where(calls.c.id != before.id).order_by(calls.c.started.desc(), calls.c.id.desc())
        async with self._engine.connect() as connection:
            return tuple(await _calls(connection, wanted.limit(limit)))

    async def open_cases_of_number(self, number: str, limit: int = 10) -> tuple[CaseView, ...]:
        """Open cases that came from this number or name it as telephone, newest first."""
        found = or_(*(cases.c.id.in_(_open_by(each, number, limit)) for each in ("caller", "telephone")))
        wanted = select(cases).where(found).order_by(cases.c.opened.desc(), cases.c.id.desc())
        async with self._engine.connect() as connection:
            return tuple(await read_cases(connection, wanted.limit(limit)))


async def read_case(connection: AsyncConnection, id: int) -> CaseView | None:
    """The case as this connection's transaction sees it."""
    found = await read_cases(connection, select(cases).where(cases.c.id == id))
    return found[0] if found else None


async def read_cases(connection: AsyncConnection, wanted: Select[Any]) -> list[CaseView]:
    """Cases with the ids of their calls, in two statements."""
    rows = (await connection.execute(wanted)).mappings().all()
    linked = await _calls_of(connection, [row["id"] for row in rows])
    return [case_view(dict(row), linked[row["id"]]) for row in rows]


async def _calls(connection: AsyncConnection, wanted: Select[Any]) -> list[CallView]:
    return [call_view(dict(row)) for row in (await connection.execute(wanted)).mappings()]


async def _calls_of(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[str]]:
    linked: dict[int, list[str]] = defaultdict(list)
    if ids:
        wanted = select(calls.c.case, calls.c.id).where(calls.c.case.in_(ids))
        for row in await connection.execute(wanted.order_by(calls.c.started, calls.c.id)):
            linked[row.case].append(row.id)
    return linked


def _open_by(column: str, number: str, limit: int) -> Select[int]:
    """The newest open cases by one column; an OR of both would make the database read every open case."""
    same = select(cases.c.id).where(cases.c[column] == number, cases.c.state == "open")
    return same.order_by(cases.c.opened.desc(), cases.c.id.desc()).limit(limit)


def _page(views: Sequence[T], limit: int, mark_of: Callable[[T], str]) -> Page[T]:
    shown = tuple(views[: size(limit)])
    return Page(shown, mark_of(shown[-1]) if len(views) > len(shown) else None)


def _call_conditions(filter: CallFilter) -> Iterable[ColumnElement[bool]]:
    if filter.line is not None:
        yield calls.c.line == filter.line
    if filter.plan is not None:
        yield calls.c.plan == filter.plan
    if filter.caller is not None:
        yield calls.c.caller == filter.caller
    if filter.since is not None:
        yield calls.c.started >= filter.since
    if filter.until is not None:
        yield calls.c.started < filter.until


def _case_conditions(filter: CaseFilter) -> Iterable[ColumnElement[bool]]:
    if filter.line is not None:
        yield cases.c.line == filter.line
    if filter.plan is not None:
        yield cases.c.plan == filter.plan
    if filter.state is not None:
        yield cases.c.state == filter.state
    if filter.owner is not None:
        yield cases.c.owner == filter.owner
    if filter.since is not None:
        yield cases.c.opened >= filter.since
    if filter.until is not None:
        yield cases.c.opened < filter.until
