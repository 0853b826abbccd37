"""The carriers: how each delivers, whom to ask there, how long it takes, and what it really delivered."""

from aiohttp import web

from provisioning.numbers.delivery import FORMS, PARTS
from web.keys import services, session
from web.pages import full_names, render


async def index(request: web.Request) -> web.Response:
    served = services(request)
    return render(
        request,
        "numbers/carriers.html",
        carriers=await served.office.carriers.all(session(request).person.scope),
        subsidiaries=served.site.subsidiaries,
        forms=FORMS,
        parts=PARTS,
        names=await full_names(request),
        now=served.clock(),
    )
