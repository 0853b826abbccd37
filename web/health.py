"""What machines ask: alive, ready, metrics."""

from collections.abc import Iterable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from web.keys import services


async def alive(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    """200 when all that must stand does; else 503, naming what does not."""
    standing = dict(await services(request).ready())
    missing = sorted(name for name, stands in standing.items() if not stands)
    body = {"ready": not missing, "checks": standing, "missing": missing}
    return web.json_response(body, status=503 if missing else 200)


class _Measures(Collector):
    """What an instance says of itself when it is asked."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = tuple(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


async def metrics(request: web.Request) -> web.Response:
    """What this process counted, and how the instance stands now."""
    now = CollectorRegistry()
    now.register(_Measures(services(request).measures()))
    body = generate_latest(REGISTRY) + generate_latest(now)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
