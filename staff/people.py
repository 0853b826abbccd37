"""Accounts: who somebody is, what they may be, and their telephone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import ColumnElement

from db.engine import writing
from staff import audit, passwords
from staff.audit import Deed
from staff.clock import Clock as Clock
from staff.names import normal
from staff.person import Person as Person
from staff.person import PhoneAccount, phone_of
from staff.person import person_of as person_of
from staff.person_rows import check_areas, new_sip_secret, row_of, taken
from staff.profile import PersonRefused as PersonRefused
from staff.profile import Profile, checked_new, columns
from staff.roles import Role
from staff.tables import people


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A new account with what is shown once: the one-time password and the telephone's secret, if made."""

    person: Person
    one_time_password: str | None = field(repr=False)
    sip_secret: str | None = field(repr=False)


class People:
    """The accounts, in the database."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def add(
        self,
        name: str,
        roles: Iterable[Role],
        full_name: str | None = None,
        extension: str | None = None,
        groups: Iterable[str] = (),
        password: str | None = None,
    ) -> NewPerson:
        """Make an account with these few things of a profile; as `open`."""
        profile = Profile(full_name or normal(name), frozenset(roles), extension, tuple(groups))
        return await self.open(name, profile, password)

    async def open(
        self, name: str, wanted: Profile, password: str | None = None, reason: str = ""
    ) -> NewPerson:
        """Make an account. Without `password` a one-time one is made; a telephone gets a secret.

        Raises `WeakPassword`, or `PersonRefused` with every problem at its field.
        """
        name, profile = checked_new(name, wanted)
        now = self._clock()
        given = password if password is not None else passwords.one_time()
        passwords.check_rule(given, name, profile.full_name.split())
        sip_secret = new_sip_secret() if profile.extension else None
        row = row_of(name, profile) | {
            "name": name,
            "password": await passwords.hashed(given),
            "one_time": password is None,
            "sip_secret": sip_secret,
            "active": True,
            "created": now,
            "since": now,
            "revision": 1,
        }
        person = await self._insert(row, profile, reason)
        return NewPerson(person, given if password is None else None, sip_secret)

    async def _insert(self, row: Mapping[str, Any], profile: Profile, reason: str) -> Person:
        try:
            async with writing(self._engine) as connection:
                await check_areas(connection, profile)
                made = await connection.execute(insert(people).values(row).returning(people.c.id))
                person = person_of({**row, "id": made.scalar_one()})
                await audit.write(
                    connection, Deed("user.added", person.name, after=columns(profile), reason=reason)
                )
                return person
        except IntegrityError as error:
            raise await taken(self._engine, error, row["name"], profile) from error

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
            return tuple(phone_of(dict(row)) for row in rows.mappings())

    async def closed_with_phones(self) -> tuple[Person, ...]:
        """The accounts that are not active and keep an extension, by name."""
        wanted = people.c.active.is_(False) & people.c.extension.is_not(None)
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(people).where(wanted).order_by(people.c.name))
            return tuple(person_of(dict(row)) for row in rows.mappings())

    async def sip_secret(self, id: int) -> str | None:
        """The telephone's secret as it stands, None without a telephone."""
        row = await self._row(people.c.id == id)
        return row["sip_secret"] if row else None

    async def renew_sip_secret(self, id: int) -> str:
        """A new secret for the person's telephone; raises `PersonRefused` without a telephone."""
        secret = new_sip_secret()
        has_phone = (people.c.id == id) & people.c.extension.is_not(None)
        renewed = update(people).where(has_phone).values(sip_secret=secret).returning(people.c.name)
        async with self._engine.begin() as connection:
            name = (await connection.execute(renewed)).scalar()
            if name is None:
                raise PersonRefused("Esa cuenta no tiene teléfono: asígnele un interno primero.")
            await audit.write(connection, Deed("phone.renewed", name))
        return secret

    async def _row(self, wanted: ColumnElement[bool]) -> Mapping[str, Any] | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(people).where(wanted))).mappings().one_or_none()
            return dict(row) if row is not None else None

    async def _one(self, wanted: ColumnElement[bool]) -> Person | None:
        row = await self._row(wanted)
        return person_of(row) if row else None
