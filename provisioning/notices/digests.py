"""The day's digest: what gathered for somebody goes out in one letter, when its hour has come."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from mail.message import is_address
from provisioning.alta.tables import alta_steps
from provisioning.alta.views import StepState
from provisioning.notices import letters, selections
from provisioning.notices.letters import Line
from provisioning.notices.occasions import Kind
from provisioning.notices.preferences import Preferences
from provisioning.notices.tables import notices
from provisioning.notices.teller import NO_ADDRESS, Teller
from staff.person import Person, person_of
from staff.tables import people

_TO_BE_DONE = (Kind.TURN, Kind.SOON, Kind.LATE)


class Digests:
    """Each thing that waits is claimed by its `due`: of two who send, one does."""

    def __init__(self, engine: AsyncEngine, teller: Teller, preferences: Preferences) -> None:
        self._engine = engine
        self._teller = teller
        self._preferences = preferences

    async def send_due(self) -> int:
        """Write the letters whose hour has come; how many."""
        now = self._teller.clock()
        wanted = select(notices.c.person).where(notices.c.due <= now).distinct().order_by(notices.c.person)
        async with self._engine.connect() as connection:
            waiting = (await connection.execute(wanted)).scalars().all()
        written = 0
        for person in waiting:
            async with writing(self._engine) as connection:
                written += await self._write(connection, person)
        if written:
            self._teller.outbox.nudge()
        return written

    async def _write(self, connection: AsyncConnection, id: int) -> int:
        due = and_(notices.c.person == id, notices.c.due <= self._teller.clock())
        held = select(notices).where(due).order_by(notices.c.id).with_for_update()
        rows = (await connection.execute(held)).all()
        if not rows:
            return 0
        found = (await connection.execute(select(people).where(people.c.id == id))).mappings().one()
        letter = await self._letter(connection, person_of(dict(found)), rows)
        ended = {"letter": letter} if letter is not None else {"why": NO_ADDRESS}
        ids = [row.id for row in rows]
        await connection.execute(update(notices).where(notices.c.id.in_(ids)).values(due=None, **ended))
        return int(letter is not None)

    async def _letter(
        self, connection: AsyncConnection, person: Person, rows: Sequence[Row[Any]]
    ) -> int | None:
        """The id of the letter; None when there is nobody to write to any more."""
        if not person.active or not is_address(person.email or ""):
            return None
        lines = [await self._line(connection, row) for row in rows]
        preference = (await self._preferences.all(connection)).get(person.id, self._preferences.usual)
        day = f"{preference.here(self._teller.clock()):%d/%m/%Y}"
        letter = letters.digest(self._teller.desk, person, lines, day)
        key = f"digest:{person.id}:{rows[-1].id}"
        return await self._teller.outbox.put_once(connection, replace(letter, key=key), self._teller.clock())

    async def _line(self, connection: AsyncConnection, row: Row[Any]) -> Line:
        link = self._teller.desk.link(row.path)
        over = row.kind in _TO_BE_DONE and await _is_over(connection, row)
        return Line(row.title, row.detail, link, row.topic, over)


async def _is_over(connection: AsyncConnection, row: Row[Any]) -> bool:
    """Whether somebody did meanwhile what the person would be told to do."""
    ended = await selections.is_over(connection, row.step)
    if ended is not None:
        return ended
    what, _, id = row.about.partition(":")
    if what != "alta" or not row.step:
        return False
    step = select(alta_steps.c.state).where(alta_steps.c.alta == int(id), alta_steps.c.step == row.step)
    state = (await connection.execute(step)).scalar_one_or_none()
    return state is None or state != StepState.OPEN
