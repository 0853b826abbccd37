"""Who may use what: the one table of routes. Nothing is registered but from here.

A route of aiohttp that is not in this table is refused (`web.guard`), and a test walks the table as
every role, as nobody, and with a one-time password pending.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from web import api, calls, case_changes, cases, desk, health, lines, phones, sign_in, static, stream
from web.keys import Entry
from web.who import DESK, PHONES, READERS, SIGNED_IN, Open, Who

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
    Route("GET", "/", sign_in.home, SIGNED_IN),
    Route("GET", "/sign-in", sign_in.form, Open.ANYBODY),
    Route("POST", "/sign-in", sign_in.enter, Open.ANYBODY),
    Route("POST", "/sign-out", sign_in.leave, SIGNED_IN, while_one_time=True),
    Route("GET", "/session", sign_in.who, SIGNED_IN),
    Route("GET", "/password", sign_in.password_form, SIGNED_IN, while_one_time=True),
    Route("POST", "/password", sign_in.change_password, SIGNED_IN, while_one_time=True),
    Route("GET", "/desk", desk.page, DESK, "Puesto"),
    Route("GET", "/desk/stream", stream.connect, DESK),
    Route("POST", "/desk/availability", desk.availability, DESK),
    Route("GET", "/cases", cases.index, READERS, "Casos"),
    Route("GET", "/cases/{id}", cases.page, READERS),
    Route("GET", "/cases/{id}/form", cases.form, DESK),
    Route("POST", "/cases/{id}/field", case_changes.save_field, DESK),
    Route("POST", "/cases/{id}/close", case_changes.close, DESK),
    Route("POST", "/cases/{id}/reopen", case_changes.reopen, DESK),
    Route("POST", "/cases/{id}/take", case_changes.take, DESK),
    Route("GET", "/calls", calls.index, READERS, "Llamadas"),
    Route("GET", "/lines", lines.index, SIGNED_IN, "Líneas"),
    Route("GET", "/phones", phones.index, PHONES, "Teléfonos"),
    Route("POST", "/phones/{extension}/show", phones.show, PHONES),
    Route("POST", "/phones/{extension}/renew", phones.renew, PHONES),
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
        Entry(row.path, row.label, row.who) for row in ROUTES if row.label and isinstance(row.who, frozenset)
    )
