"""Where the day starts: the desk for those who answer calls, what waits for them in the altas for others."""

from aiohttp import web

from provisioning.alta.lists import AltaFilter
from provisioning.prompts.needs import PlanNeeds
from provisioning.prompts.overview import PlanFilter
from staff.permissions import Permission
from web.alta.board import mine
from web.alta.find import altas, zone_of
from web.asked import see_other
from web.entering import first_page
from web.keys import services, session
from web.pages import full_names, render

ASKED = 20
"""So many of the altas that somebody asked for are shown, the newest."""


async def index(request: web.Request) -> web.Response:
    return see_other(first_page(session(request).person))


async def my_turn(request: web.Request) -> web.Response:
    """The open steps that wait for whoever looks, the recordings of others that they may approve, and for
    whom the altas wait that they asked for.
    """
    found, who = altas(request), session(request).person
    asked = AltaFilter(asked_by=who.name, state="under-way")
    return render(
        request,
        "my_turn.html",
        asked=(await found.page(asked, ASKED, scope=who.scope)).items,
        may_begin=not await found.hands.may_begin(who, found.written.procedure.begins),
        areas=await services(request).areas.labels(),
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
