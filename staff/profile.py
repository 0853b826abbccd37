"""What may be changed in an account: checked as a whole, every problem at its field. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from staff import names
from staff.person import Person
from staff.roles import Role
from staff.scope import EVERYTHING, Scope

MOST_DEVICES = 2
_EXTENSION = re.compile(r"[1-9][0-9]{1,5}")
_SEE_EVERYTHING = {Role.ADMINISTRATOR: "administra", Role.AUDITOR: "audita"}
"""The audit trail is of every subsidiary and account, and cannot be divided by them."""


class PersonRefused(ValueError):
    """The account cannot be as asked; the text says why. `problems` are by field, when they have one."""

    def __init__(self, *said: str, problems: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__("\n".join((*said, *problems.values())))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Profile:
    """An account but for its name, its password and whether it is active."""

    full_name: str
    roles: frozenset[Role]
    extension: str | None = None
    groups: tuple[str, ...] = ()
    email: str | None = None
    areas: tuple[str, ...] = ()
    scope: Scope = EVERYTHING
    devices: int = 1


def profile_of(person: Person) -> Profile:
    return Profile(
        full_name=person.full_name,
        roles=person.roles,
        extension=person.extension,
        groups=person.groups,
        email=person.email,
        areas=person.areas,
        scope=person.scope,
        devices=person.devices,
    )


def checked(wanted: Profile) -> Profile:
    """The profile as it is kept: texts trimmed, lists in order. Raises `PersonRefused` with every problem."""
    problems: dict[str, str] = {}

    def kept(field: str, clean: Callable[[], str | None]) -> str | None:
        try:
            return clean()
        except ValueError as refused:
            problems[field] = str(refused)
            return None

    full_name = kept("full_name", lambda: names.full_name(wanted.full_name))
    email = kept("email", lambda: names.email(wanted.email))
    extension = kept("extension", lambda: _extension(wanted.extension))
    problems |= _problems(wanted)
    if problems:
        raise PersonRefused(problems=problems)
    return replace(
        wanted,
        full_name=full_name or "",
        email=email,
        extension=extension,
        groups=tuple(sorted(set(wanted.groups))),
        areas=tuple(sorted(set(wanted.areas))),
    )


def checked_new(name: str, wanted: Profile) -> tuple[str, Profile]:
    """The name and the profile of a new account. Raises `PersonRefused` with every problem of both."""
    problems: dict[str, str] = {}
    try:
        name = names.new_name(name)
    except names.BadName as bad:
        problems["name"] = str(bad)
    try:
        wanted = checked(wanted)
    except PersonRefused as refused:
        problems |= refused.problems
    if problems:
        raise PersonRefused(problems=problems)
    return name, wanted


def _extension(written: str | None) -> str | None:
    if written and not _EXTENSION.fullmatch(written):
        raise ValueError("El interno lleva de 2 a 6 cifras y no empieza con 0: por ejemplo 101.")
    return written or None


def _problems(wanted: Profile) -> dict[str, str]:
    problems = {}
    if not wanted.roles:
        problems["roles"] = "Elija al menos un rol: sin ninguno no se puede hacer nada."
    if not 1 <= wanted.devices <= MOST_DEVICES:
        problems["devices"] = "Un interno se registra en uno o en dos aparatos."
    whole = next((verb for role, verb in _SEE_EVERYTHING.items() if role in wanted.roles), None)
    if whole and wanted.scope != EVERYTHING:
        problems["scope"] = f"Quien {whole} ve todo: quite las filiales y las cuentas, o el rol."
    return problems


def columns(profile: Profile) -> dict[str, Any]:
    """The profile in plain values, by column of `people`: what is stored, and what the audit trail keeps."""
    return {
        "full_name": profile.full_name,
        "email": profile.email,
        "roles": sorted(profile.roles),
        "areas": list(profile.areas),
        "groups": list(profile.groups),
        "extension": profile.extension,
        "devices": profile.devices,
        "subsidiaries": sorted(profile.scope.subsidiaries),
        "accounts": sorted(profile.scope.accounts),
    }


def differing(before: Profile, after: Profile) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the columns that differ, with their values before and after."""
    old, new = columns(before), columns(after)
    changed = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in changed}, {name: new[name] for name in changed}


def check_own(before: Profile, after: Profile) -> None:
    """Nobody changes their own roles or what they see. Raises `PersonRefused`."""
    advice = "pídaselo a otra persona que administre Altavoz."
    problems = {}
    if before.roles != after.roles:
        problems["roles"] = f"Nadie cambia sus propios roles: {advice}"
    if before.scope != after.scope:
        problems["scope"] = f"Nadie cambia lo que ve: {advice}"
    if problems:
        raise PersonRefused(problems=problems)
