"""The life of an account: changed, deactivated, active again; each with its line in the audit trail (G18)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import audit
from staff.actor import current
from staff.areas import vacate, write_vacated
from staff.audit import Deed
from staff.clock import Clock
from staff.names import normal
from staff.person import Person, person_of
from staff.person_rows import ADMINISTERS, check_areas, new_sip_secret, row_of, taken
from staff.profile import PersonRefused, Profile, check_own, checked, differing, profile_of
from staff.roles import Role
from staff.tables import people, sessions

LONGEST_REASON = 200


class StalePerson(PersonRefused):
    """Somebody else changed the account first; `now` is how it stands."""

    def __init__(self, now: Person) -> None:
        super().__init__(f"Otra persona cambió la cuenta «{now.name}» antes que usted: mire cómo quedó.")
        self.now = now


@dataclass(frozen=True, slots=True)
class Changed:
    """An account before and after; `sip_secret` is that of a telephone that is new or has another extension,
    `vacant` the labels of the areas that lost their head or deputy.
    """

    before: Person
    person: Person
    sip_secret: str | None = field(default=None, repr=False)
    vacant: tuple[str, ...] = ()


class PeopleChanges:
    """What is done to accounts. `revision` is the one that was looked at; without one, the last one holds."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def change(
        self, name: str, wanted: Profile, revision: int | None = None, reason: str = ""
    ) -> Changed:
        """Give the account this profile; nothing is written when it has it. Raises `PersonRefused`.

        `StalePerson` is one: somebody else was first.
        """
        profile = checked(wanted)
        try:
            async with writing(self._engine) as connection:
                return await _change(connection, name, profile, revision, _kept(reason))
        except IntegrityError as error:
            raise await taken(self._engine, error, name, profile) from error

    async def deactivate(self, name: str, revision: int | None = None, reason: str = "") -> Changed:
        """Close the account: its sessions end, it heads no area, its history stays.

        Raises `PersonRefused`.
        """
        async with writing(self._engine) as connection:
            row, others = await _held(connection, name, revision)
            before = person_of(row)
            if not before.active:
                return Changed(before, before)
            if _by_themselves(before):
                raise PersonRefused("Nadie desactiva su propia cuenta: pídaselo a otra persona.")
            _check_last_administrator(before, frozenset(), others)
            values = {"active": False, "since": self._clock()}
            deed = Deed("user.deactivated", before.name, {"active": True}, {"active": False}, _kept(reason))
            after = await _store(connection, row, values)
            await connection.execute(delete(sessions).where(sessions.c.person == before.id))
            left = await vacate(connection, before)
            await audit.write(connection, deed)
            await write_vacated(connection, left, before)
            return Changed(before, after, vacant=tuple(area.label for area in left))

    async def reactivate(self, name: str, revision: int | None = None, reason: str = "") -> Changed:
        """Open the account again as it was. Raises `PersonRefused`."""
        async with writing(self._engine) as connection:
            row, _ = await _held(connection, name, revision)
            before = person_of(row)
            if before.active:
                return Changed(before, before)
            after = await _store(connection, row, {"active": True, "since": self._clock()})
            deed = Deed("user.reactivated", before.name, {"active": False}, {"active": True}, _kept(reason))
            await audit.write(connection, deed)
            return Changed(before, after)


async def _change(
    connection: AsyncConnection, name: str, profile: Profile, revision: int | None, reason: str
) -> Changed:
    row, others = await _held(connection, name, revision)
    person = person_of(row)
    before, after = differing(profile_of(person), profile)
    if not after:
        return Changed(person, person)
    if _by_themselves(person):
        check_own(profile_of(person), profile)
    await check_areas(connection, profile)
    _check_last_administrator(person, profile.roles, others)
    secret = _secret(row, profile)
    changed = await _store(connection, row, row_of(person.name, profile) | {"sip_secret": secret})
    await audit.write(connection, Deed("user.changed", person.name, before, after, reason))
    return Changed(person, changed, secret if secret != row["sip_secret"] else None)


def _secret(row: Mapping[str, Any], profile: Profile) -> str | None:
    """Another extension is another telephone: it gets a secret of its own."""
    if profile.extension is None:
        return None
    same = profile.extension == row["extension"] and row["sip_secret"]
    return str(row["sip_secret"]) if same else new_sip_secret()


async def _held(
    connection: AsyncConnection, name: str, revision: int | None
) -> tuple[Mapping[str, Any], int]:
    """The account's row, and how many other active accounts administer; all held until the transaction ends.

    They are held in one order, so that two who change each other wait and do not block each other.
    """
    name = normal(name)
    wanted = select(people).where((people.c.name == name) | ADMINISTERS).order_by(people.c.id)
    rows = (await connection.execute(wanted.with_for_update())).mappings().all()
    mine = next((dict(row) for row in rows if row["name"] == name), None)
    if mine is None:
        raise PersonRefused(f"No hay una cuenta «{name}».")
    if revision is not None and mine["revision"] != revision:
        raise StalePerson(person_of(mine))
    return mine, sum(row["name"] != name for row in rows)


async def _store(connection: AsyncConnection, row: Mapping[str, Any], values: Mapping[str, Any]) -> Person:
    new = dict(values) | {"revision": row["revision"] + 1}
    claimed = (people.c.id == row["id"]) & (people.c.revision == row["revision"])
    changed = await connection.execute(update(people).where(claimed).values(new))
    if changed.rowcount != 1:
        raise StalePerson(person_of(row))
    return person_of({**row, **new})


def _check_last_administrator(person: Person, roles: frozenset[Role], others: int) -> None:
    """Somebody must be left who can undo it. Raises `PersonRefused`."""
    loses = person.active and Role.ADMINISTRATOR in person.roles and Role.ADMINISTRATOR not in roles
    if loses and not others:
        said = "Es la última cuenta activa que administra: dé antes ese rol a otra persona."
        raise PersonRefused(problems={"roles": said})


def _by_themselves(person: Person) -> bool:
    """Whether who acts is the person; the command line acts for the house."""
    actor = current()
    return actor.via in ("web", "api") and actor.name == person.name


def _kept(reason: str) -> str:
    return " ".join(reason.split())[:LONGEST_REASON]
