"""One TCP connection to AMI, from its banner to its end."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from telephony.events import genuine
from telephony.exchange import Answer, Exchange, LinkDown
from telephony.framing import Framer, MessageTooLong, NotAmi, RawMessage, event_name

log = structlog.get_logger()


class Lost(Exception):
    """The connection is of no more use; its text is the reason shown."""


class Written(Protocol):
    """An action whose text is what goes out (panoramisk's `Action`)."""

    @property
    def action_id(self) -> str: ...


class Connection(asyncio.Protocol):
    """It never depends on what panoramisk sets on it: bytes may arrive before panoramisk knows it is there.

    `heard` is the loop's time of the last bytes. `hearers`, a list that may change, get the bytes of every
    read before anything is made of them.
    """

    def __init__(
        self,
        wanted: frozenset[bytes],
        take_event: Callable[[RawMessage], None],
        hearers: Sequence[Callable[[bytes], None]] = (),
    ) -> None:
        loop = asyncio.get_running_loop()
        self.heard = loop.time()
        self._clock = loop.time
        self._greeted: asyncio.Future[str] = loop.create_future()
        self._lost: asyncio.Future[str] = loop.create_future()
        self._wanted = wanted
        self._take_event = take_event
        self._hearers = hearers
        self._framer = Framer(greeted=False)
        self._exchange = Exchange()
        self._answers: dict[str, asyncio.Future[Answer]] = {}
        self._transport: asyncio.Transport | None = None

    async def greeting(self, deadline: float) -> None:
        """Waits for the banner, or for the connection's end. Raises TimeoutError."""
        async with asyncio.timeout(deadline):
            await asyncio.wait({self._greeted, self._lost}, return_when=asyncio.FIRST_COMPLETED)

    async def ended(self, within: float) -> None:
        """Waits `within` seconds. Raises Lost as soon as the connection ends."""
        await asyncio.wait({self._lost}, timeout=within)
        if self._lost.done():
            raise Lost(self._lost.result())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.heard = self._clock()
        for hear in self._hearers:
            hear(data)
        try:
            messages = self._framer.feed(data)
        except NotAmi:
            self.lose("lo que responde no es la interfaz AMI de Asterisk")
        except MessageTooLong:
            self.lose("la central envió un mensaje desmedido")
        else:
            self._dispatch(messages)
        if self._framer.greeted and not self._greeted.done():
            self._greeted.set_result("")

    def _dispatch(self, messages: Sequence[RawMessage]) -> None:
        for raw in messages:
            name = event_name(raw)
            if self._answers and self._exchange.belongs(raw):
                self._answer(raw)
            elif name in self._wanted or name == b"Shutdown":
                self._event(name, raw)

    def _event(self, name: bytes, raw: RawMessage) -> None:
        if not genuine(raw):
            log.warning("forged_event", beginning=bytes(raw[:160]).decode("ascii", "backslashreplace"))
            return
        if name in self._wanted:
            self._take_event(raw)
        if name == b"Shutdown":
            self.lose("la central se está apagando")

    def _answer(self, raw: RawMessage) -> None:
        answer = self._exchange.take(raw)
        if answer is None:
            return
        waiting = self._answers.pop(answer.action_id)
        if not waiting.done():
            waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lose("la central cerró la conexión" if exc is None else "se cortó la conexión con la central")

    def lose(self, reason: str) -> None:
        """Ends the connection and every wait on it. The first reason counts."""
        if not self._lost.done():
            self._lost.set_result(reason)
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(LinkDown(reason))
        self._answers.clear()
        if self._transport is not None:
            self._transport.abort()

    def send(self, action: Written, as_list: bool | None = None) -> "asyncio.Future[Answer]":
        """Called by panoramisk."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if self._lost.done():
            answer.set_exception(LinkDown(self._lost.result()))
            return answer
        assert self._transport is not None
        self._exchange.ask(action.action_id)
        self._answers[action.action_id] = answer
        self._transport.write(str(action).encode())
        return answer

    def forget(self, action_id: str) -> None:
        """An answer that comes too late is nobody's."""
        self._exchange.forget(action_id)
        self._answers.pop(action_id, None)

    def close(self) -> None:
        self.lose("conexión cerrada")
