"""Whether the audit trail is whole: every row by its hash, the chain by its links, the end by kept heads.

What it proves: no row was altered, taken out, put in or moved since the newest head that somebody trusts was
noted. What it cannot: rows written after that head may have been cut off, and who can change both the
database and every kept copy of the heads can rewrite it all. Keep a head where they cannot reach.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.audit import HASHED, hash_of
from staff.audit_heads import Head
from staff.audit_table import GENESIS, audit

BATCH = 500
_COLUMNS = [audit.c[name] for name in (*HASHED, "hash")]


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not hold, and why (Spanish)."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How many rows held, the last of them, and the first that did not."""

    rows: int
    head: Head | None
    broken: Broken | None


async def verify(engine: AsyncEngine, kept: Sequence[Head] = ()) -> Verified:
    """Walk the whole trail, a few hundred rows in memory at a time, against these kept heads too."""
    walk = Walk(kept)
    async for rows in _batches(engine):
        for row in rows:
            if broken := walk.step(row):
                return Verified(walk.rows, walk.head, broken)
    return Verified(walk.rows, walk.head, walk.cut_off())


class Walk:
    """A walk along the chain, from its first row. Pure."""

    def __init__(self, kept: Iterable[Head]) -> None:
        self._kept = {head.id: head.hash for head in kept}
        self.head: Head | None = None
        self.rows = 0

    def step(self, row: Mapping[str, Any]) -> Broken | None:
        """The next row; what is wrong with it."""
        for reason in self._faults(row):
            return Broken(self.rows + 1, reason)
        self.rows += 1
        self.head = Head(row["id"], row["hash"], row["at"])
        return None

    def _faults(self, row: Mapping[str, Any]) -> Iterator[str]:
        if row["id"] != self.rows + 1:
            yield f"falta: después de la fila {self.rows} viene la {row['id']}"
        if row["previous"] != (self.head.hash if self.head else GENESIS):
            yield "no continúa a la anterior: entre las dos se quitó, agregó o cambió algo"
        if hash_of(row) != row["hash"]:
            yield "su contenido no es el que se firmó: alguien la cambió"
        if self._kept.get(row["id"], row["hash"]) != row["hash"]:
            yield "no es la que se anotó en su momento: la auditoría se reescribió desde aquí o antes"

    def cut_off(self) -> Broken | None:
        """After the last row: what a kept head says is missing."""
        last = max(self._kept, default=0)
        if last <= self.rows:
            return None
        return Broken(self.rows + 1, f"falta: se cortó el final, que llegaba al menos hasta la fila {last}")


async def _batches(engine: AsyncEngine) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """By place, not by number, so that a number changed to a former one is met."""
    last = 0
    while True:
        wanted = select(*_COLUMNS).where(audit.c.id > last).order_by(audit.c.id).limit(BATCH)
        async with engine.connect() as connection:
            rows = [dict(row) for row in (await connection.execute(wanted)).mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]
