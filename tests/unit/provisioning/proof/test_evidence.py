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

    async def reported(self, kind: Kind, by: str, result: Result = Result.PASSED) -> None:
        of = ("hogar-nandu", "Hogar", "AR", "Seguros Ñandú S.A.", self.version.hash, self.entry, "3f2a", by)
        await self.reports.add(Report(kind, *of, NOW, NOW, result))

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
