"""Each request measured, and its lines in the log marked: what Prometheus sees of the console."""

import secrets
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web
from prometheus_client import Counter, Gauge, Histogram

from web.asked import is_upgrade

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUESTS = Counter(
    "altavoz_http_requests", "Requests of the console, by route and status.", ("method", "route", "status")
)
SECONDS = Histogram(
    "altavoz_http_request_seconds",
    "How long a request took, by route; streams are not in it.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STREAMS = Gauge("altavoz_http_streams", "Streams that are open now, by route.", ("route",))
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"


@web.middleware
async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost: `request` stands on every line that the request writes."""
    with structlog.contextvars.bound_contextvars(request=secrets.token_hex(4)):
        if is_upgrade(request):
            with STREAMS.labels(route_of(request)).track_inprogress():
                return _counted(request, await handler(request))
        started = time.perf_counter()
        response = _counted(request, await handler(request))
        SECONDS.labels(route_of(request)).observe(time.perf_counter() - started)
        return response


def _counted(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    method = request.method if request.method in METHODS else "OTHER"
    REQUESTS.labels(method, route_of(request), str(response.status)).inc()
    return response


def route_of(request: web.Request) -> str:
    """The route as the table writes it (`/cases/{id}`): never what somebody typed."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else NO_ROUTE
