"""The areas of the house: what they are called, who heads them, who is in them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import Select

from db.engine import writing
from staff import audit, names
from staff.audit import Deed
from staff.names import normal
from staff.person import Person
from staff.tables import areas, people

HEADS = ("head", "deputy")


class AreaRefused(ValueError):
    """The area cannot be as asked; the text says why. `problems` are by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Area:
    """An area. `head` and `deputy` are account names, `members` how many active people are in it."""

    name: str
    label: str
    head: str | None = None
    deputy: str | None = None
    revision: int = 1
    members: int = 0


class StaleArea(AreaRefused):
    """Somebody else changed the area first; `now` is how it stands."""

    def __init__(self, now: Area) -> None:
        super().__init__({"": f"Otra persona cambió el área «{now.label}» antes que usted: mire cómo quedó."})
        self.now = now


class Areas:
    """The areas, in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def all(self) -> tuple[Area, ...]:
        """Every area, by label."""
        found = sorted(await self._read(_SELECT), key=lambda area: names.sought(area.label))
        async with self._engine.connect() as connection:
            listed = (await connection.execute(select(people.c.areas).where(people.c.active))).scalars()
            members = Counter(name for each in listed for name in each)
        return tuple(replace(area, members=members[area.name]) for area in found)

    async def labels(self) -> dict[str, str]:
        """What each area is called, by name; in order of labels."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(areas.c.name, areas.c.label))
            found = [(row.name, row.label) for row in rows]
        return dict(sorted(found, key=lambda each: names.sought(each[1])))

    async def get(self, name: str) -> Area | None:
        found = await self._read(_SELECT.where(areas.c.name == normal(name)))
        return found[0] if found else None

    async def _read(self, wanted: Select[Any]) -> list[Area]:
        async with self._engine.connect() as connection:
            return [Area(**row) for row in (await connection.execute(wanted)).mappings()]

    async def add(self, name: str, label: str, head: str | None = None, deputy: str | None = None) -> Area:
        """A new area. Raises `AreaRefused`."""
        area = _checked(Area(_clean("name", names.area_name, name), label, _name(head), _name(deputy)))
        try:
            async with writing(self._engine) as connection:
                values = await _values(connection, area)
                await connection.execute(areas.insert().values(values | {"name": area.name, "revision": 1}))
                await audit.write(connection, Deed("area.added", area.name, after=_said(area)))
        except IntegrityError as error:
            raise AreaRefused({"name": f"Ya hay un área «{area.name}»: elija otro nombre corto."}) from error
        return area

    async def ensure(self, called: Mapping[str, str]) -> None:
        """Add those that are lacking, by name and label, with nobody at their head."""
        lacking = called.keys() - (await self.labels()).keys()
        for name in sorted(lacking):
            try:
                await self.add(name, called[name])
            except AreaRefused:  # another area has that label, or somebody was quicker
                if await self.get(name) is None:
                    await self.add(name, f"{called[name]} ({name})")

    async def change(
        self, name: str, label: str, head: str | None, deputy: str | None, revision: int | None = None
    ) -> Area:
        """Change what an area is called and who heads it. Raises `AreaRefused`; `StaleArea` is one."""
        asked = _checked(Area(normal(name), label, _name(head), _name(deputy)))
        async with writing(self._engine) as connection:
            values = await _values(connection, asked)  # people before areas, as when an account is closed
            now = await _held(connection, asked.name)
            if revision is not None and now.revision != revision:
                raise StaleArea(now)
            wanted = replace(asked, revision=now.revision + 1)
            before, after = _differing(now, wanted)
            if not after:
                return now
            await connection.execute(
                update(areas).where(areas.c.name == now.name).values(values | {"revision": wanted.revision})
            )
            await audit.write(connection, Deed("area.changed", now.name, before, after))
            return wanted


async def vacate(connection: AsyncConnection, person: Person) -> tuple[Area, ...]:
    """Take the person from the head of every area; those areas as they were."""
    wanted = _SELECT.where((areas.c.head == person.id) | (areas.c.deputy == person.id))
    left = tuple(Area(**row) for row in (await connection.execute(wanted)).mappings())
    for area in left:
        values = {**_vacant(area, person), "revision": area.revision + 1}
        await connection.execute(update(areas).where(areas.c.name == area.name).values(values))
    return left


async def write_vacated(connection: AsyncConnection, left: tuple[Area, ...], person: Person) -> None:
    """The deeds of `vacate`."""
    for area in left:
        after = _vacant(area, person)
        await audit.write(
            connection, Deed("area.changed", area.name, dict.fromkeys(after, person.name), after)
        )


def _vacant(area: Area, person: Person) -> dict[str, None]:
    return {post: None for post in HEADS if getattr(area, post) == person.name}


def _person_name(post: str) -> Any:
    return select(people.c.name).where(people.c.id == areas.c[post]).scalar_subquery().label(post)


_SELECT = select(areas.c.name, areas.c.label, areas.c.revision, *(_person_name(post) for post in HEADS))


async def _held(connection: AsyncConnection, name: str) -> Area:
    wanted = _SELECT.where(areas.c.name == normal(name)).with_for_update(of=areas)
    row = (await connection.execute(wanted)).mappings().one_or_none()
    if row is None:
        raise AreaRefused({"name": f"No hay un área «{name}»."})
    return Area(**row)


def _clean(field: str, clean: Callable[[str], str], written: str) -> str:
    try:
        return clean(written)
    except names.BadName as bad:
        raise AreaRefused({field: str(bad)}) from bad


def _name(written: str | None) -> str | None:
    return normal(written or "") or None


def _checked(wanted: Area) -> Area:
    if wanted.head is not None and wanted.head == wanted.deputy:
        raise AreaRefused({"deputy": "El suplente es otra persona que el responsable."})
    return replace(wanted, label=_clean("label", names.label, wanted.label))


async def _values(connection: AsyncConnection, area: Area) -> dict[str, Any]:
    others = await connection.execute(select(areas.c.label).where(areas.c.name != area.name))
    if names.sought(area.label) in map(names.sought, others.scalars()):
        raise AreaRefused({"label": f"Ya hay un área que se llama «{area.label}»: elija otro nombre."})
    heads = {post: await _active(connection, post, getattr(area, post)) for post in HEADS}
    return {"label": area.label} | heads


async def _active(connection: AsyncConnection, post: str, name: str | None) -> int | None:
    """The id of an active account, held so that it stays one until the transaction ends."""
    if name is None:
        return None
    wanted = select(people.c.id).where(people.c.name == normal(name), people.c.active).with_for_update()
    found = (await connection.execute(wanted)).scalar()
    if found is None:
        raise AreaRefused({post: f"«{name}» no es una cuenta activa: elija a otra persona."})
    return int(found)


def _said(area: Area) -> dict[str, Any]:
    return {"label": area.label, "head": area.head, "deputy": area.deputy}


def _differing(before: Area, after: Area) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = _said(before), _said(after)
    changed = [key for key in old if old[key] != new[key]]
    return {key: old[key] for key in changed}, {key: new[key] for key in changed}
