"""The list of accounts, searched and in pages by key, so that it stays quick as it grows."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.names import sought
from staff.person import Person, person_of
from staff.person_rows import lists
from staff.tables import people

PAGE, MOST = 50, 500


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which accounts. Every word of `text` is in the name, the full name, the extension or the e-mail;
    `role` and `area` are names, empty for any; `active` None is both.
    """

    text: str = ""
    role: str = ""
    area: str = ""
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some accounts by name, and the mark to ask for the following ones with (None at the end)."""

    people: tuple[Person, ...]
    next: str | None


class Directory:
    """The accounts, as lists show them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self, filter: PeopleFilter = PeopleFilter(), limit: int = PAGE, after: str | None = None
    ) -> PeoplePage:
        limit = min(max(limit, 1), MOST)
        wanted = select(people).where(*_conditions(filter)).order_by(people.c.name).limit(limit + 1)
        if after:
            wanted = wanted.where(people.c.name > after)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        shown = tuple(person_of(dict(row)) for row in rows[:limit])
        return PeoplePage(shown, shown[-1].name if len(rows) > limit else None)


def _conditions(filter: PeopleFilter) -> Iterable[ColumnElement[bool]]:
    for word in sought(filter.text).split():
        yield people.c.sought.contains(word, autoescape=True)
    if filter.role:
        yield lists(people.c.roles, filter.role)
    if filter.area:
        yield lists(people.c.areas, filter.area)
    if filter.active is not None:
        yield people.c.active.is_(filter.active)
