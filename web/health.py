"""What machines ask: alive, ready, metrics."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.keys import services


async def alive(_request: web.Request) -> web.Response:
    return web.json_response({"ok": True})


async def ready(request: web.Request) -> web.Response:
    """200 when all that must stand does; else 503, naming what does not."""
    standing = dict(await services(request).ready())
    missing = sorted(name for name, stands in standing.items() if not stands)
    body = {"ready": not missing, "checks": standing, "missing": missing}
    return web.json_response(body, status=503 if missing else 200)


async def metrics(_request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
