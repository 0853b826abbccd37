"""The open steps of many altas by urgency: the board's lanes, and what waits for somebody."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import case, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta import lists
from provisioning.alta.lists import AltaFilter, AltaSummary, Turn
from provisioning.alta.tables import alta_steps, altas
from provisioning.alta.views import AltaState, StepState
from staff.scope import Scope

_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When a step is due that has no day."""
_PAUSED = case((altas.c.state == AltaState.SUSPENDED, 1), else_=0)
_DUE = func.coalesce(alta_steps.c.due, literal(_NEVER, alta_steps.c.due.type))
_KEY = (_PAUSED, _DUE, alta_steps.c.alta, alta_steps.c.place)


@dataclass(frozen=True, slots=True)
class LanePage:
    """Open steps with their altas; `next` is what to ask for the following ones with, None at the end."""

    turns: tuple[tuple[AltaSummary, Turn], ...]
    next: str | None


async def page(
    connection: AsyncConnection, filter: AltaFilter, now: datetime, scope: Scope, limit: int, after: str
) -> LanePage:
    """Late ones first, then by when they are due; those of suspended altas, which are never late, last.

    Raises ValueError when `after` is not what a page gave.
    """
    wanted = select(*(each.label(f"key_{at}") for at, each in enumerate(_KEY)), alta_steps.c.step)
    wanted = wanted.join(altas, altas.c.id == alta_steps.c.alta).where(
        alta_steps.c.state == StepState.OPEN, *lists.of_turns(filter, now, scope)
    )
    if after:
        wanted = wanted.where(tuple_(*_KEY) > tuple_(*_literals(after)))
    rows = (await connection.execute(wanted.order_by(*_KEY).limit(limit + 1))).all()
    shown = rows[:limit]
    found = await lists.summaries(connection, {row.key_2 for row in shown}, now)
    turns = tuple(
        (found[row.key_2], turn) for row in shown for turn in found[row.key_2].turns if turn.step == row.step
    )
    return LanePage(turns, _mark(shown[-1]) if len(rows) > limit else None)


def _mark(row: Any) -> str:
    return f"{row.key_0}_{row.key_1.isoformat()}_{row.key_2}_{row.key_3}"


def _literals(mark: str) -> list[Any]:
    paused, due, alta, place = mark.split("_")
    try:
        at = datetime.fromisoformat(due).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(due) from error
    numbers = [literal(int(each[:9])) for each in (paused, alta, place)]
    return [numbers[0], literal(at, alta_steps.c.due.type), *numbers[1:]]
