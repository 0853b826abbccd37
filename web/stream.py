"""The desk's stream: one WebSocket, one bounded queue and one writer a desk; no desk waits for another."""

import asyncio
import json
from contextlib import suppress

import structlog
from aiohttp import WSMsgType, web

from cases.stream import SubscriptionClosed
from web.cookies import read_cookie
from web.desks import OPENED_ELSEWHERE, SIGNED_OUT
from web.feed import Feed, beat, sentences
from web.keys import DESKS, SECURE, session
from web.regions import Desk
from web.watch import SessionWatch

LARGEST_ID = 2**31
QUEUED, SEND_SECONDS, PING_EVERY, LONGEST_MESSAGE = 32, 10.0, 15.0, 2048
log = structlog.get_logger(__name__)


class FellBehind(Exception):
    """The browser does not read: it is cut off, and gets the whole state when it comes back."""


class SignedOut(Exception):
    """The session ended."""


class OpenedElsewhere(Exception):
    """The same person opened newer desks, as many as one may have."""


async def connect(request: web.Request) -> web.WebSocketResponse:
    """The whole state first, then changes; the desk acknowledges each pop when it is painted.

    `person` names for whom the page was made: another who signed in with the same browser sees it no more.
    """
    found = session(request)
    socket = web.WebSocketResponse(compress=False, heartbeat=PING_EVERY, max_msg_size=LONGEST_MESSAGE)
    await socket.prepare(request)
    if request.query.get("person", found.person.name) != found.person.name:
        await socket.close(code=SIGNED_OUT)
        return socket
    token = read_cookie(request, secure=request.app[SECURE]) or ""
    connection = Connection(Desk(request.app, found.person, found.csrf), socket, token)
    with request.app[DESKS].holding(connection):
        await connection.run()
    if request.transport is not None and not socket.closed:
        request.transport.abort()
    return socket


class Connection:
    """One open desk: a reader, a feed, a writer and a watch over its session. When one ends, all do."""

    def __init__(self, desk: Desk, socket: web.WebSocketResponse, token: str) -> None:
        self.token = token
        self.person_id = desk.person.id
        self._desk = desk
        self._socket = socket
        self._out: asyncio.Queue[str] = asyncio.Queue(QUEUED)
        self._changes = desk.services.board.subscribe(desk.person.name)
        self._feed = Feed(desk, self._changes)
        self._watch = SessionWatch(desk, token)
        self._elsewhere = asyncio.Event()

    async def run(self) -> None:
        """Until the browser leaves, falls behind or is signed out; a laggard's socket is left to be cut."""
        parts = (
            self._read(),
            self._feed.listen(),
            self._fill(),
            self._write(),
            self._expire(),
            self._left_for_another(),
        )
        tasks = [asyncio.ensure_future(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._changes.close()
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        await self._end([each for each in ends if isinstance(each, Exception)])

    async def close(self, code: int) -> None:
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(SEND_SECONDS):
                await self._socket.close(code=code)

    def give_way(self) -> None:
        self._elsewhere.set()

    def say(self, text: str) -> None:
        self._put(sentences(self._desk, text))

    def _put(self, text: str) -> None:
        """A desk whose queue is full is on its way out: what it misses it reads when it is back."""
        with suppress(asyncio.QueueFull):
            self._out.put_nowait(text)

    async def _end(self, ends: list[Exception]) -> None:
        for end in ends:
            match end:
                case FellBehind() | SubscriptionClosed():
                    log.warning("desk fell behind", person=self._desk.person.name)
                    return
                case SignedOut():
                    await self.close(SIGNED_OUT)
                case OpenedElsewhere():
                    await self.close(OPENED_ELSEWHERE)
                case ConnectionError():
                    pass
                case _:
                    log.error("desk stream failed", person=self._desk.person.name, exc_info=end)
                    await self.close(1011)

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._heard(message.data)

    def _heard(self, text: str) -> None:
        """`{"ack": "<call id>"}`, `{"active": true}`, `{"open": [1, 2]}` (cases) or `{"probe": true}`.

        Anything else is none of our page's.
        """
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(said, dict):
            return
        if isinstance(said.get("ack"), str):
            served = self._desk.services
            served.board.pop_acknowledged(said["ack"], self._desk.person.name, served.clock())
        if isinstance(said.get("open"), list):
            self._feed.opened(id for id in said["open"] if type(id) is int and 0 < id < LARGEST_ID)
        if "probe" in said:
            self._put(beat(self._desk))
        if "active" in said:
            self._watch.used()

    async def _fill(self) -> None:
        async for text in self._feed.messages():
            try:
                self._out.put_nowait(text)
            except asyncio.QueueFull as full:
                raise FellBehind from full

    async def _write(self) -> None:
        while True:
            text = await self._out.get()
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._socket.send_str(text)
            except TimeoutError as stalled:
                raise FellBehind from stalled

    async def _expire(self) -> None:
        await self._watch.over()
        raise SignedOut

    async def _left_for_another(self) -> None:
        await self._elsewhere.wait()
        raise OpenedElsewhere
