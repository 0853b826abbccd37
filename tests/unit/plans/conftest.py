"""What the tests of plans share: the examples, changed as a test likes, and what loading them says."""

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from plans.load import Loading, load_files, load_site, read_plan
from plans.model import Plan
from plans.site import Site
from tests.support.databases import BACKENDS, fresh_engine

PLANS = Path(__file__).resolve().parents[3] / "plans"
TODAY = date(2026, 12, 1)

Replacement = tuple[str, str]


@pytest.fixture(scope="session")
def examples() -> dict[str, str]:
    """The texts of the example plans, by their names."""
    return {path.stem: path.read_text() for path in sorted((PLANS / "examples").glob("*.yaml"))}


@pytest.fixture(scope="session")
def site_text() -> str:
    return (PLANS / "example-site.yaml").read_text()


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(PLANS / "example-site.yaml")


@pytest.fixture(scope="session")
def plans(examples: dict[str, str]) -> dict[str, Plan]:
    return {name: read_plan(text, f"{name}.yaml").plan for name, text in examples.items()}


def _changed(text: str, changes: tuple[Replacement, ...]) -> str:
    for old, new in changes:
        assert old in text, f"the example has no {old!r}"
        text = text.replace(old, new, 1)
    return text


@pytest.fixture
def changed() -> Callable[..., str]:
    """A text with the first of each `old` replaced by its `new`; every `old` must be there."""
    return lambda text, *changes: _changed(text, changes)


@pytest.fixture
def loading(tmp_path: Path, site: Site) -> Callable[..., Loading]:
    """Loads texts (or bytes) as the files a.yaml, b.yaml … of one folder."""

    def load(*texts: str | bytes, others: tuple[Plan, ...] = (), on: Site = site) -> Loading:
        paths = [tmp_path / f"{name}.yaml" for name, _ in zip("abcdefgh", texts, strict=False)]
        for path, text in zip(paths, texts, strict=True):
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_files(paths, on, others, today=TODAY)

    return load


@pytest.fixture
def said(loading: Callable[..., Loading]) -> Callable[..., list[tuple[int, str]]]:
    """The line and the code of every problem of one text."""
    return lambda *texts, **more: [(p.line, p.code) for p in loading(*texts, **more).problems]


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as opened:
        yield opened


@pytest.fixture
def recorded(tmp_path: Path) -> Callable[[str], Path]:
    """Puts a file where a recording should be, beside the plans."""

    def record(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(__file__, path)
        return path

    return record
