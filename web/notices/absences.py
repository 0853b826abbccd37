"""Days off: one's own, and those of whoever one may set them for; who of one's areas is out."""

from dataclasses import dataclass, field, replace
from datetime import date

from aiohttp import web

from staff.absences import Absence, AbsenceRefused, may_set
from staff.areas import Area
from staff.person import Person
from web import refusals
from web.asked import see_other
from web.keys import person as asks
from web.keys import services
from web.pages import render
from web.person_form import Given, text


@dataclass(frozen=True)
class TypedAbsence:
    """What the form holds; `problems` are by field."""

    person: str
    first: str = ""
    last: str = ""
    deputy: str = ""
    note: str = ""
    problems: dict[str, str] = field(default_factory=dict)


async def index(request: web.Request) -> web.Response:
    mine = asks(request).name
    return await _index(request, TypedAbsence(request.query.get("person", mine)[:40]))


async def add(request: web.Request) -> web.Response:
    typed = _read(await request.post())
    person = await whose(request, typed.person)
    try:
        first, last = _day("first", typed.first), _day("last", typed.last)
        absences = services(request).office.absences
        await absences.add(person, first, last, typed.deputy or None, typed.note)
    except AbsenceRefused as refused:
        return await _index(request, replace(typed, problems=dict(refused.problems)), status=422)
    return see_other("/absences?done=added")


async def end(request: web.Request) -> web.Response:
    """Somebody is back, or does not leave."""
    await ended(request)
    return see_other("/absences?done=ended")


async def ended(request: web.Request) -> Absence:
    """The absence that the address names, ended by who may."""
    written, absences = request.match_info["id"], services(request).office.absences
    absence = await absences.get(int(written)) if written.isdecimal() and len(written) < 10 else None
    if absence is None:
        raise refusals.not_found("Esa ausencia no existe")
    await whose(request, absence.person)
    await absences.end(absence)
    return absence


async def whose(request: web.Request, name: str) -> Person:
    """The person whose days they are, if the one who asks may set them."""
    asking = asks(request)
    person = await services(request).people.by_name(name)
    if person is None or not may_set(asking, person, await services(request).areas.all()):
        raise refusals.not_found("Esa persona no existe, o sus ausencias no las anota usted")
    return person


def _read(given: Given) -> TypedAbsence:
    return TypedAbsence(
        text(given, "person"),
        text(given, "first"),
        text(given, "last"),
        text(given, "deputy"),
        text(given, "note"),
    )


def _day(name: str, written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise AbsenceRefused({name: "Escriba el día como «2026-11-21»."}) from error


async def _index(request: web.Request, typed: TypedAbsence, status: int = 200) -> web.Response:
    served, asking = services(request), asks(request)
    people = [person for person in await served.people.all() if person.active]
    areas = await served.areas.all()
    settable = [person for person in people if may_set(asking, person, areas)]
    return render(
        request,
        "notices/absences.html",
        status=status,
        absences=await shown(request),
        settable={person.name: person.full_name for person in settable},
        active=sorted(people, key=lambda person: person.full_name),
        today=served.office.absences.today(),
        typed=typed,
        done=request.query.get("done", ""),
    )


async def shown(request: web.Request) -> tuple[Absence, ...]:
    """What is to come of those whose days one may set, of one's areas and of who heads them."""
    served, asking = services(request), asks(request)
    people = [person for person in await served.people.all() if person.active]
    areas = await served.areas.all()
    settable = {person.name for person in people if may_set(asking, person, areas)}
    names = {asking.name, *settable, *_beside(asking, people, areas)}
    return await served.office.absences.to_come(*sorted(names))


def _beside(asking: Person, people: list[Person], areas: tuple[Area, ...]) -> set[str]:
    """Those who share an area with somebody, and who heads it."""
    own = set(asking.areas)
    heads = {post for area in areas if area.name in own for post in (area.head, area.deputy) if post}
    return {person.name for person in people if own & set(person.areas)} | heads
