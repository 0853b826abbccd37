"""A canary that failed is told by mail to those who mend lines, in the transaction that writes it down."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from mail.outbox import Outbox
from plans.model import Plan
from provisioning.notices import circle
from provisioning.notices.circle import Concern
from provisioning.notices.letters import Desk, Line, Subject, notice
from provisioning.release.canaries import Canary
from staff.absences import Absences

AREAS = ("it", "operations")


class CanaryLetters:
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
        concern = Concern(plan.subsidiary, plan.account.name)
        house = await circle.read(connection, self._absences)
        told = {person.id: person for area in AREAS for person in house.of_area(area, concern)}
        path = f"/releases/{plan.plan}"
        subject = Subject(f"plan:{plan.plan}", plan.name, path, plan.plan, concern)
        line = Line("La llamada de prueba del día falló", canary.said, self._desk.link(path), plan.name)
        for person in told.values():
            if person.email:
                letter = notice(self._desk, person, subject, [line], "", ())
                await self._outbox.put(connection, letter, self._clock())
        self._outbox.nudge()
