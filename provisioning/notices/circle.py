"""Who is told: people of areas, heads, everybody; whoever is out is stood in for. Pure but `read`."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from staff.absences import Absences, Away
from staff.permissions import Permission
from staff.person import Person, person_of
from staff.roles import Role
from staff.tables import areas, people


@dataclass(frozen=True, slots=True)
class Heads:
    """Who heads an area, and who does when they cannot, by account id."""

    label: str
    head: int | None
    deputy: int | None


@dataclass(frozen=True, slots=True)
class Concern:
    """Whose rows something is about: who does not see them is not told."""

    subsidiary: str
    account: str

    def seen_by(self, person: Person) -> bool:
        return person.scope.covers(self.subsidiary, self.account)


@dataclass(frozen=True, slots=True)
class Circle:
    """The active people of the house today, by account id, and the areas' heads by area."""

    people: Mapping[int, Person]
    areas: Mapping[str, Heads]
    away: Away

    def by_name(self, name: str | None) -> Person | None:
        return next((each for each in self.people.values() if each.name == name), None)

    def in_place_of(self, person: Person | None) -> Person | None:
        """The person, or who stands in for them today."""
        acting = self.away.stand_in(person.id) if person is not None else None
        return self.people.get(acting) if acting is not None else None

    def turn_of(self, owner: str | None, names: Iterable[str], concern: Concern) -> tuple[Person, ...]:
        """Whose turn a step is: its owner's, else that of everybody of its areas."""
        acting = self.in_place_of(self.by_name(owner))
        if acting is not None and concern.seen_by(acting):
            return (acting,)
        return _each_once(person for name in names for person in self.of_area(name, concern))

    def of_area(self, name: str, concern: Concern) -> tuple[Person, ...]:
        """The people of an area and its head; those who head the house when nobody is left."""
        members = (each for each in self.people.values() if name in each.areas)
        acting = _each_once(self.in_place_of(each) for each in members)
        found = _each_once(
            (*(each for each in acting if _follows(each, concern)), *self._heads(name, concern))
        )
        return found or self.administrators()

    def head_of(self, name: str, concern: Concern) -> tuple[Person, ...]:
        """To whom an area's delay is escalated."""
        return self._heads(name, concern) or self.administrators()

    def administrators(self) -> tuple[Person, ...]:
        chosen = (each for each in self.people.values() if Role.ADMINISTRATOR in each.roles)
        return _each_once(self.in_place_of(each) for each in chosen)

    def coordinators(self, groups: Iterable[str], concern: Concern) -> tuple[Person, ...]:
        """Who answers these groups' calls; whoever is out reads it when back."""
        wanted = set(groups)
        return tuple(
            each
            for each in self.people.values()
            if Role.COORDINATOR in each.roles and wanted & set(each.groups) and concern.seen_by(each)
        )

    def everybody(self) -> tuple[Person, ...]:
        return tuple(self.people.values())

    def _heads(self, name: str, concern: Concern) -> tuple[Person, ...]:
        """The head or who stands in for them, else the area's deputy."""
        heads = self.areas.get(name)
        posts = (heads.head, heads.deputy) if heads else ()
        acting = (self.in_place_of(self.people.get(post)) for post in posts if post is not None)
        return tuple(each for each in acting if each is not None and _follows(each, concern))[:1]


def _follows(person: Person, concern: Concern) -> bool:
    return person.may(Permission.ALTA_READ) and concern.seen_by(person)


def _each_once(found: Iterable[Person | None]) -> tuple[Person, ...]:
    return tuple(_distinct(found))


def _distinct(found: Iterable[Person | None]) -> Iterator[Person]:
    seen: set[int] = set()
    for person in found:
        if person is not None and person.id not in seen:
            seen.add(person.id)
            yield person


async def read(connection: AsyncConnection, absences: Absences) -> Circle:
    """The house as it is within a transaction."""
    rows = await connection.execute(select(people).where(people.c.active).order_by(people.c.name))
    found = {row["id"]: person_of(dict(row)) for row in rows.mappings()}
    listed = await connection.execute(select(areas.c.name, areas.c.label, areas.c.head, areas.c.deputy))
    heads = {row.name: Heads(row.label, row.head, row.deputy) for row in listed}
    return Circle(found, heads, await absences.away(connection))
