"""The API for other programs: calls and cases as JSON, to a bearer token."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from cases.pages import BadPage, Page
from cases.store import CallFilter, CaseFilter
from cases.views import CallView, CaseView
from web import refusals
from web.keys import services

_LINE = re.compile(r"\+\d{6,15}")
_PLAN = re.compile(r"[a-z0-9-]{1,40}")
_MOST = 200


async def calls(request: web.Request) -> web.Response:
    filter = CallFilter(line=_line(request), plan=_plan(request), since=_since(request))
    try:
        page = await services(request).store.calls(filter, _limit(request), request.query.get("after"))
    except BadPage as bad:
        raise refusals.bad_request(str(bad), "«after» no es una página") from bad
    return _answer(page)


async def cases(request: web.Request) -> web.Response:
    filter = CaseFilter(line=_line(request), plan=_plan(request), since=_since(request))
    try:
        page = await services(request).store.cases(filter, _limit(request), request.query.get("after"))
    except BadPage as bad:
        raise refusals.bad_request(str(bad), "«after» no es una página") from bad
    return _answer(page)


def _answer(page: Page[CallView] | Page[CaseView]) -> web.Response:
    return web.json_response({"items": [as_json(view) for view in page.items], "next": page.next})


def as_json(view: CallView | CaseView) -> dict[str, Any]:
    """A view in JSON's types: instants in ISO 8601 (UTC), sets as sorted lists."""
    return {field.name: _plain(getattr(view, field.name)) for field in fields(view)}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case frozenset():
            return sorted(value)
        case _:
            return value


def _line(request: web.Request) -> str | None:
    """E.164. In a query `+` means a space, so one that comes as a space, or is left out, is understood."""
    given = request.query.get("line")
    if given is None:
        return None
    line = "+" + given.strip().removeprefix("+")
    if not _LINE.fullmatch(line):
        raise refusals.bad_request("Escriba la línea en E.164: «%2B541143218765».", "«line» no es un número")
    return line


def _plan(request: web.Request) -> str | None:
    given = request.query.get("plan")
    if given is not None and not _PLAN.fullmatch(given):
        raise refusals.bad_request("Escriba el plan como «hogar-nandu».", "«plan» no es un nombre de plan")
    return given


def _since(request: web.Request) -> datetime | None:
    given = request.query.get("since")
    if given is None:
        return None
    try:
        since = datetime.fromisoformat(given.replace(" ", "+") if "T" in given else given)
        return (since if since.tzinfo else since.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refusals.bad_request(
            "Escriba «since» en ISO 8601: «2026-11-21T14:05:00Z».", "«since» no es un instante"
        ) from error


def _limit(request: web.Request) -> int:
    given = request.query.get("limit", "50")
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given[:6]) <= _MOST:
        raise refusals.bad_request(f"«limit» va de 1 a {_MOST}.", "«limit» no sirve")
    return int(given)
