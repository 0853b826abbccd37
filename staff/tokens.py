"""Tokens for the API: random, named, shown once; only the hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.names import new_name, normal
from staff.people import Clock
from staff.sessions import fingerprint
from staff.tables import api_tokens

TOUCH_EVERY = timedelta(minutes=1)


class TokenRefused(ValueError):
    """There is already a token of this name; the text says so."""


@dataclass(frozen=True, slots=True)
class TokenName:
    name: str
    created: datetime
    last_used: datetime | None


class Tokens:
    """The API's tokens."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def add(self, name: str) -> str:
        """Make a token and return it, this once. Raises `BadName`, `TokenRefused`."""
        token, name = f"av_{secrets.token_urlsafe(32)}", new_name(name)
        row = {"token": fingerprint(token), "name": name, "created": self._clock()}
        try:
            async with self._engine.begin() as connection:
                await connection.execute(insert(api_tokens).values(row))
        except IntegrityError as error:
            raise TokenRefused(f"Ya hay un token «{name}»: elija otro nombre o quite aquel.") from error
        return token

    async def check(self, token: str) -> bool:
        """Whether this token is one of ours; its last use is noted to the minute."""
        key, now = fingerprint(token[:200]), self._clock()
        wanted = select(api_tokens.c.created, api_tokens.c.last_used).where(api_tokens.c.token == key)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return False
        if row.last_used is None or now - row.last_used >= TOUCH_EVERY:
            async with self._engine.begin() as connection:
                used = update(api_tokens).where(api_tokens.c.token == key).values(last_used=now)
                await connection.execute(used)
        return True

    async def all(self) -> tuple[TokenName, ...]:
        wanted = select(api_tokens.c.name, api_tokens.c.created, api_tokens.c.last_used)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(api_tokens.c.name))
            return tuple(TokenName(row.name, row.created, row.last_used) for row in rows)

    async def remove(self, name: str) -> bool:
        """Take a token away; False when there was none of this name."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(api_tokens).where(api_tokens.c.name == normal(name)))
            return gone.rowcount == 1
