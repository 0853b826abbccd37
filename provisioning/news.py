"""What becomes of plans and of their lines reaches those whose work it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.book import PlanBook
from provisioning.alta.store import Altas
from provisioning.changed import Changed, Listener
from provisioning.notices.bureau import Bureau
from provisioning.notices.sheets import CONFIRMED
from provisioning.numbers.following import PlanNumbers
from provisioning.release.telling import LineLetters
from provisioning.release.turns import note_turn
from provisioning.releases import Turned
from provisioning.untested import Untested, UntestedVersions
from staff.people import People


@dataclass(frozen=True)
class PlanNews:
    engine: AsyncEngine
    book: PlanBook
    altas: Altas
    people: People
    plan_numbers: PlanNumbers
    notices: Bureau
    untested: UntestedVersions
    letters: LineLetters

    @property
    def after(self) -> Sequence[Listener]:
        """Who is told, in this order, when a plan's live version or its candidate is another."""
        return (
            self.plan_numbers.plan_changed,
            self._altas_look_again,
            self._coordinators_told,
            self._alta_told,
        )

    async def _altas_look_again(self, _: Changed) -> None:
        self.altas.nudge()

    async def _coordinators_told(self, changed: Changed) -> None:
        """A version on trial that shows them something new, when no alta is under way that tells them."""
        if changed.what != "candidate" or not self.notices.sheets.renewed(changed.plan):
            return
        alta = await self.altas.of_plan(changed.plan)
        under_way = alta is not None and alta.ended is None and alta.step_with(CONFIRMED) is not None
        standing = None if under_way else await self.notices.sheets.standing(changed.plan)
        if standing is not None and standing.missing:
            await self.notices.remind_readers(standing)

    async def _alta_told(self, changed: Changed) -> None:
        """The history of the plan's last alta tells that its line was suspended, or is back."""
        alta = await self.altas.of_plan(changed.plan) if changed.turn else None
        if alta is None or changed.turn is None:
            return
        doer = await self.people.by_name(changed.by)
        await note_turn(
            self.altas, alta, changed.turn, doer.full_name if doer else changed.by, changed.reason
        )

    async def let_in_untested(self, connection: AsyncConnection, found: Untested) -> None:
        """IT and Operations are told at once, unless it was tested and only nobody released it."""
        stored = self.book.find(found.plan, found.version[:12])
        if stored is not None and await self.untested.lacks(stored):
            await self.letters.untested(connection, found, stored.version.plan)

    async def turned(self, connection: AsyncConnection, found: Turned) -> None:
        """Whoever answers for a line, or answers its calls, is told that it was suspended or is back."""
        stored = self.book.find(found.plan, found.version[:12])
        if stored is not None:
            await self.letters.turned(connection, found, stored.version.plan)

    async def quiet(self, line: str, since: datetime, said: str) -> None:
        """IT and Operations are told that nobody calls a number any more."""
        stored = self.book.by_line(line)
        if stored is not None:
            async with writing(self.engine) as connection:
                await self.letters.quiet(connection, stored.version.plan, since, said)
