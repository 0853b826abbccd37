"""Closed gates whose evidence is gone open again, until the release: what proved them is asked for anew."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.engine import Facts, guarded, lost
from provisioning.alta.evidence import Found
from provisioning.alta.ledger import Doing, Ledger, Moved
from provisioning.alta.moves import reopening_itself
from provisioning.alta.proving import Proving
from provisioning.alta.views import AltaView
from staff.actor import SERVICE, acting

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=15)
"""How long an alta's closed gates are left alone, however often it is looked at."""
SETTLING = timedelta(seconds=45)
"""How long evidence stays away before its step opens: what comes and goes meanwhile troubles nobody."""


class StillThere(Exception):
    """In the transaction it turned out that the step stays closed after all."""


@dataclass
class _Watched:
    """When an alta's gates were looked at, and since when the evidence of which is gone."""

    at: datetime
    gone: dict[str, datetime] = field(default_factory=dict)


class Reviews:
    """What is gone is remembered by this process only: after a start it must settle anew."""

    def __init__(self, ledger: Ledger, proving: Proving) -> None:
        self._ledger = ledger
        self._proving = proving
        self._watched: dict[int, _Watched] = {}

    async def of(self, id: int) -> int:
        """Look at one alta, unless that was done just now; how many of its steps opened again."""
        now, last = self._ledger.clock(), self._watched.get(id)
        if last is not None and now - last.at < EVERY:
            return 0
        facts = await self._ledger.facts(id)
        seen = self._ledger.seen(facts) if facts else None
        gates = guarded(seen) if seen else ()
        if facts is None or seen is None or not gates:
            self._watched.pop(id, None)
            return 0
        found = await self._proving.ask(seen, (name for step in gates for name in step.step.evidence))
        return await self._settled(facts, found, now, last.gone if last else {})

    async def _settled(
        self, facts: Facts, found: dict[str, Found], now: datetime, before: dict[str, datetime]
    ) -> int:
        alta = self._ledger.seen(facts, found)
        gone = {step: before.get(step, now) for step in lost(alta)}
        self._watched[facts.id] = _Watched(now, gone)
        opened = 0
        for step, since in gone.items():
            if now - since < SETTLING:
                continue
            after = await self._open(alta, step, found)
            if after is None:
                break
            alta, opened = after, opened + 1
        return opened

    async def _open(self, alta: AltaView, step: str, found: dict[str, Found]) -> AltaView | None:
        """The alta after it; None when it is not what it was any more."""

        async def work(_connection: AsyncConnection, held: AltaView) -> Doing:
            doing = reopening_itself(held, step)
            if doing is None:
                raise StillThere
            return doing

        try:
            with acting(SERVICE):
                after = await self._ledger.record(alta.id, SERVICE.name, work, alta.revision, found)
        except (Moved, StillThere):
            return None
        log.info("step_opened_by_itself", alta=alta.id, step=step)
        return after
