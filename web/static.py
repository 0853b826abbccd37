"""Static files: kept by browsers for ever under their hashed name, by ETag under any other."""

from aiohttp import web

from web import refusals
from web.keys import ASSETS

_FOREVER = "public, max-age=31536000, immutable"


async def serve(request: web.Request) -> web.Response:
    assets = request.app[ASSETS]
    asset = assets.files.get(request.match_info["name"])
    if asset is None:
        raise refusals.not_found("Ese archivo no existe")
    current = request.match_info["version"] == assets.version
    headers = {"Cache-Control": _FOREVER if current else "no-cache", "ETag": f'"{assets.version}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    return web.Response(
        body=asset.content, content_type=asset.type, charset=_charset(asset.type), headers=headers
    )


def _charset(type: str) -> str | None:
    return "utf-8" if type.startswith("text/") or type == "image/svg+xml" else None
