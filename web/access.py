"""Who may use what: the one table of routes. Nothing is registered but from here.

A route of aiohttp that is not in this table is refused (`web.guard`), and a test walks the table as
every role, as nobody, and with a one-time password pending.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from staff.permissions import Permission
from web import api, calls, case_changes, cases, desk, health, lines, phones, sign_in, static, stream
from web.keys import Entry
from web.who import Open, Who

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Route:
    """`label` is what the navigation calls it; `while_one_time`: usable by somebody who has not yet
    changed a one-time password."""

    method: str
    path: str
    handler: Handler
    who: Who
    label: str = ""
    while_one_time: bool = False


ROUTES: tuple[Route, ...] = (
    Route("GET", "/", sign_in.home, Open.SIGNED_IN),
    Route("GET", "/sign-in", sign_in.form, Open.ANYBODY),
    Route("POST", "/sign-in", sign_in.enter, Open.ANYBODY),
    Route("POST", "/sign-out", sign_in.leave, Open.SIGNED_IN, while_one_time=True),
    Route("GET", "/session", sign_in.who, Open.SIGNED_IN),
    Route("GET", "/password", sign_in.password_form, Open.SIGNED_IN, while_one_time=True),
    Route("POST", "/password", sign_in.change_password, Open.SIGNED_IN, while_one_time=True),
    Route("GET", "/desk", desk.page, Permission.DESK_USE, "Puesto"),
    Route("GET", "/desk/stream", stream.connect, Permission.DESK_USE),
    Route("POST", "/desk/availability", desk.availability, Permission.DESK_USE),
    Route("GET", "/cases", cases.index, Permission.CASE_READ, "Casos"),
    Route("GET", "/cases/{id}", cases.page, Permission.CASE_READ),
    Route("GET", "/cases/{id}/form", cases.form, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/field", case_changes.save_field, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/close", case_changes.close, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/reopen", case_changes.reopen, Permission.CASE_WRITE),
    Route("POST", "/cases/{id}/take", case_changes.take, Permission.CASE_WRITE),
    Route("GET", "/calls", calls.index, Permission.CALL_READ, "Llamadas"),
    Route("GET", "/lines", lines.index, Permission.LINE_READ, "Líneas"),
    Route("GET", "/phones", phones.index, Permission.PHONE_WRITE, "Teléfonos"),
    Route("POST", "/phones/{extension}/show", phones.show, Permission.PHONE_WRITE),
    Route("POST", "/phones/{extension}/renew", phones.renew, Permission.PHONE_WRITE),
    Route("GET", "/healthz", health.alive, Open.ANYBODY),
    Route("GET", "/readyz", health.ready, Open.ANYBODY),
    Route("GET", "/metrics", health.metrics, Open.LOOPBACK_OR_TOKEN),
    Route("GET", "/api/v1/calls", api.calls, Open.TOKEN),
    Route("GET", "/api/v1/cases", api.cases, Open.TOKEN),
    Route("GET", "/static/{version}/{name:.+}", static.serve, Open.ANYBODY),
)


def register(app: web.Application) -> dict[web.AbstractRoute, Route]:
    """Adds every route of the table; answers which row each of aiohttp's routes came from."""
    return {app.router.add_route(row.method, row.path, row.handler): row for row in ROUTES}


def navigation() -> tuple[Entry, ...]:
    return tuple(
        Entry(row.path, row.label, row.who) for row in ROUTES if row.label and isinstance(row.who, Permission)
    )
