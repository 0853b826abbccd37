"""The watch: looks at everything, again and again, and keeps what is wrong as alarms.

What is in memory is looked at four times a second; the PBX and the machine rarely, once for all who look on.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from altavoz.watch_machine import Machine
from altavoz.watch_seen import MachineSeen, PbxSeen, Seen, StoreSeen
from altavoz.watch_troubles import Changes, Troubles
from telephony.exchange import AmiError
from web.alarm import Alarm

log = structlog.get_logger(__name__)

TICK, PBX_EVERY, PBX_AT_MOST_EVERY, MACHINE_EVERY = 0.25, 15.0, 2.0, 30.0


@dataclass(frozen=True)
class Sights:
    """Where the watch looks. `at_hand` puts together what is in memory with the last looks at the rest.

    When `hints` answers another value, the PBX is worth a look before the next is due.
    """

    at_hand: Callable[[datetime, PbxSeen | None, MachineSeen | None, StoreSeen], Seen]
    pbx: Callable[[datetime, PbxSeen | None], Awaitable[PbxSeen]]
    store: Callable[[datetime], Awaitable[StoreSeen]]
    hints: Callable[[], object]
    machine: Machine


class Watch:
    """`alarms` and `seen` answer at once, from memory."""

    def __init__(self, sights: Sights, clock: Callable[[], datetime]) -> None:
        self._sights = sights
        self._clock = clock
        self._pbx: PbxSeen | None = None
        self._machine: MachineSeen | None = None
        self._store = StoreSeen(answers=True, unsent=None)
        self._troubles = Troubles()
        self._alarms: tuple[Alarm, ...] = ()
        self._worth_a_look = asyncio.Event()
        self._hints: object = None

    def alarms(self) -> tuple[Alarm, ...]:
        """What is wrong now, the most urgent first."""
        return self._alarms

    def seen(self) -> Seen:
        return self._sights.at_hand(self._clock(), self._pbx, self._machine, self._store)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        works = {"judge": self._judge, "pbx": self._look_at_pbx, "machine": self._look_at_machine}
        tasks = [
            asyncio.create_task(_for_ever(name, work), name=f"watch {name}") for name, work in works.items()
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def _judge(self) -> None:
        self._troubles, changes = self._troubles.after(self.seen())
        self._alarms = self._troubles.alarms()
        _tell(changes)
        if self._sights.hints() != self._hints:
            self._worth_a_look.set()
        await asyncio.sleep(TICK)

    async def _look_at_pbx(self) -> None:
        with suppress(AmiError):  # a link that is down is an alarm of its own
            self._hints = self._sights.hints()
            self._pbx = await self._sights.pbx(self._clock(), self._pbx)
        self._worth_a_look.clear()
        await asyncio.sleep(PBX_AT_MOST_EVERY)
        with suppress(TimeoutError):
            async with asyncio.timeout(PBX_EVERY - PBX_AT_MOST_EVERY):
                await self._worth_a_look.wait()

    async def _look_at_machine(self) -> None:
        self._machine = await asyncio.to_thread(self._sights.machine.look)
        self._store = await self._sights.store(self._clock())
        await asyncio.sleep(MACHINE_EVERY)


async def _for_ever(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """A defect in one look must not end the watch."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("watch_failed", work=name)
            await asyncio.sleep(TICK)


def _tell(changes: Changes) -> None:
    for rule, trouble in changes.rose:
        log.warning("alarm", alarm=rule.code, subject=trouble.name, detail=trouble.detail)
    for rule, trouble in changes.cleared:
        lasted = (trouble.last - trouble.since).total_seconds()
        log.warning("alarm_cleared", alarm=rule.code, subject=trouble.name, seconds=round(lasted))
