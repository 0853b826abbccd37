"""The desks that are open now: closed when their session ends, when the same person opens too many, and when
the service stops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

SIGNED_OUT = 4401
OPENED_ELSEWHERE = 4409
GOING_AWAY = 1001
MOST_EACH = 8


class Connection(Protocol):
    """One open desk."""

    token: str
    person_id: int

    async def close(self, code: int) -> None: ...

    def give_way(self) -> None:
        """Ends by itself soon, saying that the desk was opened elsewhere."""

    def say(self, text: str) -> None:
        """Shows its person a sentence."""


@dataclass
class Desks:
    _open: dict[Connection, None] = field(default_factory=dict)  # the oldest first

    @contextmanager
    def holding(self, connection: Connection) -> Iterator[None]:
        """Counts it among the open ones; the oldest of the same person gives way when they are too many."""
        mine = [desk for desk in self._open if desk.person_id == connection.person_id]
        for oldest in mine[: max(0, len(mine) + 1 - MOST_EACH)]:
            del self._open[oldest]
            oldest.give_way()
        self._open[connection] = None
        try:
            yield
        finally:
            self._open.pop(connection, None)

    async def sign_out(self, token: str) -> None:
        await self._close(lambda desk: desk.token == token, SIGNED_OUT)

    async def sign_out_person(self, person_id: int) -> None:
        await self._close(lambda desk: desk.person_id == person_id, SIGNED_OUT)

    async def reconnect_person(self, person_id: int) -> None:
        """The desks come back by themselves, and read anew who the person is."""
        await self._close(lambda desk: desk.person_id == person_id, GOING_AWAY)

    def tell(self, person_id: int, text: str) -> None:
        """Shows a sentence at every desk of a person."""
        for desk in [each for each in self._open if each.person_id == person_id]:
            desk.say(text)

    async def close_all(self) -> None:
        await self._close(lambda desk: True, GOING_AWAY)

    async def _close(self, wanted: Callable[[Connection], bool], code: int) -> None:
        for desk in [each for each in self._open if wanted(each)]:
            await desk.close(code)
