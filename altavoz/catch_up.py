"""The journal compared with what is known of calls: AMI is the hint, the journal is the record.

What nobody had told is told now, by the same door as live facts; the cursor moves on only when the database
has all of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from altavoz.told import Told
from telephony.facts import CallEnded, CallFact, OpenCall
from telephony.journal_calls import Facts, JournalCalls, Standing
from telephony.journal_store import Cursor, JournalStore
from telephony.reconcile import compare, lacks
from telephony.tracker import CallTracker

log = structlog.get_logger()

SETTLED = timedelta(seconds=3)
"""How old a row must be before it counts that nobody told of it: live events are on their way."""
UNNOTICED = timedelta(seconds=10)
"""How long a link may have been silent before that was noticed."""
_TRIES, _PAUSE = 20, 0.25
_LOOKS, _LOOK = 8, 0.25

KnownFacts = Callable[[Collection[str]], Awaitable[Mapping[str, list[CallFact]]]]


@dataclass(slots=True)
class Tally:
    """What the journal alone knew: the ids of its `calls`, how many `facts`; `ended` are all that ended."""

    calls: set[str] = field(default_factory=set)
    facts: int = 0
    ended: set[str] = field(default_factory=set)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.calls | other.calls, self.facts + other.facts, self.ended | other.ended)


class CatchUp:
    """Reads the journal of one PBX in bounded pages, in a thread.

    `known` answers the facts that the database has, `take` accepts a fact. Methods raise NoJournal and what
    the database raises; a page that was not finished is read again the next time.
    """

    def __init__(
        self,
        pbx: str,
        journal: JournalCalls,
        store: JournalStore,
        known: KnownFacts,
        take: Callable[[CallFact], Awaitable[None]],
        told: Told,
        clock: Callable[[], datetime],
    ) -> None:
        self._pbx = pbx
        self._journal = journal
        self._store = store
        self._known = known
        self._take = take
        self._told = told
        self._clock = clock

    async def sweep(self, *, until: datetime | None = None, lost: datetime | None = None) -> Tally:
        """Everything since the cursor; `until` when, unless it is only what has settled.

        Nobody listened since `lost`. A call that was heard whole stays as it was: live events know more.
        """
        tally = Tally()
        cursor = await self._cursor()
        while True:
            edge = until or self._clock() - SETTLED
            page = await asyncio.to_thread(self._journal.since, cursor.row, edge)
            tally.ended |= {call for call, facts in page.calls.items() if _ended(facts)}
            doubtful = {
                call for call, facts in page.calls.items() if lost and facts[-1].at > lost - UNNOTICED
            }
            agreed = await self._agreed(page.calls, doubtful, tally)
            if agreed and page.last is not None:
                cursor = replace(cursor, row=page.last.row, at=page.last.at)
            await self._store.move(replace(cursor, listened=self._clock()))
            if not agreed or not page.more:
                return tally

    async def follow(
        self, live: Collection[str], followed: Collection[str]
    ) -> tuple[CallTracker | None, Tally]:
        """A tracker that has followed the calls of the `live` channels (uniqueids) from their beginning.

        None when the journal does not have all those that are `followed` (ids of calls) already.
        """
        tally = Tally()
        lives = {f"{self._pbx}-{uniqueid}" for uniqueid in live}
        for _ in range(_LOOKS):
            standing = await asyncio.to_thread(self._journal.standing, live)
            standing.tracker.resync(live, self._clock())
            if lives.intersection(followed) <= standing.tracker.live:
                await self._tell(standing.calls, tally)
                return standing.tracker, tally
            await asyncio.sleep(_LOOK)
        log.warning("journal_lacks_live_calls", calls=sorted(lives.intersection(followed)))
        return None, tally

    async def known(self, calls: Collection[str]) -> dict[str, tuple[CallFact, ...]]:
        """All that was said of these calls, committed or not."""
        committed = await self._known(calls)
        return {call: self._said(call, committed.get(call, ())) for call in calls}

    def _said(self, call: str, committed: Sequence[CallFact]) -> tuple[CallFact, ...]:
        return (*committed, *(fact for fact in self._told.of(call) if fact not in committed))

    async def end(self, gone: Mapping[str, OpenCall | None], lost: datetime | None) -> Tally:
        """The end of calls whose channels the PBX has no more.

        By the journal; without an end there they ended with the PBX itself, `lost` being when it was last
        heard.
        """
        tally = Tally()
        uniqueids = {call.removeprefix(f"{self._pbx}-") for call in gone}
        for _ in range(_LOOKS):
            standing = await asyncio.to_thread(self._journal.standing, uniqueids)
            open_still = {call for call in gone if not _ended(standing.calls.get(call, ()))}
            if not open_still:
                break
            await asyncio.sleep(_LOOK)
        await self._tell({call: facts for call, facts in standing.calls.items() if call in gone}, tally)
        for call in sorted(open_still):
            facts = await self._end_with_pbx(call, gone[call], standing, lost)
            await self._tell({call: (*standing.calls.get(call, ()), *facts)}, tally)
        return tally

    async def _end_with_pbx(
        self, call: str, known: OpenCall | None, standing: Standing, lost: datetime | None
    ) -> Facts:
        tracker = standing.tracker
        if call not in tracker.live and known is not None:
            tracker.resume(known)
        uniqueid = call.removeprefix(f"{self._pbx}-")
        died = await asyncio.to_thread(self._journal.died, uniqueid, lost or self._clock())
        others = {other.removeprefix(f"{self._pbx}-") for other in tracker.live} - {uniqueid}
        return tuple(tracker.resync(others, died or lost or self._clock()))

    async def _cursor(self) -> Cursor:
        cursor, now = await self._store.cursor(), self._clock()
        if cursor is None:
            return Cursor(0, now, now)
        row = await asyncio.to_thread(self._journal.resumed, cursor.row, cursor.at)
        return replace(cursor, row=row)

    async def _agreed(self, calls: Mapping[str, Facts], doubtful: Collection[str], tally: Tally) -> bool:
        """Tell what is missing and wait until the database has it; False when it does not take it."""
        for _ in range(_TRIES):
            known = await self._known(calls.keys())
            open_still = {
                call: facts
                for call, facts in calls.items()
                if call in doubtful or lacks(facts, known.get(call, ()))
            }
            if not await self._tell(open_still, tally):
                return True
            await asyncio.sleep(_PAUSE)
        log.warning("journal_waits_for_the_database", calls=len(calls))
        return False

    async def _tell(self, calls: Mapping[str, Facts], tally: Tally) -> bool:
        """Tell what neither the database nor this process has said; whether the database lacks anything."""
        known = await self._known(calls.keys())
        lacking = False
        for call, facts in calls.items():
            if not compare(facts, known.get(call, ())).missing:
                continue
            lacking = True
            comparison = compare(facts, self._said(call, known.get(call, ())))
            for mine, other in comparison.contradicted:
                log.warning("witnesses_differ", call=call, journal=repr(mine), known=repr(other))
            await self._add(call, comparison.missing, tally)
        return lacking

    async def _add(self, call: str, facts: Facts, tally: Tally) -> None:
        if not facts:
            return
        tally.calls.add(call)
        tally.facts += len(facts)
        log.info("told_by_journal", call=call, facts=[type(fact).__name__ for fact in facts])
        for fact in facts:
            self._told.journal(fact)
            await self._take(fact)


def _ended(facts: Facts) -> bool:
    return any(isinstance(fact, CallEnded) for fact in facts)
