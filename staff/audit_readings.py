"""Deeds that change nothing else, above all readings: each is a row of its own, and none is lost in silence.

A reading's row is committed before the answer leaves, which costs one commit. When the database does not take
it within `PATIENCE`, the answer goes out (an affiliate may be waiting on the line), the deed stands in the
log at once, and the row follows as soon as the database takes it. When too many wait, no more may
be read.
"""

import asyncio
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.actor import Actor, current
from staff.audit import Deed, write

PATIENCE, RETRY = 0.5, 2.0
AT_ONCE, MOST_WAITING = 100, 1000
log = structlog.get_logger(__name__)


class NotNoted(Exception):
    """Too many readings wait for the audit trail; the text is for the person."""

    def __init__(self) -> None:
        super().__init__(
            "Ahora no se puede registrar quién lee estos datos. Espere un momento y pruebe otra vez."
        )


@dataclass(frozen=True, slots=True)
class _Noted:
    deed: Deed
    at: datetime
    by: Actor
    written: asyncio.Future[None]


class Readings:
    """Writes deeds in transactions of their own, those that come together in one."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: deque[_Noted] = deque()
        self._writer: asyncio.Task[None] | None = None

    async def note(self, deed: Deed) -> None:
        """A deed of the current actor, now. Raises `NotNoted`."""
        if len(self._waiting) >= MOST_WAITING:
            raise NotNoted
        noted = _Noted(deed, datetime.now(UTC), current(), asyncio.get_running_loop().create_future())
        self._waiting.append(noted)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        done, _ = await asyncio.wait({noted.written}, timeout=PATIENCE)
        if not done:
            log.error("audit_waits", waiting=len(self._waiting), deed=asdict(deed), actor=asdict(noted.by))

    async def close(self, seconds: float = 5.0) -> None:
        """Wait for what is not written yet; what is left then stands in the log only."""
        if self._writer is None:
            return
        await asyncio.wait({self._writer}, timeout=seconds)
        if self._waiting:
            self._writer.cancel()
            log.critical("audit_not_written", rows=len(self._waiting))

    async def _write(self) -> None:
        while self._waiting:
            batch = tuple(islice(self._waiting, AT_ONCE))
            try:
                async with self._engine.begin() as connection:
                    for noted in batch:
                        await write(connection, noted.deed, noted.at, noted.by)
            except (SQLAlchemyError, OSError) as error:
                log.warning("audit_not_taken", error=repr(error))
                await asyncio.sleep(RETRY)
                continue
            for noted in batch:
                self._waiting.popleft()
                noted.written.set_result(None)
