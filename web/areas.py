"""The areas: what they are called, who heads them, who is in them."""

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from aiohttp import web

from staff.areas import Area, AreaRefused, StaleArea
from staff.directory import PeopleFilter
from staff.person import Person
from staff.profile import PersonRefused, profile_of
from web import lists, refusals
from web.asked import see_other
from web.keys import services
from web.pages import full_names, render
from web.person_form import Given, number, text

MOST_MEMBERS = 500


@dataclass(frozen=True)
class TypedArea:
    """What a form holds; `problems` and `now` (what somebody else wrote meanwhile) are by field."""

    area: Area
    problems: dict[str, str] = field(default_factory=dict)
    now: dict[str, str] = field(default_factory=dict)


async def index(request: web.Request) -> web.Response:
    return await _index(request, TypedArea(Area("", "")))


async def add(request: web.Request) -> web.Response:
    wanted = _read(await request.post(), "")
    try:
        area = await services(request).areas.add(wanted.name, wanted.label, wanted.head, wanted.deputy)
    except AreaRefused as refused:
        return await _index(request, TypedArea(wanted, refused.problems), status=422)
    return _back(area.name, "added")


async def page(request: web.Request) -> web.Response:
    return await _page(request, TypedArea(await _find(request)))


async def change(request: web.Request) -> web.Response:
    """The form sent. Who comes second sees what somebody else wrote, beside their own."""
    area = await _find(request)
    wanted = _read(await request.post(), area.name)
    try:
        await services(request).areas.change(
            area.name, wanted.label, wanted.head, wanted.deputy, wanted.revision
        )
    except StaleArea as stale:
        theirs = replace(wanted, revision=stale.now.revision)
        typed = TypedArea(theirs, stale.problems, await _differing(request, stale.now, wanted))
        return await _page(request, typed, status=409)
    except AreaRefused as refused:
        return await _page(request, TypedArea(wanted, refused.problems), status=422)
    return _back(area.name, "changed")


async def members(request: web.Request) -> web.Response:
    """Puts somebody into the area, or takes them out."""
    area, given = await _find(request), await request.post()
    person = await services(request).people.by_name(text(given, "person"))
    if person is None or not person.active:
        return await _page(request, TypedArea(area, {"person": "Elija a una persona activa."}), status=422)
    leaves = text(given, "how") == "remove"
    others = tuple(name for name in person.areas if name != area.name)
    wanted = replace(profile_of(person), areas=others if leaves else (*others, area.name))
    try:
        await services(request).staffing.change(person, wanted, person.revision)
    except PersonRefused as refused:
        return await _page(request, TypedArea(area, {"person": str(refused)}), status=422)
    return _back(area.name, "left" if leaves else "joined")


def _back(name: str, done: str) -> web.Response:
    return see_other(f"/areas/{quote(name)}?done={done}")


def _read(given: Given, name: str) -> Area:
    return Area(
        name=name or text(given, "name"),
        label=text(given, "label"),
        head=text(given, "head") or None,
        deputy=text(given, "deputy") or None,
        revision=number(given, "revision"),
    )


async def _find(request: web.Request) -> Area:
    area = await services(request).areas.get(request.match_info["name"])
    if area is None:
        raise refusals.not_found("Esa área no existe")
    return area


async def _differing(request: web.Request, now: Area, wanted: Area) -> dict[str, str]:
    names = await full_names(request)
    theirs = {
        "label": now.label,
        "head": names.get(now.head or "", "nadie"),
        "deputy": names.get(now.deputy or "", "nadie"),
    }
    return {name: theirs[name] for name in theirs if getattr(now, name) != getattr(wanted, name)}


async def _index(request: web.Request, typed: TypedArea, status: int = 200) -> web.Response:
    return render(
        request,
        "areas.html",
        status=status,
        areas=await services(request).areas.all(),
        typed=typed,
        **await _shared(request),
    )


async def _page(request: web.Request, typed: TypedArea, status: int = 200) -> web.Response:
    wanted = PeopleFilter(area=typed.area.name, active=True)
    found = await services(request).directory.page(wanted, MOST_MEMBERS)
    shared = await _shared(request)
    return render(
        request,
        "area.html",
        status=status,
        typed=typed,
        area=await _find(request),
        members=found.people,
        outside=_outside(shared["active"], found.people),
        away=(await services(request).office.absences.away()).named(),
        done=lists.text(request.query, "done"),
        **shared,
    )


def _outside(active: list[Person], inside: tuple[Person, ...]) -> list[Person]:
    names = {person.name for person in inside}
    return [person for person in active if person.name not in names]


async def _shared(request: web.Request) -> dict[str, Any]:
    people = await services(request).people.all()
    active = sorted((person for person in people if person.active), key=lambda person: person.full_name)
    return {"active": active, "names": {person.name: person.full_name for person in people}}
