"""Dossiers as files of the data folder: each named by its head, whole before the database knows of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr_audio.durable import make_folder, write_durably
from provisioning.release import dossier
from provisioning.release.dossier import Dossier, Section
from provisioning.release.gate import Demand
from provisioning.release.keys import SigningKey
from provisioning.release.store import LineRelease, ReleaseStore

Gather = Callable[[LineRelease, Sequence[Demand]], Awaitable[Sequence[Section]]]
"""What a dossier says of a release: its sections, in order."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that no dossier of the database may be yet. `size` is in bytes."""

    previous: str
    head: str
    size: int


class Dossiers:
    def __init__(self, home: Path, store: ReleaseStore, gather: Gather) -> None:
        self._folder = home / "dossiers"
        self._key = SigningKey(home)
        self._store = store
        self._gather = gather

    async def write(self, found: LineRelease, met: Sequence[Demand]) -> Written:
        """The dossier of a release, on top of the site's newest."""
        sections = await self._gather(found, met)
        previous = await self._store.head()
        return await asyncio.to_thread(self._write, sections, previous)

    def _write(self, sections: Sequence[Section], previous: str) -> Written:
        file = dossier.write(sections, previous, self._key.public(), self._key.sign)
        head = dossier.verify(file, [self._key.public()]).head
        make_folder(self._folder)
        write_durably(self.path(head), file)
        return Written(previous, head, len(file))

    def path(self, head: str) -> Path:
        return self._folder / f"{head}.json"

    async def read(self, head: str) -> Dossier:
        """The dossier, verified as it is read. Raises NotADossier; OSError when its file is gone."""
        return await asyncio.to_thread(self._read, head)

    def _read(self, head: str) -> Dossier:
        return dossier.verify(self.path(head).read_bytes(), [self._key.public()])
