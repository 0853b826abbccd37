"""How long an open desk keeps its session: while somebody works at it, or is available for calls."""

import asyncio

from staff.sessions import IDLE
from web.regions import Desk, availability

LOOK_EVERY = 60.0


class SessionWatch:
    """A desk left open in pause is no reason to keep a session; a coordinator who waits for a call is.

    Finding a session counts as using it, so an idle one is left alone until it must have expired.
    """

    def __init__(self, desk: Desk, token: str) -> None:
        self._desk = desk
        self._token = token
        self._used = True
        self._idle = 0.0

    def used(self) -> None:
        """Somebody pressed a key or moved the pointer at this desk."""
        self._used = True

    async def over(self) -> None:
        """Returns when the session is gone."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self._must_look() and await self._desk.services.sessions.find(self._token) is None:
                return

    def _must_look(self) -> bool:
        used = self._used or availability(self._desk).available
        self._used = False
        self._idle = 0.0 if used else self._idle + LOOK_EVERY
        return used or self._idle > IDLE.total_seconds()
