"""What can be read at all: a Host that is one, and a form that comes whole, in time and in UTF-8."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from web import refusals
from web.route import ROWS
from web.uploads import carries_files

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
READ_SECONDS = 10.0


@web.middleware
async def readable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses the rest before anybody else looks; whoever reads the form later finds it read."""
    _check_host(request)
    given = await _form(request)
    _check_text(request.path, *request.query.values(), *map(str, given.values()))
    return await handler(request)


def _check_host(request: web.Request) -> None:
    try:
        _ = request.url.port
    except ValueError as error:
        raise refusals.bad_request("Revise la dirección.", "Esa dirección no existe") from error


async def _form(request: web.Request) -> Mapping[str, object]:
    """Our pages send their fields as `application/x-www-form-urlencoded`.

    A form with files, where its route takes one, is read by the guard once it knows who sends it. What
    comes to no door of ours is told just that.
    """
    if request.match_info.http_exception is not None:
        return {}
    row = request.app[ROWS].get(request.match_info.route)
    if row is not None and row.largest and carries_files(request):
        return {}
    charset = (request.charset or "utf-8").lower()
    if request.content_type.startswith("multipart/") or charset not in {"utf-8", "utf8"}:
        raise refusals.not_a_form()
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.post()
    except TimeoutError as late:
        raise refusals.too_slow() from late
    except (ConnectionError, web.RequestPayloadError, ValueError) as broken:
        raise refusals.bad_request("Vuelva a la página y repita lo que hizo.") from broken


def _check_text(*texts: str) -> None:
    """PostgreSQL holds no null character, and nobody types one."""
    if any("\0" in text for text in texts):
        raise refusals.bad_request("Escriba el texto de nuevo, sin signos invisibles.")
