"""The facts that wait in memory: a bounded line, taken from its front once they are safe elsewhere."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from telephony.facts import CallFact


@dataclass(frozen=True, slots=True)
class Taken:
    """A fact and when it was heard."""

    fact: CallFact
    heard: datetime


class Waiting:
    """At most `capacity` facts; whoever puts one never waits."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._facts: deque[Taken] = deque()
        self._some = asyncio.Event()

    def __len__(self) -> int:
        return len(self._facts)

    def put(self, taken: Taken) -> bool:
        """Whether there was room for it."""
        if len(self._facts) >= self._capacity:
            return False
        self._facts.append(taken)
        self._some.set()
        return True

    def wake(self) -> None:
        """Let whoever waits in `some` look again, though nothing came."""
        self._some.set()

    async def some(self) -> None:
        """Wait until there is a fact, or until `wake`."""
        if not self._facts:
            self._some.clear()
            await self._some.wait()

    def front(self, most: int) -> list[Taken]:
        """The first facts; they stay."""
        return [self._facts[n] for n in range(min(most, len(self._facts)))]

    def drop(self, safe: Sequence[Taken]) -> None:
        """These are safe elsewhere; those of them that are at the front still go."""
        for taken in safe:
            if self._facts and self._facts[0] is taken:
                self._facts.popleft()
