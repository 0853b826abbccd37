"""Selections of providers as they are told of: whose they are, what is due or late, then the area's head."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import quote

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.alta.ledger import Ledger
from provisioning.alta.procedure import Procedure
from provisioning.alta.tables import altas
from provisioning.alta.views import AltaState
from provisioning.network.evidence import ENOUGH
from provisioning.network.selection import TaskState
from provisioning.network.tables import selection_tasks
from provisioning.notices.circle import Concern
from provisioning.notices.letters import Subject
from provisioning.notices.occasions import Kind, Occasion, until_words
from provisioning.notices.reminders import Turn, reminders
from provisioning.notices.subjects import subject
from provisioning.notices.teller import Item, Teller

_MARK = "selection:"


@dataclass(frozen=True, slots=True)
class Search:
    """An open selection; `name` is what its alta is called, None without one."""

    id: int
    plan: str
    alta: int | None
    subsidiary: str
    account: str
    service: str
    zone: str
    said: str
    owner: str
    due: date
    opened_by: str
    name: str | None

    @property
    def mark(self) -> str:
        """What stands for a step in what is told of it."""
        return f"{_MARK}{self.id}"

    @property
    def title(self) -> str:
        return f"Buscar prestadores: {self.service}, {self.zone}"

    @property
    def subject(self) -> Subject:
        """Its alta, so that what is told and answered stands there; else the plan."""
        if self.alta is not None and self.name is not None:
            return subject(self.alta, self.name, self.plan, self.subsidiary, self.account)
        concern = Concern(self.subsidiary, self.account)
        return Subject(self.mark, self.plan, self.path, self.plan, concern)

    @property
    def path(self) -> str:
        return f"/providers/check/{quote(self.plan)}"


_TASK = tuple(selection_tasks.c[name] for name in Search.__dataclass_fields__ if name != "name")


class SelectionNotices:
    """For a loop. `procedure` says whose area providers are, and how soon somebody is reminded; without a
    `teller` nobody is written to.
    """

    def __init__(
        self, engine: AsyncEngine, ledger: Ledger, procedure: Callable[[], Procedure], teller: Teller | None
    ) -> None:
        self._engine = engine
        self._ledger = ledger
        self._procedure = procedure
        self._teller = teller
        self._told: tuple[date, set[str]] = (date.min, set())

    async def remind(self) -> None:
        """Each once: the database knows who was told, this process what it told today."""
        if self._teller is None:
            return
        if self._told[0] != self._ledger.clock().date():
            self._told = (self._ledger.clock().date(), set())
        for search in await self._open():
            new = [each for each in self._occasions(search) if each.key not in self._told[1]]
            if new:
                items = [Item(each, path=search.path) for each in new]
                async with writing(self._engine) as connection:
                    told = await self._teller.tell(connection, search.subject, items)
                self._told[1].update(each.key for each in new)
                if told:
                    self._teller.outbox.nudge()

    def _occasions(self, search: Search) -> Iterator[Occasion]:
        calendar, now = self._ledger.calendar(search.subsidiary), self._ledger.clock()
        due = calendar.end_of(search.due)
        areas = _areas(self._procedure())
        if search.owner != search.opened_by:
            said = f"{search.said}\n{until_words(due, calendar)}"
            key, title = f"turn:{search.mark}:{search.owner}", f"Queda a su cargo: {search.title}"
            yield Occasion(key, Kind.TURN, title, said, search.mark, areas=areas, owner=search.owner)
        turn = Turn(search.mark, search.title, areas, search.owner, due, 1)
        for each in reminders(turn, now, calendar, self._procedure().reminders):
            yield replace(each, detail=f"{search.said}\n{each.detail}")

    async def _open(self) -> list[Search]:
        wanted = (
            select(*_TASK, altas.c.name)
            .join_from(selection_tasks, altas, altas.c.id == selection_tasks.c.alta, isouter=True)
            .where(
                selection_tasks.c.state == TaskState.OPEN,
                or_(altas.c.id.is_(None), altas.c.state.in_((AltaState.RUNNING, AltaState.DONE))),
            )
            .order_by(selection_tasks.c.id)
        )
        async with self._engine.connect() as connection:
            return [Search(**row) for row in (await connection.execute(wanted)).mappings()]


async def is_over(connection: AsyncConnection, mark: str) -> bool | None:
    """Whether a selection has ended; None for what stands for none."""
    if not mark.startswith(_MARK):
        return None
    wanted = select(selection_tasks.c.state).where(selection_tasks.c.id == int(mark.removeprefix(_MARK)))
    return (await connection.execute(wanted)).scalar_one_or_none() != TaskState.OPEN


def _areas(procedure: Procedure) -> tuple[str, ...]:
    """Those whose step asks for enough providers, whatever a company calls them."""
    return next((step.areas for step in procedure.steps if ENOUGH in step.evidence), ("providers",))
