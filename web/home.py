"""Where the day starts: the desk for those who answer calls, what waits for them in the altas for others."""

from aiohttp import web

from provisioning.prompts.needs import PlanNeeds
from provisioning.prompts.overview import PlanFilter
from staff.permissions import Permission
from web.alta.board import mine
from web.alta.find import zone_of
from web.asked import see_other
from web.entering import first_page
from web.keys import services, session
from web.pages import full_names, render


async def index(request: web.Request) -> web.Response:
    return see_other(first_page(session(request).person))


async def my_turn(request: web.Request) -> web.Response:
    """The open steps that wait for whoever looks, and the recordings of others that they may approve."""
    return render(
        request,
        "my_turn.html",
        mine=await mine(request),
        to_approve=await _to_approve(request),
        names=await full_names(request),
        zone_of=zone_of(request),
    )


async def _to_approve(request: web.Request) -> tuple[PlanNeeds, ...]:
    who = session(request).person
    if not who.may(Permission.PROMPT_APPROVE):
        return ()
    page = await services(request).office.prompt_needs.page(PlanFilter(what="approve"), who.scope)
    return tuple(each for each in page.plans if each.awaiting(who.name))
