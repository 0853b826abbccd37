"""How somebody likes to be told, on their own account's page."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from provisioning.notices.preferences import BadPreference, How
from web import refusals
from web.asked import see_other
from web.keys import services, session
from web.notices.words import zone_words
from web.person_form import number, text


async def chosen(request: web.Request) -> Mapping[str, Any]:
    """What the page of the account shows of it."""
    office = services(request).office
    return {
        "told": await office.preferences.of(session(request).person.id),
        "hows": tuple(How),
        "zones": office.preferences.zones,
        "zone_words": zone_words,
        "away": (await office.absences.away()).of(session(request).person.id),
    }


async def choose(request: web.Request) -> web.Response:
    given = await request.post()
    how, preferences = text(given, "how"), services(request).office.preferences
    if how not in tuple(How):
        raise refusals.bad_request("Elija una de las formas de la lista.")
    try:
        hour, zone = number(given, "hour"), text(given, "zone")
        await preferences.choose(session(request).person, How(how), hour, zone)
    except BadPreference as refused:
        raise refusals.bad_request(str(refused)) from refused
    return see_other("/account?done=told")
