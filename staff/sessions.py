"""Sessions of the console: kept on the server, named by a random token of which only the hash is stored."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.people import Clock, Person, person_of
from staff.tables import people, sessions

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SessionSecret:
    """What the browser keeps: the token for the cookie and the token that forms send back."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    person: Person
    csrf: str = field(repr=False)


def fingerprint(token: str) -> str:
    """The SHA-256 under which a token is kept, in hexadecimal. Any token has one, in any encoding."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _nobody_busy(_person: int) -> bool:
    return False


class Sessions:
    """Who is signed in. While `busy(person id)` says that somebody is in a call, their sessions last."""

    def __init__(self, engine: AsyncEngine, clock: Clock, busy: Callable[[int], bool] = _nobody_busy) -> None:
        self._engine = engine
        self._clock = clock
        self.busy = busy

    async def open(self, person_id: int) -> SessionSecret:
        """A new session; call it at every sign-in. Clears the person's expired ones away."""
        secret, now = SessionSecret(secrets.token_urlsafe(32), secrets.token_urlsafe(32)), self._clock()
        row = {"token": fingerprint(secret.token), "person": person_id, "csrf": secret.csrf}
        async with self._engine.begin() as connection:
            if not self.busy(person_id):
                old = (sessions.c.seen < now - IDLE) | (sessions.c.opened < now - ABSOLUTE)
                await connection.execute(delete(sessions).where(sessions.c.person == person_id, old))
            await connection.execute(insert(sessions).values(row | {"opened": now, "seen": now}))
        return secret

    async def find(self, token: str) -> Session | None:
        """The session of a token while it lasts: 30 minutes idle, 12 hours in all, longer during a call."""
        if not token or len(token) > 100:
            return None
        key = fingerprint(token)
        row = await self._row(key)
        if row is None or not row["active"]:
            return None
        if self._over(row):
            await self._delete(key)
            return None
        await self._touch(key, row)
        return Session(person_of(row), row["csrf"])

    async def close(self, token: str) -> None:
        await self._delete(fingerprint(token))

    async def close_all(self, person_id: int) -> None:
        """Sign the person out everywhere."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.person == person_id))

    async def _row(self, key: str) -> Mapping[str, Any] | None:
        wanted = select(people, sessions.c.csrf, sessions.c.opened, sessions.c.seen)
        joined = wanted.join(people, people.c.id == sessions.c.person).where(sessions.c.token == key)
        async with self._engine.connect() as connection:
            row = (await connection.execute(joined)).mappings().one_or_none()
            return dict(row) if row is not None else None

    def _over(self, row: Mapping[str, Any]) -> bool:
        now: datetime = self._clock()
        expired = now - row["seen"] > IDLE or now - row["opened"] > ABSOLUTE
        return expired and not self.busy(row["id"])

    async def _touch(self, key: str, row: Mapping[str, Any]) -> None:
        now = self._clock()
        if now - row["seen"] < TOUCH_EVERY:
            return
        async with self._engine.begin() as connection:
            await connection.execute(update(sessions).where(sessions.c.token == key).values(seen=now))

    async def _delete(self, key: str) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(sessions.c.token == key))
