"""The alta that an address names, for those who may see it."""

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from aiohttp import web

from plans.site import Site
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView, StepView
from staff.permissions import Permission
from web import refusals
from web.keys import person, services
from web.pages import site_zone

_LONGEST_ID = 9


def altas(request: web.Request) -> Altas:
    return services(request).office.altas


async def find(request: web.Request) -> AltaView:
    """The alta, with what proves its steps looked at now. Out of sight is as if it were not there."""
    found = await altas(request).find(number_of(request, "id"), person(request).scope)
    if found is None:
        raise refusals.not_found("Esa alta no existe")
    return found


async def of_plan(request: web.Request, plan: str) -> AltaView | None:
    """The alta to which a plan's page leads back, for those who may see it."""
    if not person(request).may(Permission.ALTA_READ):
        return None
    found = await altas(request).of_plan(plan)
    seen = found is not None and person(request).scope.covers(found.subsidiary, found.account)
    return found if seen else None


def find_step(request: web.Request, alta: AltaView) -> StepView:
    """The step of the alta that the address names."""
    step = alta.step(request.match_info["step"])
    if step is None:
        raise refusals.not_found("Esa alta no tiene ese paso")
    return step


def zone_of(request: web.Request) -> Callable[[str], ZoneInfo]:
    """The time of a subsidiary, by its code; the pages' own for one that the site does not have any more."""
    return zones_of(services(request).site)


def zones_of(site: Site) -> Callable[[str], ZoneInfo]:
    zones = {code: ZoneInfo(each.timezone) for code, each in site.subsidiaries.items()}
    return lambda subsidiary: zones.get(subsidiary) or site_zone(site)


def today(request: web.Request, *subsidiaries: str) -> date:
    """The day that it is in a subsidiary; of several, the earliest."""
    zones, now = zone_of(request), services(request).clock()
    return min(now.astimezone(zones(each)).date() for each in subsidiaries or ("",))


def number_of(request: web.Request, name: str) -> int:
    """A number in the address."""
    written = request.match_info[name].removeprefix("ALTA-")
    if not (written.isascii() and written.isdecimal() and len(written) <= _LONGEST_ID):
        raise refusals.not_found("Esa alta no existe")
    return int(written)
