"""What the command line may ask about the tests of lines; see `altavoz/operations.py`."""

from collections.abc import Mapping
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from altavoz.in_name_of import person_of, standing_for
from altavoz.unknown import Unknown
from plans.book import StoredPlan
from plans.numbers import BadNumber, parse
from provisioning.proof.reports import Kind, TestedCall, body
from provisioning.proof.runner import LineTests
from provisioning.proof.runs import Run, RunState
from staff import actor

Arguments = Mapping[str, Any]


class LineOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "line/test": self.test,
            "line/test-watch": self.watch,
            "line/test-cancel": self.cancel,
        }

    @property
    def _tests(self) -> LineTests:
        return self._house.office.line_tests

    async def test(self, arguments: Arguments) -> Any:
        """Begin a test of IT, or a `quick` one; `number` in any writing.

        The gate counts a whole one that is made in the name of an account, `by`.
        """
        stored = self._plan(str(arguments["number"]))
        plan, kind = stored.version.plan.plan, Kind.CANARY if arguments.get("quick") else Kind.IT
        if not arguments.get("by"):
            return _run(await self._tests.start(plan, kind, actor.current().name))
        person = await person_of(self._house.people, arguments["by"])
        with actor.acting(standing_for(person)):
            return _run(await self._tests.start(plan, kind, person))

    async def watch(self, arguments: Arguments) -> Any:
        """How far it is; the report once it is done."""
        run = await self._tests.runs.get(int(arguments["run"]))
        if run is None:
            raise Unknown(f"No hay una prueba {arguments['run']}.")
        report = await self._tests.reports.get(run.report) if run.report else None
        return _run(run) | {"report": {"id": report.id, **body(report)} if report else None}

    async def cancel(self, arguments: Arguments) -> Any:
        await self._tests.cancel(int(arguments["run"]))
        return {"run": arguments["run"]}

    def _plan(self, written: str) -> StoredPlan:
        """The plan that has this number."""
        for stored in self._house.book.standing():
            plan = stored.version.plan
            lines = {number for line in plan.lines for number in (line.header, line.public) if number}
            if number_of(written, plan.subsidiary) in lines:
                return stored
        raise Unknown(f"Ningún plan de la central tiene el número «{written}»; vea «altavoz plan list».")


def number_of(written: str, country: str) -> str | None:
    """E.164 of a number as it is written in a country; None when it is none."""
    try:
        return parse(written, country).e164
    except BadNumber:
        return None


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "plan": run.plan,
        "version": run.version[:12],
        "state": run.state.value,
        "done": run.state is RunState.DONE,
        "planned": [{"id": id, "title": title} for id, title in run.planned],
        "calls": [_call(call) for call in run.ordered],
        "left_out": list(run.left_out),
    }


def _call(call: TestedCall) -> dict[str, Any]:
    failed = [f"{check.title}: {check.found}. {check.advice}" for check in call.checks if not check.passed]
    return {"id": call.id, "title": call.title, "passed": call.passed, "failures": failed}
