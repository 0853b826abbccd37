"""What a provider is, what may be asked of the list, and how it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from provisioning.network.hours import Hours
from provisioning.network.zones import Zone
from staff.scope import Scope


class ProviderState(StrEnum):
    SELECTION = "selection"
    ACTIVE = "active"
    SUSPENDED = "suspended"


STATES: Mapping[str, str] = {
    ProviderState.SELECTION: "En selección",
    ProviderState.ACTIVE: "Activo",
    ProviderState.SUSPENDED: "Suspendido",
}


class NetworkRefused(ValueError):
    """It cannot be done; `problems` says why, by field, in sentences that say what to write."""

    def __init__(self, said: str = "", problems: Mapping[str, str] | None = None) -> None:
        self.problems = dict(problems or {"": said})
        super().__init__(" ".join(self.problems.values()))


class StaleRow(NetworkRefused):
    """Somebody else changed it first."""


@dataclass(frozen=True, slots=True, order=True)
class Skill:
    """A service of coverages; `code` is one of its assistances, empty for all of them."""

    service: str
    code: str = ""

    def gives(self, service: str, code: str) -> bool:
        return self.service == service and self.code in ("", code)

    def __str__(self) -> str:
        return f"{self.service}/{self.code}" if self.code else self.service


@dataclass(frozen=True, slots=True)
class Contact:
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """From its first to its last day; an open end is None."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


ALWAYS, UNKNOWN, OPEN = Hours(), Contact(), Contract()


@dataclass(frozen=True, slots=True)
class Profile:
    """What is written of a provider. `capacity` is how many services it attends at a time."""

    subsidiary: str
    name: str
    skills: tuple[Skill, ...]
    zones: tuple[Zone, ...]
    capacity: int = 1
    hours: Hours = ALWAYS
    contact: Contact = UNKNOWN
    contract: Contract = OPEN
    state: ProviderState = ProviderState.ACTIVE
    tax_id: str = ""
    note: str = ""

    def serves(self, day: date) -> bool:
        return self.state is ProviderState.ACTIVE and self.contract.holds(day)

    def gives(self, service: str, code: str, zone: Zone) -> bool:
        return any(skill.gives(service, code) for skill in self.skills) and any(
            each.covers(zone) for each in self.zones
        )


@dataclass(frozen=True, slots=True)
class Provider:
    id: int
    profile: Profile
    revision: int


@dataclass(frozen=True, slots=True)
class ProviderFilter:
    text: str = ""
    service: str = ""
    zone: str = ""
    state: str = ""
    subsidiary: str = ""


@dataclass(frozen=True, slots=True)
class ProvidersPage:
    """`next` is the mark of the following ones, None at the end."""

    items: tuple[Provider, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A line of a provider's history: `what` is `added`, `changed`, `state`, `document`."""

    at: datetime
    actor: str
    what: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def in_sight(scope: Scope, subsidiary: str) -> bool:
    """Providers are of a subsidiary and of no account."""
    return not scope.subsidiaries or subsidiary in scope.subsidiaries
