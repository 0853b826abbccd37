"""The link to the PBX's manager interface (AMI): one connection that is kept up.

panoramisk dials and writes actions out; it is imported nowhere else. Framing, answers, deadlines, pings and
dialling again are ours: panoramisk decodes by the chunk, asks unanswered actions again after a reconnect and
never notices a half-open connection.
"""

import asyncio
import itertools
import random
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from panoramisk import Manager
from panoramisk.actions import Action

from telephony.connection import Connection, Lost
from telephony.events import AmiEvent, AmiMessage, read_event
from telephony.exchange import ActionFailed, Answer, DeadlinePassed, Headers, LinkDown, checked
from telephony.framing import RawMessage

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AmiAccount:
    host: str
    port: int
    username: str
    secret: str = field(repr=False)

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class LinkState:
    """Up or down `since` when. `reason` says in Spanish why it is down, ready to be shown; empty while up."""

    up: bool
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, and how many events may wait. A silent connection is given up in `ping_every + silence`."""

    dial: float = 3.0
    login: float = 5.0
    ping_every: float = 2.0
    silence: float = 2.5
    first_wait: float = 0.2
    longest_wait: float = 5.0
    waiting_events: int = 20_000

    def before_dialling(self, failures: int) -> float:
        """Doubling with every failure, and jittered, so that links lost together do not return together."""
        longest: float = min(self.longest_wait, self.first_wait * 2 ** min(failures, 16))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311


class _Dialler(Manager):  # type: ignore[misc]
    """panoramisk for one connection: without its pings and without its dialling again."""

    def connection_made(self, dialled: "asyncio.Future[object]") -> None:
        if not dialled.cancelled() and dialled.exception() is None:
            super().connection_made(dialled)

    def ping(self) -> None:
        self.pinger = None


class AmiLink:
    """A link of one account, kept up from `start()` to `close()`.

    Events named in `wanted` wait in order, in one bounded queue, for the one reader of `events()`. The socket
    is always read at once, since Asterisk cuts off who reads slowly. When the queue is full the order is
    already lost: the event is dropped, `overruns` counts it, and the link reconnects, because whoever
    listens to `on_state` then learns of the gap and takes the calls' state anew. `late_since` is since when
    the PBX is heard but answers no ping in time; None while it does.
    """

    def __init__(
        self,
        account: AmiAccount,
        wanted: Iterable[str] = (),
        *,
        patience: Patience = Patience(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.account = account
        self.overruns = self.taken = self.connections = 0
        self.late_since: datetime | None = None
        self._wanted = frozenset(name.encode() for name in wanted)
        self._patience = patience
        self._clock = clock
        self._state = LinkState(False, clock(), "todavía no hay conexión con la central")
        self._listeners: list[Callable[[LinkState], None]] = []
        self._hearers: list[Callable[[bytes], None]] = []
        self._waiting: deque[tuple[RawMessage, datetime]] = deque()
        self._arrived = asyncio.Event()
        self._went_up = asyncio.Event()
        self._secret = secrets.token_hex(8)
        self._ids = itertools.count(1)
        self._connection: Connection | None = None
        self._dialler: _Dialler | None = None
        self._running: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def state(self) -> LinkState:
        return self._state

    def on_state(self, listener: Callable[[LinkState], None]) -> None:
        """`listener` is called with every change from now on, in the event loop; it must not block."""
        self._listeners.append(listener)

    def on_bytes(self, hearer: Callable[[bytes], None]) -> Callable[[], None]:
        """`hearer` gets the bytes of every read, until what is returned is called; it must not block."""
        self._hearers.append(hearer)
        return lambda: self._hearers.remove(hearer)

    def start(self) -> None:
        self._running = asyncio.get_running_loop().create_task(self._keep_up(), name=self.account.username)

    async def close(self) -> None:
        """Ends the connection, every open action (LinkDown) and, when what waits is read, `events()`."""
        self._closed = True
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        self._arrived.set()

    async def until_up(self, deadline: float) -> None:
        """Raises DeadlinePassed with the reason."""
        try:
            async with asyncio.timeout(deadline):
                await self._went_up.wait()
        except TimeoutError:
            raise DeadlinePassed(self._state.reason) from None

    async def events(self) -> AsyncIterator[AmiEvent]:
        """The wanted events in the order of the wire, for one reader; ends after `close()`."""
        while True:
            while self._waiting:
                yield read_event(*self._waiting.popleft())
            if self._closed:
                return
            self._arrived.clear()
            await self._arrived.wait()

    async def action(
        self, name: str, headers: Headers | None = None, /, *, deadline: float = 5.0, **more: str | int
    ) -> list[AmiMessage]:
        """The answer; of a list first the answer, then its items. Never asked twice.

        Raises ActionFailed (the PBX refused), LinkDown, DeadlinePassed, Unsendable.
        """
        if not self._state.up:
            raise LinkDown(self._state.reason)
        answer = await self._ask(name, {**(headers or {}), **more}, deadline)
        return list(answer.messages)

    async def _ask(self, name: str, headers: Headers, deadline: float) -> Answer:
        connection, dialler = self._connection, self._dialler
        if connection is None or dialler is None:
            raise LinkDown(self._state.reason)
        # Whose number has line breaks writes headers into events: an answer's it must not guess.
        action_id = f"altavoz-{self._secret}-{next(self._ids)}"
        lines = checked(name, {**headers, "ActionID": action_id})
        try:
            async with asyncio.timeout(deadline):
                answer: Answer = await dialler.send_action(Action(lines))
        except TimeoutError:
            raise DeadlinePassed(f"la central no respondió a «{name}» en {deadline:g} s") from None
        finally:
            connection.forget(action_id)
        if answer.refusal is not None:
            raise ActionFailed(name, answer.refusal)
        return answer

    async def _keep_up(self) -> None:
        failures = 0
        try:
            while True:
                try:
                    await self._one_connection()
                except Lost as lost:
                    failures = 0 if self._held() else failures + 1
                    self._change(False, str(lost))
                except Exception:  # a defect of ours must not end the link for good
                    failures += 1
                    log.exception("ami_link_defect", account=self.account.username)
                    self._change(False, "falló el enlace con la central; vea el registro del servicio")
                await asyncio.sleep(self._patience.before_dialling(failures))
        finally:
            self._change(False, "el servicio cerró la conexión con la central")

    def _held(self) -> bool:
        """Whether the link was up long enough to begin the waits anew."""
        lasted = (self._clock() - self._state.since).total_seconds()
        return self._state.up and lasted > self._patience.longest_wait

    async def _one_connection(self) -> None:
        """Raises Lost when it is over."""
        self.late_since = None
        connection = Connection(self._wanted, self._take_event, self._hearers)
        try:
            await self._dial(connection)
            await self._log_in(connection)
            self._change(True, "")
            await self._listen(connection)
        finally:
            connection.close()
            self._connection = self._dialler = None

    async def _dial(self, connection: Connection) -> None:
        dialler = _Dialler(
            host=self.account.host,
            port=self.account.port,
            loop=asyncio.get_running_loop(),
            protocol_factory=lambda: connection,
            ping_delay=0,
        )
        try:
            async with asyncio.timeout(self._patience.dial):
                await dialler.connect()
        except TimeoutError:
            raise Lost(f"la central no responde en {self.account.place}") from None
        except OSError as error:
            raise Lost(
                f"la central no acepta conexiones en {self.account.place} ({error.strerror})"
            ) from error
        self._connection, self._dialler = connection, dialler

    async def _log_in(self, connection: Connection) -> None:
        account = {
            "Username": self.account.username,
            "Secret": self.account.secret,
            "Events": "on" if self._wanted else "off",
        }
        try:
            await connection.greeting(self._patience.login)
            await self._ask("Login", account, self._patience.login)
        except TimeoutError:
            raise Lost(f"en {self.account.place} nadie saluda como la interfaz AMI") from None
        except ActionFailed as refused:
            raise Lost(
                f"la central rechazó el usuario «{self.account.username}»: {refused.message}"
            ) from None
        except (LinkDown, DeadlinePassed) as error:
            raise Lost(str(error)) from None

    async def _listen(self, connection: Connection) -> None:
        """Pings; what counts is that something is heard, for a busy PBX may answer a ping late."""
        loop = asyncio.get_running_loop()
        while True:
            await connection.ended(self._patience.ping_every)
            asked = loop.time()
            answered = await self._ping()
            if connection.heard < asked:
                raise Lost("la central dejó de responder")
            self.late_since = None if answered else self.late_since or self._clock()

    async def _ping(self) -> bool:
        """Whether the answer came in time."""
        try:
            await self._ask("Ping", {}, self._patience.silence)
        except LinkDown as down:
            raise Lost(str(down)) from None
        except (DeadlinePassed, ActionFailed):
            return False
        return True

    def _take_event(self, raw: RawMessage) -> None:
        if len(self._waiting) < self._patience.waiting_events:
            self._waiting.append((raw, self._clock()))
            self.taken += 1
            self._arrived.set()
            return
        self.overruns += 1
        if self._connection is not None:
            self._connection.lose("llegan más eventos de los que se atienden")

    def _change(self, up: bool, reason: str) -> None:
        if (up, reason) == (self._state.up, self._state.reason):
            return
        since = self._state.since if up == self._state.up else self._clock()
        self._state = LinkState(up, since, reason)
        if up:
            self._went_up.set()
            self.connections += 1
        else:
            self._went_up.clear()
        log.info("ami_link", account=self.account.username, up=up, reason=reason)
        for listener in self._listeners:
            try:
                listener(self._state)
            except Exception:  # the others must hear it all the same
                log.exception("ami_listener_defect", account=self.account.username)
