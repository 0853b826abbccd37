"""A canary a plan and day, off-peak: its numbers are called, and what fails is told before a client does.

What fails is called once more some minutes later: a carrier that was busy for a moment wakes nobody at 4 a.m.
A row of the database says who makes the calls of a plan and day, so that no two processes do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.book import PlanBook
from plans.model import Plan
from plans.site import Site
from provisioning.proof.reports import Kind, Report, Result
from provisioning.proof.runs import Run, TestUnderWay
from provisioning.release.tables import canaries
from staff import audit
from staff.actor import SERVICE
from staff.audit import Deed

log = structlog.get_logger(__name__)

WINDOW = timedelta(hours=3)
"""How long after its hour a plan's first canary may begin: later would be the day's work. One that was missed
is made up for at any hour."""
LOOK_SECONDS = 60.0
AGAIN = timedelta(minutes=5)
"""After how long what failed is called once more, before anybody is told."""
GIVEN_UP = timedelta(hours=1)
"""A canary takes minutes: whose process says nothing for so long is gone."""
INTERRUPTED = "La prueba del día se interrumpió: repítala en «Liberación»."
CANCELLED = "La prueba del día se canceló: repítala en «Liberación»."


class Tests(Protocol):
    """Makes a plan's test calls. What it raises is told as the canary's failure."""

    async def start(self, plan: str, kind: Kind, by: str, /, *, live: bool = ...) -> Run: ...

    async def ended(self, id: int, /) -> Report | None: ...


Failed = Callable[[AsyncConnection, "Canary", Plan], Awaitable[None]]
"""Told within the transaction in which a canary's failure is written: its mail is kept there."""

Ended = tuple[bool, int | None, str]
"""Whether all went well, the report, and what did not."""


@dataclass(frozen=True, slots=True)
class Canary:
    """The calls of a plan and day. `said` is what failed; `report` is None when no call could be made."""

    plan: str
    day: date
    state: str
    at: datetime
    report: int | None
    said: str

    @property
    def failed(self) -> bool:
        return self.state == "failed"


