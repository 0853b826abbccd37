"""Passwords of accounts: whether one opens an account, and how it is changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import audit, passwords, places, tokens, tries
from staff.audit import Deed
from staff.clock import Clock
from staff.names import normal
from staff.person import Person, person_of
from staff.profile import PersonRefused
from staff.sign_in_tables import invitations, steps
from staff.tables import people, sessions
from staff.tries import Counter, Tries, Wrong, counters

HOUSE_WORDS = ("altavoz",)


@dataclass(frozen=True, slots=True)
class OneTime:
    """A password for one use, and the names of the person's tokens that ended with the former one."""

    password: str = field(repr=False)
    revoked: tuple[str, ...]


class Credentials:
    """The passwords, in the database. `words` are the house's own, which no password may lean on."""

    def __init__(self, engine: AsyncEngine, clock: Clock, words: Iterable[str] = HOUSE_WORDS) -> None:
        self._engine = engine
        self._clock = clock
        self._words = tuple(words)
        self._tries = Tries(engine)
        self._room = passwords.Room()

    async def check(self, name: str, password: str, address: str | None = None) -> Person | None:
        """The active account that `name` and `password` open, else None, in the same time for any name.

        `address` is whence the try comes. Raises `TooManyTries` while the wait after wrong tries lasts, and
        `Crowded`, which is no try, when too many others wait.
        """
        name = normal(name)
        with self._room.place():
            row = await self._row(name)
            claimed = await self._claim(name, row, address)
            right = await passwords.matches(row["password"] if row else None, password)
            if not right or row is None:
                return None
            await self._tries.forgive(claimed)
            return person_of(row)

    async def _claim(
        self, name: str, row: Mapping[str, Any] | None, address: str | None
    ) -> tuple[Counter, ...]:
        known = row is not None and await places.known(self._engine, row["id"], address)
        wanted = counters(name, address, known_place=known)
        counted = await self._tries.claim(wanted, self._clock())
        if row is not None and any(wrong.begins_to_wait for wrong in counted):
            await self._note_delay(name)
        return wanted

    async def _note_delay(self, name: str) -> None:
        async with writing(self._engine) as connection:
            await audit.write(connection, Deed("user.delayed", name, reason="intentos equivocados"))

    async def set_password(self, id: int, new: str, *, tokens_too: bool = False) -> None:
        """Change the password for good and close every session, on request with the person's tokens.

        Raises `WeakPassword`, `PersonRefused`.
        """
        hashed = await self.prepared(id, new)
        async with writing(self._engine) as connection:
            await store(connection, id, hashed, one_time=False, action="password.changed")
            if tokens_too:
                await tokens.revoke_of(connection, id)

    async def give_one_time(self, id: int) -> OneTime:
        """A one-time password in place of the former one: sessions and tokens end. Raises `PersonRefused`."""
        password = passwords.one_time()
        hashed = await self.prepared(id, password)
        async with writing(self._engine) as connection:
            await store(connection, id, hashed, one_time=True, action="password.one-time")
            return OneTime(password, await tokens.revoke_of(connection, id))

    async def prepared(self, id: int, new: str) -> str:
        """The hash of a password that keeps the rule; raises `WeakPassword`, `PersonRefused`."""
        person = await self._person(id)
        passwords.check_rule(new, person.name, self.words_of(person))
        return await passwords.hashed(new)

    def words_of(self, person: Person) -> tuple[str, ...]:
        """What somebody who knows the person would try first."""
        return *person.full_name.split(), *(person.email or "").replace("@", ".").split("."), *self._words

    async def delays(self, name: str) -> tuple[Wrong, ...]:
        """What an account must wait for now, where, and until when."""
        now = self._clock()
        return tuple(wrong for wrong in await self._tries.of_account(name) if wrong.delayed(now))

    async def unlock(self, id: int) -> int:
        """Forget what is counted against an account; how many counters there were. Raises `PersonRefused`."""
        person = await self._person(id)
        async with writing(self._engine) as connection:
            forgotten = await tries.clear(connection, person.name)
            await audit.write(connection, Deed("user.unlocked", person.name, after={"counters": forgotten}))
        return forgotten

    async def _row(self, name: str) -> Mapping[str, Any] | None:
        wanted = select(people).where(people.c.name == name, people.c.active)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().one_or_none()
            return dict(row) if row is not None else None

    async def _person(self, id: int) -> Person:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(people).where(people.c.id == id))).mappings().one_or_none()
        if row is None:
            raise PersonRefused("Esa cuenta no existe.")
        return person_of(dict(row))


async def store(connection: AsyncConnection, id: int, hashed: str, *, one_time: bool, action: str) -> None:
    """A password's hash in place of the former one, with its deed.

    Sessions and half-done sign-ins end, links that would set a password end, waits are forgotten.
    """
    now = datetime.now(UTC)
    changed = update(people).where(people.c.id == id).values(password=hashed, one_time=one_time)
    name = (await connection.execute(changed.returning(people.c.name))).scalar_one()
    for entry in (sessions, steps):
        await connection.execute(delete(entry).where(entry.c.person == id))
    lasting = (invitations.c.person == id) & invitations.c.ended.is_(None)
    await connection.execute(update(invitations).where(lasting).values(ended=now, end="replaced"))
    await tries.clear(connection, name)
    await audit.write(connection, Deed(action, name))
