"""The door: who a request comes from, and whether its row of the table lets it in."""

import ipaddress
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from staff.permissions import Permission
from staff.sessions import Session
from web import csrf, refusals
from web.access import Route
from web.asked import is_page, is_upgrade, sign_in_path
from web.cookies import read_cookie
from web.keys import SECURE, SESSION, services
from web.who import Open

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROWS = web.AppKey("rows", Mapping[web.AbstractRoute, Route])


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets through what the table allows. A route that the table does not know is refused."""
    found = await _session(request)
    if found is not None:
        request[SESSION] = found
    if request.match_info.http_exception is None:
        await _check(request, request.app[ROWS].get(request.match_info.route), found)
    return await handler(request)


async def _session(request: web.Request) -> Session | None:
    if request.path.startswith("/static/"):
        return None
    token = read_cookie(request, secure=request.app[SECURE])
    return await services(request).sessions.find(token) if token else None


async def _check(request: web.Request, row: Route | None, found: Session | None) -> None:
    if row is None:
        raise refusals.not_in_table()
    _check_origin(request)
    if isinstance(row.who, Open) and row.who is not Open.SIGNED_IN:
        await _check_open(request, row.who)
        return
    if found is None:
        raise _sign_in_first(request)
    _check_person(request, row, found)
    await _check_token(request, found)


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
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not await services(request).tokens.check(token.strip()):
        raise refusals.no_token()


def _check_person(request: web.Request, row: Route, found: Session) -> None:
    if found.person.one_time and not row.while_one_time:
        raise web.HTTPSeeOther("/password") if is_page(request) else refusals.one_time_password()
    if isinstance(row.who, Permission) and not found.person.may(row.who):
        raise refusals.not_your_role()


async def _check_token(request: web.Request, found: Session) -> None:
    if request.method in csrf.SAFE:
        return
    given = request.headers.get(csrf.HEADER) or (await request.post()).get(csrf.FIELD)
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
