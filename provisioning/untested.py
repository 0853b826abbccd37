"""Versions that strangers reach although nobody tested them: let in at the machine itself, for a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.book import PlanBook, StoredPlan
from provisioning.proof.store import Reports
from provisioning.tables import untested_releases


@dataclass(frozen=True, slots=True)
class Untested:
    """A `version` (its hash) that was let in by `by` without the gate; `urgent` where strangers reached the
    plan before.
    """

    plan: str
    version: str
    at: datetime
    by: str
    reason: str
    urgent: bool


class UntestedVersions:
    """What answers strangers now and was let in so, until both tests of it passed."""

    def __init__(
        self, engine: AsyncEngine, book: PlanBook, reports: Reports, entry_of: Callable[[str, str], str]
    ) -> None:
        self._engine = engine
        self._book = book
        self._reports = reports
        self._entry_of = entry_of

    async def now(self) -> Mapping[str, Untested]:
        """By plan."""
        let_in, table = {}, untested_releases.c
        query = select(table.plan, table.version, table.at, table.by, table.reason, table.urgent)
        async with self._engine.connect() as connection:
            for row in await connection.execute(query.order_by(table.id)):
                let_in[row.plan, row.version] = Untested(*row)
        several = [
            (stored, found)
            for stored in self._book.live()
            if (found := let_in.get((stored.version.plan.plan, stored.version.hash)))
        ]
        return {found.plan: found for stored, found in several if await self.lacks(stored)}

    async def lacks(self, stored: StoredPlan) -> bool:
        """Whether a test of this version, as it stands in the PBX, is missing."""
        plan, hash = stored.version.plan.plan, stored.version.hash
        return not (await self._reports.standing(plan, hash, self._entry_of(plan, hash))).complete
