"""The test desk: a screen that only test calls reach. It shows what a coordinator's would have shown.

The record, the board, the pop and the message are made by the code that makes them for coordinators, on a
board of its own. The database is not asked, and hears nothing of it.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from aiohttp import web
from markupsafe import escape

from cases.board import Board, Committed
from cases.fold import go_on
from cases.plans_in_use import plan_of
from cases.pops import Archive, Pops
from cases.record import begin
from cases.rows import view_of
from cases.stream import Change, ChangeKind, Subscription
from cases.views import CallView, CaseView
from dialplan.testcalls import DESK
from plans.model import Plan
from staff.person import Person
from staff.roles import Role
from staff.scope import Scope
from telephony.facts import CallArrived, CallFact, CallRinging
from telephony.testcall_values import Observed
from web.feed import of_my_calls
from web.keys import SERVICES
from web.regions import Desk, Region, my_calls
from web.services import Services

_PATIENCE = 2.0
_NOBODY = Person(
    id=0,
    name=DESK,
    full_name="Puesto de prueba",
    roles=frozenset({Role.COORDINATOR}),
    extension=DESK,
    groups=(),
    one_time=False,
    active=True,
)


class _NoPast:
    """Nobody called before, and no case is open: what a test call's pop knows of the past."""

    async def call(self, id: str) -> CallView | None:
        return None

    async def case(self, id: int) -> CaseView | None:
        return None

    async def earlier_calls(self, caller: str, before: CallView, *, scope: Scope) -> tuple[CallView, ...]:
        return ()

    async def open_cases_of_number(
        self, number: str, *, scope: Scope, own: str | None
    ) -> tuple[CaseView, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class DeskShown:
    """What the desk showed: `after_ms` since the call began, `own_ms` of them since the phone rang.

    `coverages` are the names that stand in the page, `missing` those of the plan's that do not.
    """

    plan: str
    version: str
    plan_name: str
    fantasy_name: str
    public: str
    choice: str
    coverages: tuple[str, ...]
    missing: tuple[str, ...]
    html: str
    after_ms: int
    own_ms: int


@dataclass(frozen=True)
class _OwnDesk(Desk):
    """A desk whose board and pops are its own."""

    own: Services

    @property
    def services(self) -> Services:
        return self.own


class TestDesk:
    """`app` is the console, whose pages it shows; `archive` finds plan versions that are not in memory."""

    __test__: ClassVar[bool] = False  # no test class of pytest's

    def __init__(self, app: Callable[[], web.Application], archive: Archive) -> None:
        self._app = app
        self._archive = archive

    async def shown(self, observed: Observed) -> DeskShown | None:
        """What the desk showed when its phone rang; None when it never did."""
        upto = _until_it_rings(observed)
        if upto is None:
            return None
        facts, after_ms = upto
        began = time.perf_counter()
        desk = self._desk()
        told = desk.services.board.subscribe(DESK)
        try:
            call = _committed(desk.services, facts)
            if not await _popped(told, call.id):
                return None
            calls = await my_calls(desk)
            message = await of_my_calls(desk, calls)
        finally:
            told.close()
        own = round((time.perf_counter() - began) * 1000)
        pop = next((each for each in calls.ringing if each.call.id == call.id), None)
        return _shown(pop.call, pop.plan, pop.public_written, message, after_ms, own) if pop else None

    def _desk(self) -> Desk:
        app = self._app()
        services: Services = app[SERVICES]
        board = Board(lambda extension: DESK if extension == DESK else None)
        pops = Pops(board, _NoPast(), services.book, self._archive, services.site, services.clock, _called)
        return _OwnDesk(app, _NOBODY, "", replace(services, board=board, pops=pops))


async def _called(name: str) -> str:
    return name


def _until_it_rings(observed: Observed) -> tuple[list[CallFact], int] | None:
    facts: list[CallFact] = []
    for each in observed.facts:
        facts.append(each.fact)
        if isinstance(each.fact, CallRinging) and each.fact.extension == DESK:
            return facts, each.after_ms
    return None


def _committed(services: Services, facts: list[CallFact]) -> CallView:
    """The call as it stands once its phone rings, on the board."""
    first = facts[0]
    assert isinstance(first, CallArrived)
    plan = plan_of(services.book, first.plan, first.version)
    view = view_of(go_on(begin(first, plan), facts[1:], plan), None)
    services.board.committed([Committed(view, _heard(facts))])
    return view


def _heard(facts: list[CallFact]) -> datetime:
    return facts[-1].at


async def _popped(told: Subscription, call: str) -> bool:
    """Whether the desk is told that the call rings at its phone."""
    try:
        async with asyncio.timeout(_PATIENCE):
            while await told.get() != Change(ChangeKind.POP, call):
                pass
    except TimeoutError:
        return False
    return True


def _shown(call: CallView, plan: Plan, public: str, message: str, after_ms: int, own_ms: int) -> DeskShown:
    html = json.loads(message)["regions"][Region.CALL]
    names = [coverage.name for coverage in plan.coverages]
    there = tuple(name for name in names if escape(name) in html)
    return DeskShown(
        plan=call.plan,
        version=call.version,
        plan_name=call.plan_name,
        fantasy_name=call.fantasy_name if escape(call.fantasy_name) in html else "",
        public=public,
        choice=call.choice,
        coverages=there,
        missing=tuple(name for name in names if name not in there),
        html=html,
        after_ms=after_ms + own_ms,
        own_ms=own_ms,
    )
