"""A plan's text as the pages see it: examined over the site and over what stands beside it."""

import asyncio
from zoneinfo import ZoneInfo

from aiohttp import web

from plans.examine import Examined, examine
from plans.model import Plan
from web.keys import services
from web.pages import site_zone


async def read_text(request: web.Request, text: str) -> Examined:
    """Every problem of a text, and what it says. The file's rules look at the day in the pages' time."""
    served = services(request)
    others: list[Plan] = [stored.version.plan for stored in served.book.standing()]
    today = served.clock().astimezone(site_zone(served.site)).date()
    return await asyncio.to_thread(examine, text, served.site, others, today)


def zone_of(request: web.Request, subsidiary: str) -> ZoneInfo:
    """The time of a subsidiary; the pages' own for one that the site does not have."""
    site = services(request).site
    known = site.subsidiaries.get(subsidiary)
    return ZoneInfo(known.timezone) if known else site_zone(site)
