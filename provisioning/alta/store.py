"""The altas: begun, found, moved step by step, by whoever may. Refusals say what to do and who can.

`by` is a person, or None for the house itself, as the command line is.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.book import PlanBook
from plans.site import Site
from provisioning.alta import lists, moves
from provisioning.alta.events import Event, Happened
from provisioning.alta.itself import ByItself
from provisioning.alta.ledger import Doing, Ledger, Moved, Work, event_of, name_of
from provisioning.alta.lists import UNDER_WAY, AltaFilter, AltaPage, AltaSummary, Mine
from provisioning.alta.load import Written
from provisioning.alta.proving import Proving
from provisioning.alta.refusals import AltaRefused, NoSuchAlta, StaleStep
from provisioning.alta.request import AltaRequest
from provisioning.alta.tables import alta_events, altas
from provisioning.alta.views import AltaState, AltaView
from provisioning.alta.who import Hands, refuse
from staff.person import Person
from staff.scope import EVERYTHING, Scope

TRIES = 4
BOARD = 300
Move = Callable[[AltaView], Doing]
"""Judges an alta as it stands and says what happens; raises `AltaRefused`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many altas wait for somebody, and how many of those are late."""

    mine: int
    late: int


class Altas:
    """Every change is one transaction, and raises `AltaRefused` when it is not made."""

    def __init__(
        self, ledger: Ledger, hands: Hands, proving: Proving, site: Site, book: PlanBook, procedure: Written
    ) -> None:
        self._ledger = ledger
        self.hands = hands
        self._proving = proving
        self._site = site
        self._book = book
        self.written = procedure
        self.news = asyncio.Event()
        self.by_itself = ByItself(ledger, proving, self.news)

    # looking

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

    # beginning

    async def start(self, request: AltaRequest, by: Person | None) -> AltaView:
        """A new alta of a plan, or an otro sí of one in service."""
        refuse(await self.hands.may_begin(by, self.written.procedure.begins))
        amends = await self._last_done(request.plan)
        in_service = any(each.version.plan.plan == request.plan for each in self._book.live())
        problems = moves.against(request, self._site, in_service=in_service or amends is not None)
        if by is not None and not by.scope.covers(request.subsidiary, request.account.name):
            problems["account"] = "Esa filial o cuenta está fuera de lo que usted ve."
        if not self.written.procedure.of(request.kind):
            problems["kind"] = "El procedimiento de la empresa no tiene pasos para eso."
        if problems:
            raise AltaRefused(problems=problems)
        try:
            alta = await self._ledger.begin(request, self.written, name_of(by), amends)
        except IntegrityError as error:
            raise AltaRefused(problems={"plan": await self._taken(request.plan)}) from error
        self.nudge()
        return alta

    async def _last_done(self, plan: str) -> int | None:
        done = select(func.max(altas.c.id)).where(altas.c.plan == plan, altas.c.state == AltaState.DONE)
        async with self._ledger.engine.connect() as connection:
            id: int | None = (await connection.execute(done)).scalar_one_or_none()
        return id

    async def _taken(self, plan: str) -> str:
        other = await self.of_plan(plan)
        if other is None or other.ended is not None:
            return "No se pudo guardar: vuelva a intentarlo."
        return f"El plan «{plan}» ya tiene un alta en curso: {other.number}. Siga con ella o cancélela."

    def nudge(self) -> None:
        """Something came true that may close a step: look now, not in a while."""
        self.news.set()

    # moving

    async def finish(
        self,
        id: int,
        step: str,
        by: Person | None,
        answers: Mapping[str, str] | None = None,
        reason: str = "",
        revision: int | None = None,
    ) -> AltaView:
        """Close an open step. A gate wants all its evidence; without evidence any other wants a reason."""
        return await self._proved(
            id, step, by, lambda alta: moves.finishing(alta, step, answers or {}, reason, revision)
        )

    async def skip(
        self, id: int, step: str, by: Person | None, reason: str = "", revision: int | None = None
    ) -> AltaView:
        """Leave out an optional step."""
        return await self._step(id, step, by, lambda alta: moves.skipping(alta, step, reason, revision))

    async def send_back(
        self, id: int, step: str, to: str, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """From an open step to a closed one that it is built on: that and all that is built on it are to be
        done once more."""
        return await self._step(id, step, by, lambda alta: moves.sending(alta, step, to, reason, revision))

    async def reopen(
        self, id: int, step: str, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """Undo the closing of a step; what was built on it is undone too (`undone_by`)."""
        return await self._step(id, step, by, lambda alta: moves.reopening(alta, step, reason, revision))

    async def assign(
        self, id: int, step: str, owner: str | None, by: Person | None, revision: int | None = None
    ) -> AltaView:
        """Put a step into one person's hands, or back into its area's."""
        areas = moves.named(await self._need(id, by), step).step.areas
        people = await self.hands.people_of(areas)
        if owner is not None and owner not in {each.name for each in people}:
            raise AltaRefused(problems={"owner": f"«{owner}» no es de las áreas de este paso."})
        return await self._step(id, step, by, lambda alta: moves.assigning(alta, step, owner, revision))

    async def set_due(
        self, id: int, step: str, due: date, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """Another day until which an open step may last."""
        return await self._step(id, step, by, lambda alta: moves.dating(alta, step, due, reason, revision))

    async def comment(
        self, id: int, by: Person | None, text: str, step: str | None = None, about: str = ""
    ) -> AltaView:
        """A comment of anybody who sees the alta, also when it is over; `about`: the code of a coverage."""
        return await self._record(id, by, lambda alta: moves.commenting(alta, step, text, about))

    async def change(
        self, id: int, request: AltaRequest, by: Person | None, reason: str, revision: int | None = None
    ) -> AltaView:
        """Other data of the request. The plan, the subsidiary and the kind stay. `revision` is the alta's."""
        problems = moves.against(request, self._site, in_service=None)
        if problems:
            raise AltaRefused(problems=problems)
        return await self._lead(id, by, lambda alta: moves.changing(alta, request, reason, revision))

    async def suspend(self, id: int, by: Person | None, reason: str) -> AltaView:
        """Days do not run until it is resumed."""
        return await self._lead(id, by, lambda alta: moves.suspending(alta, reason))

    async def resume(self, id: int, by: Person | None, reason: str = "") -> AltaView:
        return await self._lead(id, by, lambda alta: moves.resuming(alta, reason))

    async def cancel(self, id: int, by: Person | None, reason: str) -> AltaView:
        """For good: what comes later is another alta."""
        return await self._lead(id, by, lambda alta: moves.cancelling(alta, reason))

    async def move(self, id: int, by: Person | None, reason: str) -> AltaView:
        """On to the procedure that is in force now, deliberately."""
        return await self._lead(id, by, lambda alta: moves.moving(alta, self.written, reason))

    async def record(self, id: int, by: Person | None, work: Work) -> AltaView:
        """What another store of this room writes of an alta, in one transaction with its event."""
        try:
            alta = await self._ledger.record(id, name_of(by), work)
        except Moved as error:
            raise StaleStep(await self._need(id, None)) from error
        self.nudge()
        return alta

    # how

    async def _need(self, id: int, by: Person | None) -> AltaView:
        alta = await self.find(id, by.scope if by else EVERYTHING, proved=False)
        if alta is None:
            raise NoSuchAlta(id)
        return alta

    async def _lead(self, id: int, by: Person | None, move: Move) -> AltaView:
        refuse(await self.hands.may_lead(by, await self._need(id, by)))
        return await self._record(id, by, move)

    async def _step(self, id: int, step: str, by: Person | None, move: Move) -> AltaView:
        refuse(await self.hands.may_close(by, moves.named(await self._need(id, by), step)))
        return await self._record(id, by, move)

    async def _record(self, id: int, by: Person | None, move: Move) -> AltaView:
        await self._need(id, by)

        async def work(_connection: AsyncConnection, alta: AltaView) -> Doing:
            return move(alta)

        return await self.record(id, by, work)

    async def _proved(self, id: int, step: str, by: Person | None, move: Move) -> AltaView:
        """As `_step`, with the evidence of the step as it was found at the very revision that is moved on."""

        async def work(_connection: AsyncConnection, alta: AltaView) -> Doing:
            return move(alta)

        for _ in range(TRIES):
            alta = await self._need(id, by)
            now = moves.named(alta, step)
            refuse(await self.hands.may_close(by, now))
            found = await self._proving.ask(alta, now.step.evidence)
            with suppress(Moved):
                after = await self._ledger.record(id, name_of(by), work, alta.revision, found)
                self.nudge()
                return after
        raise StaleStep(await self._need(id, by))
