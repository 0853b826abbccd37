"""The screen pop: all that a coordinator must see of a call, gathered in one value."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from cases.board import Board
from cases.plans_in_use import FindsPlans, Stored, plan_of
from cases.record import Stage
from cases.views import CallView, CaseView, PopView
from plans.model import Plan
from plans.numbers import written
from plans.site import Site
from staff.scope import EVERYTHING, Scope


class NoSuchCall(LookupError):
    """There is no call of this id; the text says so."""


class Archive(Protocol):
    """Finds versions that memory no longer holds; `plans.store.PlanStore` is it."""

    async def find(self, plan: str, short: str, /) -> Stored | None: ...


class Past(Protocol):
    """What is kept of calls and cases; `cases.store.CaseStore` is it."""

    async def call(self, id: str, /) -> CallView | None: ...

    async def case(self, id: int, /) -> CaseView | None: ...

    async def earlier_calls(
        self, caller: str, before: CallView, /, *, scope: Scope
    ) -> tuple[CallView, ...]: ...

    async def open_cases_of_number(
        self, number: str, /, *, scope: Scope, own: str | None
    ) -> tuple[CaseView, ...]: ...


class Pops:
    """Makes pops of calls, live or past. `called` tells how somebody is called, by their account's name."""

    def __init__(
        self,
        board: Board,
        store: Past,
        book: FindsPlans,
        archive: Archive,
        site: Site,
        clock: Callable[[], datetime],
        called: Callable[[str], Awaitable[str]],
    ) -> None:
        self._board = board
        self._store = store
        self._book = book
        self._archive = archive
        self._site = site
        self._clock = clock
        self._called = called

    async def pop_for(self, call_id: str, *, scope: Scope = EVERYTHING, own: str | None = None) -> PopView:
        """The pop of a call as it stands; of the number's past, what `scope` and `own` let see.

        Raises `NoSuchCall`.
        """
        call = self._board.call(call_id) or await self._store.call(call_id)
        if call is None:
            raise NoSuchCall(f"La llamada {call_id} no existe.")
        plan, store = await self._plan(call), self._store
        number = call.number if call.direction == "out" else call.caller
        return PopView(
            call=call,
            waited=waited(call, self._clock()),
            fantasy_name=call.fantasy_name,
            public_written=written(call.public or call.line, plan.subsidiary),
            guide=plan.guide or "",
            caller_written=written(number, plan.subsidiary) if number else "",
            plan=plan,
            earlier_calls=await store.earlier_calls(number, call, scope=scope) if number else (),
            open_cases=await store.open_cases_of_number(number, scope=scope, own=own) if number else (),
            in_force=in_force(plan, call.started, self._zone(plan)),
            case=await store.case(call.case) if call.case is not None else None,
            passed_by=await self._called(call.passed_by) if call.passed_by else "",
        )

    async def _plan(self, call: CallView) -> Plan:
        plan = plan_of(self._book, call.plan, call.version)
        if plan is not None:
            return plan
        stored = await self._archive.find(call.plan, call.version)
        if stored is None:
            raise NoSuchCall(f"La versión {call.version} del plan {call.plan} ya no está guardada.")
        return stored.version.plan

    def _zone(self, plan: Plan) -> ZoneInfo:
        subsidiary = self._site.subsidiaries.get(plan.subsidiary)
        return ZoneInfo(subsidiary.timezone if subsidiary else "UTC")


def waited(call: CallView, now: datetime) -> int:
    """Seconds the caller waits for a person: this time, while they do; in all, once somebody answered."""
    present = call.stage == Stage.WAITING
    return max(0, int((now - call.since if present else call.waiting).total_seconds()))


def in_force(plan: Plan, at: datetime, zone: ZoneInfo) -> bool:
    """Whether the plan's dates, both included, cover the local day of an instant."""
    day = at.astimezone(zone).date()
    return plan.starts <= day and (plan.ends is None or day <= plan.ends)
