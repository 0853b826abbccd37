"""The list of cases, and one of them with its calls and its history."""

import re

from aiohttp import web

from cases.pages import BadPage, Page
from cases.store import CaseFilter
from cases.views import CaseView
from staff.permissions import Permission
from web import lists, refusals
from web.asked import is_htmx, see_other
from web.case_form import form_context, form_html
from web.keys import services, session
from web.pages import full_names, render, site_zone

_NUMBER = re.compile(r"(?:AV-)?0*(\d{1,9})", re.IGNORECASE)


async def index(request: web.Request) -> web.Response:
    """Cases, newest first, in pages by key; htmx asks for the rows that follow."""
    typed = _typed(request)
    case = _case_number(typed["text"])
    if case is not None:
        return see_other(f"/cases/{case}")
    page = await _page(request, typed)
    return render(
        request,
        "cases_rows.html" if is_htmx(request) else "cases.html",
        cases=page.items,
        names=await full_names(request),
        more=lists.next_address("/cases", typed, page.next),
        typed=typed,
        filtered=any(typed.values()),
        plans=[stored.version.plan for stored in services(request).book.live()],
    )


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {
        "text": lists.text(query, "text"),
        "state": lists.one_of(query, "state", ("open", "closed")),
        "owner": lists.one_of(query, "owner", ("mine", "nobody")),
        "plan": lists.text(query, "plan"),
        "from": lists.text(query, "from"),
        "to": lists.text(query, "to"),
    }


def _case_number(text: str) -> int | None:
    """The case that `AV-000123` or `123` names. A telephone is longer."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found and (len(found[1]) < 7 or text[:2].upper() == "AV") else None


async def _page(request: web.Request, typed: dict[str, str]) -> Page[CaseView]:
    """A telephone finds the open cases that came from it or name it."""
    store, site = services(request).store, services(request).site
    number = lists.typed_number(typed["text"], site)
    if number is not None:
        return Page(await store.open_cases_of_number(number), None)
    if typed["owner"] == "nobody":
        return Page(await store.unowned(), None)
    try:
        return await store.cases(_filter(request, typed), after=request.query.get("after"))
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
    calls = [call for id in case.calls if (call := await store.call(id)) is not None]
    return render(
        request,
        "case.html",
        calls=calls,
        names=await full_names(request),
        history=await store.history(case.id),
        may_edit=session(request).person.may(Permission.CASE_WRITE),
        **form_context(request.app, case),
    )


async def form(request: web.Request) -> web.Response:
    """The form alone, for the desk."""
    html = form_html(request.app, await find(request), session(request).csrf)
    return web.Response(text=html, content_type="text/html")


async def find(request: web.Request) -> CaseView:
    case = await services(request).store.case(case_id(request))
    if case is None:
        raise refusals.not_found("Ese caso no existe")
    return case


def case_id(request: web.Request) -> int:
    written = request.match_info["id"]
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise refusals.not_found("Ese caso no existe")
    return int(written)
