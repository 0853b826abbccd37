"""Where the day starts: the desk for those who answer calls, what waits for them in the altas for others."""

from aiohttp import web

from web.alta.board import mine
from web.alta.find import zone_of
from web.asked import see_other
from web.entering import first_page
from web.keys import session
from web.pages import full_names, render


async def index(request: web.Request) -> web.Response:
    return see_other(first_page(session(request).person))


async def my_turn(request: web.Request) -> web.Response:
    """The open steps that wait for whoever looks."""
    return render(
        request,
        "my_turn.html",
        mine=await mine(request),
        names=await full_names(request),
        zone_of=zone_of(request),
    )
