"""Sessions of the console: kept on the server, named by a random token of which only the hash is stored."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import audit, places
from staff.actor import Actor
from staff.audit import Deed
from staff.clock import Clock
from staff.person import Person, person_of
from staff.roles import Role
from staff.sign_in_tables import second_factors
from staff.tables import people, sessions

IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)
_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class SessionSecret:
    """What the browser keeps: the token for the cookie and the token that forms send back."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """Whence and how somebody comes in: `way` is `password`, `code` (with a second factor) or `oidc`."""

    address: str | None = None
    agent: str = ""
    way: str = "password"


@dataclass(frozen=True, slots=True)
class Session:
    """`must_enrol`: one of the person's roles asks for a second factor, and there is none yet."""

    person: Person
    csrf: str = field(repr=False)
    id: str = ""
    way: str = "password"
    must_enrol: bool = False


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its person sees it in a list. `id` names it there, and opens nothing."""

    id: str
    opened: datetime
    seen: datetime
    address: str
    agent: str
    way: str


def fingerprint(token: str) -> str:
    """The SHA-256 under which a token is kept, in hexadecimal. Any token has one, in any encoding."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def _nobody_busy(_person: int) -> bool:
    return False


class Sessions:
    """Who is signed in. While `busy(person id)` says that somebody is in a call, their sessions last.

    People of the roles `guarded` must have a second factor.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        busy: Callable[[int], bool] = _nobody_busy,
        guarded: frozenset[Role] = frozenset(),
    ) -> None:
        self._engine = engine
        self._clock = clock
        self.busy = busy
        self._guarded = guarded

    async def open(self, person_id: int, visit: Visit = Visit(), former: str | None = None) -> SessionSecret:
        """A new session, at every sign-in and every change of what it may do; the token `former` ends.

        Clears the person's expired ones away.
        """
        secret, now = SessionSecret(secrets.token_urlsafe(32), secrets.token_urlsafe(32)), self._clock()
        async with writing(self._engine) as connection:
            await self._clear(connection, person_id, former)
            await connection.execute(insert(sessions).values(self._new(secret, person_id, visit)))
            new_place = bool(visit.address) and await places.note(
                connection, person_id, str(visit.address), now
            )
            await _note(connection, person_id, visit, new_place=new_place)
        return secret

    def _new(self, secret: SessionSecret, person_id: int, visit: Visit) -> dict[str, Any]:
        now = self._clock()
        return {
            "token": fingerprint(secret.token),
            "person": person_id,
            "csrf": secret.csrf,
            "opened": now,
            "seen": now,
            "address": (visit.address or "")[:64],
            "agent": visit.agent[:200],
            "way": visit.way,
        }

    async def _clear(self, connection: AsyncConnection, person_id: int, former: str | None) -> None:
        if former:
            await connection.execute(delete(sessions).where(sessions.c.token == fingerprint(former)))
        if not self.busy(person_id):
            await connection.execute(delete(sessions).where(sessions.c.person == person_id, self._old()))

    def _old(self) -> ColumnElement[bool]:
        now = self._clock()
        return (sessions.c.seen < now - IDLE) | (sessions.c.opened < now - ABSOLUTE)

    async def find(self, token: str) -> Session | None:
        """The session of a token while it lasts: 30 minutes idle, 12 hours in all, longer during a call."""
        if not token or len(token) > 100:
            return None
        key = fingerprint(token)
        row = await self._row(key)
        if row is None or not row["active"]:
            return None
        if self._over(row):
            await self._delete(sessions.c.token == key)
            return None
        await self._touch(key, row)
        return self._session(key, row)

    def _session(self, key: str, row: Mapping[str, Any]) -> Session:
        """Who came in by the company's provider need not change a one-time password that was never used."""
        person = person_of(row)
        if row["way"] == "oidc":
            person = replace(person, one_time=False)
        must_enrol = bool(person.roles & self._guarded) and not row["guarded"]
        return Session(person, row["csrf"], key[:_ID_LENGTH], row["way"], must_enrol)

    async def close(self, token: str) -> None:
        """The person signs out, or signs in anew."""
        await self._end(sessions.c.token == fingerprint(token))

    async def close_all(self, person_id: int) -> int:
        """Sign the person out everywhere; how many sessions there were."""
        return await self._end(sessions.c.person == person_id)

    async def close_others(self, person_id: int, kept: str) -> int:
        """Sign the person out everywhere but in the session of the id `kept`."""
        others = ~sessions.c.token.startswith(kept, autoescape=True)
        return await self._end((sessions.c.person == person_id) & others)

    async def close_one(self, person_id: int, id: str) -> bool:
        """End one of the person's sessions by its id; False when there is none."""
        if len(id) != _ID_LENGTH:
            return False
        wanted = sessions.c.token.startswith(id, autoescape=True)
        return await self._end((sessions.c.person == person_id) & wanted) == 1

    async def of(self, person_id: int) -> tuple[OpenSession, ...]:
        """The sessions of a person that last, the one used last first."""
        wanted = select(sessions).where(sessions.c.person == person_id).order_by(sessions.c.seen.desc())
        if not self.busy(person_id):
            wanted = wanted.where(~self._old())
        async with self._engine.connect() as connection:
            return tuple(
                OpenSession(row.token[:_ID_LENGTH], row.opened, row.seen, row.address, row.agent, row.way)
                for row in await connection.execute(wanted)
            )

    async def lasting(self, tokens: Iterable[str]) -> dict[str, Person]:
        """Token → whose it is, of those whose session lasts. Asking is no use of a session."""
        keys = {fingerprint(token): token for token in tokens}
        wanted = (
            select(people, sessions.c.token, sessions.c.opened, sessions.c.seen)
            .join(sessions, people.c.id == sessions.c.person)
            .where(sessions.c.token.in_(list(keys)), people.c.active)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return {keys[row["token"]]: person_of(dict(row)) for row in rows if not self._over(dict(row))}

    async def _row(self, key: str) -> Mapping[str, Any] | None:
        columns = (sessions.c.csrf, sessions.c.opened, sessions.c.seen, sessions.c.way)
        has_factor = and_(second_factors.c.person == people.c.id, second_factors.c.confirmed)
        wanted = (
            select(people, *columns, second_factors.c.person.label("guarded"))
            .join(sessions, people.c.id == sessions.c.person)
            .outerjoin(second_factors, has_factor)
            .where(sessions.c.token == key)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().one_or_none()
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

    async def _end(self, wanted: ColumnElement[bool]) -> int:
        """End sessions for somebody: a deed each person whose sessions they were."""
        async with writing(self._engine) as connection:
            ended = await connection.execute(delete(sessions).where(wanted).returning(sessions.c.person))
            owners = ended.scalars().all()
            for person_id in sorted(set(owners)):
                name = await _name(connection, person_id)
                many = {"sessions": owners.count(person_id)}
                await audit.write(connection, Deed("session.closed", name, after=many))
            return len(owners)

    async def _delete(self, wanted: ColumnElement[bool]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(sessions).where(wanted))


async def _note(connection: AsyncConnection, person_id: int, visit: Visit, *, new_place: bool) -> None:
    name = await _name(connection, person_id)
    after = {"way": visit.way, "agent": visit.agent[:200], "new_place": new_place}
    await audit.write(
        connection, Deed("session.opened", name, after=after), by=Actor(name, "web", visit.address)
    )


async def _name(connection: AsyncConnection, person_id: int) -> str:
    wanted = select(people.c.name).where(people.c.id == person_id)
    return str((await connection.execute(wanted)).scalar_one())