class Canaries:
    """`hour` is the subsidiary's own; None makes no calls. `failing` answers at once, from memory."""

    def __init__(
        self,
        engine: AsyncEngine,
        book: PlanBook,
        site: Site,
        tests: Tests,
        clock: Callable[[], datetime],
        hour: time | None,
        failed: Failed,
    ) -> None:
        self._engine = engine
        self._book = book
        self._site = site
        self._tests = tests
        self._clock = clock
        self._hour = hour
        self._failed = failed
        self._last: dict[str, Canary] | None = None
        self._again: dict[tuple[str, date], tuple[datetime, bool]] = {}
        self._repeated: set[asyncio.Task[None]] = set()

    def failing(self) -> tuple[Canary, ...]:
        """The live plans whose last canary failed."""
        last = self.last()
        plans = (stored.version.plan.plan for stored in self._book.live())
        return tuple(last[plan] for plan in plans if plan in last and last[plan].failed)

    def last(self) -> Mapping[str, Canary]:
        """The newest of each plan that has ended, from memory."""
        return self._last or {}

    async def run(self) -> None:
        """Again and again, whatever goes wrong once."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("canaries_not_looked_at")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Call what is due, one plan after another."""
        if self._last is None:
            self._last = await self._latest()
        await self._give_up()
        for plan, day in self.due(self._clock()):
            if await self._claimed(plan.plan, day):
                await self._call(plan, day)
        for (name, day), (at, once) in list(self._again.items()):
            if at <= self._clock():
                await self._call_again(name, day, once)

    def due(self, now: datetime) -> tuple[tuple[Plan, date], ...]:
        """The live plans whose hour it is, and which day it is there."""
        if self._hour is None:
            return ()
        plans = (stored.version.plan for stored in self._book.live())
        days = ((plan, self._day(plan, self._hour, now)) for plan in plans)
        return tuple((plan, day) for plan, day in days if day is not None)

    def _day(self, plan: Plan, hour: time, now: datetime) -> date | None:
        here = self._site.subsidiaries[plan.subsidiary].here(now)
        day = here.date() if here.time() >= hour else here.date() - timedelta(days=1)
        if here < datetime.combine(day, hour, here.tzinfo) + WINDOW:
            return day
        last = self.last().get(plan.plan)
        return day if last is not None and last.day < day else None

    async def repeat(self, plan: Plan) -> int | None:
        """Begin to call anew what failed last, whatever the hour; the test that is under way. None
        when nothing had failed, somebody calls already or no call can be made.

        That it fails again is news to nobody: no letter says so.
        """
        last = self.last().get(plan.plan)
        if last is None or not last.failed:
            return None
        same = (canaries.c.plan == last.plan) & (canaries.c.day == last.day)
        again = update(canaries).where(same, canaries.c.state == "failed")
        async with writing(self._engine) as connection:
            claimed = await connection.execute(again.values(state="running", at=self._clock(), said=""))
        if claimed.rowcount != 1:
            return None
        try:
            run = await self._begun(plan.plan)
        except TestUnderWay:
            run = False, last.report, last.said
        if not isinstance(run, int):
            await self._end(plan, last.day, *run, told=True)
            return None
        task = asyncio.create_task(self._repeat_ends(plan, last.day, run), name=f"canary of {plan.plan}")
        self._repeated.add(task)
        task.add_done_callback(self._repeated.discard)
        return run

    async def _repeat_ends(self, plan: Plan, day: date, run: int) -> None:
        await self._end(plan, day, *await self._found(plan.plan, run), told=True)

    async def _claimed(self, plan: str, day: date) -> bool:
        row = {"plan": plan, "day": day, "state": "running", "at": self._clock(), "said": ""}
        try:
            async with writing(self._engine) as connection:
                await connection.execute(insert(canaries).values(row))
        except IntegrityError:
            return False
        return True

    async def _call(self, plan: Plan, day: date, *, once: bool = False) -> None:
        """What fails is called again, unless it was to be called `once`; while somebody tests it, later."""
        try:
            passed, report, said = await self._called(plan.plan)
        except TestUnderWay:
            self._again[plan.plan, day] = self._clock() + AGAIN, once
            return
        if passed or once:
            await self._end(plan, day, passed, report, said)
        else:
            self._again[plan.plan, day] = self._clock() + AGAIN, True
            log.warning("canary_again", plan=plan.plan, said=said)

    async def _called(self, plan: str) -> Ended:
        run = await self._begun(plan)
        return await self._found(plan, run) if isinstance(run, int) else run

    async def _begun(self, plan: str) -> int | Ended:
        """The test that is under way, or why there is none. Raises TestUnderWay for another one."""
        try:
            return (await self._tests.start(plan, Kind.CANARY, SERVICE.name, live=True)).id
        except TestUnderWay:
            raise
        except Exception as error:
            log.exception("canary_not_called", plan=plan)
            return _not_called(error)

    async def _found(self, plan: str, run: int) -> Ended:
        try:
            report = await self._tests.ended(run)
        except Exception as error:
            log.exception("canary_not_called", plan=plan)
            return _not_called(error)
        if report is None:
            return False, None, INTERRUPTED
        said = "; ".join(f"{check.title}: {check.found}" for check in report.failures)
        stopped = {Result.CANCELLED: CANCELLED, Result.INTERRUPTED: INTERRUPTED}.get(report.result, "")
        return report.passed, report.id, said or stopped

    async def _call_again(self, name: str, day: date, once: bool) -> None:
        """One that answers strangers no more is nobody's trouble."""
        del self._again[name, day]
        live = self._book.of(name).live
        if live is not None:
            await self._call(live.version.plan, day, once=once)
            return
        row = (canaries.c.plan == name) & (canaries.c.day == day) & (canaries.c.state == "running")
        async with writing(self._engine) as connection:
            await connection.execute(delete(canaries).where(row))

    async def _end(
        self, plan: Plan, day: date, passed: bool, report: int | None, said: str, *, told: bool = False
    ) -> None:
        """A failure that was `told` before is only written down."""
        state = "passed" if passed else "failed"
        canary = Canary(plan.plan, day, state, self._clock(), report, said)
        async with writing(self._engine) as connection:
            ended = update(canaries).where(canaries.c.plan == plan.plan, canaries.c.day == day)
            values = {"state": state, "at": canary.at, "report": report, "said": said}
            await connection.execute(ended.values(values))
            if canary.failed:
                await audit.write(connection, Deed("canary.failed", plan.plan, after={"said": said}))
                if not told:
                    await self._failed(connection, canary, plan)
        self._last = dict(self.last()) | {plan.plan: canary}
        log.info("canary", plan=plan.plan, state=state, said=said)

    async def _give_up(self) -> None:
        """What a process began and never ended is told like any other failure."""
        begun = (canaries.c.state == "running") & (canaries.c.at < self._clock() - GIVEN_UP)
        for lost in await self._read(select(canaries).where(begun)):
            stored = self._book.of(lost.plan).tested
            if stored is not None:
                await self._end(stored.version.plan, lost.day, False, None, INTERRUPTED)

    async def _latest(self) -> dict[str, Canary]:
        """The newest of each plan that has ended."""
        over = canaries.c.state != "running"
        newest = select(canaries.c.plan, func.max(canaries.c.day).label("day")).where(over)
        each = newest.group_by(canaries.c.plan).subquery()
        found = select(canaries).join(each, (canaries.c.plan == each.c.plan) & (canaries.c.day == each.c.day))
        return {canary.plan: canary for canary in await self._read(found)}

    async def history(self, plan: str, limit: int = 60) -> tuple[Canary, ...]:
        """A plan's canaries, the newest first."""
        wanted = select(canaries).where(canaries.c.plan == plan).order_by(canaries.c.day.desc())
        return await self._read(wanted.limit(limit))

    async def _read(self, query: Any) -> tuple[Canary, ...]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(Canary(**row) for row in rows)


def _not_called(error: Exception) -> Ended:
    """Whatever kept the calls from being made is what people must be told."""
    return False, None, str(error) or type(error).__name__
