"""The list of calls, and one of them from its beginning to its end."""

from aiohttp import web

from cases.filters import CallFilter
from cases.pages import BadPage
from cases.plans_in_use import plan_of
from cases.views import CallView
from telephony.journal_store import LinkGap
from web import lists, refusals, words
from web.asked import is_htmx
from web.call_story import Told, story
from web.keys import services
from web.pages import full_names, render, site_zone
from web.sight import sight

_FIELDS = ("number", "line", "plan", "coordinator", "from", "to")


async def index(request: web.Request) -> web.Response:
    """Calls, newest first, in pages by key; htmx asks for the rows that follow."""
    served = services(request)
    typed = _typed(request)
    try:
        page = await served.store.calls(
            _filter(request, typed), after=request.query.get("after"), **sight(request)
        )
    except BadPage as bad:
        raise refusals.bad_request(str(bad)) from bad
    plans = served.book.plans()
    return render(
        request,
        "calls_rows.html" if is_htmx(request) else "calls.html",
        calls=page.items,
        names=await full_names(request),
        more=lists.next_address("/calls", typed, page.next),
        typed=typed,
        filtered=any(typed.values()),
        plans=plans,
        lines=[line for plan in plans for line in plan.lines],
    )


async def page(request: web.Request) -> web.Response:
    """One call: what happened, how long each part lasted, its case and the calls linked with it."""
    call = await find(request)
    store, names = services(request).store, await full_names(request)
    plan = plan_of(services(request).book, call.plan, call.version)
    return render(
        request,
        "call.html",
        call=call,
        story=story(await store.facts(call.id), Told(call, plan, names)),
        case=await store.case(call.case, **sight(request)) if call.case is not None else None,
        linked=await store.linked(call, **sight(request)),
        gaps=await _gaps(request, call),
        names=names,
    )


async def _gaps(request: web.Request, call: CallView) -> list[LinkGap]:
    """When nobody listened to the PBX while the call went on, as far as its journal made up for something."""
    served = services(request)
    found = await served.gaps(call.started, call.ended or served.clock())
    return [gap for gap in reversed(found) if gap.regained is None or gap.facts]


async def find(request: web.Request) -> CallView:
    """The call that the address names, when the one who asks may see it."""
    call = await services(request).store.call(request.match_info["id"][:80], **sight(request))
    if call is None:
        raise refusals.not_found("Esa llamada no existe")
    return call


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {name: lists.text(query, name) for name in _FIELDS} | {
        "direction": lists.one_of(query, "direction", tuple(words.DIRECTIONS)),
        "outcome": lists.one_of(query, "outcome", tuple(words.CALL_OUTCOMES)),
    }


def _filter(request: web.Request, typed: dict[str, str]) -> CallFilter:
    site = services(request).site
    zone = site_zone(site)
    named = {name: typed[name] or None for name in ("plan", "coordinator", "direction", "outcome")}
    return CallFilter(
        **named,
        line=lists.typed_number(typed["line"], site),
        number=lists.typed_number(typed["number"], site),
        since=lists.from_day(typed["from"], zone),
        until=lists.past_day(typed["to"], zone),
    )
