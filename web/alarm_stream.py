"""Alarms on every open page, without reload: one WebSocket a page, one look for all of them.

What is sent is rendered once for all who see the same. A page that falls behind is cut off and gets
everything when it comes back. Being open is no use of a session: it neither keeps it nor outlives it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import lru_cache

import structlog
from aiohttp import web

from staff.people import Person
from staff.permissions import Permission
from web.alarm import Alarm, concerning, told
from web.cookies import read_cookie
from web.desks import GOING_AWAY, SIGNED_OUT
from web.keys import SECURE, SERVICES, session
from web.pages import piece, site_zone
from web.status import status_html

LOOK_EVERY, STATUS_EVERY, SESSIONS_EVERY, BEAT_EVERY = 0.25, 2.0, 5.0, 10.0
SEND_SECONDS, PING_EVERY, LONGEST_MESSAGE = 10.0, 20.0, 256
log = structlog.get_logger(__name__)


def alarms_html(app: web.Application, alarms: tuple[Alarm, ...]) -> str:
    """The bar. Empty when nothing is wrong."""
    served = app[SERVICES]
    return piece(app, "alarms.html", alarms=told(alarms, served.clock(), site_zone(served.site)))


class Page:
    """One open page: the newest of each part that it has not been sent, and its writer."""

    def __init__(self, socket: web.WebSocketResponse, token: str, person: Person, wants_status: bool) -> None:
        self.token = token
        self.person = person
        self.wants_status = wants_status
        self._socket = socket
        self._shown: dict[str, str] = {}
        self._due: dict[str, str] = {}
        self._wake = asyncio.Event()
        self._end_code: int | None = None

    def show(self, part: str, html: str) -> None:
        """Replaces what waits unsent of the same part; nothing queues up."""
        if self._shown.get(part) != html:
            self._shown[part] = self._due[part] = html
            self._wake.set()

    def end(self, code: int) -> None:
        """Closes by itself, with this code."""
        self._end_code = code
        self._wake.set()

    async def run(self) -> None:
        """Until the page leaves, does not read or its session ends."""
        writer = asyncio.ensure_future(self._write())
        reader = asyncio.ensure_future(self._read())
        try:
            await asyncio.wait((writer, reader), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)

    async def _read(self) -> None:
        async for _message in self._socket:
            pass

    async def _write(self) -> None:
        with suppress(TimeoutError, ConnectionError):
            while self._end_code is None:
                due, self._due = self._due, {}
                self._wake.clear()
                async with asyncio.timeout(SEND_SECONDS):
                    await self._socket.send_str(json.dumps(due, ensure_ascii=False))
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_EVERY):
                        await self._wake.wait()
            await self._socket.close(code=self._end_code)


class Hub:
    """All open pages of one application."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._pages: set[Page] = set()
        self._alarms: tuple[Alarm, ...] = ()
        self._html = lru_cache(maxsize=64)(lambda alarms: alarms_html(app, alarms))

    def __len__(self) -> int:
        return len(self._pages)

    async def hold(self, page: Page) -> None:
        """Keep a page told until it is gone."""
        self._tell(page)
        if page.wants_status:
            page.show("status", status_html(self._app))
        self._pages.add(page)
        try:
            await page.run()
        finally:
            self._pages.discard(page)

    async def look(self) -> None:
        """For ever: what is new goes to the pages that it concerns."""
        while True:
            alarms = self._app[SERVICES].alarms()
            if alarms != self._alarms:
                self._alarms = alarms
                self._html.cache_clear()
                for page in self._pages:
                    self._tell(page)
            await asyncio.sleep(LOOK_EVERY)

    async def look_at_status(self) -> None:
        while True:
            readers = [page for page in self._pages if page.wants_status]
            if readers:
                html = status_html(self._app)
                for page in readers:
                    page.show("status", html)
            await asyncio.sleep(STATUS_EVERY)

    async def look_at_sessions(self) -> None:
        """One question for all pages: whose session lasts, and what they may now."""
        while True:
            await asyncio.sleep(SESSIONS_EVERY)
            pages = tuple(self._pages)
            lasting = await self._app[SERVICES].sessions.lasting({page.token for page in pages})
            for page in pages:
                person = lasting.get(page.token)
                if person is None:
                    page.end(SIGNED_OUT)
                elif person != page.person:
                    page.person = person
                    self._tell(page)

    def close(self) -> None:
        """The service stops."""
        for page in self._pages:
            page.end(GOING_AWAY)

    def _tell(self, page: Page) -> None:
        page.show("alarms", self._html(concerning(page.person, self._app[SERVICES].alarms())))


HUB = web.AppKey("alarm_hub", Hub)


async def connect(request: web.Request) -> web.WebSocketResponse:
    """`?status` is for the status page, which those who may read it open."""
    socket = web.WebSocketResponse(compress=False, heartbeat=PING_EVERY, max_msg_size=LONGEST_MESSAGE)
    await socket.prepare(request)
    person = session(request).person
    token = read_cookie(request, secure=request.app[SECURE]) or ""
    wants_status = "status" in request.query and person.may(Permission.STATUS_READ)
    await request.app[HUB].hold(Page(socket, token, person, wants_status))
    if request.transport is not None and not socket.closed:
        request.transport.abort()
    return socket


async def watching(app: web.Application) -> AsyncIterator[None]:
    """The looks, while the application runs."""
    hub = app[HUB]
    looks = {"alarms": hub.look, "status": hub.look_at_status, "sessions": hub.look_at_sessions}
    tasks = [asyncio.create_task(_again(name, look)) for name, look in looks.items()]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _again(name: str, look: Callable[[], Awaitable[None]]) -> None:
    """A look that fails (a database that is away) is no reason to look no more."""
    while True:
        try:
            await look()
        except Exception:
            log.exception("alarm_look_failed", look=name)
            await asyncio.sleep(SESSIONS_EVERY)
