"""Whose an extension is, in memory, for what cannot wait for the database."""

from collections.abc import Iterable
from types import MappingProxyType

from staff.people import Person


class PhoneBook:
    """Extension → person's name, and back. `replace` it at start and after each change of the accounts."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.replace(people)

    def replace(self, people: Iterable[Person]) -> None:
        """From now on these; accounts that are not active have no phone."""
        active = [person for person in people if person.active and person.extension]
        self._names = MappingProxyType({str(person.extension): person.name for person in active})
        self._names_by_id = MappingProxyType({person.id: person.name for person in active})

    def name_of(self, extension: str) -> str | None:
        """The account's name of whoever has this extension."""
        return self._names.get(extension)

    def name_of_id(self, person_id: int) -> str | None:
        """The account's name by its id; None without a phone."""
        return self._names_by_id.get(person_id)
