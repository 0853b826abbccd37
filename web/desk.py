"""The coordinator's desk: its page, and whether they take calls. `web.stream` is the live part."""

import json

from aiohttp import web
from markupsafe import Markup

from cases.presence import PresenceRefused
from web import refusals
from web.asked import is_page, see_other
from web.case_form import form_html
from web.keys import services, session
from web.pages import render
from web.refusals import Refusal
from web.regions import Desk, Region, my_calls, render_regions


async def page(request: web.Request) -> web.Response:
    """The desk as it is now; the stream goes on from here."""
    found = session(request)
    desk = Desk(request.app, found.person, found.csrf)
    calls = await my_calls(desk)
    regions = await render_regions(desk, tuple(Region), calls)
    case = await services(request).store.case(calls.case) if calls.case is not None else None
    form = form_html(request.app, case, found.csrf) if case is not None and case.state == "open" else ""
    safe = {name: Markup(html) for name, html in regions.items()}  # noqa: S704 - rendered by our own templates
    return render(request, "desk.html", regions=safe, form=Markup(form))  # noqa: S704


async def availability(request: web.Request) -> web.Response:
    """`state` is `available` or `paused`; the stream shows the change at every desk of this person."""
    state = (await request.post()).get("state")
    try:
        advice = await _make(request, str(state))
    except PresenceRefused as refused:
        raise Refusal(409, "presence", "No se pudo cambiar", str(refused)) from refused
    if is_page(request):
        return see_other("/desk")
    return web.Response(status=204, headers={"HX-Trigger": json.dumps({"notice": advice})} if advice else {})


async def _make(request: web.Request, state: str) -> str | None:
    person, presence = session(request).person, services(request).presence
    match state:
        case "available":
            return await presence.available(person)
        case "paused":
            await presence.pause(person)
            return None
        case _:
            raise refusals.bad_request("Elija «Disponible» o «En pausa».")
