"""The console's port and its web server."""

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

from altavoz.house import House
from altavoz.settings import Settings
from altavoz.startup import StartupFailed

IDLE_SECONDS = 30.0


@contextmanager
def console_socket(settings: Settings) -> Iterator[socket.socket]:
    """The console's port, taken before anything is started. Raises StartupFailed."""
    host, port = settings.http
    if settings.tls is None and not host.startswith("127.") and host not in ("::1", "localhost"):
        raise StartupFailed(
            f"sin TLS la consola solo se sirve en este equipo, y ALTAVOZ_HTTP dice «{host}»: "
            "escriba ALTAVOZ_TLS_CERT y ALTAVOZ_TLS_KEY, o 127.0.0.1"
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise StartupFailed(
            f"ALTAVOZ_HTTP: no se puede abrir {host}:{port} ({error.strerror}); "
            "elija otro puerto o cierre lo que lo usa"
        ) from error
    with listening:
        yield listening


def server_of(app: web.Application) -> web.AppRunner:
    """The web server: who connects and does not finish asking is cut off, so that nobody takes all places."""
    return web.AppRunner(app, access_log=None, shutdown_timeout=1.0, keepalive_timeout=IDLE_SECONDS)


@asynccontextmanager
async def console(house: House, listening: socket.socket) -> AsyncIterator[None]:
    runner = server_of(house.app)
    await runner.setup()
    try:
        await web.SockSite(runner, listening, ssl_context=_tls(house.settings)).start()
        yield
    finally:
        await runner.cleanup()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(*settings.tls)
    return context
