"""The second factor: asked for at the door, and begun, confirmed or taken away in one's own account."""

import segno
from aiohttp import web
from markupsafe import Markup

from staff.second_factors import WrongCode
from staff.sessions import Session
from staff.steps import Step
from staff.tries import TooManyTries
from web.asked import see_other
from web.cookies import read_step
from web.entering import CODE, come_in, fields
from web.keys import DESKS, SECURE, services, session
from web.pages import render

_WRONG = "El código no es ese, o ya se usó. Escriba el que muestra su teléfono ahora."


async def code_form(request: web.Request) -> web.Response:
    return _code_form(request) if await _step(request) else see_other("/sign-in")


async def code(request: web.Request) -> web.Response:
    """The password was right before; a code that is right too opens the session. Nothing is remembered."""
    typed = (await fields(request, "code"))["code"]
    step = await _step(request)
    person = await services(request).people.get(step.person) if step and step.person else None
    if step is None or person is None or not person.active:
        return see_other("/sign-in")
    try:
        right = await services(request).sign_in.factors.check(person, typed)
    except TooManyTries as wait:
        return _code_form(request, str(wait), status=429)
    if not right:
        return _code_form(request, _WRONG, status=401)
    if await services(request).sign_in.steps.take(CODE, _token(request)) is None:
        return see_other("/sign-in")
    way = "oidc" if step.data["way"] == "oidc" else "code"
    return await come_in(request, person, step.data["after"], way)


async def page(request: web.Request) -> web.Response:
    return await _page(request)


async def confirm(request: web.Request) -> web.Response:
    """From now on it counts: the other sessions end, and this one goes on under a new token."""
    found = session(request)
    typed = (await fields(request, "code"))["code"]
    factors = services(request).sign_in.factors
    if await factors.of(found.person.id) is not None:
        return see_other("/account/second-factor")
    try:
        codes = await factors.confirm(found.person, typed)
    except WrongCode as wrong:
        return await _page(request, str(wrong), status=422)
    return await _with_codes(request, found, codes)


async def remove(request: web.Request) -> web.Response:
    """Only with a code: whoever finds the browser open cannot."""
    problem = await _not_by_code(request)
    if problem:
        return await _page(request, problem, status=422)
    found = session(request)
    await services(request).sign_in.factors.remove(found.person)
    await _other_sessions_end(request, found)
    return await come_in(request, found.person, "/account", found.way)


async def renew_codes(request: web.Request) -> web.Response:
    problem = await _not_by_code(request)
    if problem:
        return await _page(request, problem, status=422)
    codes = await services(request).sign_in.factors.renew_codes(session(request).person)
    return render(request, "recovery_codes.html", codes=codes)


async def _not_by_code(request: web.Request) -> str:
    typed = (await fields(request, "code"))["code"]
    try:
        right = await services(request).sign_in.factors.check(session(request).person, typed)
    except TooManyTries as wait:
        return str(wait)
    return "" if right else _WRONG


async def _with_codes(request: web.Request, found: Session, codes: tuple[str, ...]) -> web.Response:
    await _other_sessions_end(request, found)
    moved = await come_in(request, found.person, None, found.way)
    shown = render(request, "recovery_codes.html", codes=codes)
    for cookie in moved.cookies.values():
        shown.headers.add("Set-Cookie", cookie.OutputString())
    return shown


async def _other_sessions_end(request: web.Request, found: Session) -> None:
    await services(request).sessions.close_others(found.person.id, found.id)
    await request.app[DESKS].reconnect_person(found.person.id)


async def _page(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    found = session(request)
    factors = services(request).sign_in.factors
    factor = await factors.of(found.person.id)
    enrolment = None if factor else await factors.begin(found.person)
    picture = _picture(enrolment.address) if enrolment else ""
    return render(
        request,
        "second_factor.html",
        status=status,
        problem=problem,
        factor=factor,
        enrolment=enrolment,
        picture=picture,
        must_enrol=found.must_enrol,
    )


def _token(request: web.Request) -> str | None:
    return read_step(request, secure=request.app[SECURE])


async def _step(request: web.Request) -> Step | None:
    return await services(request).sign_in.steps.find(CODE, _token(request))


def _code_form(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    return render(request, "code.html", status=status, problem=problem)


def _picture(address: str) -> Markup:
    """The QR code as SVG: squares only, whatever the address says."""
    return Markup(segno.make(address, error="m").svg_inline(scale=5, light="#fff"))  # noqa: S704
