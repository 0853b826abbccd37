"""The list of cases, and one of them with its calls and its history."""

import re

from aiohttp import web

from cases.filters import CaseFilter
from cases.pages import BadPage, Page
from cases.views import CaseView, MissedView
from staff.permissions import Permission
from web import lists, refusals
from web.asked import is_htmx, see_other
from web.case_form import form_context, form_html
from web.keys import services, session
from web.pages import full_names, render, site_zone
from web.regions import MISSED_FOR
from web.sight import sight

_NUMBER = re.compile(r"(?:AV-)?0*(\d{1,9})", re.IGNORECASE)


async def index(request: web.Request) -> web.Response:
    """Cases, newest first, in pages by key; htmx asks for the rows that follow."""
    served, typed = services(request), _typed(request)
    if (case := await _named(request, typed["q"])) is not None:
        return see_other(f"/cases/{case}")
    page = await _page(request, typed)
    return render(
        request,
        "cases_rows.html" if is_htmx(request) else "cases.html",
        cases=page.items,
        names=await full_names(request),
        more=lists.next_address("/cases", typed, page.next),
        typed=typed,
        number=lists.number_in(typed["q"], served.site),
        filtered=any(typed.values()),
        plans=served.book.plans(),
        missed=() if any(typed.values()) else await missed(request),
        now=served.clock(),
    )


async def missed(request: web.Request) -> tuple[MissedView, ...]:
    """The missed calls that nobody has returned."""
    served = services(request)
    return await served.store.missed(served.clock() - MISSED_FOR, scope=sight(request)["scope"])


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {
        "q": lists.text(query, "q"),
        "state": lists.one_of(query, "state", ("open", "closed")),
        "owner": lists.one_of(query, "owner", ("mine", "nobody")),
        "plan": lists.text(query, "plan"),
        "from": lists.text(query, "from"),
        "to": lists.text(query, "to"),
    }


async def _named(request: web.Request, typed: str) -> int | None:
    """The case that `AV-000123` or `123` names. Digits may also be the last ones of a telephone."""
    found = _NUMBER.fullmatch(typed)
    if found is None:
        return None
    id = int(found[1])
    sure = typed[:2].upper() == "AV" or await services(request).store.case(id, **sight(request)) is not None
    return id if sure else None


async def _page(request: web.Request, typed: dict[str, str]) -> Page[CaseView]:
    store, seen = services(request).store, sight(request)
    if typed["owner"] == "nobody" and not typed["q"]:
        return Page(await store.unowned(scope=seen["scope"]), None)
    filter, after = _filter(request, typed), request.query.get("after")
    try:
        if typed["q"]:
            return await store.search(typed["q"], filter, after=after, **seen)
        return await store.cases(filter, after=after, **seen)
    except BadPage as bad:
        raise refusals.bad_request(str(bad)) from bad


def _filter(request: web.Request, typed: dict[str, str]) -> CaseFilter:
    zone = site_zone(services(request).site)
    return CaseFilter(
        plan=typed["plan"] or None,
        since=lists.from_day(typed["from"], zone),
        until=lists.past_day(typed["to"], zone),
        state=typed["state"] or None,
        owner=session(request).person.name if typed["owner"] == "mine" else None,
    )


async def page(request: web.Request) -> web.Response:
    """One case. Those who only read see it without its form."""
    case = await find(request)
    store = services(request).store
    return render(
        request,
        "case.html",
        calls=await store.calls_of_case(case.id),
        names=await full_names(request),
        history=await store.history(case.id),
        may_edit=session(request).person.may(Permission.CASE_WRITE),
        may_hear=session(request).person.may(Permission.CALL_READ),
        **form_context(request.app, case),
    )


async def form(request: web.Request) -> web.Response:
    """The form alone, for the desk."""
    html = form_html(request.app, await find(request), session(request).csrf)
    return web.Response(text=html, content_type="text/html")


async def find(request: web.Request) -> CaseView:
    """The case that the address names, when the one who asks may see it."""
    case = await services(request).store.case(case_id(request), **sight(request))
    if case is None:
        raise refusals.not_found("Ese caso no existe")
    return case


def case_id(request: web.Request) -> int:
    written = request.match_info["id"]
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise refusals.not_found("Ese caso no existe")
    return int(written)
