"""Files of providers: looked at first, with every problem of theirs, then loaded whole or not at all."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.site import Site
from provisioning.network.load import Read, read_rows
from provisioning.network.providers import Providers
from provisioning.network.tables import provider_loads
from provisioning.network.values import NetworkRefused
from provisioning.numbers.sheet import rows_of
from staff.actor import current
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope

KEPT = timedelta(days=1)
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Load:
    """A file that was looked at. Whoever looked at it may load it, for a day."""

    id: str
    name: str
    subsidiary: str
    content: bytes


class NotLoaded(NetworkRefused):
    """The file has problems; nothing was loaded. `read` holds all of them."""

    def __init__(self, read: Read) -> None:
        count = len(read.problems)
        what = "un problema" if count == 1 else f"{count} problemas"
        super().__init__(f"El archivo tiene {what}: no se cargó nada.")
        self.read = read


class ProviderLoads:
    """The files between being looked at and being loaded."""

    def __init__(self, engine: AsyncEngine, clock: Clock, site: Site, providers: Providers) -> None:
        self._engine = engine
        self._clock = clock
        self._site = site
        self._providers = providers

    async def look(self, content: bytes, subsidiary: str, scope: Scope = EVERYTHING) -> Read:
        """What a file would load, and every problem. Raises `UnreadableSheet` for what is no table."""
        known = [each for code in self._site.subsidiaries for each in await self._providers.all_of(code)]
        there = self._site.subsidiaries
        return await asyncio.to_thread(lambda: read_rows(rows_of(content), subsidiary, known, there, scope))

    async def keep(self, content: bytes, name: str, subsidiary: str) -> str:
        """Keep a file until it is loaded, a day at most: its id."""
        now, id = self._clock(), secrets.token_hex(16)
        row = {
            "id": id,
            "at": now,
            "actor": current().name,
            "name": name[:_LONGEST_NAME],
            "subsidiary": subsidiary,
            "content": content,
        }
        async with self._engine.begin() as connection:
            await connection.execute(delete(provider_loads).where(provider_loads.c.at < now - KEPT))
            await connection.execute(insert(provider_loads).values(row))
        return id

    async def get(self, id: str) -> Load | None:
        """A file that whoever asks looked at within a day."""
        mine = (provider_loads.c.id == id[:32]) & (provider_loads.c.actor == current().name)
        fresh = provider_loads.c.at >= self._clock() - KEPT
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(provider_loads).where(mine, fresh))).one_or_none()
        return Load(row.id, row.name, row.subsidiary, row.content) if row else None

    async def load(
        self, content: bytes, name: str, subsidiary: str, scope: Scope = EVERYTHING, reason: str = ""
    ) -> Read:
        """Load a file whole. Raises `NotLoaded`, `UnreadableSheet`, `NetworkRefused`."""
        read = await self.look(content, subsidiary, scope)
        if read.problems:
            raise NotLoaded(read)
        why = reason or f"carga de «{name[:_LONGEST_NAME]}»"
        await self._providers.write_all(read.added, read.changed, scope, why)
        return read

    async def drop(self, id: str) -> None:
        """The file is loaded, or not wanted."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(provider_loads).where(provider_loads.c.id == id[:32]))
