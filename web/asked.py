"""How an answer is wanted: a page, a piece of one, or JSON; and where somebody may be sent."""

import re
from urllib.parse import quote

from aiohttp import web

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def is_api(request: web.Request) -> bool:
    """Whether a program asks; the page that shows the API's document is for people."""
    return request.path.startswith("/api/") and request.path != "/api/docs"


def wants_json(request: web.Request) -> bool:
    return is_api(request) or "application/json" in request.headers.get("Accept", "")


def is_htmx(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_upgrade(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


def is_page(request: web.Request) -> bool:
    """Whether a person looks at the answer as a page of its own."""
    return not (wants_json(request) or is_htmx(request) or is_upgrade(request))


def local_path(written: str | None) -> str | None:
    """A path of this console, or None: never another site's address (`//…`, `/\\…`, `https:…`)."""
    return written if written and _LOCAL.fullmatch(written) else None


def sign_in_path(request: web.Request) -> str:
    """Where somebody without a session goes; after signing in, back to the page that was asked for.

    Who sent a form is told that it was not kept.
    """
    if request.method == "POST" and request.path != "/sign-out":
        return "/sign-in?unsent=1"
    if request.method != "GET" or request.path == "/":
        return "/sign-in"
    return f"/sign-in?next={quote(request.path_qs, safe='')}"


def see_other(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})
