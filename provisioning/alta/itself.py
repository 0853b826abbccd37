"""The steps that close without anybody, by evidence or time, and the gates that open again without it."""

import asyncio

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.engine import asked, closes_itself
from provisioning.alta.ledger import Doing, Ledger, Moved
from provisioning.alta.moves import closing_itself
from provisioning.alta.proving import Proving
from provisioning.alta.reviews import Reviews
from provisioning.alta.tables import altas
from provisioning.alta.views import AltaState, AltaView
from staff.actor import SERVICE, acting

log = structlog.get_logger(__name__)

LOOK_SECONDS = 20.0


class NothingCloses(Exception):
    """In the transaction it turned out that the step does not close after all."""


class ByItself:
    """Looks at every running alta, again and again; `news` makes it look at once."""

    def __init__(self, ledger: Ledger, proving: Proving, news: asyncio.Event) -> None:
        self._ledger = ledger
        self._proving = proving
        self._reviews = Reviews(ledger, proving)
        self._news = news
        self._ending = False

    async def run(self) -> None:
        """Until `close`."""
        while not self._ending:
            self._news.clear()
            try:
                await self.look()
            except Exception:
                log.exception("altas_not_looked_at")
            await self._wait()

    async def close(self) -> None:
        self._ending = True
        self._news.set()

    async def look(self) -> int:
        """Close whatever closes now, and what opens by that and closes too; how many steps closed.

        Then what lost its evidence opens again.
        """
        return sum([await self._of(id) for id in await self._running()])

    async def _of(self, id: int) -> int:
        """How many steps of one alta closed. What is wrong with it keeps no other from being looked at."""
        closed = 0
        try:
            while await self._one(id):
                closed += 1
            await self._reviews.of(id)
        except (SQLAlchemyError, OSError):
            raise
        except Exception:
            log.exception("alta_not_looked_at", alta=id)
        return closed

    async def _running(self) -> list[int]:
        wanted = select(altas.c.id).where(altas.c.state == AltaState.RUNNING).order_by(altas.c.id)
        async with self._ledger.engine.connect() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def _one(self, id: int) -> bool:
        """Close the first step that closes by itself; whether there was one."""
        facts = await self._ledger.facts(id)
        if facts is None:
            return False
        now = self._ledger.seen(facts)
        wanted = [
            name for step in now.open if step.step.closes == "by-evidence" for name in step.step.evidence
        ]
        found = await self._proving.ask(now, wanted)
        alta = self._ledger.seen(facts, found)
        ready = next((s for s in alta.open if closes_itself(alta, s, self._ledger.clock())), None)
        if ready is None:
            return False
        found |= await self._proving.ask(now, set(asked(now, ready.id)) - found.keys())

        async def work(_connection: AsyncConnection, held: AltaView) -> Doing:
            doing = closing_itself(held, ready.id, self._ledger.clock())
            if doing is None:
                raise NothingCloses
            return doing

        try:
            with acting(SERVICE):
                await self._ledger.record(id, SERVICE.name, work, alta.revision, found)
        except (Moved, NothingCloses):
            return False
        log.info("step_closed_by_itself", alta=id, step=ready.id)
        return True

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return
