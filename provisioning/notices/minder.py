"""Whoever looks again and again at what is due, late, or gathered for a digest."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from provisioning.notices.digests import Digests
from staff.actor import SERVICE, acting

log = structlog.get_logger(__name__)

LOOK_SECONDS = 60.0
Remind = Callable[[], Awaitable[None]]


class Minder:
    """`reminds` tell what is due; `digests` is None without a mail server."""

    def __init__(self, reminds: Sequence[Remind], digests: Digests | None) -> None:
        self._reminds = reminds
        self._digests = digests
        self._closing = asyncio.Event()

    async def run(self) -> None:
        """Until `close`."""
        while not self._closing.is_set():
            try:
                await self.look()
            except Exception:
                log.exception("notices_not_looked_at")
            await self._wait()

    async def close(self) -> None:
        self._closing.set()

    async def look(self) -> None:
        with acting(SERVICE):
            for remind in self._reminds:
                await remind()
            if self._digests is not None:
                await self._digests.send_due()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._closing.wait()
        except TimeoutError:
            return
