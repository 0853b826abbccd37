"""The desks that are open now: closed when their session ends, and when the service stops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

SIGNED_OUT = 4401
GOING_AWAY = 1001


class Connection(Protocol):
    """One open desk."""

    token: str
    person_id: int

    async def close(self, code: int) -> None: ...


@dataclass
class Desks:
    _open: set[Connection] = field(default_factory=set)

    @contextmanager
    def holding(self, connection: Connection) -> Iterator[None]:
        self._open.add(connection)
        try:
            yield
        finally:
            self._open.discard(connection)

    async def sign_out(self, token: str) -> None:
        await self._close(lambda desk: desk.token == token, SIGNED_OUT)

    async def sign_out_person(self, person_id: int) -> None:
        await self._close(lambda desk: desk.person_id == person_id, SIGNED_OUT)

    async def close_all(self) -> None:
        await self._close(lambda desk: True, GOING_AWAY)

    async def _close(self, wanted: Callable[[Connection], bool], code: int) -> None:
        for desk in [each for each in self._open if wanted(each)]:
            await desk.close(code)
