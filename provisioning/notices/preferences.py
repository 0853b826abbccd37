"""How somebody likes to be told: each thing at once, one digest a day, or only what escalates to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.notices.tables import preferences
from staff import audit
from staff.audit import Deed
from staff.person import Person


class How(StrEnum):
    EACH = "each"
    DIGEST = "digest"
    ESCALATIONS = "escalations"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    How.EACH: "Un correo por cada aviso",
    How.DIGEST: "Un resumen por día",
    How.ESCALATIONS: "Solo lo que se demora y llega a quien dirige el área",
}


class BadPreference(ValueError):
    """It cannot be told so; the text says why."""


@dataclass(frozen=True, slots=True)
class Preference:
    """The digest comes at a full `hour` of `zone`."""

    how: How = How.EACH
    hour: int = 8
    zone: str = ""

    def here(self, now: datetime) -> datetime:
        """The hour by the person's clock."""
        return now.astimezone(ZoneInfo(self.zone))

    def digest_after(self, now: datetime) -> datetime:
        """When the next digest goes out: today when its hour is yet to come, else tomorrow. Pure."""
        here = self.here(now)
        today = datetime.combine(here.date(), time(self.hour), here.tzinfo)
        return (
            today
            if today > here
            else datetime.combine(here.date() + timedelta(days=1), time(self.hour), here.tzinfo)
        )


class Preferences:
    """What people chose; who chose nothing is told each thing. `zones` are those of the site."""

    def __init__(self, engine: AsyncEngine, zones: tuple[str, ...]) -> None:
        self._engine = engine
        self.zones = zones

    async def of(self, person: int) -> Preference:
        async with self._engine.connect() as connection:
            return (await self.all(connection)).get(person, self.usual)

    @property
    def usual(self) -> Preference:
        return Preference(zone=self.zones[0])

    async def all(self, connection: AsyncConnection) -> Mapping[int, Preference]:
        """Of everybody who chose, by account id."""
        rows = await connection.execute(select(preferences))
        return {row.person: Preference(How(row.how), row.hour, row.zone) for row in rows}

    async def choose(self, person: Person, how: How, hour: int, zone: str) -> None:
        """Raises `BadPreference`."""
        if not 0 <= hour <= 23 or zone not in self.zones:
            raise BadPreference("Elija una hora en punto y una de las zonas horarias de la lista.")
        row = {"person": person.id, "how": how.value, "hour": hour, "zone": zone}
        async with writing(self._engine) as connection:
            await connection.execute(delete(preferences).where(preferences.c.person == person.id))
            await connection.execute(insert(preferences).values(row))
            said = {"how": how.value, "hour": hour, "zone": zone}
            await audit.write(connection, Deed("notices.chosen", person.name, after=said))
