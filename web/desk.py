"""The coordinator's desk: its page, and whether they take calls. `web.stream` is the live part."""

import json

from aiohttp import web
from markupsafe import Markup

from cases.presence import PauseReason, PresenceRefused
from web import refusals
from web.asked import is_page, see_other
from web.case_form import form_html
from web.keys import ASSETS, services, session
from web.pages import render, site_zone
from web.refusals import Refusal
from web.regions import Desk, my_calls, regions_of, render_regions


async def page(request: web.Request) -> web.Response:
    """The desk as it is now; the stream goes on from here."""
    found = session(request)
    desk = Desk(request.app, found.person, found.csrf)
    calls = await my_calls(desk)
    regions = await render_regions(desk, regions_of(desk), calls)
    case = await services(request).store.case(calls.case) if calls.case is not None else None
    form = form_html(request.app, case, found.csrf) if case is not None and case.state == "open" else ""
    safe = {name: Markup(html) for name, html in regions.items()}  # noqa: S704 - rendered by our own templates
    return render(
        request,
        "desk.html",
        regions=safe,
        form=Markup(form),  # noqa: S704
        pauses=tuple(PauseReason),
        zone=site_zone(services(request).site).key,
        version=request.app[ASSETS].version,
    )


async def availability(request: web.Request) -> web.Response:
    """`state` is `available` or `paused` (with a `reason`); every desk of this person shows the change."""
    given = await request.post()
    try:
        advice = await _make(request, str(given.get("state")), str(given.get("reason", PauseReason.OTHER)))
    except PresenceRefused as refused:
        raise Refusal(409, "presence", "No se pudo cambiar", str(refused)) from refused
    if is_page(request):
        return see_other("/desk")
    return web.Response(status=204, headers={"HX-Trigger": json.dumps({"notice": advice})} if advice else {})


async def _make(request: web.Request, state: str, reason: str) -> str | None:
    person, presence = session(request).person, services(request).presence
    match state:
        case "available":
            return await presence.available(person)
        case "paused" if reason in list(PauseReason):
            await presence.pause(person, PauseReason(reason))
            return None
        case _:
            raise refusals.bad_request("Elija «Disponible» o el motivo de la pausa.")
