"""An office with its people, and evidence that the tests decide."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncEngine

import staff.passwords
from db.all_tables import metadata
from ivr_audio.store import SoundStore
from plans.book import PlanBook
from plans.load import load_site
from plans.model import Account
from provisioning.alta.evidence import EVIDENCE, Found
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView
from provisioning.office import Office
from staff.areas import Areas
from staff.people import People
from staff.person import Person
from staff.profile import Profile
from staff.roles import Role
from tests.support.databases import BACKENDS, fresh_engine
from tests.support.publishing import Publishing

SITE = load_site(Path(__file__).parents[4] / "plans/example-site.yaml")
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""A Monday at noon in Buenos Aires."""
PEOPLE = {
    "clara": (Role.COMMERCIAL, "commercial"),
    "carlos": (Role.COMMERCIAL, "commercial"),
    "olga": (Role.OPERATIONS, "operations"),
    "ivan": (Role.IT, "it"),
    "paula": (Role.PROVIDERS, "providers"),
    "tomas": (Role.TMK, "tmk"),
    "ada": (Role.ADMINISTRATOR, ""),
    "lea": (Role.FINANCE, "finance"),
}
REQUEST = AltaRequest(
    plan="hogar-nandu",
    name="Hogar Ñandú",
    account=Account(name="Seguros Ñandú", type="aseguradora", tax_id="30-71234567-8"),
    subsidiary="AR",
    sold_by=("agencia",),
)


class Clock:
    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)


@dataclass
class Bench:
    """The office under test. `true` are the names of the evidence that is there; others may be real."""

    office: Office
    clock: Clock
    people: dict[str, Person]
    true: set[str] = field(default_factory=set)

    def played(self, name: str) -> None:
        async def found(_alta: AltaView) -> Found:
            there = name in self.true
            return Found(there, f"{EVIDENCE[name]}{'' if there else ': todavía no'}.")

        self.office.evidence[name] = found


@pytest.fixture(autouse=True)
def quick_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(staff.passwords, "_HASHER", quick)


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as opened:
        yield opened


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path) -> Bench:
    """An office with a person or two an area, and every evidence played by the test."""
    clock = Clock()
    people, areas = People(engine, clock), Areas(engine)
    address, sounds = "https://altavoz.example", SoundStore(tmp_path / "sounds")
    book = PlanBook()
    provisioner = Publishing(engine, tmp_path, SITE, book, clock).provisioner
    office = Office(engine, clock, SITE, book, people, areas, tmp_path, address, None, sounds, provisioner)
    for name, label in office.altas.written.procedure.areas().items():
        await areas.add(name, label)
    made = {}
    for name, (role, area) in PEOPLE.items():
        profile = Profile(name.capitalize(), frozenset({role}), areas=(area,) if area else ())
        made[name] = (await people.open(name, profile, None)).person
    bench = Bench(office, clock, made)
    for name in EVIDENCE:
        bench.played(name)
    return bench
