"""Accounts: who somebody is, what they may be, their telephone, and whether a password is theirs."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ColumnElement

from staff import passwords
from staff.names import full_name as clean_full_name
from staff.names import new_name, normal
from staff.permissions import Permission
from staff.roles import Role
from staff.tables import people, sessions
from staff.tries import AddressTries, Tries

Clock = Callable[[], datetime]
_EXTENSION = re.compile(r"[1-9][0-9]{1,5}")


class PersonRefused(ValueError):
    """The account cannot be as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `groups` are queues; `one_time` says that the password must be changed first."""

    id: int
    name: str
    full_name: str
    roles: frozenset[Role]
    extension: str | None
    groups: tuple[str, ...]
    one_time: bool
    active: bool

    def may(self, permission: Permission) -> bool:
        """Whether one of the person's roles holds it."""
        return any(permission in role.permissions for role in self.roles)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A new account with what is shown once: the one-time password and the telephone's secret, if made."""

    person: Person
    one_time_password: str | None = field(repr=False)
    sip_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """A person's telephone as the PBX must know it."""

    extension: str
    secret: str = field(repr=False)
    name: str = ""
    groups: tuple[str, ...] = ()


class People:
    """The accounts, in the database."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._tries = Tries()
        self._addresses = AddressTries()
        self._room = passwords.Room()

    async def add(
        self,
        name: str,
        roles: Iterable[Role],
        full_name: str | None = None,
        extension: str | None = None,
        groups: Iterable[str] = (),
        password: str | None = None,
    ) -> NewPerson:
        """Make an account. Without `password` a one-time one is made; a telephone gets a secret.

        Raises `BadName`, `WeakPassword` or `PersonRefused` (the name or the extension is taken).
        """
        name = new_name(name)
        given = password if password is not None else passwords.one_time()
        passwords.check_rule(given, name)
        sip_secret = _sip_secret() if extension else None
        row = {
            "name": name,
            "full_name": clean_full_name(full_name or name),
            "roles": sorted(Role(role) for role in roles),
            "extension": _extension(extension),
            "groups": sorted(set(groups)),
            "password": await passwords.hashed(given),
            "one_time": password is None,
            "sip_secret": sip_secret,
            "active": True,
            "created": self._clock(),
        }
        person = await self._insert(row)
        return NewPerson(person, given if password is None else None, sip_secret)

    async def _insert(self, row: Mapping[str, Any]) -> Person:
        try:
            async with self._engine.begin() as connection:
                made = await connection.execute(insert(people).values(row).returning(people.c.id))
                return person_of({**row, "id": made.scalar_one()})
        except IntegrityError as error:
            raise PersonRefused(
                f"Ya hay una cuenta «{row['name']}» o con el interno {row['extension']}."
                if row["extension"]
                else f"Ya hay una cuenta «{row['name']}»."
            ) from error

    async def by_name(self, name: str) -> Person | None:
        return await self._one(people.c.name == normal(name))

    async def by_extension(self, extension: str) -> Person | None:
        return await self._one(people.c.extension == extension)

    async def get(self, id: int) -> Person | None:
        return await self._one(people.c.id == id)

    async def all(self) -> tuple[Person, ...]:
        """Every account, by name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(people).order_by(people.c.name))
            return tuple(person_of(dict(row)) for row in rows.mappings())

    async def with_phones(self) -> tuple[PhoneAccount, ...]:
        """The telephones of active accounts, by extension, for the PBX's configuration."""
        wanted = people.c.active & people.c.extension.is_not(None) & people.c.sip_secret.is_not(None)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(people).where(wanted).order_by(people.c.extension))
            return tuple(
                PhoneAccount(row["extension"], row["sip_secret"], row["full_name"], tuple(row["groups"]))
                for row in rows.mappings()
            )

    async def check_password(self, name: str, password: str, address: str | None = None) -> Person | None:
        """The active account that `name` and `password` open, else None, in the same time for any name.

        `address` is whence the try comes. Raises `TooManyTries` while the wait after wrong tries lasts, and
        `Crowded`, which is no try, when too many others wait.
        """
        name, now = normal(name), self._clock()
        self._tries.check(name, now)
        if address is not None:
            self._addresses.check(address, now)
        with self._room.place():
            self._tries.failed(name, now)
            row = await self._row((people.c.name == name) & people.c.active)
            right = await passwords.matches(row["password"] if row else None, password)
        if right and row is not None:
            self._tries.succeeded(name)
            return person_of(row)
        if address is not None:
            self._addresses.failed(address, now)
        return None

    async def set_password(self, id: int, new: str) -> None:
        """Change the password for good and close every session; raises `WeakPassword`, `PersonRefused`."""
        await self._set_password(id, new, one_time=False)

    async def new_one_time_password(self, id: int) -> str:
        """A one-time password in place of the former one; closes every session. Raises `PersonRefused`."""
        password = passwords.one_time()
        await self._set_password(id, password, one_time=True)
        return password

    async def _set_password(self, id: int, new: str, one_time: bool) -> None:
        person = await self.get(id)
        if person is None:
            raise PersonRefused("Esa cuenta no existe.")
        passwords.check_rule(new, person.name)
        password = await passwords.hashed(new)
        async with self._engine.begin() as connection:
            changed = update(people).where(people.c.id == id).values(password=password, one_time=one_time)
            await connection.execute(changed)
            await connection.execute(delete(sessions).where(sessions.c.person == id))
        self._tries.succeeded(person.name)

    async def sip_secret(self, id: int) -> str | None:
        """The telephone's secret as it stands, None without a telephone."""
        row = await self._row(people.c.id == id)
        return row["sip_secret"] if row else None

    async def renew_sip_secret(self, id: int) -> str:
        """A new secret for the person's telephone; raises `PersonRefused` without a telephone."""
        secret = _sip_secret()
        async with self._engine.begin() as connection:
            changed = await connection.execute(
                update(people)
                .where(people.c.id == id, people.c.extension.is_not(None))
                .values(sip_secret=secret)
            )
        if changed.rowcount != 1:
            raise PersonRefused("Esa cuenta no tiene teléfono: asígnele un interno primero.")
        return secret

    async def _row(self, wanted: ColumnElement[bool]) -> Mapping[str, Any] | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(people).where(wanted))).mappings().one_or_none()
            return dict(row) if row is not None else None

    async def _one(self, wanted: ColumnElement[bool]) -> Person | None:
        row = await self._row(wanted)
        return person_of(row) if row else None


def person_of(row: Mapping[str, Any]) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        full_name=row["full_name"],
        roles=frozenset(Role(role) for role in row["roles"]),
        extension=row["extension"],
        groups=tuple(row["groups"]),
        one_time=row["one_time"],
        active=row["active"],
    )


def _extension(written: str | None) -> str | None:
    if written and not _EXTENSION.fullmatch(written):
        raise PersonRefused("El interno lleva de 2 a 6 cifras y no empieza con 0: por ejemplo 101.")
    return written or None


def _sip_secret() -> str:
    return secrets.token_urlsafe(24)
