"""The bar at the head of every page: the entries somebody may follow, few at a time. Pure."""

from dataclasses import dataclass
from enum import Enum

from staff.permissions import Permission
from staff.person import Person

MOST_AT_ONCE = 6
"""So many entries stand side by side; more are folded into their groups."""


WAY = (
    "/altas",
    "/plans",
    "/numbers",
    "/carriers",
    "/prompts",
    "/line-tests",
    "/releases",
    "/folders",
)
"""Pages in the order in which an alta comes to them; the others stand as the table of routes has them."""


NEAR = {"/dossiers": ("/releases",), "/sheets": ("/desk", "/altas")}
"""Pages without an entry of their own: the entries where people look for them, the first that they have."""
OWN = ("/account", "/absences", "/password")
"""What is reached from one's own account, which stands apart."""


class Group(Enum):
    """Where in the bar an entry stands, in this order. What is wanted all day long is never folded."""

    CALLS = "Atención"
    MINE = "Mi turno"
    ALTAS = "Altas"
    NETWORK = "Prestación"
    PBX = "Central"
    STAFF = "Equipo"
    CONTROL = "Control"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page, for those who may follow it."""

    path: str
    label: str
    who: Permission
    group: Group

    def holds(self, path: str) -> bool:
        """Whether a page is this one, or stands below it."""
        return _below(path, self.path)


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbours in the bar; without a `label` they stand in it as they are."""

    label: str
    entries: tuple[Entry, ...]


def menu(entries: tuple[Entry, ...], person: Person) -> tuple[Section, ...]:
    """What a person's bar holds."""
    own = sorted((entry for entry in entries if person.may(entry.who)), key=_place)
    groups = [(group, tuple(entry for entry in own if entry.group is group)) for group in Group]
    calm = len(own) <= MOST_AT_ONCE
    return tuple(
        Section("" if calm or _open(group, inside) else group.value, inside)
        for group, inside in groups
        if inside
    )


def lit(sections: tuple[Section, ...], path: str) -> str:
    """The path of the entry that a page belongs to; empty for none of them."""
    own = [entry for section in sections for entry in section.entries]
    near = next((entries for page, entries in NEAR.items() if _below(path, page)), ())
    holding = [entry.path for entry in own if entry.holds(path)]
    neighbours = [page for page in near if any(entry.path == page for entry in own)]
    return next(iter([*holding, *neighbours]), "/account" if any(_below(path, page) for page in OWN) else "")


def _below(path: str, page: str) -> bool:
    return path == page or path.startswith(f"{page}/")


def _place(entry: Entry) -> int:
    return WAY.index(entry.path) if entry.path in WAY else len(WAY)


def _open(group: Group, inside: tuple[Entry, ...]) -> bool:
    return group is Group.CALLS or len(inside) == 1
