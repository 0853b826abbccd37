"""The lines with their plans and whom they answer, the release that stands in the PBX, the link to it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from cases.pops import in_force
from plans.book import StoredPlan
from plans.model import Line, Plan
from plans.site import Site
from staff.scope import EVERYTHING
from web.keys import services, session
from web.pages import render


@dataclass(frozen=True)
class LineRow:
    line: Line
    plan: Plan
    stored: StoredPlan
    in_force: bool


async def index(request: web.Request) -> web.Response:
    """The lines of what the person sees."""
    served, scope = services(request), session(request).person.scope
    now = served.clock()
    rows = [
        LineRow(line, stored.version.plan, stored, _in_force(stored.version.plan, served.site, now))
        for stored in served.book.standing()
        for line in stored.version.plan.lines
        if scope.covers(stored.version.plan.subsidiary, stored.version.plan.account.name)
    ]
    subsidiaries = served.site.subsidiaries
    return render(
        request,
        "lines.html",
        rows=rows,
        release=served.release(),
        subsidiaries=subsidiaries,
        partly=scope != EVERYTHING,
    )


def _in_force(plan: Plan, site: Site, now: datetime) -> bool:
    return in_force(plan, now, ZoneInfo(site.subsidiaries[plan.subsidiary].timezone))
