"""The inventory as it is read: one number, lists in pages by key, counts, history."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from plans.site import Site
from provisioning.numbers.states import Move, NumberKind, NumberState
from provisioning.numbers.tables import number_history, numbers
from provisioning.numbers.values import ANY, Happened, InventoryNumber, NumberFilter, NumbersPage
from provisioning.numbers.writing import candidates, parts
from staff.scope import EVERYTHING, Scope

PAGE, MOST, HISTORY = 50, 500, 200
_PORTION = 500
_COLUMNS = tuple(column for column in numbers.c if column.name not in ("public", "sought"))


class Inventory:
    """The numbers, in the database; what a scope does not cover is not there."""

    def __init__(self, engine: AsyncEngine, site: Site) -> None:
        self._engine = engine
        self._site = site

    async def get(self, text: str, scope: Scope = EVERYTHING) -> InventoryNumber | None:
        """The number, in any writing of any country of the site."""
        possible = candidates(text, self._site.subsidiaries)
        found = await self._read(SELECT.where(numbers.c.e164.in_(possible), *in_sight(scope)).limit(1))
        return found[0] if found else None

    async def of_alta(self, alta: int) -> tuple[InventoryNumber, ...]:
        """The numbers that an alta holds, headers first."""
        return tuple(await self._read(SELECT.where(numbers.c.alta == alta).order_by(*_HEADERS_FIRST)))

    async def of_plan(self, plan: str) -> tuple[InventoryNumber, ...]:
        """The numbers of a plan, headers first; those in quarantine that it had, too."""
        return tuple(await self._read(SELECT.where(numbers.c.plan == plan).order_by(*_HEADERS_FIRST)))

    async def page(
        self,
        filter: NumberFilter = ANY,
        limit: int = PAGE,
        after: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> NumbersPage:
        """Numbers in the order of E.164, from the one after `after` (E.164) on."""
        limit = min(max(limit, 1), MOST)
        wanted = SELECT.where(*self._conditions(filter, scope)).order_by(numbers.c.e164).limit(limit + 1)
        if after:
            wanted = wanted.where(numbers.c.e164 > after)
        found = await self._read(wanted)
        return NumbersPage(tuple(found[:limit]), found[limit - 1].e164 if len(found) > limit else None)

    async def stream(
        self, filter: NumberFilter = ANY, scope: Scope = EVERYTHING
    ) -> AsyncIterator[InventoryNumber]:
        """All of them, a portion at a time."""
        after: str | None = None
        while True:
            page = await self.page(filter, _PORTION, after, scope)
            for number in page.items:
                yield number
            if page.next is None:
                return
            after = page.next

    async def counts(
        self, filter: NumberFilter = ANY, scope: Scope = EVERYTHING
    ) -> Mapping[NumberState, int]:
        """How many there are in each state, whatever state the filter asks for."""
        wanted = (
            select(numbers.c.state, func.count())
            .where(*self._conditions(replace(filter, state=None), scope))
            .group_by(numbers.c.state)
        )
        async with self._engine.connect() as connection:
            found = {row[0]: int(row[1]) for row in await connection.execute(wanted)}
        return {state: found.get(state, 0) for state in NumberState}

    async def history(self, number: InventoryNumber) -> tuple[Happened, ...]:
        """What happened to a number, the newest first."""
        columns = [column for column in number_history.c if column.name not in ("id", "number")]
        wanted = select(*columns).where(number_history.c.number == number.id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(number_history.c.id.desc()).limit(HISTORY))
            return tuple(_happened(row) for row in rows.mappings())

    async def last(self, several: Sequence[InventoryNumber], move: Move) -> Happened | None:
        """The last time that the move was made of any of these."""
        columns = [column for column in number_history.c if column.name not in ("id", "number")]
        ids = [number.id for number in several]
        wanted = select(*columns).where(number_history.c.number.in_(ids), number_history.c.move == move)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(number_history.c.id.desc()).limit(1))
            return next((_happened(row) for row in rows.mappings()), None)

    async def _read(self, wanted: Select[Any]) -> list[InventoryNumber]:
        async with self._engine.connect() as connection:
            return await read(connection, wanted)

    def _conditions(self, filter: NumberFilter, scope: Scope) -> list[ColumnElement[bool]]:
        same = {
            name: value
            for name in ("kind", "state", "subsidiary", "carrier", "plan", "alta")
            if (value := getattr(filter, name)) not in (None, "")
        }
        equal = [numbers.c[name] == value for name, value in same.items()]
        return [*equal, *self._text(filter.text), *in_sight(scope)]

    def _text(self, text: str) -> Iterable[ColumnElement[bool]]:
        words = [numbers.c.sought.contains(part, autoescape=True) for part in parts(text[:200])]
        if words:
            exact = candidates(text[:200], self._site.subsidiaries)
            yield or_(and_(*words), numbers.c.e164.in_(exact)) if exact else and_(*words)


SELECT = select(*_COLUMNS)
_HEADERS_FIRST = (numbers.c.kind, numbers.c.e164)


def in_sight(scope: Scope) -> Iterable[ColumnElement[bool]]:
    """A number that serves nobody is seen by whoever sees its subsidiary."""
    if scope.subsidiaries:
        yield numbers.c.subsidiary.in_(sorted(scope.subsidiaries))
    if scope.accounts:
        yield numbers.c.account.in_(["", *sorted(scope.accounts)])


async def read(connection: AsyncConnection, wanted: Select[Any]) -> list[InventoryNumber]:
    """The numbers of a query, each with those it is linked with."""
    rows = (await connection.execute(wanted)).mappings().all()
    found = [_number(row) for row in rows]
    linked = await _linked(connection, [number.id for number in found])
    return [replace(number, linked=tuple(linked.get(number.id, ()))) for number in found]


async def _linked(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, list[str]]:
    header, public = numbers.alias("header"), numbers.alias("public")
    pairs = (
        select(header.c.id, header.c.e164, public.c.id, public.c.e164)
        .join(public, header.c.public == public.c.id)
        .where(or_(header.c.id.in_(ids), header.c.public.in_(ids)))
        .order_by(header.c.e164)
    )
    linked: dict[int, list[str]] = {}
    for header_id, header_e164, public_id, public_e164 in await connection.execute(pairs):
        linked.setdefault(header_id, []).append(public_e164)
        linked.setdefault(public_id, []).append(header_e164)
    return linked


def _number(row: Mapping[Any, Any]) -> InventoryNumber:
    values = dict(row) | {"kind": NumberKind(row["kind"]), "state": NumberState(row["state"])}
    return InventoryNumber(**values)


def _happened(row: Mapping[Any, Any]) -> Happened:
    before = NumberState(row["before"]) if row["before"] else None
    return Happened(**{**row, "before": before, "after": NumberState(row["after"])})
