"""Facts in, grouped commits out: nothing is shown before it is committed, nothing taken is lost in memory."""

import asyncio
import random
from collections import ChainMap, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from cases import metrics
from cases.batch import Changed, read_known, set_aside, write_batch
from cases.board import Board, Committed
from cases.intake import Known
from cases.plans_in_use import FindsPlans
from cases.rows import path_text
from cases.tables import calls
from cases.views import CallView
from db.engine import writing
from telephony.facts import CallEnded, CallFact, OpenCall

BATCH, SPACING, CAPACITY = 200, 0.005, 20_000
FIRST_RETRY, LAST_RETRY = 0.05, 5.0
ENDED_KEPT = 2_000
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    fact: CallFact
    heard: datetime


class Intake:
    """The one writer of call facts.

    `name_of` tells whose an extension is. The commits are at least `SPACING` seconds apart, so that facts
    that come close together share one, and the first after a pause does not wait.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        plans: FindsPlans,
        name_of: Callable[[str], str | None],
        clock: Callable[[], datetime],
        board: Board,
        capacity: int = CAPACITY,
    ) -> None:
        self._engine = engine
        self._plans = plans
        self._name_of = name_of
        self._clock = clock
        self._board = board
        self._queue: asyncio.Queue[_Taken | None] = asyncio.Queue(capacity)
        self._held: dict[str, Known] = {}
        self._ended: OrderedDict[str, Known] = OrderedDict()
        self._done = asyncio.Event()
        self._next_commit = 0.0
        self.stuck_since: datetime | None = None

    async def restore(self) -> tuple[CallView, ...]:
        """Load the calls that have not ended, into memory and onto the board. Call it before `run`."""
        async with self._engine.connect() as connection:
            self._held = await read_known(connection, calls.c.ended.is_(None))
        views = tuple(view_of(known) for known in self._held.values())
        self._board.restore(views)
        return views

    def open_calls(self) -> list[OpenCall]:
        """The calls that have not ended, for the tracker to go on with."""
        records = (known.record for known in self._held.values())
        return [
            OpenCall(
                call=record.id,
                linkedid=record.linkedid,
                phase=record.phase,
                answered=record.answered is not None,
                callback=record.callback_queue is not None,
            )
            for record in records
        ]

    def versions_in_use(self) -> set[tuple[str, str]]:
        """The plans' versions (name, first 12 hex digits) that open calls are on: the book must hold them."""
        return {(known.record.plan, known.record.version) for known in self._held.values()}

    async def take(self, fact: CallFact) -> None:
        """Accept a fact; waits while the queue is full (the database stands still), which is logged."""
        if self._queue.full():
            log.error("facts wait for the database and the queue is full", waiting=self._queue.qsize())
        await self._queue.put(_Taken(fact, self._clock()))
        metrics.WAITING_FACTS.set(self._queue.qsize())

    async def run(self) -> None:
        """Commit what is taken until `close`."""
        try:
            while batch := await self._gather():
                await self._commit(batch)
        finally:
            self._done.set()

    async def close(self, seconds: float = 5.0) -> None:
        """Commit what was taken and stop; gives up after `seconds` and logs how many facts are left."""
        try:
            async with asyncio.timeout(seconds):
                await self._queue.put(None)
                await self._done.wait()
        except TimeoutError:
            log.critical("stopped with facts not committed", facts=self._queue.qsize())

    async def _gather(self) -> list[_Taken]:
        """The facts of the next commit: all that is there, once the last commit is `SPACING` ago."""
        first = await self._queue.get()
        if first is None:
            return []
        batch = [first]
        pause = self._next_commit - asyncio.get_running_loop().time()
        if pause > 0 and self._queue.qsize() + 1 < BATCH:
            await asyncio.sleep(pause)
        while len(batch) < BATCH and not self._queue.empty():
            taken = self._queue.get_nowait()
            if taken is None:
                self._queue.put_nowait(None)
                break
            batch.append(taken)
        self._next_commit = asyncio.get_running_loop().time() + SPACING
        return batch

    async def _commit(self, batch: Sequence[_Taken]) -> None:
        """Commit, however often it takes; when a fact is at fault, go one by one and set that one aside."""
        try:
            changes = await self._persist(lambda: self._write(batch))
        except Exception as error:  # noqa: BLE001 - whatever one fact brings must not stop the others
            self._forget(batch)
            if len(batch) == 1:
                await self._refuse(batch[0].fact, error)
                return
            for taken in batch:
                await self._commit([taken])
        else:
            self._publish(batch, changes)

    async def _write(self, batch: Sequence[_Taken]) -> list[Changed]:
        held = ChainMap(self._held, self._ended)
        facts = [taken.fact for taken in batch]
        async with writing(self._engine) as connection:
            return await write_batch(connection, facts, held, self._plans, self._name_of, self._clock())

    async def _refuse(self, fact: CallFact, error: Exception) -> None:
        log.error("a fact cannot be applied", call=fact.call, fact=type(fact).__name__, error=repr(error))
        metrics.REFUSED.inc()

        async def keep() -> None:
            async with writing(self._engine) as connection:
                await set_aside(connection, fact, repr(error), self._clock())

        try:
            await self._persist(keep)
        except Exception as second:  # noqa: BLE001 - the facts that follow must still be committed
            log.critical("a refused fact is kept in this line only", fact=repr(fact), error=repr(second))

    async def _persist(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do a transaction until the database takes it; only what passes by itself is waited for."""
        delay = FIRST_RETRY
        while True:
            try:
                result = await work()
            except Exception as error:
                if not _passes(error):
                    raise
                self._alarm(error)
                await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
                delay = min(delay * 2, LAST_RETRY)
            else:
                self._calm()
                return result

    def _alarm(self, error: Exception) -> None:
        metrics.COMMITS_FAILED.inc()
        if self.stuck_since is None:
            self.stuck_since = self._clock()
        log.error("the database takes no facts; they wait", error=repr(error), waiting=self._queue.qsize())

    def _calm(self) -> None:
        if self.stuck_since is not None:
            log.warning("the database takes facts again", stuck_since=self.stuck_since.isoformat())
            self.stuck_since = None

    def _publish(self, batch: Sequence[_Taken], changes: Iterable[Changed]) -> None:
        """After the commit: remember, count, and only now show."""
        heard = {taken.fact.call: taken.heard for taken in reversed(batch)}
        metrics.COMMIT_FACTS.observe(len(batch))
        metrics.WAITING_FACTS.set(self._queue.qsize())
        told = []
        for change in changes:
            self._remember(change.known)
            _count(change.facts)
            id = change.known.record.id
            told.append(Committed(view_of(change.known), heard.get(id) or self._clock()))
        self._board.committed(told)

    def _remember(self, known: Known) -> None:
        id = known.record.id
        if known.record.ended is None:
            self._held[id] = known
            return
        self._held.pop(id, None)
        self._ended[id] = known
        while len(self._ended) > ENDED_KEPT:
            self._ended.popitem(last=False)

    def _forget(self, batch: Iterable[_Taken]) -> None:
        """The database did not agree with what is held of these calls: it will be read again."""
        for taken in batch:
            self._held.pop(taken.fact.call, None)
            self._ended.pop(taken.fact.call, None)


def _count(facts: Iterable[CallFact]) -> None:
    for fact in facts:
        metrics.FACTS.labels(type(fact).__name__).inc()
        if isinstance(fact, CallEnded):
            metrics.CALLS.labels(fact.outcome).inc()


def view_of(known: Known) -> CallView:
    """What pages see of a call that is held in memory."""
    record = known.record
    plain = {name: getattr(record, name) for name in _SAME}
    return CallView(choice=path_text(record.choices), case=known.case, **plain)


def _passes(error: Exception) -> bool:
    """Whether the trouble is the database's (locked, full, away) and not the fact's."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


_SAME = tuple(name for name in CallView.__dataclass_fields__ if name not in ("choice", "case"))
