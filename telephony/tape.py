"""Recording what a link hears while it works: the bytes are kept in memory until somebody takes them.

Reading from the PBX never waits for it: hearing is one append.
"""

import asyncio
import itertools
import time
from collections.abc import Callable

from telephony.recording import Piece

LONGEST = 32 * 1024 * 1024
"""Bytes that wait to be taken; what comes beyond them is not kept, and `full` says so."""
FORGOTTEN_AFTER = 30.0
"""Seconds without anybody taking anything."""

Hear = Callable[[bytes], None]
Listen = Callable[[Hear], Callable[[], None]]
"""Begins to give every read's bytes to a listener; what it returns ends that."""


class NoSuchTape(Exception):
    """It was ended, or nobody asked for it for FORGOTTEN_AFTER seconds."""


class Tape:
    """What was heard since it began."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.full = False
        self._clock = clock
        self._began = clock()
        self._pieces: list[Piece] = []
        self._waiting = 0

    def hear(self, data: bytes) -> None:
        self.full = self.full or self._waiting + len(data) > LONGEST
        if not self.full:
            self._waiting += len(data)
            self._pieces.append(Piece(self._clock() - self._began, data))

    def take(self) -> list[Piece]:
        """What was heard and not taken yet."""
        taken, self._pieces, self._waiting = self._pieces, [], 0
        return taken


class Tapes:
    """The recordings that run now."""

    def __init__(self, listen: Listen, patience: float = FORGOTTEN_AFTER) -> None:
        self._listen = listen
        self._patience = patience
        self._running: dict[int, tuple[Tape, Callable[[], None], asyncio.TimerHandle]] = {}
        self._numbers = itertools.count(1)

    def begin(self) -> int:
        """A new recording's number."""
        number, tape = next(self._numbers), Tape()
        self._running[number] = (tape, self._listen(tape.hear), self._alarm(number))
        return number

    def take(self, number: int) -> tuple[list[Piece], bool]:
        """What was heard since the last time, and whether it is all. Raises NoSuchTape."""
        tape, stop, alarm = self._known(number)
        alarm.cancel()
        self._running[number] = (tape, stop, self._alarm(number))
        return tape.take(), not tape.full

    def end(self, number: int) -> tuple[list[Piece], bool]:
        """The rest. Raises NoSuchTape."""
        tape, stop, alarm = self._known(number)
        del self._running[number]
        alarm.cancel()
        stop()
        return tape.take(), not tape.full

    def _known(self, number: int) -> tuple[Tape, Callable[[], None], asyncio.TimerHandle]:
        try:
            return self._running[number]
        except KeyError:
            raise NoSuchTape("esa grabación ya terminó: empiece otra") from None

    def _alarm(self, number: int) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(self._patience, self._forget, number)

    def _forget(self, number: int) -> None:
        if number in self._running:
            self.end(number)
