"""Days out of office, and who stands in meanwhile."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import audit
from staff.absence_table import absences
from staff.actor import current
from staff.areas import Area
from staff.audit import Deed
from staff.clock import Clock
from staff.names import normal
from staff.permissions import Permission
from staff.person import Person, person_of
from staff.tables import areas, people

LONGEST = timedelta(days=366)
_OTHERS = people.alias("deputies")


class AbsenceRefused(ValueError):
    """The absence cannot be as asked; the text says why. `problems` are by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Absence:
    """From `first` to `last`, both whole days. `person` and `deputy` are account names."""

    id: int
    person: str
    full_name: str
    first: date
    last: date
    deputy: str | None
    deputy_name: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Away:
    """Who is out of office on one day, by account id, and who stands in for whom."""

    absences: Mapping[int, Absence] = field(default_factory=dict)
    deputies: Mapping[int, int | None] = field(default_factory=dict)

    def of(self, person: int) -> Absence | None:
        return self.absences.get(person)

    def stand_in(self, person: int) -> int | None:
        """Who acts for somebody: themselves, or their deputy, or their deputy; None if all are out."""
        passed: set[int] = set()
        acting: int | None = person
        while acting is not None and acting in self.deputies:
            if acting in passed:
                return None
            passed.add(acting)
            acting = self.deputies[acting]
        return acting

    def named(self) -> dict[str, Absence]:
        """By account name, for pages."""
        return {absence.person: absence for absence in self.absences.values()}


def may_set(setter: Person, of: Person, listed: Iterable[Area]) -> bool:
    """People set their own days off; heads, their deputies and administrators those of others. Pure."""
    headed = {area.name for area in listed if setter.name in (area.head, area.deputy)}
    return setter.id == of.id or setter.may(Permission.USER_WRITE) or bool(headed & set(of.areas))


class Absences:
    """The absences, in the database; days are those of `zone`."""

    def __init__(self, engine: AsyncEngine, clock: Clock, zone: ZoneInfo) -> None:
        self._engine = engine
        self._clock = clock
        self._zone = zone

    def today(self) -> date:
        return self._clock().astimezone(self._zone).date()

    async def away(self, connection: AsyncConnection | None = None) -> Away:
        """Who is out of office today."""
        today = self.today()
        wanted = _SELECT.where(absences.c.first <= today, absences.c.last >= today, people.c.active)
        async with self._reading(connection) as opened:
            rows = (await opened.execute(wanted)).all()
        deputies = {row.person_id: row.deputy_id if row.deputy_active else None for row in rows}
        return Away({row.person_id: _absence(row) for row in rows}, deputies)

    async def acting_areas(self, person: Person) -> frozenset[str]:
        """The areas for which somebody may act today: theirs, and those that they stand in for."""
        away = await self.away()
        represented = [id for id in away.deputies if away.stand_in(id) == person.id]
        if not represented:
            return frozenset(person.areas)
        headed = select(areas.c.name).where(areas.c.head.in_(represented))
        async with self._engine.connect() as connection:
            listed = await connection.execute(select(people.c.areas).where(people.c.id.in_(represented)))
            heads = (await connection.execute(headed)).scalars()
            return frozenset({*person.areas, *heads}).union(*listed.scalars())

    async def to_come(self, *names: str) -> tuple[Absence, ...]:
        """The absences of these people that are not over yet, the next first."""
        wanted = _SELECT.where(people.c.name.in_(names), absences.c.last >= self.today())
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(absences.c.first, absences.c.id))
            return tuple(_absence(row) for row in rows)

    async def get(self, id: int) -> Absence | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(_SELECT.where(absences.c.id == id))).one_or_none()
        return _absence(row) if row is not None else None

    async def add(self, person: Person, first: date, last: date, deputy: str | None, note: str = "") -> int:
        """Note that somebody will be out; its id. Raises `AbsenceRefused`."""
        self._check(first, last)
        async with writing(self._engine) as connection:
            await _check_free(connection, person, first, last)
            stands_in = await _deputy(connection, person, deputy)
            row = {
                "person": person.id,
                "first": first,
                "last": last,
                "deputy": stands_in.id if stands_in else None,
                "note": " ".join(note.split())[:200],
                "made_by": current().name,
                "made": self._clock(),
            }
            made = await connection.execute(insert(absences).values(row).returning(absences.c.id))
            said = {"first": first, "last": last, "deputy": stands_in.name if stands_in else None}
            await audit.write(connection, Deed("absence.added", person.name, after=said))
            return int(made.scalar_one())

    async def end(self, absence: Absence) -> None:
        """Somebody is back, or does not leave: from today on the absence is over."""
        today, held = self.today(), absences.c.id == absence.id
        async with writing(self._engine) as connection:
            over = update(absences).where(held, absences.c.last >= today, absences.c.first < today)
            shortened = await connection.execute(over.values(last=today - timedelta(days=1)))
            gone = await connection.execute(delete(absences).where(held, absences.c.first >= today))
            if shortened.rowcount + gone.rowcount:
                said = {"first": absence.first, "last": absence.last, "deputy": absence.deputy}
                await audit.write(connection, Deed("absence.ended", absence.person, before=said))

    def _check(self, first: date, last: date) -> None:
        if last < first:
            raise AbsenceRefused({"last": "El último día no puede ser anterior al primero."})
        if last < self.today():
            raise AbsenceRefused({"last": "Esos días ya pasaron: escriba un último día que esté por venir."})
        if last - first > LONGEST:
            raise AbsenceRefused({"last": "Una ausencia dura hasta un año: si es más, desactive la cuenta."})

    def _reading(self, connection: AsyncConnection | None) -> AbstractAsyncContextManager[AsyncConnection]:
        return nullcontext(connection) if connection is not None else self._engine.connect()


_SELECT = (
    select(
        absences,
        people.c.id.label("person_id"),
        people.c.name.label("person_name"),
        people.c.full_name,
        _OTHERS.c.id.label("deputy_id"),
        _OTHERS.c.name.label("deputy_account"),
        _OTHERS.c.full_name.label("deputy_name"),
        _OTHERS.c.active.label("deputy_active"),
    )
    .join(people, people.c.id == absences.c.person)
    .outerjoin(_OTHERS, _OTHERS.c.id == absences.c.deputy)
)


def _absence(row: Row[Any]) -> Absence:
    return Absence(
        row.id,
        row.person_name,
        row.full_name,
        row.first,
        row.last,
        row.deputy_account,
        row.deputy_name,
        row.note,
    )


async def _check_free(connection: AsyncConnection, person: Person, first: date, last: date) -> None:
    over: ColumnElement[bool] = (absences.c.first <= last) & (absences.c.last >= first)
    wanted = select(absences.c.first, absences.c.last).where(absences.c.person == person.id, over)
    held = (await connection.execute(wanted.order_by(absences.c.first).limit(1))).one_or_none()
    if held is not None:
        said = f"Ya figura ausente del {held.first:%d/%m/%Y} al {held.last:%d/%m/%Y}: quítela primero."
        raise AbsenceRefused({"first": said})


async def _deputy(connection: AsyncConnection, person: Person, written: str | None) -> Person | None:
    name = normal(written or "")
    if not name:
        return None
    wanted = select(people).where(people.c.name == name, people.c.active)
    row = (await connection.execute(wanted)).mappings().one_or_none()
    if row is None or row["id"] == person.id:
        raise AbsenceRefused({"deputy": "Elija como suplente a otra persona con cuenta activa."})
    return person_of(dict(row))
