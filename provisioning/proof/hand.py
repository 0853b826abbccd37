"""Tests by hand: somebody calls the public number from an outside line and keys a code (P39)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from dialplan.hand import lead
from plans.book import PlanBook, StoredPlan
from plans.model import Line
from plans.site import Header, Site
from provisioning.proof.delivery import delivery_check, parts_of
from provisioning.proof.judge import arrival_checks
from provisioning.proof.reports import Kind, Report, Result, TestedCall
from provisioning.proof.runs import TestRefused
from provisioning.proof.sight import in_sight
from provisioning.proof.store import added
from provisioning.proof.tables import hand_tests
from provisioning.proof.telling import excerpt, path_of, timings_of
from staff import audit
from staff.audit import Deed
from staff.person import Person
from staff.scope import EVERYTHING, Scope
from telephony.testcall_values import Moment, Observed, TestCall, Way, new_id
from telephony.testcalls import CannotPlace, Spent, new_digits

log = structlog.get_logger()

PATIENCE = timedelta(minutes=10)


class HandState(StrEnum):
    """`SEEN`: a call came to the line; `REACHED`: its code was right and the plan answers it; `SPENT`: too
    many calls keyed another one."""

    WAITING = "waiting"
    SEEN = "seen"
    REACHED = "reached"
    DONE = "done"
    EXPIRED = "expired"
    SPENT = "spent"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


OPEN = (HandState.WAITING, HandState.SEEN, HandState.REACHED)
_MOMENTS = {Moment.PLACED: HandState.SEEN, Moment.ARRIVED: HandState.REACHED}


class Awaited(Protocol):
    """A call that is waited for."""

    @property
    def wrong(self) -> int: ...

    async def observed(self, progress: Callable[[Moment], None] = ..., /) -> Observed: ...


class Expects(Protocol):
    """Who recognises calls by hand (`telephony.testcalls`)."""

    def expected(
        self, call: TestCall, digits: str, until: datetime, /
    ) -> AbstractAsyncContextManager[Awaited]: ...


@dataclass(frozen=True, slots=True)
class HandTest:
    """One call that somebody is to make. `line` is the header number, `dial` what they dial, `lead` the key
    that goes before the digits of `code`; `live` says that the line answers strangers meanwhile. `wrong`
    counts calls with another code; `why` says what went wrong, when something did."""

    id: int
    plan: str
    subsidiary: str
    account: str
    line: str
    by: str
    begun: datetime
    expires: datetime
    state: HandState
    code: str
    dial: str = ""
    lead: str = ""
    live: bool = False
    wrong: int = 0
    why: str = ""
    report: int | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN


Learned = Callable[[str, str, Mapping[Header, str]], Awaitable[object]]
"""Told what a carrier (by its name) delivered for a line: the user parts, by where they stood."""


class HandTests:
    """Starts and follows tests by hand; one use of the digits, ten minutes."""

    def __init__(
        self,
        engine: AsyncEngine,
        caller: Expects | None,
        book: PlanBook,
        site: Site,
        clock: Callable[[], datetime],
        entry_of: Callable[[str, str], str],
        release: Callable[[], str | None],
        learned: Learned,
    ) -> None:
        self._engine, self._caller, self._book, self._site = engine, caller, book, site
        self._clock, self._entry_of, self._release = clock, entry_of, release
        self._learned = learned
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._awaited: dict[int, Awaited] = {}

    async def start(self, plan: str, line: str, by: Person) -> HandTest:
        """Wait for a call to a header number of the plan. Raises TestRefused."""
        if self._caller is None:
            raise TestRefused("No hay una central que reciba la llamada: mire la página «Estado».")
        stored = self._book.of(plan).tested
        lines = {each.header: each for each in stored.version.plan.lines} if stored else {}
        if stored is None or line not in lines:
            raise TestRefused("Ese número no está en la central: publique el plan y pruébelo después.")
        live = self._book.of(plan).live
        answers = live.version.plan if live else None
        key = lead(answers)
        if not key:
            raise TestRefused("Los menús del plan usan las doce teclas: ninguna queda para la clave.")
        test = await self._begin(stored, lines[line], by, {"lead": key, "live": answers is not None})
        self._tasks[test.id] = asyncio.create_task(self._awaits(test, stored, lines[line]))
        return test

    async def get(self, id: int, scope: Scope = EVERYTHING) -> HandTest | None:
        """One of them, as it is now, when it is in sight."""
        wanted = in_sight(select(hand_tests).where(hand_tests.c.id == id), scope)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        if row is None:
            return None
        awaited = self._awaited.get(id)
        return replace(_test(row), wrong=awaited.wrong) if awaited else _test(row)

    async def cancel(self, id: int) -> None:
        """Wait no longer."""
        if task := self._tasks.get(id):
            task.cancel()
            await asyncio.wait([task])
        await self._move(id, HandState.CANCELLED)

    async def recover(self) -> None:
        """Those that a service that stopped left waiting wait no longer."""
        values = {"state": HandState.INTERRUPTED}
        left = hand_tests.c.state.in_(OPEN), hand_tests.c.id.not_in(list(self._tasks))
        async with writing(self._engine) as connection:
            await connection.execute(update(hand_tests).where(*left).values(values))

    async def close(self) -> None:
        """Stop waiting for all."""
        for task in (tasks := [*self._tasks.values()]):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _begin(
        self, stored: StoredPlan, line: Line, by: Person, told: Mapping[str, object]
    ) -> HandTest:
        plan, now = stored.version.plan, self._clock()
        row = {
            "plan": plan.plan,
            "subsidiary": plan.subsidiary,
            "account": plan.account.name,
            "line": line.header,
            "by": by.name,
            "begun": now,
            "expires": now + PATIENCE,
            "state": HandState.WAITING,
            "code": new_digits(),
            "told": {"dial": line.public or line.header, **told},
        }
        async with writing(self._engine) as connection:
            result = await connection.execute(insert(hand_tests).values(row))
            assert result.inserted_primary_key is not None
            await audit.write(connection, Deed("test.awaited", plan.plan, after={"line": line.header}))
        return _test(row | {"id": int(result.inserted_primary_key[0]), "report": None})

    async def _awaits(self, test: HandTest, stored: StoredPlan, line: Line) -> None:
        call = TestCall(new_id(), line.header, line.carrier, way=Way.HAND, dialled=test.dial, lead=test.lead)
        moving: set[asyncio.Task[None]] = set()

        def moved(moment: Moment) -> None:
            if state := _MOMENTS.get(moment):
                moving.add(asyncio.create_task(self._move(test.id, state)))

        assert self._caller is not None
        try:
            async with self._caller.expected(call, test.code, test.expires) as awaited:
                self._awaited[test.id] = awaited
                observed = await awaited.observed(moved)
            await asyncio.gather(*moving)
            await self._report(test, stored, line, observed)
            if observed.delivered:
                await self._learned(line.carrier, line.header, parts_of(observed.delivered))
        except TimeoutError:
            await self._move(test.id, HandState.EXPIRED)
        except Spent:
            await self._move(test.id, HandState.SPENT)
        except CannotPlace as error:
            await self._move(test.id, HandState.CANCELLED, str(error))
        except Exception:
            log.exception("hand_test_failed", test=test.id)
            await self._move(test.id, HandState.INTERRUPTED)
        finally:
            self._tasks.pop(test.id, None)
            self._awaited.pop(test.id, None)

    async def _report(self, test: HandTest, stored: StoredPlan, line: Line, observed: Observed) -> None:
        report = self._written(test, stored, line, observed)
        async with writing(self._engine) as connection:
            kept = await added(connection, report)
            values = {"state": HandState.DONE, "report": kept.id}
            await connection.execute(update(hand_tests).where(hand_tests.c.id == test.id).values(values))

    def _written(self, test: HandTest, stored: StoredPlan, line: Line, observed: Observed) -> Report:
        version, plan = stored.version, stored.version.plan
        carrier = self._site.carriers[line.carrier]
        checks = (
            *arrival_checks(line, version, observed),
            delivery_check(line.carrier, carrier, line.header, observed.delivered),
        )
        call = TestedCall(
            id="a-mano",
            title=f"A mano, marcando {test.dial}",
            line=line.header,
            began=observed.began,
            ended=observed.began + timedelta(milliseconds=observed.duration_ms),
            checks=checks,
            call=observed.arrived.call if observed.arrived else "",
            timings=timings_of(observed),
            path=path_of(observed),
            sip=excerpt(observed),
        )
        return Report(
            kind=Kind.BY_HAND,
            plan=plan.plan,
            plan_name=plan.name,
            subsidiary=plan.subsidiary,
            account=plan.account.name,
            version=version.hash,
            fingerprint=self._entry_of(plan.plan, version.hash),
            release=self._release() or "",
            by=test.by,
            begun=test.begun,
            ended=self._clock(),
            result=Result.PASSED if call.passed else Result.FAILED,
            calls=(call,),
            numbers=(line.header,),
        )

    async def _move(self, id: int, state: HandState, why: str = "") -> None:
        """On from any open state; one that is over stays as it is."""
        async with writing(self._engine) as connection:
            row = select(hand_tests.c.told).where(hand_tests.c.id == id, hand_tests.c.state.in_(OPEN))
            told = (await connection.execute(row)).scalar_one_or_none()
            if told is not None:
                values = {"state": state, "told": told | ({"why": why} if why else {})}
                await connection.execute(update(hand_tests).where(hand_tests.c.id == id).values(values))


def _test(row: Mapping[Any, Any]) -> HandTest:
    named = {name: value for name, value in row.items() if name != "told"}
    told = row["told"]
    more = {name: told[name] for name in ("dial", "lead", "live", "why") if name in told}
    return HandTest(**named | more | {"state": HandState(row["state"])})
