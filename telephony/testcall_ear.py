"""Hearing the PBX for test calls, beside the live calls' path and only while one is under way."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import structlog

from telephony.events import WANTED, genuine, read_event
from telephony.framing import Framer, MessageTooLong, NotAmi, event_name
from telephony.testcall_events import Hearing, Witness

log = structlog.get_logger()

_WANTED = frozenset(name.encode() for name in WANTED)

Listen = Callable[[Callable[[bytes], None]], Callable[[], None]]
"""Begins to give every read's bytes to a hearer; what it returns ends that (`AmiLink.on_bytes`)."""


class Ear:
    """Tells witnesses what the PBX, named `pbx`, says of their calls."""

    def __init__(self, pbx: str, listen: Listen) -> None:
        self._listen = listen
        self._hearing = Hearing(pbx)
        self._framer = Framer()
        self._stop: Callable[[], None] | None = None
        self._waiting: set[asyncio.Future[None]] = set()

    @contextmanager
    def on(self, witness: Witness) -> Iterator[Witness]:
        """`witness` hears of its call meanwhile."""
        self._hearing.add(witness)
        if self._stop is None:
            self._framer = Framer()
            self._stop = self._listen(self._hear)
        try:
            yield witness
        finally:
            self._hearing.remove(witness)
            if not self._hearing and self._stop is not None:
                self._stop()
                self._stop = None

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether it came true within so many seconds, as far as the PBX's events make it so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._next()
        return condition()

    async def _next(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)

    def _hear(self, data: bytes) -> None:
        """Nothing that goes wrong here may reach the live calls, whose bytes these are too."""
        try:
            self._take(data)
        except (NotAmi, MessageTooLong):
            self._framer = Framer()
        except Exception:
            log.exception("test_calls_not_heard")

    def _take(self, data: bytes) -> None:
        """The first message after the beginning may lack its own: it is none then."""
        for raw in self._framer.feed(data):
            if event_name(raw) in _WANTED and genuine(raw):
                self._hearing.take(read_event(raw, datetime.now(UTC)))
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
