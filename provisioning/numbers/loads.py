"""Files of numbers: looked at first, with every problem of theirs, then loaded whole or not at all."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.site import Site
from provisioning.numbers.load import Defaults, Read, read_rows, with_taken
from provisioning.numbers.sheet import rows_of
from provisioning.numbers.states import NumberKind
from provisioning.numbers.store import Numbers
from provisioning.numbers.tables import number_loads
from provisioning.numbers.values import NumberRefused
from staff.actor import current
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope

KEPT = timedelta(days=1)
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Load:
    """A file that was looked at. Whoever looked at it may load it, for a day."""

    id: str
    at: datetime
    actor: str
    name: str
    defaults: Defaults
    content: bytes


class NotLoaded(NumberRefused):
    """The file has problems; nothing was loaded. `read` holds all of them."""

    def __init__(self, read: Read) -> None:
        count = len(read.problems)
        super().__init__(
            f"El archivo tiene {count} {'problema' if count == 1 else 'problemas'}: no se cargó nada."
        )
        self.read = read


class Loads:
    """The files between being looked at and being loaded."""

    def __init__(self, engine: AsyncEngine, clock: Clock, site: Site, numbers: Numbers) -> None:
        self._engine = engine
        self._clock = clock
        self._site = site
        self._numbers = numbers

    async def look(self, content: bytes, defaults: Defaults, scope: Scope = EVERYTHING) -> Read:
        """What a file would load, and every problem. Raises `UnreadableSheet` for what is no table."""
        read = await asyncio.to_thread(self._read, content, defaults, scope)
        taken = await self._numbers.taken([entry.e164 for entry in read.entries], scope)
        return with_taken(read, taken)

    def _read(self, content: bytes, defaults: Defaults, scope: Scope) -> Read:
        return read_rows(rows_of(content), self._site, defaults, scope)

    async def keep(self, content: bytes, name: str, defaults: Defaults) -> str:
        """Keep a file until it is loaded, a day at most: its id."""
        now, id = self._clock(), secrets.token_hex(16)
        row = {
            "id": id,
            "at": now,
            "actor": current().name,
            "name": name[:_LONGEST_NAME],
            "subsidiary": defaults.subsidiary,
            "carrier": defaults.carrier,
            "kind": defaults.kind or "",
            "area": defaults.area,
            "content": content,
        }
        async with self._engine.begin() as connection:
            await connection.execute(delete(number_loads).where(number_loads.c.at < now - KEPT))
            await connection.execute(insert(number_loads).values(row))
        return id

    async def get(self, id: str) -> Load | None:
        """A file that whoever asks looked at within a day."""
        mine = (number_loads.c.id == id[:32]) & (number_loads.c.actor == current().name)
        fresh = number_loads.c.at >= self._clock() - KEPT
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(number_loads).where(mine, fresh))).one_or_none()
        if row is None:
            return None
        kind = NumberKind(row.kind) if row.kind else None
        defaults = Defaults(row.subsidiary, row.carrier, kind, row.area)
        return Load(row.id, row.at, row.actor, row.name, defaults, row.content)

    async def load(
        self, content: bytes, name: str, defaults: Defaults, scope: Scope = EVERYTHING, reason: str = ""
    ) -> Read:
        """Load a file whole. Raises `NotLoaded`, `UnreadableSheet` and what `Numbers.add` raises."""
        read = await self.look(content, defaults, scope)
        if read.problems:
            raise NotLoaded(read)
        await self._numbers.add(read.entries, reason or f"carga de «{name[:_LONGEST_NAME]}»", scope)
        return read

    async def drop(self, id: str) -> None:
        """The file is loaded, or not wanted."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(number_loads).where(number_loads.c.id == id[:32]))
