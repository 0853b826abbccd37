"""The heads of the audit trail, noted outside the database: one a day in a file of the home, and in the log.

A head is the number and the hash of the last row. As every row holds the hash of the one before, a head
vouches for all rows up to it. The file's last line moves along within its day, and stays behind as soon as
the trail no longer agrees with it: what was noted is never noted over.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.audit_table import audit

FILE = "audit-heads.jsonl"


@dataclass(frozen=True, slots=True)
class Head:
    id: int
    hash: str
    at: datetime


class HeadsUnreadable(Exception):
    """The file of heads is not as we write it; the text says so."""


class AuditBroken(Exception):
    """The trail no longer has the row that was noted; the text says which."""


def kept_heads(file: Path) -> tuple[Head, ...]:
    """The heads of a file, oldest first; none when there is no file. Raises `HeadsUnreadable`."""
    if not file.exists():
        return ()
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        return tuple(Head(int(x["id"]), str(x["hash"]), datetime.fromisoformat(x["at"])) for x in lines)
    except (ValueError, KeyError, TypeError) as error:
        raise HeadsUnreadable(
            f"«{file}» está dañado: guarde una copia y traiga una sana del respaldo."
        ) from error


def with_head(kept: tuple[Head, ...], head: Head) -> tuple[Head, ...]:
    """The heads to keep: the newest of each day (UTC). Pure."""
    same_day = kept and kept[-1].at.astimezone(UTC).date() == head.at.astimezone(UTC).date()
    return (*(kept[:-1] if same_day else kept), head)


def write_heads(file: Path, heads: tuple[Head, ...]) -> None:
    """The whole file anew, in one switch, on disk before it returns."""
    lines = [{"id": head.id, "hash": head.hash, "at": head.at.astimezone(UTC).isoformat()} for head in heads]
    beside = file.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as written:
        written.writelines(json.dumps(line) + "\n" for line in lines)
        written.flush()
        os.fsync(written.fileno())
    beside.replace(file)


class HeadKeeper:
    """Notes the trail's head as it grows. `broken` is what the last look found wrong; empty: nothing."""

    def __init__(self, engine: AsyncEngine, file: Path) -> None:
        self._engine = engine
        self._file = file
        self.broken = ""

    async def note(self, tell: Callable[[Head], None]) -> None:
        """Note the head; `tell` hears of the first one of each day. Raises AuditBroken, HeadsUnreadable."""
        try:
            await self._note(tell)
        except (AuditBroken, HeadsUnreadable) as error:
            self.broken = str(error)
            raise
        self.broken = ""

    async def _note(self, tell: Callable[[Head], None]) -> None:
        kept = kept_heads(self._file)
        head = await self._head()
        if kept:
            await self._check(kept[-1])
        if head is None or (kept and kept[-1].id == head.id):
            return
        heads = with_head(kept, head)
        write_heads(self._file, heads)
        if len(heads) > len(kept):
            tell(head)

    async def _head(self) -> Head | None:
        wanted = select(audit.c.id, audit.c.hash, audit.c.at).order_by(audit.c.id.desc()).limit(1)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return Head(row.id, row.hash, row.at) if row else None

    async def _check(self, noted: Head) -> None:
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(audit.c.hash).where(audit.c.id == noted.id))
        if found != noted.hash:
            raise AuditBroken(
                f"La fila {noted.id} de la auditoría ya no es la que se anotó el {noted.at:%Y-%m-%d}: "
                "«altavoz audit verify» dice dónde empieza el daño."
            )
