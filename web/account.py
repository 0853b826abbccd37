"""A person's own account: the password, the second factor, and where they are signed in."""

from aiohttp import web

from web import refusals
from web.asked import see_other
from web.devices import device
from web.keys import DESKS, services, session
from web.notices import preferences
from web.pages import render


async def page(request: web.Request) -> web.Response:
    found, served = session(request), services(request)
    return render(
        request,
        "account.html",
        factor=await served.sign_in.factors.of(found.person.id),
        sessions=await served.sessions.of(found.person.id),
        here=found.id,
        device=device,
        done=request.query.get("done", ""),
        **await preferences.chosen(request),
    )


async def close_session(request: web.Request) -> web.Response:
    found = session(request)
    if not await services(request).sessions.close_one(found.person.id, request.match_info["session"]):
        raise refusals.not_found("Esa sesión ya terminó")
    await request.app[DESKS].reconnect_person(found.person.id)
    return see_other("/account?done=closed")


async def close_others(request: web.Request) -> web.Response:
    found = session(request)
    await services(request).sessions.close_others(found.person.id, found.id)
    await request.app[DESKS].reconnect_person(found.person.id)
    return see_other("/account?done=closed")
