"""The desk in regions, each a piece of HTML made from what is true now.

The first page and the stream render by the same functions, so that a page loaded fresh is the same.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from aiohttp import web

from cases.pops import NoSuchCall
from cases.presence import Availability as State
from cases.presence import Pause
from cases.sight import Sight
from cases.views import CallView, CaseView, PopView
from staff.people import Person
from staff.permissions import Permission
from web.alarm import concerning, told
from web.company import company
from web.keys import SERVICES
from web.pages import piece, site_zone
from web.services import Services
from web.sight import sight_of
from web.team import team

log = structlog.get_logger(__name__)

MISSED_FOR = timedelta(days=3)
"""How long a missed call stays in sight for somebody to return it."""
AFTER_CALL = timedelta(hours=1)
"""How long the plan of a call that ended stays in sight while its case is open."""


class Region(StrEnum):
    STATUS = "status"
    ALARM = "alarm"
    WAITING = "waiting"
    CASES = "cases"
    CALL = "call"
    TEAM = "team"


@dataclass(frozen=True)
class Desk:
    """Whose desk it is; `csrf` goes into its forms."""

    app: web.Application
    person: Person
    csrf: str

    @property
    def services(self) -> Services:
        return self.app[SERVICES]


@dataclass(frozen=True)
class Availability:
    """`phone` is the telephone's state as `PhoneChanged` says it."""

    state: State
    pause: Pause | None
    phone: str

    @property
    def available(self) -> bool:
        return self.state == "available"


@dataclass(frozen=True)
class MyCalls:
    """What rings here, whom I talk to (the newest first), and the last call whose case is open (`over`)."""

    ringing: tuple[PopView, ...] = ()
    talking: tuple[PopView, ...] = ()
    over: PopView | None = None

    @property
    def case(self) -> int | None:
        """The case that belongs on the desk by itself."""
        shown = [*self.talking, *([self.over] if self.over else [])]
        return next((pop.call.case for pop in shown if pop.call.case is not None), None)


def regions_of(desk: Desk) -> frozenset[Region]:
    """What this desk shows: the team is for those who watch over it."""
    hidden = frozenset() if desk.person.may(Permission.STATUS_READ) else frozenset({Region.TEAM})
    return frozenset(Region) - hidden


async def render_regions(desk: Desk, wanted: Collection[Region], calls: MyCalls) -> dict[str, str]:
    """The pieces asked for, by region; `calls` are those of this desk now."""
    rendered = {region.value: await _RENDER[region](desk) for region in wanted if region in _RENDER}
    return rendered | ({Region.CALL.value: await _call(desk, calls)} if Region.CALL in wanted else {})


async def my_calls(desk: Desk) -> MyCalls:
    board, person = desk.services.board, desk.person
    ringing = board.ringing_for(person.extension) if person.extension else ()
    with_plan = (call for call in board.talking_for(person.name) if call.plan)
    talking = sorted(with_plan, key=_answered, reverse=True)
    over = None if ringing or talking else await _over(desk)
    return MyCalls(await _pops(desk, ringing), await _pops(desk, talking), over)


def _answered(call: CallView) -> datetime:
    return call.answered or call.started


def availability(desk: Desk) -> Availability:
    presence, person = desk.services.presence, desk.person
    phone = presence.phone(person.extension) if person.extension else ""
    return Availability(presence.state(person), presence.paused(person), phone)


def pop_sentence(pop: PopView) -> str:
    """What is announced when the phone rings."""
    parts = (pop.fantasy_name, pop.call.choice, pop.caller_written or "número oculto")
    return "Llamada de " + ", ".join(part for part in parts if part)


async def gone_sentence(desk: Desk, call_id: str) -> str | None:
    """Why a pop went away, for those at whose desk it did; None when the call is theirs now."""
    call = desk.services.board.call(call_id) or await desk.services.store.call(call_id)
    if call is None or call.coordinator == desk.person.name:
        return None
    answerer = await desk.services.people.by_name(call.coordinator) if call.coordinator else None
    return f"{call.fantasy_name}: {_why(call, answerer.full_name if answerer else call.coordinator)}"


