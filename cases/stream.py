"""What a desk is told: that something changed, never what it is now; it reads that from the board."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """`POP`: a call rings at your phone. `POP_GONE`: it no longer does. `TALKING`: a call is yours now.
    `ENDED`: a call of yours ended, or goes on without you. `WAITING`: the calls that wait, or those that were
    missed, changed. `CASE`: a case of yours changed. `CALL`: any call changed (told to watchers only).
    `PERSON`: your availability or phone changed.
    """

    POP = "pop"
    POP_GONE = "pop-gone"
    TALKING = "talking"
    ENDED = "ended"
    WAITING = "waiting"
    CASE = "case"
    CALL = "call"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Change:
    kind: ChangeKind
    call_id: str | None = None
    case_id: int | None = None


class SubscriptionClosed(Exception):
    """The subscriber fell behind or was closed: it must subscribe again and read the whole state."""


class Subscription:
    """The changes that wait for one desk: bounded, each told once however often it happened meanwhile."""

    def __init__(self, person: str | None, limit: int, gone: Callable[["Subscription"], None]) -> None:
        self.person = person
        self._limit = limit
        self._gone = gone
        self._waiting: dict[Change, None] = {}
        self._wake = asyncio.Event()
        self.closed = False

    def put(self, change: Change) -> None:
        """Leave a change; a subscription that is full is closed. Never waits."""
        if len(self._waiting) >= self._limit and change not in self._waiting:
            self.close()
            return
        self._waiting[change] = None
        self._wake.set()

    async def get(self) -> Change:
        """The next change. Raises `SubscriptionClosed`."""
        while not self._waiting and not self.closed:
            self._wake.clear()
            await self._wake.wait()
        if self.closed:
            raise SubscriptionClosed
        change = next(iter(self._waiting))
        del self._waiting[change]
        return change

    def close(self) -> None:
        """Stop; whoever waits in `get` is told."""
        self.closed = True
        self._wake.set()
        self._gone(self)
