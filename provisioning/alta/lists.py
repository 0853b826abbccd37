"""Altas in lists: by step, area, whose turn, late; page by page, flat as they grow."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.tables import alta_steps, alta_turns, altas
from provisioning.alta.views import AltaState, StepState
from staff import names
from staff.scope import Scope

MOST = 500
UNDER_WAY = (AltaState.RUNNING, AltaState.SUSPENDED)
_STATES = (*UNDER_WAY, AltaState.DONE, AltaState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Mine:
    """Whose turn "mine" is: what this account owns, and what nobody owns of these areas."""

    name: str
    areas: frozenset[str]


@dataclass(frozen=True, slots=True)
class AltaFilter:
    """What is wanted. `state` may be `under-way`, too; `step`, `area`, `mine`, `late` are of open steps."""

    step: str = ""
    area: str = ""
    mine: Mine | None = None
    late: bool = False
    subsidiary: str = ""
    account: str = ""
    carrier: str = ""
    plan: str = ""
    kind: str = ""
    asked_by: str = ""
    state: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """An open step in a list."""

    step: str
    title: str
    areas: tuple[str, ...]
    owner: str | None
    since: datetime
    due: datetime | None
    late: bool
    round: int


@dataclass(frozen=True, slots=True)
class AltaSummary:
    """An alta in a list: `done` of `needed` steps are over."""

    id: int
    kind: str
    plan: str
    name: str
    subsidiary: str
    account: str
    carrier: str | None
    state: AltaState
    asked_by: str
    started: datetime
    ended: datetime | None
    turns: tuple[Turn, ...] = ()
    done: int = 0
    needed: int = 0

    @property
    def number(self) -> str:
        return f"ALTA-{self.id}"

    @property
    def late(self) -> bool:
        return any(turn.late for turn in self.turns)


@dataclass(frozen=True, slots=True)
class AltaPage:
    """Altas, newest first; `next` is what to ask for the following ones with, None at the end."""

    items: tuple[AltaSummary, ...] = field(default=())
    next: int | None = None


async def page(
    connection: AsyncConnection,
    filter: AltaFilter,
    now: datetime,
    scope: Scope,
    limit: int,
    after: int | None,
) -> AltaPage:
    """Altas numbered below `after`, newest first, at most 500."""
    size = min(max(limit, 1), MOST)
    wanted = select(altas).where(*_conditions(filter, now, scope)).order_by(altas.c.id.desc())
    if after is not None:
        wanted = wanted.where(altas.c.id < after)
    rows = (await connection.execute(wanted.limit(size + 1))).all()
    items = await _summaries(connection, rows[:size], now)
    return AltaPage(items, items[-1].id if len(rows) > size else None)


async def summaries(
    connection: AsyncConnection, ids: Collection[int], now: datetime
) -> dict[int, AltaSummary]:
    """Altas by their ids."""
    rows = (await connection.execute(select(altas).where(altas.c.id.in_(ids)))).all()
    return {alta.id: alta for alta in await _summaries(connection, rows, now)}


async def _summaries(
    connection: AsyncConnection, rows: Sequence[Row[Any]], now: datetime
) -> tuple[AltaSummary, ...]:
    turns, over = await _steps(connection, [row.id for row in rows], now)
    return tuple(_summary(row, turns.get(row.id, ()), over.get(row.id, (0, 0))) for row in rows)


async def count(connection: AsyncConnection, filter: AltaFilter, now: datetime, scope: Scope) -> int:
    wanted: Select[Any] = select(func.count()).select_from(altas).where(*_conditions(filter, now, scope))
    return int((await connection.execute(wanted)).scalar_one())


def of_turns(filter: AltaFilter, now: datetime, scope: Scope) -> Iterable[ColumnElement[bool]]:
    """The conditions of open steps, joined to their altas."""
    yield from _of_altas(replace(filter, state=filter.state or "under-way"), scope)
    yield from _step_conditions(filter, now)


def _conditions(filter: AltaFilter, now: datetime, scope: Scope) -> Iterable[ColumnElement[bool]]:
    step_wanted = list(_step_conditions(filter, now))
    state = filter.state or ("under-way" if step_wanted else "")
    yield from _of_altas(replace(filter, state=state), scope)
    if step_wanted:
        open_step = and_(alta_steps.c.alta == altas.c.id, alta_steps.c.state == StepState.OPEN)
        yield exists().where(open_step, *step_wanted)


def _of_altas(filter: AltaFilter, scope: Scope) -> Iterable[ColumnElement[bool]]:
    yield from _scope(scope)
    for name in ("subsidiary", "account", "carrier", "plan", "kind", "asked_by"):
        if value := getattr(filter, name):
            yield altas.c[name] == value
    if filter.state in _STATES:
        yield altas.c.state == filter.state
    elif filter.state:
        yield altas.c.state.in_([AltaState.RUNNING] if filter.late else UNDER_WAY)
    for word in names.sought(filter.text).split():
        yield _text(word)


def _text(word: str) -> ColumnElement[bool]:
    found = altas.c.sought.contains(word, autoescape=True)
    number = word.removeprefix("alta-")
    return or_(found, altas.c.id == int(number)) if number.isdecimal() and len(number) < 9 else found


def _step_conditions(filter: AltaFilter, now: datetime) -> Iterable[ColumnElement[bool]]:
    if filter.step:
        yield alta_steps.c.step == filter.step
    if filter.area:
        yield _of_areas((filter.area,))
    if filter.mine is not None:
        free = and_(alta_steps.c.owner.is_(None), _of_areas(sorted(filter.mine.areas)))
        yield or_(alta_steps.c.owner == filter.mine.name, free)
    if filter.late:
        yield alta_steps.c.due < now


def _of_areas(areas: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(
        alta_turns.c.alta == alta_steps.c.alta,
        alta_turns.c.step == alta_steps.c.step,
        alta_turns.c.area.in_(areas),
    )


def _scope(scope: Scope) -> Iterable[ColumnElement[bool]]:
    if scope.subsidiaries:
        yield altas.c.subsidiary.in_(sorted(scope.subsidiaries))
    if scope.accounts:
        yield altas.c.account.in_(sorted(scope.accounts))


async def _steps(
    connection: AsyncConnection, ids: Sequence[int], now: datetime
) -> tuple[Mapping[int, tuple[Turn, ...]], Mapping[int, tuple[int, int]]]:
    """The open steps of each alta, and how many of how many are over."""
    wanted = select(alta_steps, altas.c.state.label("alta_state")).join(
        altas, altas.c.id == alta_steps.c.alta
    )
    wanted = wanted.where(alta_steps.c.alta.in_(ids)).order_by(alta_steps.c.alta, alta_steps.c.place)
    turns: dict[int, tuple[Turn, ...]] = {}
    over: dict[int, tuple[int, int]] = {}
    for row in await connection.execute(wanted):
        state = StepState(row.state)
        done, needed = over.get(row.alta, (0, 0))
        if state is not StepState.NOT_NEEDED:
            over[row.alta] = (done + state.over, needed + 1)
        if state is StepState.OPEN and row.alta_state in UNDER_WAY:
            turns[row.alta] = (*turns.get(row.alta, ()), _turn(row, now))
    return turns, over


def _turn(row: Row[Any], now: datetime) -> Turn:
    late = row.due is not None and row.due < now and row.alta_state == AltaState.RUNNING
    return Turn(row.step, row.title, tuple(row.areas), row.owner, row.since, row.due, late, row.round)


def _summary(row: Row[Any], turns: tuple[Turn, ...], over: tuple[int, int]) -> AltaSummary:
    known = {name: row._mapping[name] for name in AltaSummary.__dataclass_fields__ if name in row._mapping}
    state = AltaState(row.state)
    return AltaSummary(**known | {"state": state, "turns": turns, "done": over[0], "needed": over[1]})