def _why(call: CallView, answerer: str | None) -> str:
    if answerer is not None:
        return f"la atendió {answerer}."
    if call.ended is None:
        return "dejó de sonar aquí y sigue en espera."
    return "quien llamaba cortó." if call.outcome == "abandoned" else "la llamada terminó."


async def _pops(desk: Desk, calls: Iterable[CallView]) -> tuple[PopView, ...]:
    found = [await _pop(desk, call.id) for call in calls]
    return tuple(pop for pop in found if pop is not None)


async def _pop(desk: Desk, call_id: str) -> PopView | None:
    """One call whose plan is lost must not take the others from the screen."""
    try:
        return await desk.services.pops.pop_for(call_id, **sight_of(desk.person))
    except NoSuchCall as lost:
        log.error("a call has no pop", call=call_id, reason=str(lost))
        return None


async def _over(desk: Desk) -> PopView | None:
    mine = await desk.services.store.open_of(desk.person.name)
    newest = max((case for case in mine if case.calls), key=lambda case: case.opened, default=None)
    if newest is None:
        return None
    pop = await _pop(desk, newest.calls[-1])
    ended = pop.call.ended if pop else None
    return pop if ended is not None and desk.services.clock() - ended < AFTER_CALL else None


async def _status(desk: Desk) -> str:
    state = availability(desk)
    return _piece(desk, Region.STATUS, state=state, sip=desk.services.sip, csrf=desk.csrf)


async def _alarm(desk: Desk) -> str:
    served = desk.services
    alarms = concerning(desk.person, served.alarms())
    return _piece(desk, Region.ALARM, alarms=told(alarms, served.clock(), site_zone(served.site)))


async def _waiting(desk: Desk) -> str:
    served = desk.services
    missed = await served.store.missed(served.clock() - MISSED_FOR, scope=desk.person.scope)
    return _piece(desk, Region.WAITING, waiting=tuple(_in_sight(desk)), missed=missed)


def _in_sight(desk: Desk) -> Iterable[CallView]:
    """Who waits, of what this desk sees or may be given to answer."""
    shows, groups = _sight(desk).shows_call, desk.person.groups
    return (call for call in desk.services.board.waiting() if shows(call) or call.queue in groups)


def _sight(desk: Desk) -> Sight:
    return Sight(**sight_of(desk.person))


async def _cases(desk: Desk) -> str:
    store = desk.services.store
    cases: tuple[CaseView, ...] = await store.open_of(desk.person.name)
    return _piece(desk, Region.CASES, cases=cases, owed=await store.unowned(20, scope=desk.person.scope))


async def _team(desk: Desk) -> str:
    served = desk.services
    shows = _sight(desk).shows_call
    members = team(await served.people.all(), served.presence, served.board.talking_for, shows)
    return _piece(desk, Region.TEAM, team=members)


async def _call(desk: Desk, calls: MyCalls) -> str:
    people, idle = desk.services.people, not (calls.ringing or calls.talking or calls.over)
    with_me = {pop.call.id: await company(pop.call, desk.person, people) for pop in calls.talking}
    return _piece(
        desk,
        Region.CALL,
        ringing=calls.ringing,
        talking=calls.talking,
        over=calls.over,
        company=with_me,
        unread=await desk.services.office.notices.sheets.unread(desk.person) if idle else (),
        state=availability(desk),
    )


def _piece(desk: Desk, region: Region, **context: Any) -> str:
    now: datetime = desk.services.clock()
    return piece(desk.app, f"region_{region}.html", person=desk.person, now=now, **context)


_RENDER: dict[Region, Callable[[Desk], Awaitable[str]]] = {
    Region.STATUS: _status,
    Region.ALARM: _alarm,
    Region.WAITING: _waiting,
    Region.CASES: _cases,
    Region.TEAM: _team,
}
