"""The status page: how everything stands, at a glance; `web.alarm_stream` keeps it live."""

from aiohttp import web
from markupsafe import Markup

from web.alarm import told
from web.keys import SERVICES
from web.pages import piece, render, site_zone


async def index(request: web.Request) -> web.Response:
    return render(request, "status.html", status_html=Markup(status_html(request.app)))  # noqa: S704


def status_html(app: web.Application) -> str:
    """What changes of the page; the same for all who may see it."""
    served = app[SERVICES]
    status = served.status()
    alarms = told(status.alarms, status.at, site_zone(served.site))
    return piece(app, "status_now.html", status=status, alarms=alarms)
