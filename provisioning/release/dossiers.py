"""Dossiers as files of the data folder: each named by its head, whole before the database knows of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr_audio.durable import make_folder, write_durably
from provisioning.alta.views import AltaView
from provisioning.release import dossier
from provisioning.release.dossier import Dossier, Section
from provisioning.release.gate import Demand
from provisioning.release.keys import SigningKey
from provisioning.release.store import Asked, LineRelease, ReleaseStore


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found when the gate was asked; `alta` is the one under way, with its evidence."""

    demands: tuple[Demand, ...]
    alta: AltaView | None


class Gather(Protocol):
    """What a dossier says of a release, section by section; `signed` is None while nobody signed it."""

    async def __call__(
        self, wanted: Asked, looked: Looked, signed: datetime | None = None, /
    ) -> Sequence[Section]: ...


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
        self.gather = gather

    async def write(self, found: LineRelease, looked: Looked) -> Written:
        """The dossier of a release, on top of the site's newest."""
        sections = await self.gather(found.asked_for, looked, found.asked)
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
