"""The door: who a request comes from, and whether its row of the table lets it in."""

import ipaddress
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from aiohttp import web

from staff.actor import NOBODY, Actor, acting
from staff.permissions import Permission
from staff.sessions import Session
from web import csrf, refusals
from web.asked import is_page, is_upgrade, sign_in_path
from web.cookies import read_cookie
from web.keys import SECURE, SESSION, TOKEN, services
from web.readings import noted
from web.route import ROWS as ROWS
from web.route import Route
from web.uploads import carries_files, received, upload
from web.who import ByToken, Open

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets through what the table allows. A route that the table does not know is refused."""
    found = await _session(request)
    if found is not None:
        request[SESSION] = found
    row = request.app[ROWS].get(request.match_info.route)
    if request.match_info.http_exception is None:
        await _check(request, row, found)
    async with _files(request, row):
        if row is not None and found is not None and _of_people(row):
            await _check_token(request, found)
        with acting(_actor(request)):
            return await noted(request, row.reading if row else None, handler)


def _files(request: web.Request, row: Route | None) -> AbstractAsyncContextManager[None]:
    """The files that come with the request, taken in only now that it is known who sends them."""
    taken = row is not None and row.largest and carries_files(request)
    return received(request, row.largest) if row is not None and taken else nullcontext()


def _of_people(row: Route) -> bool:
    return isinstance(row.who, Permission) or row.who is Open.SIGNED_IN


def _actor(request: web.Request) -> Actor:
    """Who the audit trail will name."""
    if TOKEN in request:
        token = request[TOKEN]
        return Actor(token.acts.name, "api", request.remote, token.name if token.person else "")
    found = request.get(SESSION)
    return Actor(found.person.name if found else NOBODY, "web", request.remote)


async def _session(request: web.Request) -> Session | None:
    if request.path.startswith("/static/"):
        return None
    token = read_cookie(request, secure=request.app[SECURE])
    return await services(request).sessions.find(token) if token else None


async def _check(request: web.Request, row: Route | None, found: Session | None) -> None:
    if row is None:
        raise refusals.not_in_table()
    _check_origin(request)
    if isinstance(row.who, ByToken):
        await _check_bearer(request, row.who.permission)
        return
    if isinstance(row.who, Open) and row.who is not Open.SIGNED_IN:
        await _check_open(request, row.who)
        return
    if found is None:
        raise _sign_in_first(request)
    _check_person(request, row, found)


def _check_origin(request: web.Request) -> None:
    if is_upgrade(request):
        allowed = csrf.upgrade_allowed(request.headers, request.host)
    else:
        allowed = request.method in csrf.SAFE or csrf.same_origin(request.headers, request.host)
    if not allowed:
        raise refusals.not_from_here()


async def _check_open(request: web.Request, who: Open) -> None:
    if who is Open.ANYBODY or (who is Open.LOOPBACK_OR_TOKEN and _from_loopback(request)):
        return
    await _check_bearer(request, Permission.STATUS_READ)


async def _check_bearer(request: web.Request, permission: Permission | None) -> None:
    scheme, _, written = request.headers.get("Authorization", "").partition(" ")
    found = await services(request).tokens.find(written.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise refusals.no_token()
    if permission is None and found.person is None:
        raise refusals.not_a_persons()
    if permission is not None and not found.may(permission):
        raise refusals.not_by_this_token(permission)
    request[TOKEN] = found


def _check_person(request: web.Request, row: Route, found: Session) -> None:
    if found.person.one_time and not row.while_one_time:
        raise web.HTTPSeeOther("/password") if is_page(request) else refusals.one_time_password()
    if found.must_enrol and not (row.while_enrolling or found.person.one_time):
        place = "/account/second-factor"
        raise web.HTTPSeeOther(place) if is_page(request) else refusals.second_factor_first()
    if isinstance(row.who, Permission) and not found.person.may(row.who):
        raise refusals.not_your_role()


async def _check_token(request: web.Request, found: Session) -> None:
    if request.method in csrf.SAFE:
        return
    fields = upload(request).fields if carries_files(request) else await request.post()
    given = request.headers.get(csrf.HEADER) or fields.get(csrf.FIELD)
    if not isinstance(given, str) or not csrf.token_matches(given, found.csrf):
        raise refusals.not_from_here()


def _sign_in_first(request: web.Request) -> Exception:
    return web.HTTPSeeOther(sign_in_path(request)) if is_page(request) else refusals.no_session()


def _from_loopback(request: web.Request) -> bool:
    """A request that a proxy passed on comes from elsewhere, whatever its last hop.

    So does one for another name: a page elsewhere can make its own name lead to this machine.
    """
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    asked = request.url.host
    return _is_loopback(request.remote) and (asked == "localhost" or _is_loopback(asked))


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
