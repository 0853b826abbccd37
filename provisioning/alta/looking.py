"""Looking at altas: one, its history, lists of them, how long they took."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from provisioning.alta import durations, lanes, lists
from provisioning.alta.durations import Duration, Span
from provisioning.alta.events import Event, Happened
from provisioning.alta.lanes import LanePage
from provisioning.alta.ledger import Ledger, event_of
from provisioning.alta.lists import UNDER_WAY, AltaFilter, AltaPage, AltaSummary, Mine
from provisioning.alta.load import Written
from provisioning.alta.proving import Proving
from provisioning.alta.tables import alta_events, altas
from provisioning.alta.views import AltaView
from provisioning.alta.who import Hands
from staff.person import Person
from staff.scope import EVERYTHING, Scope

BOARD = 300


@dataclass(frozen=True, slots=True)
class Counts:
    """How many altas wait for somebody, and how many of those are late."""

    mine: int
    late: int


class Looking:
    """What is read of altas. `written` is the procedure in force."""

    def __init__(self, ledger: Ledger, hands: Hands, proving: Proving, procedure: Written) -> None:
        self._ledger = ledger
        self.hands = hands
        self._proving = proving
        self.written = procedure

    async def find(
        self, id: int, scope: Scope = EVERYTHING, *, proved: bool = True, anew: bool = False
    ) -> AltaView | None:
        """The alta as it stands; the evidence of its open steps is asked for now when `proved`.

        That of closed steps stands as they closed with it; `anew`, it is asked for again.
        """
        facts = await self._ledger.facts(id)
        if facts is None or not scope.covers(facts.request.subsidiary, facts.request.account.name):
            return None
        alta = self._ledger.seen(facts)
        if not proved:
            return alta
        steps = alta.steps if anew else alta.open
        wanted = [name for step in steps for name in step.step.evidence]
        return self._ledger.seen(facts, await self._proving.ask(alta, wanted))

    async def of_plan(self, plan: str, *, proved: bool = False, anew: bool = False) -> AltaView | None:
        """The alta of a plan: the one under way, else the last one."""
        first = altas.c.state.in_(UNDER_WAY).desc()
        wanted = select(altas.c.id).where(altas.c.plan == plan).order_by(first, altas.c.id.desc()).limit(1)
        async with self._ledger.engine.connect() as connection:
            id = (await connection.execute(wanted)).scalar_one_or_none()
        return await self.find(id, proved=proved, anew=anew) if id is not None else None

    async def page(
        self, filter: AltaFilter, limit: int = 50, after: int | None = None, scope: Scope = EVERYTHING
    ) -> AltaPage:
        """Altas, newest first."""
        async with self._ledger.engine.connect() as connection:
            return await lists.page(connection, filter, self._ledger.clock(), scope, limit, after)

    async def turns(
        self, filter: AltaFilter, limit: int, after: str = "", scope: Scope = EVERYTHING
    ) -> LanePage:
        """Open steps, the most urgent first. Raises ValueError when `after` is of no page."""
        async with self._ledger.engine.connect() as connection:
            return await lanes.page(connection, filter, self._ledger.clock(), scope, limit, after)

    async def board(
        self, filter: AltaFilter, scope: Scope = EVERYTHING
    ) -> dict[str, tuple[AltaSummary, ...]]:
        """Altas under way by the steps that are open in them; the steps in order. At most 300 altas."""
        found = await self.page(replace(filter, state="under-way"), BOARD, scope=scope)
        columns: dict[str, tuple[AltaSummary, ...]] = {s.id: () for s in self.written.procedure.steps}
        for alta in found.items:
            for turn in alta.turns:
                columns[turn.step] = (*columns.get(turn.step, ()), alta)
        return columns

    async def mine(self, person: Person) -> Mine:
        """Whose turn is this person's: for `AltaFilter.mine`."""
        return Mine(person.name, await self.hands.areas_of(person))

    async def counts(self, person: Person) -> Counts:
        """How many altas wait for a person."""
        mine, now = await self.mine(person), self._ledger.clock()
        async with self._ledger.engine.connect() as connection:
            found = [
                await lists.count(connection, AltaFilter(mine=mine, late=late), now, person.scope)
                for late in (False, True)
            ]
        return Counts(*found)

    async def count(self, filter: AltaFilter, scope: Scope = EVERYTHING) -> int:
        """How many altas a list of these would have."""
        async with self._ledger.engine.connect() as connection:
            return await lists.count(connection, filter, self._ledger.clock(), scope)

    async def events(
        self, id: int, limit: int = 100, below: int | None = None, kind: Happened | None = None
    ) -> tuple[Event, ...]:
        """What happened, newest first, below a revision; of one kind when it is given."""
        wanted = select(alta_events).where(alta_events.c.alta == id).order_by(alta_events.c.revision.desc())
        if below is not None:
            wanted = wanted.where(alta_events.c.revision < below)
        if kind is not None:
            wanted = wanted.where(alta_events.c.kind == kind)
        async with self._ledger.engine.connect() as connection:
            rows = await connection.execute(wanted.limit(min(max(limit, 1), lists.MOST)))
            return tuple(event_of(row) for row in rows)

    async def spans(self, since: datetime, until: datetime, scope: Scope = EVERYTHING) -> tuple[Span, ...]:
        """Every closing of a step from `since` on and before `until`."""
        async with self._ledger.engine.connect() as connection:
            return await durations.spans(connection, since, until, scope)

    async def durations(
        self, since: datetime, until: datetime, zone: ZoneInfo, scope: Scope = EVERYTHING
    ) -> tuple[Duration, ...]:
        """How long each step took, by month of that time zone."""
        return durations.durations(await self.spans(since, until, scope), zone)
