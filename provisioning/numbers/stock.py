"""Numbers taken into the inventory, one or ten thousand; none that is somebody's already."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from plans.book import PlanBook
from plans.site import Site
from provisioning.numbers import conflicts, rows
from provisioning.numbers.inventory import Inventory
from provisioning.numbers.values import (
    Entry,
    NumberRefused,
    NumberTaken,
    StaleNumber,
)
from staff import audit
from staff.audit import Deed
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope


class Stock(Inventory):
    """The inventory, and what comes into it. `quarantine` is how long a number is given to nobody else."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, site: Site, book: PlanBook, quarantine: timedelta
    ) -> None:
        super().__init__(engine, site)
        self._clock = clock
        self._book = book
        self.quarantine = quarantine

    async def add(self, entries: Sequence[Entry], reason: str = "", scope: Scope = EVERYTHING) -> int:
        """Take numbers in, free, all or none; how many. Raises `NumberTaken` and other `NumberRefused`."""
        for carrier, subsidiary in sorted({(entry.carrier, entry.subsidiary) for entry in entries}):
            self.check_carrier(carrier, subsidiary)
        await self._check_free(entries, scope)
        at = self._clock()
        made = await asyncio.to_thread(
            rows.new_rows, entries, at
        )  # calls do not wait for thousands of numbers
        try:
            async with writing(self._engine) as connection:
                await rows.insert_rows(connection, made, at, reason)
                await audit.write(connection, _added(entries, reason))
                return len(entries)
        except IntegrityError as error:
            await self._check_free(entries, scope)
            raise StaleNumber("Otra persona cargó números a la vez: mire cómo quedó.") from error

    async def _check_free(self, entries: Sequence[Entry], scope: Scope) -> None:
        taken = await self.taken([entry.e164 for entry in entries], scope)
        for entry in entries:
            if entry.e164 in taken:
                raise taken[entry.e164]

    async def taken(self, e164s: Sequence[str], scope: Scope = EVERYTHING) -> Mapping[str, NumberTaken]:
        """Which of these numbers are somebody's already: the inventory's, or those of a plan in the PBX."""
        async with self._engine.connect() as connection:
            found = await rows.these(connection, e164s)
        in_book = conflicts.in_book(self._book)
        by_plan = {
            e164: conflicts.taken_by_plan(e164, in_book[e164].plan, scope)
            for e164 in e164s
            if e164 in in_book
        }
        return by_plan | {number.e164: conflicts.taken_in_inventory(number, scope) for number in found}

    def check_carrier(self, name: str, subsidiary: str) -> None:
        """Raises `NumberRefused` for a carrier that the subsidiary does not have."""
        mine = [slug for slug, each in self._site.carriers.items() if each.subsidiary == subsidiary]
        if name not in mine:
            hint = f"hay: {', '.join(mine)}" if mine else "agregue uno al archivo del sitio"
            raise NumberRefused(f"No hay un operador «{name}» en {subsidiary}; {hint}.")


def _added(entries: Sequence[Entry], reason: str) -> Deed:
    """One deed for all that came together."""
    first, last = entries[0].e164, entries[-1].e164
    told = {
        "count": len(entries),
        "carrier": sorted({entry.carrier for entry in entries}),
        "subsidiaries": sorted({entry.subsidiary for entry in entries}),
    }
    subject = first if len(entries) == 1 else f"{first}…{last}"
    return Deed("number.added", subject, after=told, reason=rows.kept(reason))
