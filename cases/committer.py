"""The database's side of the intake: batches of facts committed, then remembered, counted and shown."""

from collections import ChainMap, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine

from cases import metrics
from cases.batch import Changed, read_known, set_aside, write_batch
from cases.board import Board, Committed
from cases.fact_rows import told_in_log
from cases.intake import Known
from cases.plans_in_use import FindsPlans
from cases.rows import view_of
from cases.tables import calls
from cases.views import CallView
from cases.waiting import Taken
from db.engine import writing
from telephony.facts import CallEnded, CallFact

ENDED_KEPT = 2_000
_AWAY = ("08", "25006", "40", "53", "55P03", "57", "58", "XX")
"""PostgreSQL's states: no connection, read-only, deadlock, no space, locked, shut down, system, damaged."""
log = structlog.get_logger(__name__)


class Committer:
    """Holds the open calls, and the last that ended, as they were committed."""

    def __init__(
        self,
        engine: AsyncEngine,
        plans: FindsPlans,
        name_of: Callable[[str], str | None],
        clock: Callable[[], datetime],
        board: Board,
    ) -> None:
        self._engine = engine
        self._plans = plans
        self._name_of = name_of
        self._clock = clock
        self._board = board
        self._held: dict[str, Known] = {}
        self._ended: OrderedDict[str, Known] = OrderedDict()

    @property
    def open_calls(self) -> tuple[Known, ...]:
        return tuple(self._held.values())

    async def restore(self) -> tuple[CallView, ...]:
        """Load the calls that have not ended, into memory and onto the board."""
        async with self._engine.connect() as connection:
            self._held = await read_known(connection, calls.c.ended.is_(None))
        views = tuple(_view(known) for known in self._held.values())
        self._board.restore(views)
        return views

    async def commit(self, batch: Sequence[Taken]) -> None:
        """Commit; when a fact is at fault, go one by one and set that one aside.

        Raises what the database's own trouble raises (`passes`); committed facts may be committed again.
        """
        try:
            changes = await self._write(batch)
        except Exception as error:
            if passes(error):
                raise
            self._forget(batch)
            if len(batch) == 1:
                await self._refuse(batch[0].fact, error)
                return
            for taken in batch:
                await self.commit([taken])
        else:
            self._publish(batch, changes)

    async def _write(self, batch: Sequence[Taken]) -> list[Changed]:
        held = ChainMap(self._held, self._ended)
        facts = [taken.fact for taken in batch]
        async with writing(self._engine) as connection:
            return await write_batch(connection, facts, held, self._plans, self._name_of, self._clock())

    async def _refuse(self, fact: CallFact, error: Exception) -> None:
        log.error("a fact cannot be applied", call=fact.call, fact=type(fact).__name__, error=repr(error))
        metrics.REFUSED.inc()
        try:
            async with writing(self._engine) as connection:
                await set_aside(connection, fact, repr(error), self._clock())
        except Exception as second:
            if passes(second):
                raise
            log.critical(
                "a refused fact is kept in this line only",
                call=fact.call,
                fact=told_in_log(fact),
                error=repr(second),
            )

    def _publish(self, batch: Sequence[Taken], changes: Iterable[Changed]) -> None:
        """After the commit: remember, count, and only now show."""
        heard = {taken.fact.call: taken.heard for taken in reversed(batch)}
        metrics.COMMIT_FACTS.observe(len(batch))
        told = []
        for change in changes:
            self._remember(change.known)
            _count(change.facts)
            id = change.known.record.id
            told.append(Committed(_view(change.known), heard.get(id) or self._clock()))
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

    def _forget(self, batch: Iterable[Taken]) -> None:
        """The database did not agree with what is held of these calls: it will be read again."""
        for taken in batch:
            self._held.pop(taken.fact.call, None)
            self._ended.pop(taken.fact.call, None)


def passes(error: BaseException) -> bool:
    """Whether the trouble is the database's (locked, full, away, broken) and not the fact's."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or type(error) is DatabaseError or state.startswith(_AWAY)


def _count(facts: Iterable[CallFact]) -> None:
    for fact in facts:
        metrics.FACTS.labels(type(fact).__name__).inc()
        if isinstance(fact, CallEnded):
            metrics.CALLS.labels(fact.outcome).inc()


def _view(known: Known) -> CallView:
    return view_of(known.record, known.case)
