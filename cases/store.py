"""Reading calls and cases. Nothing here changes anything.

Who asks sees what `scope` covers and, when `own` names a person, that person's own cases and calls too.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cases import search
from cases.fact_rows import fact_of
from cases.filters import EVERY_CALL, EVERY_CASE
from cases.filters import CallFilter as CallFilter
from cases.filters import CaseFilter as CaseFilter
from cases.fold import place
from cases.pages import Page, mark, newest_by_ways, row_of, size
from cases.rows import call_view, case_change, case_view
from cases.sight import Sight
from cases.tables import call_events, calls, case_changes, cases
from cases.views import CallView, CaseChange, CaseView, MissedView
from staff.scope import EVERYTHING, Scope
from telephony.facts import CallFact

T = TypeVar("T")
MOST_MISSED = 500


class CaseStore:
    """Calls and cases as they were committed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def calls(
        self,
        filter: CallFilter = EVERY_CALL,
        limit: int = 50,
        after: str | None = None,
        *,
        scope: Scope = EVERYTHING,
        own: str | None = None,
    ) -> Page[CallView]:
        """A page of calls, newest first. Raises `BadPage` when `after` is no mark of ours."""
        sight = Sight(scope, own).ways(calls, calls.c.coordinator)
        ways = [and_(one, other) for one in sight for other in filter.ways()]
        wanted = select(calls).where(*filter.conditions())
        async with self._engine.connect() as connection:
            wanted = newest_by_ways(wanted, ways, calls.c.started, limit, after)
            views = await _calls(connection, wanted)
        return _page(views, limit, lambda view: mark(view.started, view.id))

    async def call(self, id: str, *, scope: Scope = EVERYTHING, own: str | None = None) -> CallView | None:
        async with self._engine.connect() as connection:
            found = await _calls(connection, select(calls).where(calls.c.id == id))
        return found[0] if found and Sight(scope, own).shows_call(found[0]) else None

    async def facts(self, call: str) -> tuple[CallFact, ...]:
        """All that happened in a call, in order."""
        wanted = select(call_events).where(call_events.c.call == call)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted)
            return tuple(sorted((fact_of(dict(row)) for row in rows.mappings()), key=place))

    async def linked(
        self, call: CallView, limit: int = 20, *, scope: Scope = EVERYTHING, own: str | None = None
    ) -> tuple[CallView, ...]:
        """The other calls that the PBX joined with this one, or about the same case, oldest first."""
        same = [calls.c.linkedid == call.linkedid]
        if call.case is not None:
            same.append(calls.c.case == call.case)
        seen = Sight(scope, own).condition(calls, calls.c.coordinator)
        wanted = select(calls).where(or_(*same), calls.c.id != call.id, seen)
        async with self._engine.connect() as connection:
            ordered = wanted.order_by(calls.c.started, calls.c.id).limit(limit)
            return tuple(await _calls(connection, ordered))

    async def calls_of_case(self, case: int, limit: int = 200) -> tuple[CallView, ...]:
        """Every call about a case, both ways, oldest first."""
        wanted = select(calls).where(calls.c.case == case).order_by(calls.c.started, calls.c.id)
        async with self._engine.connect() as connection:
            return tuple(await _calls(connection, wanted.limit(limit)))

    async def missed(self, since: datetime, *, scope: Scope = EVERYTHING) -> tuple[MissedView, ...]:
        """Who called, was not answered, and has not been spoken with since; the last to call first."""
        waits = and_(calls.c.missed >= since, Sight(scope).condition(calls, calls.c.coordinator))
        wanted = select(calls).where(waits).order_by(calls.c.missed.desc()).limit(MOST_MISSED)
        async with self._engine.connect() as connection:
            found = await _calls(connection, wanted)
        times: dict[str | None, list[CallView]] = defaultdict(list)
        for call in found:
            times[call.caller].append(call)
        return tuple(MissedView(of_number[0], len(of_number)) for of_number in times.values())

    async def cases(
        self,
        filter: CaseFilter = EVERY_CASE,
        limit: int = 50,
        after: str | None = None,
        *,
        scope: Scope = EVERYTHING,
        own: str | None = None,
    ) -> Page[CaseView]:
        """A page of cases, newest first. Raises `BadPage` when `after` is no mark of ours."""
        ways = Sight(scope, own).ways(cases, cases.c.owner)
        wanted = select(cases).where(*filter.conditions())
        async with self._engine.connect() as connection:
            wanted = newest_by_ways(wanted, ways, cases.c.opened, limit, after)
            views = await read_cases(connection, wanted)
        return _page(views, limit, _case_mark)

    async def search(
        self,
        typed: str,
        filter: CaseFilter = EVERY_CASE,
        limit: int = 50,
        after: str | None = None,
        *,
        scope: Scope = EVERYTHING,
        own: str | None = None,
    ) -> Page[CaseView]:
        """The cases in which every word typed begins a word, or in which a number ends as typed; the newest
        first. Raises `BadPage`.
        """
        found = search.matching(self._engine.dialect.name, typed)
        if found is None:
            return Page((), None)
        ids = found.subquery()
        seen = Sight(scope, own).condition(cases, cases.c.owner)
        id = ids.c[0]
        wanted = select(cases).join(ids, cases.c.id == id).where(seen, *filter.conditions())
        if after is not None:
            wanted = wanted.where(id < row_of(after))
        async with self._engine.connect() as connection:
            views = await read_cases(connection, wanted.order_by(id.desc()).limit(size(limit) + 1))
        return _page(views, limit, _case_mark)

    async def case(self, id: int, *, scope: Scope = EVERYTHING, own: str | None = None) -> CaseView | None:
        async with self._engine.connect() as connection:
            found = await read_case(connection, id)
        return found if found and Sight(scope, own).shows_case(found) else None

    async def open_of(self, person_name: str) -> tuple[CaseView, ...]:
        """The open cases of a person, most urgent first, then oldest first."""
        wanted = select(cases).where(cases.c.owner == person_name, cases.c.state == "open")
        async with self._engine.connect() as connection:
            found = await read_cases(connection, wanted.order_by(cases.c.opened, cases.c.id).limit(200))
        return tuple(sorted(found, key=lambda case: -case.priority))

    async def unowned(self, limit: int = 50, *, scope: Scope = EVERYTHING) -> tuple[CaseView, ...]:
        """Open cases that wait for somebody to take them (the call backs owed), oldest first."""
        seen = Sight(scope).condition(cases, cases.c.owner)
        wanted = select(cases).where(cases.c.owner.is_(None), cases.c.state == "open", seen)
        async with self._engine.connect() as connection:
            ordered = wanted.order_by(cases.c.opened, cases.c.id).limit(limit)
            return tuple(await read_cases(connection, ordered))

    async def history(self, case_id: int) -> tuple[CaseChange, ...]:
        """Every change of a case, oldest first."""
        wanted = select(case_changes).where(case_changes.c.case == case_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(case_changes.c.revision))
            return tuple(case_change(dict(row)) for row in rows.mappings())

    async def earlier_calls(
        self, caller: str, before: CallView, limit: int = 5, *, scope: Scope = EVERYTHING
    ) -> tuple[CallView, ...]:
        """The last calls of the same number before this one, newest first."""
        same = select(calls).where(calls.c.caller == caller, calls.c.started <= before.started)
        seen = Sight(scope).condition(calls, calls.c.coordinator)
        wanted = same.where(calls.c.id != before.id, seen)
        async with self._engine.connect() as connection:
            ordered = wanted.order_by(calls.c.started.desc(), calls.c.id.desc())
            return tuple(await _calls(connection, ordered.limit(limit)))

    async def open_cases_of_number(
        self, number: str, limit: int = 10, *, scope: Scope = EVERYTHING, own: str | None = None
    ) -> tuple[CaseView, ...]:
        """Open cases that came from this number or name it as telephone, newest first."""
        seen = Sight(scope, own).condition(cases, cases.c.owner)
        found = or_(*(cases.c.id.in_(_open_by(each, number, limit)) for each in ("caller", "telephone")))
        wanted = select(cases).where(found, seen).order_by(cases.c.opened.desc(), cases.c.id.desc())
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


def _case_mark(case: CaseView) -> str:
    return mark(case.opened, case.id)
