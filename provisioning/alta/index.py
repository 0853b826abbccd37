"""What lists ask of altas, made anew of each view: steps as they stand, whose turn, how long each took."""

from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.events import Event, Happened
from provisioning.alta.tables import alta_spans, alta_steps, alta_turns
from provisioning.alta.views import AltaView, StepView

CLOSINGS = (Happened.FINISHED, Happened.SKIPPED)


async def write_index(connection: AsyncConnection, alta: AltaView) -> None:
    """The steps and turns of an alta, instead of what stood there."""
    for table in (alta_turns, alta_steps):
        await connection.execute(delete(table).where(table.c.alta == alta.id))
    rows = [_row(alta.id, place, step) for place, step in enumerate(alta.steps)]
    await connection.execute(insert(alta_steps), rows)
    turns = [
        {"alta": alta.id, "step": step.id, "area": area} for step in alta.open for area in step.step.areas
    ]
    if turns and alta.ended is None:
        await connection.execute(insert(alta_turns), turns)


async def write_span(
    connection: AsyncConnection, alta: AltaView, event: Event, calendar: BusinessCalendar
) -> None:
    """How long the step was open that `event` closed."""
    step = alta.step(event.step or "")
    if event.kind not in CLOSINGS or step is None or step.since is None:
        return
    row = {
        "alta": alta.id,
        "step": step.id,
        "title": step.step.title,
        "area": step.step.areas[0],
        "subsidiary": alta.subsidiary,
        "account": alta.account,
        "opened": step.since,
        "closed": event.at,
        "days": calendar.spent(step.since, event.at, alta.pauses),
        "on_time": step.due is None or event.at <= step.due,
        "round": step.round,
    }
    await connection.execute(insert(alta_spans).values(row))


def _row(alta: int, place: int, step: StepView) -> dict[str, Any]:
    return {
        "alta": alta,
        "step": step.id,
        "place": place,
        "title": step.step.title,
        "state": step.state,
        "areas": list(step.step.areas),
        "owner": step.owner,
        "since": step.since,
        "due": step.due,
        "closed": step.closed,
        "round": step.round,
    }
