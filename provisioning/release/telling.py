"""What a line wants of people, or no longer does, is told by mail, in the transaction that writes it down."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialplan.sentences import INACTIVE
from mail.message import is_address
from mail.outbox import Outbox
from plans.model import Plan
from plans.numbers import written
from plans.site import Site
from provisioning.notices import circle
from provisioning.notices.letters import Desk, Line, notice
from provisioning.notices.sheet import queues_of
from provisioning.notices.subjects import of_plan
from provisioning.release.canaries import Canary
from provisioning.release.tables import canaries
from provisioning.releases import Turned
from provisioning.untested import Untested
from staff.absences import Absences
from staff.permissions import Permission

AREAS = ("it", "operations")
TURN_AREAS = ("commercial", *AREAS)
MOST = 5
"""So many failures of a day are told one by one; what fails with so many others has one cause."""


class LineLetters:
    """`outbox` is None without a mail server: then the alarm on the pages is all."""

    def __init__(
        self,
        outbox: Outbox | None,
        desk: Desk,
        absences: Absences,
        clock: Callable[[], datetime],
        site: Site,
    ) -> None:
        self._outbox = outbox
        self._desk = desk
        self._absences = absences
        self._clock = clock
        self._site = site

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

    async def quiet(self, connection: AsyncConnection, plan: Plan, since: datetime, said: str) -> None:
        """Nobody calls a number any more that used to be called: once a silence."""
        key = f"line-quiet:{plan.plan}:{since.isoformat()}"
        await self._tell(connection, plan, "Dejaron de entrar llamadas", said, key=key)

    async def untested(self, connection: AsyncConnection, found: Untested, plan: Plan) -> None:
        """Strangers reach a version without its tests."""
        title = "Cambio urgente en servicio, sin pruebas" if found.urgent else "En servicio, sin pruebas"
        said = f"Motivo: «{found.reason}». Faltan sus dos pruebas: hasta entonces queda marcada."
        await self._tell(connection, plan, title, said, found.by)

    async def turned(self, connection: AsyncConnection, found: Turned, plan: Plan) -> None:
        """A line was suspended or is back: once to each who answers for it or answers its calls."""
        if self._outbox is None:
            return
        subject = of_plan(plan, f"/releases/{quote(plan.plan)}")
        house = await circle.read(connection, self._absences)
        of_areas = (person for area in TURN_AREAS for person in house.of_area(area, subject.concern))
        answer = house.coordinators(queues_of(plan), subject.concern)
        doer = house.by_name(found.by)
        said = turn_said(found, plan, doer.full_name if doer else found.by, self._here(plan, found.at))
        for person in {person.id: person for person in (*of_areas, *answer)}.values():
            if is_address(person.email or ""):
                sees_releases = person.may(Permission.ALTA_READ)
                path = subject.path if sees_releases else f"/sheets/{quote(plan.plan)}"
                line = Line(TURN_TITLES[found.turn], said, self._desk.link(path), plan.name)
                letter = notice(self._desk, person, subject, [line], "", ())
                key = f"line-{found.turn}:{plan.plan}:{found.at.isoformat()}:{person.id}"
                await self._outbox.put_once(connection, replace(letter, key=key), self._clock())
        self._outbox.nudge()

    def _here(self, plan: Plan, at: datetime) -> datetime:
        return self._site.subsidiaries[plan.subsidiary].here(at)

    async def _tell(
        self, connection: AsyncConnection, plan: Plan, title: str, said: str, by: str = "", key: str = ""
    ) -> None:
        """With a `key` each person is told once."""
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
                once = f"{key}:{person.id}" if key else None
                await self._outbox.put_once(connection, replace(letter, key=once), self._clock())
        self._outbox.nudge()


TURN_TITLES = {"suspended": "Línea suspendida", "returned": "La línea vuelve a atender"}


def turn_said(found: Turned, plan: Plan, by: str, here: datetime) -> str:
    """What happened to which line, and what strangers hear; `here` is the subsidiary's clock. Pure."""
    numbers = ", ".join(written(line.public or line.header, plan.subsidiary) for line in plan.lines)
    suspended = found.turn == "suspended"
    heard = (
        f"Mientras tanto quien llame oye, sin costo: «{INACTIVE}» Vuelve a atender cuando se libere de nuevo."
        if suspended
        else "Quien llame vuelve a ser atendido y ya no oye que el servicio no está habilitado."
    )
    did = "La suspendió" if suspended else "La devolvió al servicio"
    parts = (
        f"Plan «{plan.name}» ({plan.plan}), número {numbers}.",
        f"{did} {by} el {here:%d/%m/%Y} a las {here:%H:%M}, hora de {plan.subsidiary}.",
        f"Motivo: «{found.reason}»." if found.reason else "",
        heard,
    )
    return "\n".join(part for part in parts if part)


async def _failures(connection: AsyncConnection, canary: Canary) -> int:
    """How many plans' calls of that day failed, with this one."""
    failed = (canaries.c.day == canary.day) & (canaries.c.state == "failed")
    return int(await connection.scalar(select(func.count()).where(failed)) or 0)
