"""What whoever administers does for somebody else's way in: links, waits, second factor, sessions."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from staff.invitations import NotInvited
from staff.permissions import Permission
from staff.person import Person
from web import refusals
from web.asked import see_other
from web.devices import device
from web.keys import DESKS, services, session
from web.pages import render


async def security_of(request: web.Request, person: Person) -> dict[str, Any]:
    """What `person_security.html` shows."""
    served = services(request)
    return {
        "invitation": await served.sign_in.invitations.latest(person.id),
        "by_mail": served.sign_in.invitations.by_mail,
        "delays": await served.sign_in.credentials.delays(person.name),
        "factor": await served.sign_in.factors.of(person.id),
        "linked": await served.sign_in.linked.linked(person.id),
        "sessions": await served.sessions.of(person.id),
        "may_write": session(request).person.may(Permission.USER_WRITE),
        "now": served.clock(),
        "device": device,
    }


async def invite(request: web.Request) -> web.Response:
    person = await _person(request)
    try:
        await services(request).sign_in.invitations.invite(person.id)
    except NotInvited as refused:
        raise refusals.Refusal(409, "not-invited", "No se envió la invitación", str(refused)) from refused
    return _back(person)


async def revoke_invitation(request: web.Request) -> web.Response:
    person = await _person(request)
    await services(request).sign_in.invitations.revoke(person.id)
    return _back(person)


async def give_one_time(request: web.Request) -> web.Response:
    """Shown in this answer and nowhere else."""
    person = await _person(request)
    given = await services(request).sign_in.credentials.give_one_time(person.id)
    await request.app[DESKS].sign_out_person(person.id)
    return render(request, "one_time.html", owner=person, given=given)


async def unlock(request: web.Request) -> web.Response:
    person = await _person(request)
    await services(request).sign_in.credentials.unlock(person.id)
    return _back(person)


async def reset_factor(request: web.Request) -> web.Response:
    """For who lost the telephone and the recovery codes."""
    person = await _person(request)
    await services(request).sign_in.factors.remove(person)
    return _back(person)


async def unlink(request: web.Request) -> web.Response:
    """The company's account finds this one by its e-mail anew."""
    person = await _person(request)
    await services(request).sign_in.linked.unlink(person)
    return _back(person)


async def close_session(request: web.Request) -> web.Response:
    person = await _person(request)
    if not await services(request).sessions.close_one(person.id, request.match_info["session"]):
        raise refusals.not_found("Esa sesión ya terminó")
    await request.app[DESKS].reconnect_person(person.id)
    return _back(person)


async def close_sessions(request: web.Request) -> web.Response:
    person = await _person(request)
    await services(request).sessions.close_all(person.id)
    await request.app[DESKS].sign_out_person(person.id)
    return _back(person)


async def _person(request: web.Request) -> Person:
    person = await services(request).people.by_name(request.match_info["name"])
    if person is None:
        raise refusals.not_found("Esa cuenta no existe")
    return person


def _back(person: Person) -> web.Response:
    return see_other(f"/people/{quote(person.name)}#security-h")
