"""From a proof of who somebody is to a session: the same for every way in."""

import structlog
from aiohttp import web

from cases.presence import PresenceRefused
from staff.actor import Actor, acting
from staff.permissions import Permission
from staff.person import Person
from staff.sessions import Visit
from web.asked import see_other
from web.cookies import drop_step, read_cookie, read_step, write_cookie, write_step
from web.keys import SECURE, services

log = structlog.get_logger(__name__)

CODE = "code"
MY_TURN = "/mine"


def first_page(person: Person) -> str:
    """Where somebody starts the day: the desk, what waits for them in the altas, or the lines."""
    answers = person.may(Permission.DESK_USE)
    if person.may(Permission.ALTA_READ) and not (answers and person.extension):
        return MY_TURN
    return "/desk" if answers else "/lines"


async def proceed(request: web.Request, person: Person, after: str | None, way: str) -> web.Response:
    """The first proof was right: on to the second factor of who has one, else in."""
    sign_in = services(request).sign_in
    if await sign_in.factors.of(person.id) is None:
        return await come_in(request, person, after, way)
    token = await sign_in.steps.begin(CODE, person.id, {"after": after, "way": way})
    answer = see_other("/sign-in/code")
    write_step(request, answer, token, secure=request.app[SECURE])
    return answer


async def come_in(request: web.Request, person: Person, after: str | None, way: str) -> web.Response:
    """A new session for each sign-in, so that nobody can fix one beforehand; calls come from here on."""
    secure, served = request.app[SECURE], services(request)
    visit = Visit(request.remote, request.headers.get("User-Agent", ""), way)
    secret = await served.sessions.open(person.id, visit, former=read_cookie(request, secure=secure))
    found = await served.sessions.find(secret.token)
    person = found.person if found else person
    must_enrol = found is not None and found.must_enrol
    if not person.one_time and not must_enrol:
        await take_calls(request, person, wanted=True)
    answer = see_other(_next_page(person, after, must_enrol=must_enrol))
    write_cookie(request, answer, secret.token, secure=secure)
    if read_step(request, secure=secure):
        drop_step(request, answer, secure=secure)
    return answer


def _next_page(person: Person, after: str | None, *, must_enrol: bool) -> str:
    if person.one_time:
        return "/password"
    return "/account/second-factor" if must_enrol else after or first_page(person)


async def take_calls(request: web.Request, person: Person, *, wanted: bool) -> None:
    """Who comes in takes calls and who leaves does not; what stands against it does not keep anybody out."""
    if person.extension is None or not person.groups:
        return
    presence = services(request).presence
    try:
        with acting(Actor(person.name, "web", request.remote)):
            await (presence.arrive(person) if wanted else presence.leave(person))
    except PresenceRefused as refused:
        log.warning("presence_refused", person=person.name, reason=str(refused))


async def fields(request: web.Request, *names: str, longest: int = 200) -> dict[str, str]:
    """The fields of a form as text, cut where nobody would write on."""
    given = await request.post()
    return {name: str(given.get(name, ""))[:longest] for name in names}
