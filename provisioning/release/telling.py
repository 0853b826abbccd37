"""What a line wants of IT and Operations is told by mail, in the transaction that writes it down."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from mail.outbox import Outbox
from plans.model import Plan
from provisioning.notices import circle
from provisioning.notices.letters import Desk, Line, notice
from provisioning.notices.subjects import of_plan
from provisioning.release.canaries import Canary
from provisioning.release.tables import canaries
from provisioning.untested import Untested
from staff.absences import Absences

AREAS = ("it", "operations")
MOST = 5
"""So many failures of a day are told one by one; what fails with so many others has one cause."""


class LineLetters:
    """`outbox` is None without a mail server: then the alarm on the pages is all."""

    def __init__(
        self, outbox: Outbox | None, desk: Desk, absences: Absences, clock: Callable[[], datetime]
    ) -> None:
        self._outbox = outbox
        self._desk = desk
        self._absences = absences
        self._clock = clock

    async def failed(self, connection: AsyncConnection, canary: Canary, plan: Plan) -> None:
        if self._outbox is None:
            return
        failures = await _failures(connection, canary)
        if failures > MOST:
            return
        more = (
            " Si hoy fallan otras no habrá más correos: mírelas en «Liberación»." if failures == MOST else ""
        )
        await self._tell(connection, plan, "La llamada de prueba del día falló", canary.said + more)

    async def untested(self, connection: AsyncConnection, found: Untested, plan: Plan) -> None:
        """Strangers reach a version without its tests."""
        title = "Cambio urgente en servicio, sin pruebas" if found.urgent else "En servicio, sin pruebas"
        said = f"Motivo: «{found.reason}». Faltan sus dos pruebas: hasta entonces queda marcada."
        await self._tell(connection, plan, title, said, found.by)

    async def _tell(
        self, connection: AsyncConnection, plan: Plan, title: str, said: str, by: str = ""
    ) -> None:
        if self._outbox is None:
            return
        path = f"/releases/{plan.plan}"
        subject = of_plan(plan, path)
        house = await circle.read(connection, self._absences)
        told = {person.id: person for area in AREAS for person in house.of_area(area, subject.concern)}
        line = Line(title, said, self._desk.link(path), plan.name)
        for person in told.values():
            if person.email:
                letter = notice(self._desk, person, subject, [line], "", (), by)
                await self._outbox.put(connection, letter, self._clock())
        self._outbox.nudge()


async def _failures(connection: AsyncConnection, canary: Canary) -> int:
    """How many plans' calls of that day failed, with this one."""
    failed = (canaries.c.day == canary.day) & (canaries.c.state == "failed")
    return int(await connection.scalar(select(func.count()).where(failed)) or 0)
