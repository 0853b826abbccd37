from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from ivr_audio.store import SoundStore
from plans.load import load_files, load_site
from plans.model import Plan
from provisioning.prompts import desk
from provisioning.prompts.desk import PromptDesk
from provisioning.prompts.values import Recording
from staff.actor import Actor, acting
from tests.support.databases import BACKENDS, fresh_engine
from tests.unit.ivr_audio.sounds import opened_once, voice, write

ROOT = Path(__file__).parents[4]


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as opened:
        yield opened


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "prompt_sound", opened_once)


@contextmanager
def of(name: str) -> Iterator[None]:
    """Within, this person acts."""
    with acting(Actor(name, "web")):
        yield


@dataclass
class Booth:
    """A desk for recordings, and a file to record with; its clock goes on a minute with each look."""

    engine: AsyncEngine
    folder: Path
    now: datetime = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    desk: PromptDesk = field(init=False)
    sounds: SoundStore = field(init=False)

    def __post_init__(self) -> None:
        self.sounds = SoundStore(self.folder / "sounds")
        self.desk = PromptDesk(self.engine, self._later, self.sounds, self.folder / "originals")

    def _later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def file(self, loudness: float = 1.0) -> Path:
        path = self.folder / f"{loudness}.flac"
        return path if path.exists() else write(path, voice() * loudness)

    async def record(self, plan: Plan, prompt: str = "saludo", by: str = "carla", **how: float) -> Recording:
        said = plan.prompts[prompt].text or ""
        with of(by):
            return await self.desk.bring(plan.plan, prompt, said, self.file(**how), "toma.flac", "file")


@pytest.fixture
def booth(engine: AsyncEngine, tmp_path: Path) -> Booth:
    return Booth(engine, tmp_path)


@pytest.fixture(scope="session")
def nandu() -> Plan:
    site = load_site(ROOT / "plans/example-site.yaml")
    loading = load_files([ROOT / "plans/examples/hogar-nandu.yaml"], site)
    return loading.sources[0].plan
