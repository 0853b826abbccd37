"""Who may do what to an alta: the step's areas, their heads and deputies, its owner, administrators."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from provisioning.alta.refusals import NotYours
from provisioning.alta.views import AltaView, StepView
from staff.areas import HEADS, Area, Areas
from staff.people import People
from staff.permissions import Permission
from staff.person import Person
from staff.roles import Role

Acting = Callable[[Person], Awaitable[frozenset[str]]]
"""The areas that a person acts for today besides their own: those of whom they stand in for."""

_SHOWN = 6


async def nobody_stands_in(_person: Person) -> frozenset[str]:
    return frozenset()


class Hands:
    """Whose hands a step is in. None instead of a person is the house itself: it may do anything but sign."""

    def __init__(self, people: People, areas: Areas, acting: Acting = nobody_stands_in) -> None:
        self._people = people
        self._areas = areas
        self._acting = acting

    async def areas_of(self, person: Person) -> frozenset[str]:
        """The areas that a person acts for: in them, at the head of them, or standing in for somebody."""
        headed = {area.name for area in await self._areas.all() if _heads(area, person)}
        return frozenset({*person.areas, *headed, *await self._acting(person)})

    async def may_close(self, person: Person | None, step: StepView) -> str:
        """Empty when the step is in this person's hands, else the sentence that says in whose it is."""
        if person is None or person.name == step.owner or Role.ADMINISTRATOR in person.roles:
            return ""
        if not person.may(Permission.ALTA_WRITE):
            return "Su cuenta no participa en las altas: pídale a un administrador el permiso."
        if set(step.step.areas) & await self.areas_of(person):
            return ""
        return await self.whose(step.step.areas)

    async def may_lead(self, person: Person | None, alta: AltaView) -> str:
        """Whether a person may change, suspend or cancel an alta: who asked for it, or its first area."""
        if person is None or Role.ADMINISTRATOR in person.roles or person.name == alta.asked_by:
            return ""
        return await self.may_begin(person, alta.procedure.begins)

    async def may_begin(self, person: Person | None, areas: Iterable[str]) -> str:
        """Whether a person acts for one of these areas."""
        if person is None or Role.ADMINISTRATOR in person.roles:
            return ""
        wanted = set(areas)
        if person.may(Permission.ALTA_WRITE) and wanted & await self.areas_of(person):
            return ""
        return await self.whose(wanted)

    async def may_sign(self, person: Person, area: str) -> str:
        """Whether a person may give an area's word; nobody signs for an area they do not act for."""
        if person.may(Permission.ALTA_WRITE) and area in await self.areas_of(person):
            return ""
        return await self.whose((area,))

    async def people_of(self, areas: Iterable[str]) -> tuple[Person, ...]:
        """The active people who act for one of these areas, by name."""
        wanted = set(areas)
        found = [each for each in await self._areas.all() if each.name in wanted]
        names = {name for area in found for name in (area.head, area.deputy) if name}
        people = [each for each in await self._people.all() if each.active]
        return tuple(each for each in people if wanted & {*each.areas} or each.name in names)

    async def whose_turn(self, step: StepView) -> str:
        """`Le corresponde a Ana Ruiz (Operaciones).` when it is one person's, else as `whose` says."""
        owner = await self._people.by_name(step.owner) if step.owner else None
        if owner is None:
            return await self.whose(step.step.areas)
        labels = await self._areas.labels()
        return f"Le corresponde a {owner.full_name} ({_called(labels, step.step.areas)})."

    async def whose(self, areas: Iterable[str]) -> str:
        """`Le corresponde a Operaciones: Ana Ruiz, Juan Paz.`"""
        wanted = sorted(set(areas))
        labels = await self._areas.labels()
        called = _called(labels, wanted)
        people = [each.full_name for each in await self.people_of(wanted) if each.may(Permission.ALTA_WRITE)]
        if not people:
            return f"Le corresponde a {called}, que no tiene a nadie: agregue gente en «Personas»."
        more = f" y {len(people) - _SHOWN} más" if len(people) > _SHOWN else ""
        return f"Le corresponde a {called}: {', '.join(people[:_SHOWN])}{more}."


def refuse(said: str) -> None:
    """Raises `NotYours` for a sentence; an empty one means that nothing stands against it."""
    if said:
        raise NotYours(said)


def _called(labels: Mapping[str, str], areas: Iterable[str]) -> str:
    return " y ".join(labels.get(area, area) for area in areas)


def _heads(area: Area, person: Person) -> bool:
    return any(getattr(area, post) == person.name for post in HEADS)
