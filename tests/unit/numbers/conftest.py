from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from plans.book import PlanBook, StoredPlan
from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import Site
from provisioning.numbers.states import NumberKind
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import Entry, Holder
from tests.support.databases import BACKENDS, fresh_engine

ROOT = Path(__file__).parents[3]
H1, H2, H3 = "+541140001000", "+541140001001", "+541140001002"
PUBLIC, PUBLIC_TOO = "+548005550001", "+548105550001"
BOGOTA = "+576015550001"
ATLAS = Holder("vial-atlas", "AR", "Banco Atlas", alta=7)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@cache
def example_site() -> Site:
    return load_site(ROOT / "plans/example-site.yaml")


@cache
def stored_plans() -> tuple[StoredPlan, ...]:
    """The example plans, live."""
    loading = load_files(sorted((ROOT / "plans/examples").glob("*.yaml")), example_site())
    at = datetime(2026, 1, 5, tzinfo=UTC)
    versions = [
        PlanVersion(plan=source.plan, hash=f"{place:x}" * 64)
        for place, source in enumerate(loading.sources, 10)
    ]
    return tuple(StoredPlan(version, 1, "", True, at, "raul") for version in versions)


def header(e164: str, carrier: str = "telecom-ar", subsidiary: str = "AR") -> Entry:
    return Entry(e164, NumberKind.HEADER, subsidiary, carrier)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return example_site()


@pytest.fixture
def book() -> PlanBook:
    return PlanBook()


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as opened:
        yield opened


@pytest.fixture
def numbers(engine: AsyncEngine, clock: Clock, site: Site, book: PlanBook) -> Numbers:
    return Numbers(engine, clock, site, book, timedelta(days=180))


@pytest.fixture
async def stocked(numbers: Numbers) -> Numbers:
    """Three headers of Argentina and one of Colombia, all free."""
    await numbers.add([header(H1), header(H2), header(H3)], "rango de prueba")
    await numbers.add([header(BOGOTA, "claro-co", "CO")])
    return numbers
