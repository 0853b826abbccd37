"""The providers as a list, and as a table of services and zones that shows where there are none."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from provisioning.network.matrix import matrix
from provisioning.network.values import STATES, ProviderFilter
from staff.permissions import Permission
from web import lists
from web.asked import is_htmx
from web.keys import services, session
from web.network.asking import office, scope, subsidiaries, today
from web.pages import render


async def index(request: web.Request) -> web.Response:
    """Providers by name, in pages by key; htmx asks for the rows that follow."""
    typed = _typed(request)
    wanted, providers = ProviderFilter(**typed), office(request).providers
    after = lists.text(request.query, "after", 140) or None
    page = await providers.page(wanted, after=after, scope=scope(request))
    more = lists.next_address("/providers", typed, page.next)
    if is_htmx(request):
        return render(request, "network/rows.html", providers=page.items, more=more, **_words(request))
    return render(
        request,
        "network/index.html",
        providers=page.items,
        more=more,
        counts=await providers.counts(wanted, scope(request)),
        links={state: _link(typed, state) for state in ("", *STATES)},
        services=await providers.services(),
        typed=typed,
        filtered=any(typed.values()),
        done=lists.text(request.query, "done"),
        **_words(request),
    )


async def zones(request: web.Request) -> web.Response:
    """For a subsidiary: how many there are of each service in each zone, and where too few."""
    seen = subsidiaries(request)
    chosen = lists.one_of(request.query, "subsidiary", tuple(seen)) or next(iter(seen))
    found = await office(request).providers.all_of(chosen)
    minimums = office(request).network_checks.minimums
    return render(
        request,
        "network/zones.html",
        table=matrix(found, minimums, chosen, today(request, chosen)),
        chosen=chosen,
        subsidiaries=seen,
    )


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {
        "text": lists.text(query, "text"),
        "service": lists.text(query, "service", 40),
        "zone": lists.text(query, "zone"),
        "state": lists.one_of(query, "state", tuple(STATES)),
        "subsidiary": lists.one_of(query, "subsidiary", tuple(services(request).site.subsidiaries)),
    }


def _words(request: web.Request) -> dict[str, Any]:
    return {
        "states": STATES,
        "subsidiaries": subsidiaries(request),
        "may_write": session(request).person.may(Permission.PROVIDER_WRITE),
    }


def _link(typed: Mapping[str, str], state: str) -> str:
    wanted = {name: value for name, value in ({**typed, "state": state}).items() if value}
    return f"/providers?{urlencode(wanted)}" if wanted else "/providers"
