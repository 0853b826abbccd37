"""Documents of providers and material of trainings: taken in as altas' documents are, kept by digest."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from provisioning.alta.files import Files, kind_of
from provisioning.alta.refusals import AltaRefused
from provisioning.network.tables import network_documents
from provisioning.network.values import NetworkRefused
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.clock import Clock


@dataclass(frozen=True, slots=True)
class Paper:
    id: int
    title: str
    file: str
    type: str
    size: int
    digest: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose papers: of a `provider` or a `training`; `called` is what the audit trail calls it."""

    kind: str
    id: int
    called: str


class Papers:
    def __init__(self, engine: AsyncEngine, clock: Clock, files: Files) -> None:
        self._engine = engine
        self._clock = clock
        self._files = files

    async def attach(self, owner: Owner, title: str, file: str, body: bytes | Path) -> Paper:
        """Raises `NetworkRefused` for what is no document."""
        content = body if isinstance(body, bytes) else await asyncio.to_thread(body.read_bytes)
        try:
            kept = await asyncio.to_thread(self._files.keep, file, content)
        except AltaRefused as refused:
            raise NetworkRefused(problems=refused.problems) from refused
        called = Path(file).name[:200]
        row: dict[str, Any] = {
            owner.kind: owner.id,
            "title": " ".join(title.split())[:200] or Path(called).stem,
            "file": called,
            "type": kept.type,
            "size": kept.size,
            "digest": kept.digest,
            "at": self._clock(),
            "actor": current().name,
        }
        async with writing(self._engine) as connection:
            made = await connection.execute(
                insert(network_documents).values(row).returning(network_documents.c.id)
            )
            told = {"file": called, "title": row["title"], "digest": kept.digest}
            await audit.write(connection, Deed(f"{owner.kind}.attached", owner.called, after=told))
        return Paper(made.scalar_one(), **{name: row[name] for name in _FIELDS if name != "id"})

    async def check(self, file: str, body: Path) -> None:
        """Raises `NetworkRefused` for what `attach` would not take."""
        try:
            await asyncio.to_thread(lambda: kind_of(file, body.read_bytes()))
        except AltaRefused as refused:
            raise NetworkRefused(problems=refused.problems) from refused

    async def of(self, owner: Owner) -> tuple[Paper, ...]:
        """The newest first."""
        wanted = select(*(network_documents.c[name] for name in _FIELDS))
        mine = wanted.where(network_documents.c[owner.kind] == owner.id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(mine.order_by(network_documents.c.id.desc()))
            return tuple(Paper(**row) for row in rows.mappings())

    def path(self, paper: Paper) -> Path:
        return self._files.path(paper.digest)


_FIELDS = tuple(Paper.__dataclass_fields__)
