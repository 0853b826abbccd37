"""Who has read the sheet of a plan that is about to start, and who has not (P25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from db.once import insert_once
from plans.book import PlanBook
from provisioning.alta.views import AltaView
from provisioning.notices.sheet import Sheet, renewed, sheet_of, upcoming
from provisioning.notices.tables import readings, sheets
from staff import audit
from staff.audit import Deed
from staff.clock import Clock
from staff.people import People
from staff.person import Person
from staff.roles import Role
from staff.written import said

CONFIRMED = "coordinators-confirmed"
"""The evidence that these readings are."""
_NEVER: Mapping[str, Any] = {
    "reminded": None,
    "excepted": "",
    "excepted_by": "",
    "excepted_at": None,
    "excepted_why": "",
}


class SheetRefused(ValueError):
    """It cannot be done with this sheet; the text says why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A coordinator who must read it, and when they did."""

    person: Person
    read: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How the reading of a sheet stands; `why` it may start without all is the word of `excepted_by`.

    `about` is `alta:12`, or `plan:hogar` where a new version asks for it and no alta does.
    """

    sheet: Sheet
    about: str
    opened: datetime
    opened_by: str
    readers: tuple[Reader, ...]
    reminded: datetime | None = None
    excepted_by: str = ""
    excepted_at: datetime | None = None
    why: str = ""

    @property
    def missing(self) -> tuple[Person, ...]:
        return tuple(reader.person for reader in self.readers if reader.read is None)

    @property
    def excepted(self) -> bool:
        return bool(self.excepted_by)

    @property
    def confirmed(self) -> bool:
        """Whether everybody read it; where nobody answers, nobody did."""
        return bool(self.readers) and not self.missing


