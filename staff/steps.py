"""Half-done sign-ins: what a browser that holds the token may go on with, for a few minutes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.clock import Clock
from staff.sessions import fingerprint
from staff.sign_in_tables import steps

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Step:
    """`kind` is `code` (the password was right, the second factor is missing) or `oidc`."""

    person: int | None
    data: Mapping[str, Any]


class Steps:
    """The half-done sign-ins, in the database."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def begin(self, kind: str, person: int | None, data: Mapping[str, Any]) -> str:
        """The token that the browser keeps; only its hash is stored. Clears the lapsed ones away."""
        token, now = secrets.token_urlsafe(32), self._clock()
        row = {
            "token": fingerprint(token),
            "kind": kind,
            "person": person,
            "data": dict(data),
            "expires": now + LASTS,
        }
        async with self._engine.begin() as connection:
            await connection.execute(delete(steps).where(steps.c.expires <= now))
            await connection.execute(insert(steps).values(row))
        return token

    async def find(self, kind: str, token: str | None) -> Step | None:
        """What the token stands for, while it lasts."""
        async with self._engine.connect() as connection:
            row = await connection.execute(select(steps).where(self._is(kind, token)))
            found = row.mappings().one_or_none()
        return Step(found["person"], found["data"]) if found is not None else None

    async def take(self, kind: str, token: str | None) -> Step | None:
        """As `find`, and it is nobody's from then on: of two who take it one gets it."""
        async with self._engine.begin() as connection:
            taken = await connection.execute(delete(steps).where(self._is(kind, token)).returning(steps))
            found = taken.mappings().one_or_none()
        return Step(found["person"], found["data"]) if found is not None else None

    def _is(self, kind: str, token: str | None) -> ColumnElement[bool]:
        here = and_(steps.c.token == fingerprint((token or "")[:100]), steps.c.kind == kind)
        return and_(here, steps.c.expires > self._clock())
