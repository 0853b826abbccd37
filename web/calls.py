"""The list of calls."""

from aiohttp import web

from cases.pages import BadPage
from cases.store import CallFilter
from web import lists, refusals
from web.asked import is_htmx
from web.keys import services
from web.pages import full_names, render, site_zone


async def index(request: web.Request) -> web.Response:
    """Calls, newest first, in pages by key; htmx asks for the rows that follow."""
    served = services(request)
    typed = _typed(request)
    try:
        page = await served.store.calls(_filter(request, typed), after=request.query.get("after"))
    except BadPage as bad:
        raise refusals.bad_request(str(bad)) from bad
    return render(
        request,
        "calls_rows.html" if is_htmx(request) else "calls.html",
        calls=page.items,
        names=await full_names(request),
        more=lists.next_address("/calls", typed, page.next),
        typed=typed,
        filtered=any(typed.values()),
        plans=[stored.version.plan for stored in served.book.live()],
    )


def _typed(request: web.Request) -> dict[str, str]:
    return {name: lists.text(request.query, name) for name in ("plan", "caller", "from", "to")}


def _filter(request: web.Request, typed: dict[str, str]) -> CallFilter:
    site = services(request).site
    zone = site_zone(site)
    return CallFilter(
        plan=typed["plan"] or None,
        caller=lists.typed_number(typed["caller"], site),
        since=lists.from_day(typed["from"], zone),
        until=lists.past_day(typed["to"], zone),
    )
