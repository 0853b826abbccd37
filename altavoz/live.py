"""Live calls: the PBX's events become facts; what was missed while nobody listened comes from its journal."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from altavoz.catch_up import CatchUp, Tally
from altavoz.told import Told
from cases.presence import Presence
from cases.writer import Intake
from telephony.ami import AmiLink, LinkState
from telephony.events import AmiEvent, AmiMessage
from telephony.exchange import AmiError
from telephony.facts import CallFact, LinkLost, OpenCall, PhoneChanged
from telephony.holds import holds_before
from telephony.journal import NoJournal
from telephony.journal_store import JournalStore
from telephony.phone_states import phone_changed, phones_now
from telephony.tracker import CallTracker

log = structlog.get_logger()

HEARD_SECONDS = 5.0
"""How often it is written down that somebody listens, and a catch-up that failed is tried again."""
SWEEP_EVERY = 6
"""Times that, the journal is compared."""
_LOOKS, _LOOK = 20, 0.1
STOPPED = "el servicio no estaba en marcha"


class LiveCalls:
    """Feeds a tracker from one link into the intake, and phones' states into presence.

    `acts` is the link by which presence reads the queues. `journal` is None for a PBX whose journal cannot be
    read: then what happens while the link is down stays unknown.
    """

    def __init__(
        self,
        pbx: str,
        link: AmiLink,
        acts: AmiLink,
        intake: Intake,
        presence: Presence,
        name_of: Callable[[str], str | None],
        store: JournalStore,
        told: Told,
        journal: CatchUp | None,
    ) -> None:
        self._pbx = pbx
        self._link = link
        self._tracker = CallTracker(pbx)
        self._intake = intake
        self._presence = presence
        self._name_of = name_of
        self._store = store
        self._told = told
        self._journal = journal
        self._turn = asyncio.Lock()
        self._one_by_one = asyncio.Lock()
        self._begun = asyncio.Event()
        self._caught_up = False
        self._losses = 0
        self._unreadable = ""
        self._lost: datetime | None = None
        self._working: set[asyncio.Task[None]] = set()
        link.on_state(self._link_changed)
        acts.on_state(lambda state: self._go(self._presence.refresh()) if state.up else None)

    def resume(self, open_calls: Iterable[OpenCall]) -> None:
        """Go on with calls that had not ended when the service stopped."""
        for call in open_calls:
            self._tracker.resume(call)

    async def run(self) -> None:
        """Until the link is closed."""
        await _tried(self._begin())
        self._begun.set()
        sweeping = asyncio.create_task(self._sweeps(), name="journal")
        try:
            async for event in self._link.events():
                call = self._tracker.call_of(event)
                try:
                    await self._take(event)
                except Exception:  # one event must not stop the desks
                    call = call or self._tracker.call_of(event)
                    log.exception("event_failed", event_name=event.name, call=call)
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping

    async def _begin(self) -> None:
        """A service that was killed could not say since when it does not listen."""
        cursor = await self._store.cursor()
        if cursor is not None:
            self._lost = cursor.listened
            await self._store.lost(LinkLost(self._pbx, cursor.listened, STOPPED))

    async def _take(self, event: AmiEvent) -> None:
        async with self._turn:
            for fact in self._tracker.feed(event):
                await self._tell(fact)
        if (change := phone_changed(event)) is not None:
            self._phone_changed(change)

    async def _tell(self, fact: CallFact) -> None:
        """A live fact, unless the journal has told it before."""
        if self._told.live(fact):
            await self._intake.take(fact)

    def _phone_changed(self, change: PhoneChanged) -> None:
        self._presence.phone_changed(change, self._name_of(change.extension))

    def _link_changed(self, state: LinkState) -> None:
        if state.up:
            self._go(self._catch_up())
            return
        if self._caught_up or self._lost is None:
            self._lost = state.since
        self._caught_up = False
        self._losses += 1
        self._go(self._store.lost(LinkLost(self._pbx, state.since, state.reason)))

    def _go(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(_tried(work))
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _catch_up(self) -> None:
        """Make up for what was missed, then go on with what lives; take the phones' states anew."""
        await self._begun.wait()
        async with self._one_by_one:
            if self._caught_up:
                return
            losses = self._losses
            tally = await self._from_journal()
            self._caught_up = losses == self._losses and self._intake.stuck_since is None
            await self._store.regained(datetime.now(UTC), len(tally.calls), tally.facts)
        for change in await phones_now(self._link):
            self._phone_changed(change)

    async def _from_journal(self) -> Tally:
        if self._journal is None:
            return await self._resync()
        try:
            tally = await self._caught_up_with(self._journal)
        except NoJournal as error:
            self._cannot_read(error)
            return await self._resync()
        self._unreadable = ""
        return tally

    def _cannot_read(self, error: NoJournal) -> None:
        """Said once: the service goes on with live events."""
        if str(error) != self._unreadable:
            self._unreadable = str(error)
            log.error("journal_unreadable", error=self._unreadable)

    async def _caught_up_with(self, journal: CatchUp) -> Tally:
        tally = Tally()
        if await self._committed():
            tally = await journal.sweep(until=datetime.now(UTC), lost=self._lost)
        async with self._turn:
            channels = await self._channels()
            live = {channel.get("Uniqueid") for channel in channels}
            known = {call.call: call for call in self._intake.open_calls()}
            followed = self._tracker.live | known.keys()
            tracker, more = await journal.follow(live, followed)
            self._tracker = tracker or self._tracker
            self._tracker.resync(live, datetime.now(UTC))
            known_facts = await journal.known(self._tracker.live)
            for hold in holds_before(self._pbx, known_facts, channels, datetime.now(UTC)):
                self._tracker.feed(hold)
        gone = {call: known.get(call) for call in followed if self._channel(call) not in live}
        return tally + more + await journal.end(gone, self._lost)

    async def _committed(self) -> bool:
        """Whether the database has every fact taken, also by a former process: then it can be compared."""
        for _ in range(_LOOKS):
            if self._intake.waiting == 0:
                return True
            await asyncio.sleep(_LOOK)
        log.warning("journal_waits_for_the_database", facts=self._intake.waiting)
        return False

    async def _resync(self) -> Tally:
        """Without the journal: end what is gone from the PBX; who ended it and when is not known."""
        async with self._turn:
            live = {channel.get("Uniqueid") for channel in await self._channels()}
            for fact in self._tracker.resync(live, datetime.now(UTC)):
                await self._tell(fact)
        return Tally()

    async def _channels(self) -> list[AmiMessage]:
        channels = await self._link.action("CoreShowChannels")
        return [channel for channel in channels if channel.get("Uniqueid")]

    async def _sweeps(self) -> None:
        """The journal is the record: what live events missed of it is made up for, link trouble or not."""
        for round in itertools.count(1):
            await asyncio.sleep(HEARD_SECONDS)
            if not self._link.state.up:
                continue
            if not self._caught_up:
                await _tried(self._catch_up())
            elif self._journal is not None and round % SWEEP_EVERY == 0:
                await _tried(self._sweep(self._journal))
            else:
                await _tried(self._store.listened(datetime.now(UTC)))

    async def _sweep(self, journal: CatchUp) -> None:
        if self._intake.stuck_since is not None:
            return
        try:
            async with self._one_by_one:
                tally = await journal.sweep()
        except NoJournal as error:
            self._cannot_read(error)
            return
        async with self._turn:
            live = {self._channel(call) for call in self._tracker.live - tally.ended}
            self._tracker.resync(live, datetime.now(UTC))

    def _channel(self, call: str) -> str:
        return call.removeprefix(f"{self._pbx}-")


async def _tried(work: Awaitable[None]) -> None:
    """What fails is tried again: by the next sweep, or when the link comes up again."""
    try:
        await work
    except (AmiError, SQLAlchemyError, OSError) as error:
        log.warning("catch_up_failed", error=str(error))
