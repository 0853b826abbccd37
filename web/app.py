"""The console as an application of aiohttp."""

from aiohttp import web

from web import access, invitation, pages
from web.alarm_stream import HUB, Hub, watching
from web.assets import read_assets
from web.errors import errors
from web.guard import ROWS, guard
from web.keys import ASSETS, DESKS, NAVIGATION, SECURE, SERVICES
from web.measured import measured
from web.readable import readable
from web.services import Services

LARGEST_BODY = 64 * 1024


def make_app(services: Services, *, secure_cookies: bool) -> web.Application:
    """All pages, the stream and the API. `secure_cookies` is for TLS: they never travel without it."""
    app = web.Application(middlewares=[measured, errors, readable, guard], client_max_size=LARGEST_BODY)
    app[SERVICES] = services
    app[SECURE] = secure_cookies
    app[ASSETS] = read_assets()
    app[DESKS] = services.desks
    app[NAVIGATION] = access.navigation()
    app[ROWS] = access.register(app)
    pages.set_up(app)
    invitation.set_up(app)
    app[HUB] = Hub(app)
    app.cleanup_ctx.append(watching)
    app.on_shutdown.append(_close_desks)
    return app


async def _close_desks(app: web.Application) -> None:
    app[HUB].close()
    await app[DESKS].close_all()
