from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from db.all_tables import metadata
from plans.book import PlanBook, StoredPlan
from plans.model import PlanVersion
from provisioning.alta.evidence import Found
from provisioning.proof.evidence import proof_evidence
from provisioning.proof.reports import Kind, Report, Result
from provisioning.proof.store import Reports
from tests.support.databases import fresh_engine
from tests.support.played_calls import NOW

ALTA: Any = SimpleNamespace(plan="hogar-nandu")


class Asked:
    def __init__(self, reports: Reports, version: PlanVersion) -> None:
        self.reports, self.version = reports, version
        self.book, self.entry = PlanBook(), "plan-x-1"

    async def reported(
        self, kind: Kind, by: str, result: Result = Result.PASSED, numbers: tuple[str, ...] = ()
    ) -> None:
        of = ("hogar-nandu", "Hogar", "AR", "Seguros Ñandú S.A.", self.version.hash, self.entry, "3f2a", by)
        await self.reports.add(Report(kind, *of, NOW, NOW, result, numbers=numbers))

    async def found(self, name: str) -> Found:
        return await proof_evidence(self.reports, self.book, lambda plan, hash: self.entry)[name](ALTA)


@pytest.fixture
async def asked(versions: Mapping[str, PlanVersion], tmp_path: Path) -> AsyncIterator[Asked]:
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        made = Asked(Reports(engine), versions["hogar-nandu"])
        made.book.replace([StoredPlan(made.version, 1, "", False, NOW, "ivan", candidate=True)])
        yield made


async def test_nothing_is_proven_before_somebody_tested(asked: Asked) -> None:
    found = await asked.found("tested-it")
    assert not found.ok and "todavía no probó" in found.said and found.link == "/line-tests/of/hogar-nandu"
    asked.book.replace([])
    assert "no está en la central" in (await asked.found("tested-it")).said


async def test_both_areas_prove_it_with_two_people(asked: Asked) -> None:
    await asked.reported(Kind.IT, "ivan")
    await asked.reported(Kind.OPERATIONS, "olga")
    for name, by in (("tested-it", "ivan"), ("tested-operations", "olga")):
        found = await asked.found(name)
        assert found.ok and found.by == (by,) and found.link.startswith("/line-tests/")


async def test_one_person_twice_proves_nothing(asked: Asked) -> None:
    await asked.reported(Kind.IT, "ivan")
    await asked.reported(Kind.OPERATIONS, "ivan")
    assert "misma persona" in (await asked.found("tested-operations")).said


async def test_a_plan_that_changed_after_its_test_is_untested(asked: Asked) -> None:
    await asked.reported(Kind.IT, "ivan")
    asked.entry = "plan-x-2"
    assert "cambió después" in (await asked.found("tested-it")).said


async def test_a_test_that_failed_says_so(asked: Asked) -> None:
    await asked.reported(Kind.IT, "ivan", Result.FAILED)
    assert "no pasó" in (await asked.found("tested-it")).said


LINE = ("+541143218765",)


async def test_only_a_call_by_hand_comes_from_outside(asked: Asked) -> None:
    await asked.reported(Kind.IT, "ivan", numbers=LINE)
    found = await asked.found("dialled-from-outside")
    assert not found.ok and found.said == "Desde afuera nadie llamó todavía al 0800-555-1234."
    assert found.link == "/line-tests/of/hogar-nandu#hand-h"
    await asked.reported(Kind.BY_HAND, "sofia", numbers=LINE)
    found = await asked.found("dialled-from-outside")
    assert found.ok and found.said.endswith("al 0800-555-1234 y la llamada pasó: informe 2.")
    assert (found.link, found.by, found.at) == ("/line-tests/2", ("sofia",), NOW)
    asked.entry = "plan-x-2"
    assert not (await asked.found("dialled-from-outside")).ok
    asked.book.replace([])
    assert "no está en la central" in (await asked.found("dialled-from-outside")).said


async def test_the_last_call_from_outside_counts(asked: Asked) -> None:
    await asked.reported(Kind.BY_HAND, "sofia", numbers=LINE)
    await asked.reported(Kind.BY_HAND, "sofia", Result.FAILED, LINE)
    await asked.reported(Kind.BY_HAND, "sofia", Result.INTERRUPTED, LINE)
    found = await asked.found("dialled-from-outside")
    assert not found.ok and found.said.endswith("no pasó: informe 2.") and found.link == "/line-tests/2"


async def test_each_line_is_dialled(asked: Asked) -> None:
    plan = asked.version.plan
    further = plan.lines[0].model_copy(update={"header": "+541143219999", "public": "+548005559999"})
    both = plan.model_copy(update={"lines": (*plan.lines, further)})
    version = asked.version.model_copy(update={"plan": both})
    asked.book.replace([StoredPlan(version, 1, "", False, NOW, "ivan", candidate=True)])
    await asked.reported(Kind.BY_HAND, "sofia", numbers=LINE)
    found = await asked.found("dialled-from-outside")
    assert not found.ok and "informe 1" in found.said and "todavía al 0800-555-9999." in found.said
    await asked.reported(Kind.BY_HAND, "ivan", numbers=("+541143219999",))
    found = await asked.found("dialled-from-outside")
    assert found.ok and found.by == ("sofia", "ivan")
