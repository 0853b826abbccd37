"""Gaps of the network that somebody is to fill: who, until when, and how each ended."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.network.enough import PlanNeeds, Row
from provisioning.network.tables import selection_tasks
from provisioning.network.values import NetworkRefused, StaleRow
from provisioning.network.wanted import facts_of
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope
from staff.written import said

PAGE = 50
Key = tuple[str, str, str]


class TaskState(StrEnum):
    OPEN = "open"
    FILLED = "filled"
    WAIVED = "waived"


TASK_STATES: Mapping[str, str] = {
    TaskState.OPEN: "En curso",
    TaskState.FILLED: "Cubierta",
    TaskState.WAIVED: "Se sigue sin ella",
}


@dataclass(frozen=True, slots=True)
class Task:
    """`said` is what was missing when it was opened; `zone` as it is shown."""

    id: int
    plan: str
    alta: int | None
    subsidiary: str
    account: str
    service: str
    code: str
    zone: str
    said: str
    owner: str
    due: date
    note: str
    state: TaskState
    opened: datetime
    opened_by: str
    closed: datetime | None
    closed_by: str | None
    reason: str

    @property
    def key(self) -> Key:
        return self.service, self.code, self.zone


_SELECT = select(*(selection_tasks.c[name] for name in Task.__dataclass_fields__))


class Selection:
    """The tasks, in the database. What is refused (`NetworkRefused`) changes nothing."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def open(
        self, wanted: PlanNeeds, row: Row, owner: str, due: date | None, today: date, note: str = ""
    ) -> Task:
        """Somebody looks for providers for a gap, until a day from `today` on."""
        if row.ok:
            raise NetworkRefused("Ahí ya alcanza: no hace falta buscar.")
        if due is None or due < today:
            raise NetworkRefused(problems={"due": "Escriba hasta cuándo, de hoy en adelante."})
        if not owner:
            raise NetworkRefused(problems={"owner": "Elija quién busca."})
        if row.need.key in {task.key for task in await self.of_plan(wanted.plan) if task.state != "filled"}:
            raise StaleRow("Esa selección ya está abierta o se decidió seguir sin ella.")
        service, code, zone = row.need.key
        values = facts_of(wanted) | {
            "service": service,
            "code": code,
            "zone": zone,
            "said": row.said,
            "owner": owner,
            "due": due,
            "note": note.strip()[:1000],
            "state": TaskState.OPEN,
            "opened": self._clock(),
            "opened_by": current().name,
            "reason": "",
        }
        async with writing(self._engine) as connection:
            made = await connection.execute(
                insert(selection_tasks).values(values).returning(selection_tasks.c.id)
            )
            id = made.scalar_one()
            told = {"gap": row.said, "owner": owner, "until": due.isoformat()}
            await audit.write(connection, Deed("selection.opened", wanted.plan, after=told, reason=note))
        return await self.need(id)

    async def waive(self, id: int, reason: str) -> Task:
        """The plan goes on without: why is kept, and stands in the evidence."""
        if not said(reason):
            raise NetworkRefused(problems={"reason": "Escriba por qué se sigue sin cubrirla."})
        task = await self.need(id)
        async with writing(self._engine) as connection:
            await self._close(connection, task, TaskState.OPEN, TaskState.WAIVED, reason)
        return await self.need(id)

    async def reopen(self, id: int, reason: str) -> Task:
        """The undo of a waiver: it is to be filled after all."""
        task = await self.need(id)
        async with writing(self._engine) as connection:
            await self._close(connection, task, TaskState.WAIVED, TaskState.OPEN, reason)
        return await self.need(id)

    async def assign(self, id: int, owner: str, due: date | None, note: str) -> Task:
        """Somebody else, another day, what was found out."""
        task = await self.need(id)
        if due is None or not owner:
            raise NetworkRefused("Elija quién busca y hasta cuándo.")
        values = {"owner": owner, "due": due, "note": note.strip()[:1000]}
        async with writing(self._engine) as connection:
            mine = (selection_tasks.c.id == id) & (selection_tasks.c.state == TaskState.OPEN)
            if (await connection.execute(update(selection_tasks).where(mine).values(values))).rowcount != 1:
                raise StaleRow("La selección ya terminó.")
            before = {"owner": task.owner, "until": task.due.isoformat(), "note": task.note}
            after = {"owner": owner, "until": due.isoformat(), "note": values["note"]}
            await audit.write(connection, Deed("selection.changed", task.plan, before, after))
        return await self.need(id)

    async def fill(self, plan: str, gaps: Set[Key]) -> None:
        """Close those of a plan whose gap is none any more."""
        over = [task for task in await self.of_plan(plan) if task.state == "open" and task.key not in gaps]
        for task in over:
            async with writing(self._engine) as connection:
                await self._close(connection, task, TaskState.OPEN, TaskState.FILLED, "")

    async def waived(self, plan: str) -> frozenset[Key]:
        """The gaps without which a plan goes on."""
        return frozenset(task.key for task in await self.of_plan(plan) if task.state == TaskState.WAIVED)

    async def plans_open(self, subsidiary: str) -> tuple[str, ...]:
        wanted = select(selection_tasks.c.plan).distinct()
        mine = wanted.where(
            selection_tasks.c.state == TaskState.OPEN, selection_tasks.c.subsidiary == subsidiary
        )
        async with self._engine.connect() as connection:
            return tuple((await connection.execute(mine)).scalars())

    async def of_plan(self, plan: str) -> tuple[Task, ...]:
        """The newest first."""
        return await self._read(
            _SELECT.where(selection_tasks.c.plan == plan).order_by(selection_tasks.c.id.desc())
        )

    async def page(
        self, state: str, after: str | None = None, scope: Scope = EVERYTHING, limit: int = PAGE
    ) -> tuple[tuple[Task, ...], str | None]:
        """Those in a state, the most urgent first."""
        wanted = _SELECT.where(selection_tasks.c.state == state, *_seen(scope))
        if after:
            wanted = wanted.where(_beyond(after))
        ordered = wanted.order_by(selection_tasks.c.due, selection_tasks.c.id).limit(limit + 1)
        found = await self._read(ordered)
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], f"{last.due.isoformat()}.{last.id}" if last else None

    async def find(self, id: int, scope: Scope = EVERYTHING) -> Task | None:
        found = await self._read(_SELECT.where(selection_tasks.c.id == id))
        return found[0] if found and scope.covers(found[0].subsidiary, found[0].account) else None

    async def need(self, id: int) -> Task:
        found = await self.find(id)
        if found is None:
            raise NetworkRefused("Esa selección no existe.")
        return found

    async def _close(
        self, connection: AsyncConnection, task: Task, old: TaskState, new: TaskState, reason: str
    ) -> None:
        over = new is not TaskState.OPEN
        values = {
            "state": new,
            "closed": self._clock() if over else None,
            "closed_by": current().name if over else None,
            "reason": said(reason)[:500],
        }
        mine = (selection_tasks.c.id == task.id) & (selection_tasks.c.state == old)
        if (await connection.execute(update(selection_tasks).where(mine).values(values))).rowcount != 1:
            raise StaleRow(f"La selección ya está «{TASK_STATES[task.state].lower()}».")
        told = ({"state": old, "gap": task.said}, {"state": new, "gap": task.said})
        await audit.write(connection, Deed(f"selection.{new}", task.plan, *told, reason))

    async def _read(self, wanted: Any) -> tuple[Task, ...]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).mappings()
            return tuple(Task(**{**row, "state": TaskState(row["state"])}) for row in rows)


def _seen(scope: Scope) -> list[Any]:
    subsidiaries = selection_tasks.c.subsidiary.in_(sorted(scope.subsidiaries))
    accounts = selection_tasks.c.account.in_(sorted(scope.accounts))
    return [*([subsidiaries] if scope.subsidiaries else []), *([accounts] if scope.accounts else [])]


def _beyond(mark: str) -> Any:
    day, _, id = mark.partition(".")
    try:
        due, last = date.fromisoformat(day), int(id[:9])
    except ValueError:
        return selection_tasks.c.id > 0
    later = selection_tasks.c.due > due
    return or_(later, and_(selection_tasks.c.due == due, selection_tasks.c.id > last))
