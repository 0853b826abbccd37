"""The form of an account: what was typed, as a profile and back, and what there is to choose from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiohttp import web
from multidict import MultiDictProxy

from staff.person import Person
from staff.profile import Profile, columns, profile_of
from staff.roles import Role
from staff.scope import Scope
from web.keys import services

LONGEST = 300
WITH_REASON = frozenset({"roles", "subsidiaries", "accounts"})
"""What is only changed with a campaign or a reason (G18)."""
NO_REASON = "Escriba para qué campaña o por qué: queda en el historial."

Given = MultiDictProxy[str | bytes | bytearray | web.FileField]
Choice = tuple[str, str]


@dataclass(frozen=True)
class Typed:
    """What a form holds. `problems` and `now` (what somebody else wrote meanwhile) are by field."""

    name: str
    profile: Profile
    revision: int
    reason: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)
    now: Mapping[str, str] = field(default_factory=dict)


EMPTY = Typed("", Profile("", frozenset()), 0)


def typed_of(person: Person) -> Typed:
    """The form as it opens."""
    return Typed(person.name, profile_of(person), person.revision)


def read(given: Given, name: str) -> Typed:
    """What was sent. Codes that the page does not offer are left to the profile's own check, or dropped."""
    profile = Profile(
        full_name=text(given, "full_name"),
        roles=frozenset(Role(code) for code in _many(given, "roles") if code in set(Role)),
        extension=text(given, "extension") or None,
        groups=_many(given, "groups"),
        email=text(given, "email") or None,
        areas=_many(given, "areas"),
        scope=Scope(frozenset(_many(given, "subsidiaries")), frozenset(_many(given, "accounts"))),
        devices=number(given, "devices") or 1,
    )
    return Typed(name, profile, number(given, "revision"), text(given, "reason"))


def text(given: Given, name: str) -> str:
    return str(given.get(name, "")).strip()[:LONGEST]


def number(given: Given, name: str) -> int:
    """A small whole number; 0 for anything else."""
    written = text(given, name)
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 8 else 0


def _many(given: Given, name: str) -> tuple[str, ...]:
    return tuple(str(value)[:LONGEST] for value in given.getall(name, [])[:100])


def needs_reason(before: Profile, after: Profile) -> bool:
    old, new = columns(before), columns(after)
    return any(old[name] != new[name] for name in WITH_REASON)


async def choices(request: web.Request, profile: Profile) -> dict[str, list[Choice]]:
    """What each group of boxes offers: code and label; what the account has already is among it."""
    served = services(request)
    clients = {plan.account.name for plan in served.book.plans()}
    offered = {
        "roles": [(role.value, role.label) for role in Role],
        "areas": list((await served.areas.labels()).items()),
        "groups": [(name, queue.name) for name, queue in served.site.queues.items()],
        "subsidiaries": [(code, each.name) for code, each in served.site.subsidiaries.items()],
        "accounts": [(client, client) for client in sorted(clients)],
    }
    has = columns(profile)
    return {name: _with(offered[name], has[name]) for name in offered}


def _with(offered: list[Choice], has: Iterable[str]) -> list[Choice]:
    known = {code for code, _ in offered}
    return [*offered, *((code, code) for code in has if code not in known)]


def said(values: Mapping[str, object], labels: Mapping[str, list[Choice]]) -> dict[str, str]:
    """A profile's columns as a person reads them."""
    return {name: _said(value, dict(labels.get(name, []))) for name, value in values.items()}


def _said(value: object, labels: Mapping[str, str]) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(labels.get(each, each) for each in value)
    return "" if value is None else str(value)


def differing_from(now: Person, typed: Typed, labels: Mapping[str, list[Choice]]) -> dict[str, str]:
    """What the account says now where it is not what was typed; «vacío» for nothing."""
    theirs, ours = columns(profile_of(now)), columns(typed.profile)
    return {
        name: shown or "vacío" for name, shown in said(theirs, labels).items() if theirs[name] != ours[name]
    }
