"""The control socket: how the command line talks to the running instance of a home.

A Unix socket of mode 0600 in the home serves `POST /<noun>/<verb>` with JSON in and out. Who may open the
file may do everything: that is the operating system's business.
"""

import os
import socket
import struct
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from staff.actor import Actor, acting
from staff.operator import command_actor

log = structlog.get_logger()

Handler = Callable[[Mapping[str, Any]], Awaitable[Any]]
SOCKET = "control.sock"
DEADLINE = aiohttp.ClientTimeout(total=300, connect=5)


class Refused(Exception):
    """The instance will not do it; the text says why and what to change, a line a problem."""


class NotRunning(Exception):
    """No Altavoz is running on that home."""


@contextmanager
def _short_path(home: Path) -> Iterator[str]:
    """A name of the socket that fits the 108 bytes of a Unix address, however deep the home lies."""
    folder = os.open(home, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


class ControlServer:
    """Serves the handlers; `refusals` are the exceptions whose text is for the person who asked."""

    def __init__(
        self, home: Path, handlers: Mapping[str, Handler], refusals: tuple[type[Exception], ...]
    ) -> None:
        self._home = home
        self._handlers = handlers
        self._refusals = refusals
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_post("/{noun}/{verb}", self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        (self._home / SOCKET).unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            with _short_path(self._home) as path:
                await web.UnixSite(self._runner, path).start()
        finally:
            os.umask(mask)

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        (self._home / SOCKET).unlink(missing_ok=True)

    async def _serve(self, request: web.Request) -> web.Response:
        name = f"{request.match_info['noun']}/{request.match_info['verb']}"
        handler = self._handlers.get(name)
        if handler is None:
            return web.json_response({"refused": f"esta versión no conoce «{name}»"}, status=404)
        try:
            with acting(_caller(request)):
                return web.json_response({"answer": await handler(await request.json())})
        except self._refusals as error:
            return web.json_response({"refused": str(error)}, status=422)
        except Exception:
            log.exception("control_failed", command=name)
            return web.json_response(
                {"refused": "error interno: el registro de Altavoz dice más"}, status=500
            )


def _caller(request: web.Request) -> Actor:
    """Whoever opened the socket, by the operating system's word."""
    assert request.transport is not None
    peer = request.transport.get_extra_info("socket")
    _, user, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return command_actor(user)


async def call(home: Path, command: str, arguments: Mapping[str, Any]) -> Any:
    """Ask the running instance. Raises Refused with its words, or NotRunning."""
    if not (home / SOCKET).exists():
        raise NotRunning(home)
    with _short_path(home) as path:
        try:
            async with (
                aiohttp.ClientSession(connector=aiohttp.UnixConnector(path), timeout=DEADLINE) as session,
                session.post(f"http://altavoz/{command}", json=dict(arguments)) as response,
            ):
                answer = await response.json()
        except aiohttp.ClientConnectorError as error:
            raise NotRunning(home) from error
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer["answer"]
