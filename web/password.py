"""A person's own password."""

from aiohttp import web

from staff.passwords import LONGEST, SHORTEST, Crowded, WeakPassword
from staff.person import Person
from staff.tries import TooManyTries
from web.entering import come_in, fields
from web.keys import DESKS, services, session
from web.pages import render


async def form(request: web.Request) -> web.Response:
    return await _form(request)


async def change(request: web.Request) -> web.Response:
    """Every session of the person ends, and this browser gets a new one."""
    given = await fields(request, "current", "new", "again", "tokens", longest=LONGEST + 1)
    found = session(request)
    problem = await _change(request, found.person, given)
    if problem:
        return await _form(request, problem, bool(given["tokens"]), status=422)
    await request.app[DESKS].sign_out_person(found.person.id)
    changed = await services(request).people.get(found.person.id)
    return await come_in(request, changed or found.person, None, found.way)


async def _change(request: web.Request, person: Person, given: dict[str, str]) -> str:
    """Changes it, or says what stands against it."""
    credentials = services(request).sign_in.credentials
    if given["new"] != given["again"]:
        return "Las dos contraseñas nuevas no son iguales. Escríbalas otra vez."
    if given["new"] == given["current"]:
        return "La contraseña nueva debe ser distinta de la actual."
    try:
        if await credentials.check(person.name, given["current"], request.remote) is None:
            return "La contraseña actual no es esa."
        await credentials.set_password(person.id, given["new"], tokens_too=bool(given["tokens"]))
    except (TooManyTries, Crowded, WeakPassword) as refused:
        return str(refused)
    return ""


async def _form(
    request: web.Request, problem: str = "", tokens_too: bool = True, status: int = 200
) -> web.Response:
    working = await services(request).tokens.working(session(request).person)
    limits = {"shortest": SHORTEST, "longest": LONGEST}
    ticked = {"working": working, "tokens_too": tokens_too}
    return render(request, "password.html", status=status, problem=problem, **limits, **ticked)
