"""What is done at the machine in somebody's name: who may lend it, and what the audit trail says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

import staff.passwords
from altavoz.operations import REFUSALS
from altavoz.plan_operations import PlanOperations
from db.all_tables import metadata
from plans.book import PlanBook
from plans.load import load_site
from plans.store import PlanStore
from staff.actor import Actor, acting
from staff.audit_table import audit
from staff.people import People
from staff.profile import Profile
from staff.roles import Role
from staff.scope import Scope
from tests.support.databases import fresh_engine
from tests.support.publishing import Publishing

PLANS = Path(__file__).parents[3] / "plans"
SITE = load_site(PLANS / "example-site.yaml")
FILES = {"files": [str(PLANS / "examples/hogar-nandu.yaml")]}
PEOPLE = {"ivan": (Role.IT, ""), "olga": (Role.OPERATIONS, ""), "ines": (Role.IT, "MX")}


@dataclass
class Machine:
    """Asks as the control socket does, as the machine's account `root`."""

    operations: PlanOperations
    book: PlanBook
    engine: AsyncEngine

    async def applies(self, **arguments: Any) -> Any:
        with acting(Actor("root", "command")):
            return await self.operations.apply(FILES | arguments)

    async def told(self) -> set[tuple[str, str, str | None]]:
        columns = audit.c.actor, audit.c.via, audit.c.address
        async with self.engine.connect() as connection:
            found = await connection.execute(select(*columns).where(audit.c.action == "plan.candidate"))
            return {(row.actor, row.via, row.address) for row in found}


@pytest.fixture
async def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Machine]:
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(staff.passwords, "_HASHER", quick)
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        book, people = PlanBook(), People(engine, lambda: datetime.now(UTC))
        publishing = Publishing(engine, tmp_path, SITE, book, lambda: datetime.now(UTC))
        for name, (role, country) in PEOPLE.items():
            scope = Scope(frozenset({country})) if country else Scope()
            await people.open(name, Profile(name.capitalize(), frozenset({role}), scope=scope), None)
        publishing.start()
        house = SimpleNamespace(
            people=people, provisioner=publishing.provisioner, book=book, plan_store=PlanStore(engine)
        )
        yield Machine(PlanOperations(house), book, engine)  # type: ignore[arg-type]


async def test_a_plan_is_applied_in_the_name_of_a_person_and_both_are_told(machine: Machine) -> None:
    await machine.applies(by="ivan")
    assert machine.book.of("hogar-nandu").candidate.applied_by == "ivan"
    assert await machine.told() == {("ivan", "command", "root")}


async def test_without_a_name_it_is_the_machines_own(machine: Machine) -> None:
    await machine.applies()
    assert machine.book.of("hogar-nandu").candidate.applied_by == "root"
    assert await machine.told() == {("root", "command", None)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"by": "nadie"}, "No hay una cuenta activa «nadie»"),
        ({"by": "olga"}, "«olga» no puede hacer eso en la consola"),
        ({"by": "ines"}, "«hogar-nandu» está fuera de lo que ve «ines»"),
        ({"by": "ivan", "going": "release", "reason": "ya"}, "«ivan» no puede hacer eso en la consola"),
    ],
)
async def test_nobody_lends_a_name_for_what_they_may_not_do(
    machine: Machine, arguments: dict[str, str], said: str
) -> None:
    with pytest.raises(REFUSALS, match=said):
        await machine.applies(**arguments)
    assert machine.book.of("hogar-nandu").tested is None
