"""What a person does with a case: change a field, take it, close it, open it again, undo.

Each change is claimed by the revision it changes from and leaves one row of history.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cases import fields
from cases.follow import search_again
from cases.outcomes import Outcome
from cases.plans_in_use import FindsPlans, plan_of
from cases.problems import BadValue, CannotClose, CaseClosed, CaseProblem, NoSuchCase, StaleCase
from cases.store import read_case
from cases.tables import case_changes, cases
from cases.views import CaseView
from db.engine import writing
from staff import audit
from staff.audit import Deed


class Watches(Protocol):
    """Who is told of committed changes of cases; `cases.board.Board` is it."""

    def case_changed(self, case: CaseView, former_owner: str | None, /) -> None: ...


class CaseDesk:
    """Changes of cases, one transaction each; the board hears of them after the commit."""

    def __init__(
        self, engine: AsyncEngine, plans: FindsPlans, clock: Callable[[], datetime], board: Watches
    ) -> None:
        self._engine = engine
        self._plans = plans
        self._clock = clock
        self._board = board

    async def edit(
        self, case_id: int, field: str, value: str, by: str, revision: int | None = None
    ) -> CaseView:
        """Set one field as written. `revision` is the one the writer had seen.

        Raises `NoSuchCase`, `CaseClosed`, `BadValue`, and `StaleCase` when somebody (the same person at
        another desk too) changed the same field since `revision`; changes of other fields never conflict.
        """

        async def change(connection: AsyncConnection, case: CaseView) -> Mapping[str, Any] | None:
            _open(case)
            plan = plan_of(self._plans, case.plan, case.version)
            kept = fields.clean(field, value, plan)
            if kept == getattr(case, field):
                return None
            if revision is not None:
                await _refuse_stale(connection, case, field, revision)
            return {field: kept}

        return await self._change(case_id, by, field, field, change)

    async def take(self, case_id: int, by: str) -> CaseView:
        """Make `by` the owner. Raises `NoSuchCase`, `CaseClosed`."""

        async def change(_connection: AsyncConnection, case: CaseView) -> Mapping[str, Any] | None:
            _open(case)
            return {"owner": by} if case.owner != by else None

        return await self._change(case_id, by, "taken", "owner", change)

    async def close(self, case_id: int, outcome: str, by: str) -> CaseView:
        """End the case. Raises `NoSuchCase`, `CaseClosed`, `BadValue` (outcome), `CannotClose`."""

        async def change(_connection: AsyncConnection, case: CaseView) -> Mapping[str, Any] | None:
            _open(case)
            ending = _outcome(outcome)
            _refuse_missing(case, ending)
            return {"state": "closed", "outcome": str(ending), "closed": self._clock()}

        return await self._change(case_id, by, "closed", "outcome", change)

    async def reopen(self, case_id: int, by: str) -> CaseView:
        """Open a closed case again; one that is open stays as it is. Raises `NoSuchCase`."""

        async def change(_connection: AsyncConnection, case: CaseView) -> Mapping[str, Any] | None:
            return {"state": "open", "outcome": None, "closed": None} if case.state == "closed" else None

        return await self._change(case_id, by, "reopened", "outcome", change)

    async def undo(self, case_id: int, by: str) -> CaseView:
        """Put back what the last change, an edit by the same person, had changed.

        Raises `NoSuchCase`, `CaseClosed`, and `CaseProblem` when the last change is none of theirs.
        """
        async with self._engine.connect() as connection:
            last = await _last_change(connection, case_id)
        if last is None or last.by != by or last.field not in fields.FIELDS:
            raise CaseProblem("No hay nada que deshacer: el último cambio no es suyo.")
        return await self.edit(case_id, last.field, last.before or "", by, last.revision)

    async def _change(
        self,
        case_id: int,
        by: str,
        what: str,
        shown: str,
        decide: Callable[[AsyncConnection, CaseView], Awaitable[Mapping[str, Any] | None]],
    ) -> CaseView:
        """Read, decide, write, tell. `what` names the change in the history, `shown` the field it shows."""
        async with writing(self._engine) as connection:
            case = await _locked(connection, case_id)
            values = await decide(connection, case)
            if values is None:
                return case
            changed = await _claim(connection, case, values)
            await search_again(connection, case_id)
            await _note(
                connection, changed, self._clock(), by, what, _text(case, shown), _text(changed, shown)
            )
            await audit.write(connection, _deed(case, changed, what, values))
        self._board.case_changed(changed, case.owner)
        return changed


async def _locked(connection: AsyncConnection, case_id: int) -> CaseView:
    await connection.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    case = await read_case(connection, case_id)
    if case is None:
        raise NoSuchCase(case_id)
    return case


async def _claim(connection: AsyncConnection, case: CaseView, values: Mapping[str, Any]) -> CaseView:
    claimed = await connection.execute(
        update(cases)
        .where(cases.c.id == case.id, cases.c.revision == case.revision)
        .values(revision=case.revision + 1, **values)
    )
    changed = await read_case(connection, case.id)
    if claimed.rowcount != 1 or changed is None:
        raise CaseProblem("Otra persona cambió el caso en este instante: vuelva a intentarlo.")
    return changed


async def _note(
    connection: AsyncConnection, case: CaseView, at: datetime, by: str, what: str, before: str, after: str
) -> None:
    row = {"case": case.id, "revision": case.revision, "at": at, "by": by, "field": what}
    await connection.execute(insert(case_changes).values(row | {"before": before, "after": after}))


def _deed(case: CaseView, changed: CaseView, what: str, values: Mapping[str, Any]) -> Deed:
    """What the audit trail holds of the change; `what` is a field's name for an edit."""
    verb = "changed" if what in fields.FIELDS else what
    before = {name: getattr(case, name) for name in values}
    return Deed(f"case.{verb}", case.number, before, {name: getattr(changed, name) for name in values})


async def _refuse_stale(connection: AsyncConnection, case: CaseView, field: str, revision: int) -> None:
    since = (case_changes.c.case == case.id) & (case_changes.c.revision > revision)
    wanted = select(case_changes.c.by).where(since, case_changes.c.field == field)
    last = (await connection.execute(wanted.order_by(case_changes.c.revision.desc()).limit(1))).scalar()
    if last is not None:
        raise StaleCase(field, fields.FIELDS[field].label, _text(case, field), last)


async def _last_change(connection: AsyncConnection, case_id: int) -> Any:
    wanted = select(case_changes).where(case_changes.c.case == case_id)
    return (await connection.execute(wanted.order_by(case_changes.c.revision.desc()).limit(1))).one_or_none()


def _open(case: CaseView) -> None:
    if case.state != "open":
        raise CaseClosed(case.number)


def _outcome(written: str) -> Outcome:
    try:
        return Outcome(written)
    except ValueError as error:
        endings = ", ".join(each.label.lower() for each in Outcome)
        raise BadValue("outcome", f"Elija cómo terminó el caso: {endings}.") from error


def _refuse_missing(case: CaseView, ending: Outcome) -> None:
    missing = tuple(name for name in ending.needs if not getattr(case, name))
    if missing:
        labels = ", ".join(f"«{fields.FIELDS[name].label}»" for name in missing)
        raise CannotClose(missing, f"Para cerrar como «{ending.label}» falta completar {labels}.")


def _text(case: CaseView, name: str) -> str:
    return fields.shown(getattr(case, name))
