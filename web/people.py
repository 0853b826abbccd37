"""The accounts: found, opened, changed, closed and opened again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import quote

from aiohttp import web

from provisioning.staffing import Done
from staff.changes import StalePerson
from staff.directory import PeopleFilter
from staff.permissions import Permission
from staff.person import Person
from staff.profile import PersonRefused, columns, profile_of
from staff.roles import Role
from web import lists, refusals
from web.asked import is_htmx, see_other
from web.keys import services, session
from web.pages import render
from web.person_form import (
    EMPTY,
    NO_REASON,
    Typed,
    choices,
    differing_from,
    needs_reason,
    number,
    read,
    said,
    text,
    typed_of,
)
from web.person_history import history
from web.security import security_of

ACTIVE = {"": True, "closed": False, "all": None}


async def index(request: web.Request) -> web.Response:
    """Accounts by name, in pages by key; htmx asks for the rows that follow."""
    served = services(request)
    areas = await served.areas.labels()
    typed = {
        "text": lists.text(request.query, "text"),
        "role": lists.one_of(request.query, "role", tuple(Role)),
        "area": lists.one_of(request.query, "area", tuple(areas)),
        "active": lists.one_of(request.query, "active", tuple(ACTIVE)),
    }
    wanted = PeopleFilter(typed["text"], typed["role"], typed["area"], ACTIVE[typed["active"]])
    page = await served.directory.page(wanted, after=lists.text(request.query, "after") or None)
    return render(
        request,
        "people_rows.html" if is_htmx(request) else "people.html",
        people=page.people,
        more=lists.next_address("/people", typed, page.next),
        typed=typed,
        filtered=any(typed.values()),
        roles=Role,
        areas=areas,
        subsidiaries=served.site.subsidiaries,
        may_write=session(request).person.may(Permission.USER_WRITE),
    )


async def new(request: web.Request) -> web.Response:
    return await _new(request, EMPTY)


async def add(request: web.Request) -> web.Response:
    """A new account; what is shown once is in this answer and nowhere else."""
    given = await request.post()
    typed = read(given, text(given, "name"))
    if not typed.reason:
        return await _new(request, replace(typed, problems={"reason": NO_REASON}), 422)
    try:
        done = await services(request).staffing.add(typed.name, typed.profile, reason=typed.reason)
    except PersonRefused as refused:
        return await _new(request, replace(typed, problems=refused.problems), 422)
    return _told(request, done, "created")


async def page(request: web.Request) -> web.Response:
    person = await find(request)
    return await _page(request, person, typed_of(person), done=lists.text(request.query, "done"))


async def change(request: web.Request) -> web.Response:
    """The form sent. Who comes second sees what somebody else wrote, beside their own."""
    person = await find(request)
    typed = read(await request.post(), person.name)
    if needs_reason(profile_of(person), typed.profile) and not typed.reason:
        return await _page(request, person, replace(typed, problems={"reason": NO_REASON}), status=422)
    try:
        done = await services(request).staffing.change(person, typed.profile, typed.revision, typed.reason)
    except StalePerson as stale:
        return await _stale(request, stale.now, typed)
    except PersonRefused as refused:
        problems = refused.problems or {"": str(refused)}
        return await _page(request, person, replace(typed, problems=problems), status=422)
    return _told(request, done, "changed")


async def deactivate(request: web.Request) -> web.Response:
    staffing = services(request).staffing
    return await _opened_or_closed(request, staffing.deactivate, "deactivated")


async def reactivate(request: web.Request) -> web.Response:
    staffing = services(request).staffing
    return await _opened_or_closed(request, staffing.reactivate, "reactivated")


async def _opened_or_closed(
    request: web.Request, act: Callable[[str, int, str], Awaitable[Done]], done: str
) -> web.Response:
    person, given = await find(request), await request.post()
    reason = text(given, "reason")
    problems = {} if reason else {"closing": NO_REASON}
    if not problems:
        try:
            return _told(request, await act(person.name, number(given, "revision"), reason), done)
        except StalePerson as stale:
            return await _stale(request, stale.now, typed_of(stale.now))
        except PersonRefused as refused:
            problems = {"closing": str(refused)}
    return await _page(request, person, replace(typed_of(person), problems=problems), status=422)


async def find(request: web.Request) -> Person:
    """The account that the address names; the page says when there is none."""
    person = await services(request).people.by_name(request.match_info["name"])
    if person is None:
        raise refusals.not_found("Esa cuenta no existe")
    return person


def _told(request: web.Request, done: Done, what: str) -> web.Response:
    """Back to the account's page; what is shown once, or did not go as it should, has a page of its own."""
    if not (done.one_time_password or done.sip_secret or done.warnings or done.vacant):
        return see_other(f"/people/{quote(done.person.name)}?done={what}")
    sip = services(request).sip
    return render(request, "person_done.html", done=done, owner=done.person, what=what, sip=sip)


async def _new(request: web.Request, typed: Typed, status: int = 200) -> web.Response:
    offered = await choices(request, typed.profile)
    return render(request, "person_new.html", status=status, typed=typed, choices=offered, own=False)


async def _stale(request: web.Request, now: Person, typed: Typed) -> web.Response:
    labels = await choices(request, profile_of(now))
    theirs = replace(typed, revision=now.revision, now=differing_from(now, typed, labels))
    return await _page(request, now, theirs, status=409)


async def _page(
    request: web.Request, subject: Person, typed: Typed, *, status: int = 200, done: str = ""
) -> web.Response:
    me = session(request).person
    labels = await choices(request, typed.profile)
    return render(
        request,
        "person.html",
        status=status,
        subject=subject,
        typed=typed,
        choices=labels,
        said=said(columns(profile_of(subject)), labels),
        done=done,
        own=me.name == subject.name,
        may_write=me.may(Permission.USER_WRITE),
        stale=status == 409,
        security=await security_of(request, subject),
        **await history(request, subject, labels),
    )
