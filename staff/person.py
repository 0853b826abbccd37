"""What an account says of a person: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from staff.permissions import Permission
from staff.roles import Role
from staff.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `groups` are queues, `areas` the names of areas; `one_time` says that the password must be
    changed first. `revision` grows with each change; `since` is when the account became (in)active.
    """

    id: int
    name: str
    full_name: str
    roles: frozenset[Role]
    extension: str | None
    groups: tuple[str, ...]
    one_time: bool
    active: bool
    scope: Scope = EVERYTHING
    areas: tuple[str, ...] = ()
    email: str | None = None
    devices: int = 1
    revision: int = 1
    created: datetime | None = None
    since: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Whether one of the person's roles holds it."""
        return any(permission in role.permissions for role in self.roles)


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """A person's telephone as the PBX must know it; `devices` may register with it at once."""

    extension: str
    secret: str = field(repr=False)
    name: str = ""
    groups: tuple[str, ...] = ()
    devices: int = 1


def person_of(row: Mapping[str, Any]) -> Person:
    """The person of a row of `people`."""
    return Person(
        id=row["id"],
        name=row["name"],
        full_name=row["full_name"],
        roles=frozenset(Role(role) for role in row["roles"]),
        extension=row["extension"],
        groups=tuple(row["groups"]),
        one_time=row["one_time"],
        active=row["active"],
        scope=Scope(frozenset(row["subsidiaries"]), frozenset(row["accounts"])),
        areas=tuple(row["areas"]),
        email=row["email"],
        devices=row["devices"],
        revision=row["revision"],
        created=row["created"],
        since=row["since"],
    )


def phone_of(row: Mapping[str, Any]) -> PhoneAccount:
    """The telephone of a row of `people` that has one."""
    return PhoneAccount(
        row["extension"], row["sip_secret"], row["full_name"], tuple(row["groups"]), row["devices"]
    )
