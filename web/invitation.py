"""The door by mail: a link that sets a password, for somebody new or who forgot theirs."""

import asyncio

import structlog
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from staff.actor import Actor, acting
from staff.invitations import LinkOver
from staff.passwords import LONGEST, SHORTEST, Crowded, WeakPassword
from staff.person import Person
from staff.tries import TooManyTries
from web import refusals
from web.entering import fields, proceed
from web.keys import DESKS, services
from web.pages import render

log = structlog.get_logger(__name__)

_LETTERS = web.AppKey("letters", set[asyncio.Task[None]])


def set_up(app: web.Application) -> None:
    """Letters that are being written are ended before the service is."""
    app[_LETTERS] = set()
    app.on_shutdown.append(_finish)


async def _finish(app: web.Application) -> None:
    await asyncio.gather(*app[_LETTERS])


async def forgotten_form(request: web.Request) -> web.Response:
    _by_mail(request)
    return _forgotten(request)


async def forgotten(request: web.Request) -> web.Response:
    """The same answer, as soon, whether there is such an account or not."""
    _by_mail(request)
    given = (await fields(request, "name"))["name"].strip()
    if not given:
        return _forgotten(request, "Escriba su nombre de usuario o su correo.", status=422)
    try:
        await services(request).sign_in.invitations.claim(given, request.remote)
    except TooManyTries as wait:
        return _forgotten(request, str(wait), status=429)
    letter = asyncio.create_task(_write(request, given))
    request.app[_LETTERS].add(letter)
    letter.add_done_callback(request.app[_LETTERS].discard)
    return render(request, "forgotten.html", problem="", done=True)


async def _write(request: web.Request, given: str) -> None:
    try:
        await services(request).sign_in.invitations.forgotten(given)
    except (SQLAlchemyError, ValueError) as error:
        log.error("letter_not_written", reason=str(error))


async def form(request: web.Request) -> web.Response:
    secret = request.match_info["secret"]
    return await _form(request, await _whose(request, secret), secret)


async def accept(request: web.Request) -> web.Response:
    """The new password, and in."""
    secret = request.match_info["secret"]
    given = await fields(request, "new", "again", "tokens", longest=LONGEST + 1)
    tokens_too = bool(given["tokens"])
    person = await _whose(request, secret)
    if given["new"] != given["again"]:
        problem = "Las dos contraseñas no son iguales. Escríbalas otra vez."
        return await _form(request, person, secret, problem, tokens_too, status=422)
    try:
        with acting(Actor(person.name, "web", request.remote)):
            links = services(request).sign_in.invitations
            person = await links.accept(secret, given["new"], tokens_too=tokens_too)
    except (WeakPassword, Crowded) as refused:
        return await _form(request, person, secret, str(refused), tokens_too, status=422)
    except LinkOver as over:
        raise _over(over) from over
    await request.app[DESKS].sign_out_person(person.id)
    changed = await services(request).people.get(person.id)
    return await proceed(request, changed or person, None, "password")


async def _whose(request: web.Request, secret: str) -> Person:
    try:
        return await services(request).sign_in.invitations.find(secret)
    except LinkOver as over:
        raise _over(over) from over


def _over(over: LinkOver) -> refusals.Refusal:
    advice = "Pida otro en «Olvidé mi contraseña» o a quien administra Altavoz."
    return refusals.Refusal(410, "link-over", str(over).rstrip("."), advice)


def _by_mail(request: web.Request) -> None:
    if not services(request).sign_in.invitations.by_mail:
        advice = "Pida una contraseña de un solo uso a quien administra Altavoz."
        raise refusals.Refusal(404, "no-mail", "Altavoz no envía correos en esta instalación", advice)


def _forgotten(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    return render(request, "forgotten.html", status=status, problem=problem, done=False)


async def _form(
    request: web.Request,
    owner: Person,
    secret: str,
    problem: str = "",
    tokens_too: bool = True,
    status: int = 200,
) -> web.Response:
    limits = {"shortest": SHORTEST, "longest": LONGEST}
    return render(
        request,
        "invitation.html",
        status=status,
        owner=owner,
        secret=secret,
        problem=problem,
        working=await services(request).tokens.working(owner),
        tokens_too=tokens_too,
        **limits,
    )
