"""Recordings by the command line: what is missing, brought by one, approved by another; refusals in words."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from altavoz.operations import REFUSALS
from altavoz.prompt_operations import PromptOperations
from db.all_tables import metadata
from ivr_audio.store import SoundStore
from plans.book import PlanBook, StoredPlan
from plans.load import load_files, load_site
from plans.model import PlanVersion
from provisioning.prompts.desk import PromptDesk
from provisioning.prompts.known import KnownPlans
from provisioning.prompts.overview import Overview
from staff.actor import Actor, acting
from staff.people import People
from staff.profile import Profile
from staff.roles import Role
from tests.support.databases import fresh_engine
from tests.unit.ivr_audio.sounds import voice, write

ROOT = Path(__file__).parents[3]
SALUDO = {"plan": "hogar-nandu", "prompt": "saludo"}


@dataclass
class Rooms:
    """As much of a house as these operations stand on."""

    people: People
    prompts: PromptDesk
    prompt_needs: Overview

    @property
    def office(self) -> "Rooms":
        return self


@pytest.fixture
async def ask(tmp_path: Path) -> AsyncIterator[Any]:
    """Asks as the control socket does."""
    book = PlanBook()
    loading = load_files(
        [ROOT / "plans/examples/hogar-nandu.yaml"], load_site(ROOT / "plans/example-site.yaml")
    )
    version = PlanVersion(plan=loading.sources[0].plan, hash="a" * 64)
    book.replace([StoredPlan(version, 1, "", True, datetime.now(UTC), "raul")])
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        sounds = SoundStore(tmp_path / "sounds")
        desk = PromptDesk(engine, lambda: datetime.now(UTC), sounds, tmp_path / "recordings")
        people = People(engine, lambda: datetime.now(UTC))
        for name, role in (("carla", Role.COMMERCIAL), ("olga", Role.OPERATIONS)):
            await people.open(name, Profile(name.capitalize(), frozenset({role})), None)
        overview = Overview(KnownPlans(book, list), desk.store, desk.waivers)
        handlers = PromptOperations(Rooms(people, desk, overview)).handlers()  # type: ignore[arg-type]

        async def asked(command: str, **arguments: object) -> Any:
            return await handlers[command](arguments)

        yield asked


@contextmanager
def by(name: str) -> Iterator[None]:
    with acting(Actor(name, "command")):
        yield


async def test_a_recording_is_brought_by_one_and_approved_by_another(ask: Any, tmp_path: Path) -> None:
    file = str(write(tmp_path / "a.flac", voice()))
    with by("carla"):
        made = await ask("prompt/add", **SALUDO, file=file)
        assert (made["number"], made["state"]) == (1, "pending")
        with pytest.raises(REFUSALS, match="otra persona"):
            await ask("prompt/approve", **SALUDO, by="carla")
    rows = {row["prompt"]: row for row in await ask("prompt/list", plan="hogar-nandu")}
    assert (rows["saludo"]["stand"], rows["saludo"]["by"], rows["saludo"]["lost"]) == (
        "pending", "carla", False
    )  # fmt: skip
    assert rows["espera"]["stand"] == "missing" and rows["espera"]["number"] is None
    assert (await ask("prompt/approve", **SALUDO, by="olga"))["approved"] is True
    with by("carla"):
        await ask("prompt/add", **SALUDO, file=file)
    rejected = await ask("prompt/reject", **SALUDO, number=2, reason="ruido", by="olga")
    assert rejected["state"] == "rejected"


@pytest.mark.parametrize("command", ["prompt/approve", "prompt/reject"])
async def test_a_recording_is_judged_by_a_person_never_by_the_machine(
    ask: Any, tmp_path: Path, command: str
) -> None:
    with by("root"):
        await ask("prompt/add", **SALUDO, file=str(write(tmp_path / "a.flac", voice())))
        with pytest.raises(REFUSALS, match="una máquina no la aprueba"):
            await ask(command, **SALUDO, reason="Se oye bien")
    rows = {row["prompt"]: row for row in await ask("prompt/list", plan="hogar-nandu")}
    assert rows["saludo"]["stand"] == "pending"


async def test_in_the_name_of_a_person_it_is_theirs(ask: Any, tmp_path: Path) -> None:
    with by("root"):
        await ask("prompt/add", **SALUDO, file=str(write(tmp_path / "a.flac", voice())), by="carla")
        with pytest.raises(REFUSALS, match="otra persona"):
            await ask("prompt/approve", **SALUDO, by="carla")
        assert (await ask("prompt/approve", **SALUDO, by="olga"))["approved"] is True
    rows = {row["prompt"]: row for row in await ask("prompt/list", plan="hogar-nandu")}
    assert (rows["saludo"]["by"], rows["saludo"]["decided_by"]) == ("carla", "olga")


async def test_files_that_are_gone_are_said_to_be(ask: Any, tmp_path: Path) -> None:
    with by("carla"):
        await ask("prompt/add", **SALUDO, file=str(write(tmp_path / "a.flac", voice())))
    for folder in ("sounds", "recordings"):
        for file in (tmp_path / folder).iterdir():
            file.unlink()
    rows = [row for row in await ask("prompt/list") if row["prompt"] == "saludo"]
    assert rows[0]["lost"] is True


@pytest.mark.parametrize(
    ("command", "arguments", "words"),
    [
        ("prompt/list", {"plan": "nada"}, "No hay un plan «nada»"),
        ("prompt/add", SALUDO | {"file": "/nada.wav"}, "No se puede leer «/nada.wav»"),
        (
            "prompt/add",
            SALUDO | {"prompt": "x", "file": "/nada.wav"},
            "no tiene un mensaje «x»; tiene: saludo",
        ),
        ("prompt/approve", SALUDO, "ninguna grabación espera aprobación"),
        ("prompt/approve", SALUDO | {"number": 7}, "no hay una grabación 7"),
    ],
)
async def test_what_cannot_be_is_said_in_words(ask: Any, command: str, arguments: dict, words: str) -> None:
    with pytest.raises(REFUSALS, match=words):
        await ask(command, **arguments)
