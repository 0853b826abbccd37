"""Coming in, going out, and the password."""

import structlog
from aiohttp import web

from cases.presence import PresenceRefused
from staff.passwords import Crowded, WeakPassword
from staff.people import Person
from staff.permissions import Permission
from staff.tries import TooManyTries
from web.asked import local_path, see_other
from web.cookies import drop_cookie, read_cookie, write_cookie
from web.keys import DESKS, SECURE, SESSION, services, session
from web.pages import render

log = structlog.get_logger(__name__)

_WRONG = "El nombre o la contraseña no coinciden. Revise las mayúsculas y pruebe otra vez."
_LONGEST = 200


async def home(request: web.Request) -> web.Response:
    return see_other(first_page(session(request).person))


def first_page(person: Person) -> str:
    """Where somebody starts the day: the desk for those who answer, the lines for the rest."""
    return "/desk" if person.may(Permission.DESK_USE) else "/lines"


async def form(request: web.Request) -> web.Response:
    if SESSION in request:
        return see_other("/")
    return _form(request, "", local_path(request.query.get("next")))


async def enter(request: web.Request) -> web.Response:
    """A new session for each sign-in, so that nobody can fix one beforehand."""
    given = await _fields(request, "name", "password", "next")
    after = local_path(given["next"])
    try:
        people = services(request).people
        person = await people.check_password(given["name"], given["password"], request.remote)
    except (TooManyTries, Crowded) as wait:
        return _form(request, given["name"], after, str(wait), status=429)
    if person is None:
        return _form(request, given["name"], after, _WRONG, status=401)
    return await _with_session(request, person, after)


async def leave(request: web.Request) -> web.Response:
    """The end of a shift: no more calls come to this person's phone."""
    await _take_calls(request, session(request).person, wanted=False)
    await _close_session(request)
    answer = see_other("/sign-in")
    drop_cookie(request, answer, secure=request.app[SECURE])
    return answer


async def who(request: web.Request) -> web.Response:
    """Who is signed in and the token for forms: a page that was open while its person signed in again."""
    found = session(request)
    return web.json_response({"name": found.person.name, "csrf": found.csrf})


async def password_form(request: web.Request) -> web.Response:
    return render(request, "password.html", problem="")


async def change_password(request: web.Request) -> web.Response:
    """Every session of the person ends, and this browser gets a new one."""
    given = await _fields(request, "current", "new", "again")
    person = session(request).person
    problem = await _change(request, person, given)
    if problem:
        return render(request, "password.html", status=422, problem=problem)
    await _close_session(request)
    await request.app[DESKS].sign_out_person(person.id)
    changed = await services(request).people.get(person.id)
    return await _with_session(request, changed or person, None)


async def _change(request: web.Request, person: Person, given: dict[str, str]) -> str:
    """Changes it, or says what stands against it."""
    people = services(request).people
    if given["new"] != given["again"]:
        return "Las dos contraseñas nuevas no son iguales. Escríbalas otra vez."
    if given["new"] == given["current"]:
        return "La contraseña nueva debe ser distinta de la actual."
    try:
        if await people.check_password(person.name, given["current"], request.remote) is None:
            return "La contraseña actual no es esa."
        await people.set_password(person.id, given["new"])
    except (TooManyTries, Crowded, WeakPassword) as refused:
        return str(refused)
    return ""


def _form(
    request: web.Request, name: str, after: str | None, problem: str = "", status: int = 200
) -> web.Response:
    return render(request, "sign_in.html", status=status, name=name, after=after or "", problem=problem)


async def _fields(request: web.Request, *names: str) -> dict[str, str]:
    given = await request.post()
    return {name: str(given.get(name, ""))[:_LONGEST] for name in names}


async def _with_session(request: web.Request, person: Person, after: str | None) -> web.Response:
    secure = request.app[SECURE]
    former = read_cookie(request, secure=secure)
    if former:
        await services(request).sessions.close(former)
    secret = await services(request).sessions.open(person.id)
    if not person.one_time:
        await _take_calls(request, person, wanted=True)
    answer = see_other("/password" if person.one_time else after or first_page(person))
    write_cookie(request, answer, secret.token, secure=secure)
    return answer


async def _take_calls(request: web.Request, person: Person, *, wanted: bool) -> None:
    """Who comes in takes calls and who leaves does not; what stands against it does not keep anybody out."""
    if person.extension is None or not person.groups:
        return
    presence = services(request).presence
    try:
        await (presence.available(person) if wanted else presence.pause(person))
    except PresenceRefused as refused:
        log.warning("presence_refused", person=person.name, reason=str(refused))


async def _close_session(request: web.Request) -> None:
    token = read_cookie(request, secure=request.app[SECURE])
    if token:
        await services(request).sessions.close(token)
        await request.app[DESKS].sign_out(token)
