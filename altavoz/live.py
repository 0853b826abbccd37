"""Live calls: the PBX's events become facts, and what was missed while the link was down is made up for."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import UTC, datetime

import structlog

from cases.presence import Presence
from cases.writer import Intake
from telephony.ami import AmiLink, LinkState
from telephony.events import AmiEvent
from telephony.exchange import AmiError
from telephony.facts import OpenCall, PhoneChanged
from telephony.phone_states import phone_changed, phones_now
from telephony.tracker import CallTracker

log = structlog.get_logger()


class LiveCalls:
    """Feeds one tracker from one link into the intake, and phones' states into presence.

    `acts` is the link by which presence reads the queues.
    """

    def __init__(
        self,
        link: AmiLink,
        acts: AmiLink,
        tracker: CallTracker,
        intake: Intake,
        presence: Presence,
        name_of: Callable[[str], str | None],
    ) -> None:
        self._link = link
        self._tracker = tracker
        self._intake = intake
        self._presence = presence
        self._name_of = name_of
        self._turn = asyncio.Lock()
        self._catching_up: set[asyncio.Task[None]] = set()
        link.on_state(lambda state: self._when_up(state, self._catch_up))
        acts.on_state(lambda state: self._when_up(state, self._presence.refresh))

    def resume(self, open_calls: Iterable[OpenCall]) -> None:
        """Go on with calls that had not ended when the service stopped."""
        for call in open_calls:
            self._tracker.resume(call)

    async def run(self) -> None:
        """Until the link is closed."""
        async for event in self._link.events():
            try:
                await self._take(event)
            except Exception:
                log.exception("event_failed", event_name=event.name)  # one event must not stop the desks

    async def _take(self, event: AmiEvent) -> None:
        async with self._turn:
            for fact in self._tracker.feed(event):
                await self._intake.take(fact)
        if (change := phone_changed(event)) is not None:
            self._phone_changed(change)

    def _phone_changed(self, change: PhoneChanged) -> None:
        self._presence.phone_changed(change, self._name_of(change.extension))

    def _when_up(self, state: LinkState, work: Callable[[], Coroutine[None, None, None]]) -> None:
        if state.up:
            task = asyncio.get_running_loop().create_task(_tried(work))
            self._catching_up.add(task)
            task.add_done_callback(self._catching_up.discard)

    async def _catch_up(self) -> None:
        """End what is gone from the PBX; take the phones' states anew."""
        async with self._turn:
            channels = await self._link.action("CoreShowChannels")
            live = {channel.get("Uniqueid") for channel in channels}
            for fact in self._tracker.resync(live, datetime.now(UTC)):
                await self._intake.take(fact)
        for change in await phones_now(self._link):
            self._phone_changed(change)


async def _tried(work: Callable[[], Coroutine[None, None, None]]) -> None:
    """A link that is lost again meanwhile comes up again, and then it is tried again."""
    try:
        await work()
    except AmiError as error:
        log.warning("catch_up_failed", error=str(error))