class Sheets:
    """The sheets that must be read, and their readings, in the database."""

    def __init__(self, engine: AsyncEngine, clock: Clock, book: PlanBook, people: People) -> None:
        self._engine = engine
        self._clock = clock
        self._book = book
        self._people = people

    def sheet(self, plan: str) -> Sheet | None:
        """The sheet of the version that will be live."""
        stored = upcoming(self._book, plan)
        return sheet_of(stored) if stored is not None else None

    def queues(self, plan: str) -> tuple[str, ...]:
        """The groups whose coordinators answer the plan's calls; none before it has a version."""
        sheet = self.sheet(plan)
        return tuple(sorted(sheet.queues)) if sheet is not None else ()

    async def ask(self, connection: AsyncConnection, alta: AltaView, by: str) -> None:
        """From now on the plan's coordinators are asked to read; a former alta's exception is over."""
        about = f"alta:{alta.id}"
        held = select(sheets.c.about).where(sheets.c.plan == alta.plan, sheets.c.closed.is_(None))
        if (await connection.execute(held)).scalar_one_or_none() == about:
            return
        row = {**_NEVER, "plan": alta.plan, "about": about, "opened": self._clock(), "opened_by": by}
        await connection.execute(delete(sheets).where(sheets.c.plan == alta.plan))
        await connection.execute(insert(sheets).values(row))

    async def drop(self, connection: AsyncConnection, alta: AltaView) -> None:
        """Nobody is asked any more: the alta was cancelled."""
        asked = update(sheets).where(sheets.c.about == f"alta:{alta.id}", sheets.c.closed.is_(None))
        await connection.execute(asked.values(closed=self._clock()))

    async def unread(self, person: Person) -> tuple[Sheet, ...]:
        """The sheets that this person must read and has not, those that start first before."""
        if Role.COORDINATOR not in person.roles:
            return ()
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(sheets.c.plan).where(sheets.c.closed.is_(None)))
            asked = set(rows.scalars()) | self._renewed()
            mine = [sheet for plan in asked if (sheet := self.sheet(plan)) and concerns(sheet, person)]
            if not mine:
                return ()
            known = select(readings.c.sheet).where(readings.c.person == person.id)
            read = set(
                (
                    await connection.execute(known.where(readings.c.sheet.in_([s.hash for s in mine])))
                ).scalars()
            )
        unread = (sheet for sheet in mine if sheet.hash not in read)
        return tuple(sorted(unread, key=lambda sheet: (sheet.plan.starts, sheet.plan.name)))

    def _renewed(self) -> set[str]:
        """The plans whose next version shows coordinators something else: it is read, alta or not."""
        plans = {stored.version.plan.plan for stored in self._book.candidates()}
        return {plan for plan in plans if self.renewed(plan)}

    def renewed(self, plan: str) -> bool:
        """Whether the version on trial shows coordinators something else than the one that answers."""
        return renewed(self._book, plan)

    async def read_at(self, person: Person, sheet: Sheet) -> datetime | None:
        """When the person read this very sheet."""
        known = select(readings.c.at).where(
            readings.c.plan == sheet.plan.plan,
            readings.c.sheet == sheet.hash,
            readings.c.person == person.id,
        )
        async with self._engine.connect() as connection:
            at: datetime | None = (await connection.execute(known)).scalar_one_or_none()
        return at

    async def read(self, person: Person, plan: str, shown: str) -> None:
        """The person read and understood what was `shown` (a hash). Raises `SheetRefused` when it changed."""
        sheet = self.sheet(plan)
        if sheet is None or sheet.hash != shown:
            raise SheetRefused("La ficha cambió mientras la leía: aquí está como quedó.")
        row = {"plan": plan, "sheet": shown, "person": person.id, "at": self._clock()}
        async with writing(self._engine) as connection:
            if await insert_once(connection, readings, row, "plan", "sheet", "person") is not None:
                said = {"sheet": shown[:12], "version": sheet.version}
                await audit.write(connection, Deed("sheet.read", plan, after=said))

    async def readers(self, connection: AsyncConnection, plan: str) -> frozenset[int]:
        """Who, by id, has read the sheet as it is."""
        sheet = self.sheet(plan)
        return frozenset(await _read_at(connection, sheet)) if sheet is not None else frozenset()

    async def standing(self, plan: str) -> Standing | None:
        """Who has read it; None when nobody was asked, or the plan has no version that could start."""
        sheet = self.sheet(plan)
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(sheets).where(sheets.c.plan == plan))).one_or_none()
            asked = self._asked(plan, row)
            if sheet is None or asked is None:
                return None
            read = await _read_at(connection, sheet)
        readers = [
            Reader(person, read.get(person.id))
            for person in await self._people.all()
            if concerns(sheet, person)
        ]
        return _standing(asked, sheet, sorted(readers, key=lambda reader: reader.person.full_name))

    def _asked(self, plan: str, row: Row[Any] | None) -> Mapping[str, Any] | None:
        """Who asks that it be read: an alta, or else the version on trial that shows something else."""
        held = dict(row._mapping) if row is not None else _NEVER
        next = self._book.of(plan).candidate
        if (row is None or row.closed) and next is not None and self.renewed(plan):
            about = {"about": f"plan:{plan}", "opened": next.applied_at, "opened_by": next.applied_by}
            return {**held, **about}
        return held if row is not None else None

    async def start_without(self, plan: str, by: Person, why: str) -> None:
        """The plan may start although some have not read this very sheet. Raises `SheetRefused`."""
        standing, reason = await self.standing(plan), " ".join(said(why).split())[:500]
        if standing is None:
            raise SheetRefused("A nadie se le pidió que lea esta ficha todavía.")
        if len(reason) < 5:
            raise SheetRefused("Escriba por qué puede empezar sin todas las confirmaciones.")
        values = {
            "excepted": standing.sheet.hash,
            "excepted_by": by.name,
            "excepted_at": self._clock(),
            "excepted_why": reason,
        }
        opened = {"plan": plan, "about": standing.about, "opened": standing.opened}
        row = {**_NEVER, **opened, "opened_by": standing.opened_by}
        async with writing(self._engine) as connection:
            moved = await connection.execute(update(sheets).where(sheets.c.plan == plan).values(values))
            if not moved.rowcount:
                await connection.execute(insert(sheets).values(row | values))
            missing = [person.name for person in standing.missing]
            await audit.write(
                connection, Deed("sheet.excepted", plan, after={"missing": missing}, reason=reason)
            )

    async def reminded(self, connection: AsyncConnection, plan: str) -> None:
        await connection.execute(update(sheets).where(sheets.c.plan == plan).values(reminded=self._clock()))


async def _read_at(connection: AsyncConnection, sheet: Sheet) -> dict[int, datetime]:
    """When each person, by id, read this very sheet."""
    known = select(readings.c.person, readings.c.at).where(
        readings.c.plan == sheet.plan.plan, readings.c.sheet == sheet.hash
    )
    return {each.person: each.at for each in await connection.execute(known)}


def concerns(sheet: Sheet, person: Person) -> bool:
    """Whether a person answers its calls: an active coordinator of one of its queues, who sees the client."""
    return (
        person.active
        and Role.COORDINATOR in person.roles
        and bool(sheet.queues & set(person.groups))
        and person.scope.covers(sheet.plan.subsidiary, sheet.plan.account.name)
    )


def _standing(row: Mapping[str, Any], sheet: Sheet, readers: list[Reader]) -> Standing:
    excepted = row["excepted"] == sheet.hash
    return Standing(
        sheet,
        row["about"],
        row["opened"],
        row["opened_by"],
        tuple(readers),
        row["reminded"],
        row["excepted_by"] if excepted else "",
        row["excepted_at"] if excepted else None,
        row["excepted_why"] if excepted else "",
    )
