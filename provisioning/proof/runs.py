"""Tests that are under way, in the database: a start of the service finds those that another one left."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.proof.reports import (
    Ear,
    HeardPrompt,
    Kind,
    Report,
    Result,
    TestedCall,
    calls_body,
    calls_of,
    ears_body,
    ears_of,
)
from provisioning.proof.sight import in_sight
from provisioning.proof.store import added
from provisioning.proof.tables import test_runs
from staff import audit
from staff.audit import Deed
from staff.scope import EVERYTHING, Scope


class TestRefused(ValueError):
    """A test cannot be done or told now; the text says why and what to do."""

    __test__ = False


class TestUnderWay(TestRefused):
    """Another test of the plan has to end first."""


class RunState(StrEnum):
    """`LISTENING`: all calls passed, and somebody of Operations has yet to say what they heard."""

    RUNNING = "running"
    LISTENING = "listening"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Run:
    """A test under way, with what was found so far; `report` is its report once it is done."""

    id: int
    kind: Kind
    plan: str
    plan_name: str
    subsidiary: str
    account: str
    version: str
    fingerprint: str
    release: str
    by: str
    begun: datetime
    state: RunState
    planned: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    calls: tuple[TestedCall, ...] = ()
    ears: tuple[Ear, ...] = ()
    report: int | None = None

    @property
    def ordered(self) -> tuple[TestedCall, ...]:
        """The calls in the script's order: they end as they like."""
        places = {id: place for place, (id, _) in enumerate(self.planned)}
        return tuple(sorted(self.calls, key=lambda call: places.get(call.id, len(places))))

    @property
    def prompts(self) -> tuple[str, ...]:
        """Those that its calls heard, each once."""
        return tuple(dict.fromkeys(each.prompt for call in self.ordered for each in call.prompts))

    def sound(self, prompt: str) -> tuple[TestedCall, HeardPrompt] | None:
        """The recorded call in which a prompt was heard longest, and where."""
        found = [
            (call, heard)
            for call in self.ordered
            for heard in call.prompts
            if heard.prompt == prompt and call.recording
        ]
        return max(found, key=lambda each: each[1].lasts, default=None)

    @property
    def unheard(self) -> tuple[str, ...]:
        """Prompts of which nobody has said yet how they sound."""
        told = {ear.prompt for ear in self.ears}
        return tuple(prompt for prompt in self.prompts if prompt not in told)

    def reported(
        self, result: Result, ended: datetime, numbers: tuple[str, ...] = (), note: str = ""
    ) -> Report:
        """What it says once it is over."""
        named = {name: getattr(self, name) for name in _SAME}
        lines = tuple(dict.fromkeys(call.line for call in self.ordered))
        return Report(
            **named, ended=ended, result=result, calls=self.ordered, numbers=numbers or lines, note=note
        )


_SAME = (
    "kind", "plan", "plan_name", "subsidiary", "account", "version", "fingerprint", "release", "by", "begun",
    "left_out", "ears",
)  # fmt: skip


class Runs:
    """Every method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def begin(self, run: Run) -> Run:
        """Claim the plan for a test; the run with its id. Raises TestUnderWay."""
        row = {name: getattr(run, name) for name in _PLAIN} | {"busy": run.plan, "calls": [], "ears": []}
        row |= {"planned": [list(each) for each in run.planned], "left_out": list(run.left_out)}
        try:
            async with writing(self._engine) as connection:
                result = await connection.execute(insert(test_runs).values(row))
                assert result.inserted_primary_key is not None
                id = int(result.inserted_primary_key[0])
                told = {"run": id, "kind": run.kind, "version": run.version[:12]}
                await audit.write(connection, Deed("test.started", run.plan, after=told))
        except IntegrityError as error:
            raise TestUnderWay(
                f"Ya hay una prueba de «{run.plan}» en marcha: espere a que termine."
            ) from error
        return replace(run, id=id)

    async def get(self, id: int, scope: Scope = EVERYTHING) -> Run | None:
        async with self._engine.connect() as connection:
            return await _found(connection, id, scope)

    async def under_way(self, scope: Scope = EVERYTHING) -> tuple[Run, ...]:
        """Those that are not done, the oldest first."""
        wanted = in_sight(select(test_runs).where(test_runs.c.state != RunState.DONE), scope)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(test_runs.c.id))).mappings()
            return tuple(_run(row) for row in rows)

    async def called(self, id: int, call: TestedCall) -> None:
        """Another call is over."""
        async with writing(self._engine) as connection:
            run = await _found(connection, id)
            assert run is not None
            calls = calls_body((*run.calls, call))
            await connection.execute(update(test_runs).where(test_runs.c.id == id).values(calls=calls))

    async def listen(self, id: int) -> None:
        """All calls passed: another test of the plan may begin, and somebody listens."""
        async with writing(self._engine) as connection:
            await connection.execute(_from(id, RunState.RUNNING).values(state=RunState.LISTENING, busy=None))

    async def heard(self, id: int, ear: Ear) -> Run:
        """Somebody said how a prompt sounds; the last word on a prompt holds. Raises TestRefused."""
        async with writing(self._engine) as connection:
            run = await _found(connection, id)
            if run is None or run.state is not RunState.LISTENING or ear.prompt not in run.prompts:
                raise TestRefused("Esta prueba ya terminó o no tiene esa locución: recargue la página.")
            ears = (*(each for each in run.ears if each.prompt != ear.prompt), ear)
            values = {"ears": ears_body(ears)}
            await connection.execute(update(test_runs).where(test_runs.c.id == id).values(values))
            return replace(run, ears=ears)

    async def finish(self, run: Run, report: Report) -> Report | None:
        """Keep the report and end the run; None when somebody else ended it first."""
        async with writing(self._engine) as connection:
            moved = await connection.execute(_from(run.id, run.state).values(state=RunState.DONE, busy=None))
            if moved.rowcount != 1:
                return None
            kept = await added(connection, report)
            done = update(test_runs).where(test_runs.c.id == run.id).values(report=kept.id)
            await connection.execute(done)
            return kept


def _from(id: int, state: RunState) -> Any:
    return update(test_runs).where(test_runs.c.id == id, test_runs.c.state == state)


async def _found(connection: AsyncConnection, id: int, scope: Scope = EVERYTHING) -> Run | None:
    wanted = in_sight(select(test_runs).where(test_runs.c.id == id), scope)
    row = (await connection.execute(wanted)).mappings().first()
    return _run(row) if row else None


_PLAIN = (
    "kind", "plan", "plan_name", "subsidiary", "account", "version", "fingerprint", "release", "by", "begun",
    "state",
)  # fmt: skip


def _run(row: Mapping[Any, Any]) -> Run:
    made = {field.name: row[field.name] for field in fields(Run)}
    return Run(
        **made
        | {
            "kind": Kind(row["kind"]),
            "state": RunState(row["state"]),
            "planned": tuple((id, title) for id, title in row["planned"]),
            "left_out": tuple(row["left_out"]),
            "calls": calls_of(row["calls"]),
            "ears": ears_of(row["ears"]),
        }
    )
