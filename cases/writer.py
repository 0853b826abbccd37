"""Facts in, grouped commits out: nothing is shown before it is committed, nothing taken waits in memory only.

While the database takes facts, they go straight to it. While it does not (locked, full, away), they go to a
spool on disk, and from there to the database once it takes them again.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from cases import metrics
from cases.board import Board
from cases.committer import Committer, passes
from cases.fact_rows import told_in_log
from cases.plans_in_use import FindsPlans
from cases.spool import KeepsFacts, Nowhere
from cases.views import CallView
from cases.waiting import Taken, Waiting
from telephony.facts import CallFact, OpenCall

BATCH, SPACING, CAPACITY = 200, 0.005, 20_000
PATIENCE, LONGEST_ATTEMPT = 2.0, 30.0
"""Seconds after which facts go to disk though the database may yet answer; after which it is asked anew."""
FIRST_RETRY, LAST_RETRY = 0.05, 5.0
log = structlog.get_logger(__name__)


class Intake:
    """The one writer of call facts.

    `name_of` tells whose an extension is. The commits are at least `SPACING` seconds apart, so that facts
    that come close together share one, and the first after a pause does not wait. `stuck_since` is when the
    database stopped taking facts, `unspooled_since` when the disk did too, `lost` how many facts were refused
    since there was room for them nowhere, `lost_at` when the last one was.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        plans: FindsPlans,
        name_of: Callable[[str], str | None],
        clock: Callable[[], datetime],
        board: Board,
        capacity: int = CAPACITY,
        spool: KeepsFacts | None = None,
    ) -> None:
        self._clock = clock
        self._committer = Committer(engine, plans, name_of, clock, board)
        self._waiting = Waiting(capacity)
        self._spool = spool or Nowhere()
        self._disk = asyncio.Lock()
        self._closing = asyncio.Event()
        self._given_up = asyncio.Event()
        self._done = asyncio.Event()
        self._next_commit = 0.0
        self.stuck_since: datetime | None = None
        self.unspooled_since: datetime | None = None
        self.lost = 0
        self.lost_at: datetime | None = None

    async def restore(self) -> tuple[CallView, ...]:
        """Load the calls that have not ended, into memory and onto the board. Call it before `run`."""
        return await self._committer.restore()

    async def recover(self) -> None:
        """Commit what a former process left on disk; with what the database does not take, `run` goes on."""
        if self._spool.size:
            log.warning("facts of a former run wait on disk", facts=self._spool.size)
        try:
            while self._spool.size:
                await self._commit_some()
        except Exception as error:
            if not passes(error):
                raise
            self._alarm(repr(error))

    def open_calls(self) -> list[OpenCall]:
        """The calls that have not ended, for the tracker to go on with."""
        records = (known.record for known in self._committer.open_calls)
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
        return {(known.record.plan, known.record.version) for known in self._committer.open_calls}

    @property
    def waiting(self) -> int:
        """How many facts are taken and not committed, in memory and on disk."""
        return len(self._waiting) + self._spool.size

    @property
    def spooled(self) -> int:
        """How many of them are on disk."""
        return self._spool.size

    async def take(self, fact: CallFact) -> None:
        """Accept a fact, and never wait. When memory is full too, the fact is logged, counted and lost here:
        the PBX's journal still has it.
        """
        if not self._waiting.put(Taken(fact, self._clock())):
            self.lost += 1
            self.lost_at = self._clock()
            metrics.LOST.inc()
            log.critical("no room for a fact", call=fact.call, fact=told_in_log(fact), lost=self.lost)
        metrics.WAITING_FACTS.set(self.waiting)

    async def run(self) -> None:
        """Commit what is taken until `close`."""
        try:
            while await self._round():
                pass
        finally:
            self._done.set()

    async def _round(self) -> bool:
        """Commit once, or make the whole detour; whether to go on."""
        if self._spool.size:
            await self._detour(None)
            return not self._given_up.is_set()
        batch = await self._gather()
        if not batch:
            return False
        attempt = asyncio.create_task(self._commit(batch))
        await asyncio.wait({attempt}, timeout=PATIENCE)
        if not attempt.done() or attempt.exception() is not None:
            await self._detour(attempt)
        return not self._given_up.is_set()

    async def close(self, seconds: float = 5.0) -> None:
        """Commit what was taken and stop. What is not committed within `seconds` waits on disk."""
        self._closing.set()
        self._waiting.wake()
        try:
            async with asyncio.timeout(seconds):
                await self._done.wait()
        except TimeoutError:
            self._given_up.set()
            await self._leave()

    async def _gather(self) -> list[Taken]:
        """The facts of the next commit: all that is there, once the last commit is `SPACING` ago."""
        if not self._closing.is_set():
            await self._waiting.some()
        pause = self._next_commit - asyncio.get_running_loop().time()
        if pause > 0 and 0 < len(self._waiting) < BATCH:
            await asyncio.sleep(pause)
        self._next_commit = asyncio.get_running_loop().time() + SPACING
        return self._waiting.front(BATCH)

    async def _commit(self, batch: list[Taken]) -> None:
        async with asyncio.timeout(LONGEST_ATTEMPT):
            await self._committer.commit(batch)
        self._waiting.drop(batch)
        metrics.WAITING_FACTS.set(self.waiting)

    async def _detour(self, attempt: asyncio.Task[None] | None) -> None:
        """By way of the disk, until nothing waits there: what comes goes to its end, from its front to the
        database. `attempt` is the commit that does not end.
        """
        tasks = [asyncio.create_task(self._fill()), asyncio.create_task(self._drain(attempt))]
        given_up = asyncio.create_task(self._given_up.wait())
        await asyncio.wait((tasks[1], given_up), return_when=asyncio.FIRST_COMPLETED)
        async with self._disk:  # neither is in the middle of the file then
            for task in (*tasks, given_up):
                task.cancel()
        await asyncio.gather(*tasks, given_up, return_exceptions=True)
        if not tasks[1].cancelled():
            tasks[1].result()
            self.unspooled_since = None

    async def _fill(self) -> None:
        """From memory to disk."""
        while True:
            await self._waiting.some()
            async with self._disk:
                await self._spool_some()
            if self.unspooled_since is not None:
                await asyncio.sleep(PATIENCE)

    async def _spool_some(self) -> None:
        some = self._waiting.front(BATCH * 10)
        try:
            await asyncio.to_thread(self._spool.append, [taken.fact for taken in some])
        except OSError as error:
            if self.unspooled_since is None:
                self.unspooled_since = self._clock()
                log.critical("the disk takes no facts either; they wait in memory", error=repr(error))
            return
        self._waiting.drop(some)
        self.unspooled_since = None

    async def _drain(self, attempt: asyncio.Task[None] | None) -> None:
        """From disk, or from memory when the disk is full, to the database, however often it takes."""
        delay = FIRST_RETRY
        while True:
            try:
                if attempt is not None:
                    await self._outlast(attempt)
                elif self.waiting:
                    await self._commit_some()
            except Exception as error:
                if not passes(error):
                    raise
                self._alarm(repr(error))
                await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311 - jitter, no secret
                delay = min(delay * 2, LAST_RETRY)
            else:
                self._calm()
                delay = FIRST_RETRY
            attempt = None
            if self.stuck_since is None and not self._spool.size:
                return

    async def _outlast(self, attempt: asyncio.Task[None]) -> None:
        if not attempt.done():
            self._alarm("no answer")
        await attempt

    async def _commit_some(self) -> None:
        """Commit what has waited longest."""
        async with self._disk:
            facts = await asyncio.to_thread(self._spool.read, BATCH) if self._spool.size else None
        if facts is None:
            await self._commit(self._waiting.front(BATCH))
            return
        now = self._clock()
        async with asyncio.timeout(LONGEST_ATTEMPT):
            await self._committer.commit([Taken(fact, now) for fact in facts])
        async with self._disk:
            await asyncio.to_thread(self._spool.done)
        metrics.WAITING_FACTS.set(self.waiting)

    async def _leave(self) -> None:
        """Stop with facts that are not committed: they wait on disk for the next start."""
        async with self._disk:
            while len(self._waiting) and self.unspooled_since is None:
                await self._spool_some()
        log.critical("stopped with facts not committed", on_disk=self._spool.size, lost=len(self._waiting))

    def _alarm(self, error: str) -> None:
        metrics.COMMITS_FAILED.inc()
        if self.stuck_since is None:
            self.stuck_since = self._clock()
        log.error("the database takes no facts; they wait", error=error, waiting=self.waiting)

    def _calm(self) -> None:
        if self.stuck_since is not None:
            log.warning("the database takes facts again", stuck_since=self.stuck_since.isoformat())
            self.stuck_since = None
