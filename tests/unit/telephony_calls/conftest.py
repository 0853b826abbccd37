"""An AMI server on loopback that plays what a test tells it, and links to it that give up quickly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from telephony.ami import AmiAccount, AmiLink, Patience

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
QUICK = Patience(dial=1.0, login=0.3, ping_every=0.1, silence=0.2, first_wait=0.02, longest_wait=0.05)


@dataclass
class Client:
    """The server's end of one connection. `logins` are the headers of what was asked so far."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int

    async def asked(self) -> dict[str, str]:
        text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        return dict(line.split(": ", 1) for line in text.split("\r\n") if line)

    def say(self, *lines: str, **headers: str) -> None:
        self.send("\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items())]).encode())

    def send(self, message: bytes) -> None:
        self.writer.write(message + b"\r\n\r\n")

    async def accept(
        self, said: str = "Authentication accepted", response: str = "Success"
    ) -> dict[str, str]:
        """The banner and the answer to the login, whose headers it returns."""
        self.writer.write(BANNER)
        login = await self.asked()
        self.say(Response=response, ActionID=login["ActionID"], Message=said)
        return login

    async def pongs(self) -> None:
        """Answers pings until the client goes."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                action = await self.asked()
                self.say(Response="Success", ActionID=action["ActionID"], Ping="Pong")

    async def gone(self) -> None:
        with suppress(ConnectionError):
            await self.reader.read()


Play = Callable[[Client], Awaitable[None]]


class Central:
    """Plays the next script to each client that connects; the last one again and again."""

    def __init__(self) -> None:
        self.scripts: list[Play] = []
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._playing: set[asyncio.Task[None]] = set()

    async def start(self, *scripts: Play, port: int = 0) -> int:
        self.scripts = list(scripts)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._playing:
            task.cancel()
        await asyncio.gather(*self._playing, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._playing.add(task)
        script = self.scripts[min(self.connections, len(self.scripts)) - 1]
        with suppress(asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
            await script(Client(reader, writer, self.connections))
        writer.close()


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    server = Central()
    yield server
    await server.stop()


Linked = Callable[..., Awaitable[AmiLink]]


@pytest.fixture
async def linked(central: Central) -> AsyncIterator[Linked]:
    """Starts a link to a central that plays the given scripts."""
    links: list[AmiLink] = []

    async def start(*scripts: Play, wanted: tuple[str, ...] = (), patience: Patience = QUICK) -> AmiLink:
        port = await central.start(*scripts)
        link = AmiLink(AmiAccount("127.0.0.1", port, "altavoz-listens", "secret"), wanted, patience=patience)
        links.append(link)
        link.start()
        return link

    yield start
    for link in links:
        await link.close()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until what it is given holds, at most three seconds."""

    async def wait(holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(3):
            while not holds():  # noqa: ASYNC110  a test looks from outside
                await asyncio.sleep(0.005)

    return wait
