import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cases.board import Board
from cases.desk import CaseDesk
from cases.spool import KeepsFacts
from cases.store import CaseStore
from cases.writer import Intake
from db.all_tables import metadata
from db.engine import open_engine
from plans.book import PlanBook, StoredPlan
from plans.model import Plan, PlanVersion
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallHeld,
    CallPlaced,
    CallQueued,
    CallResumed,
    CallRinging,
    CallTransferred,
    ChoiceMade,
    DigitsEntered,
    PartyJoined,
    PartyLeft,
    RingUnanswered,
)
from tests.support.databases import BACKENDS, fresh_engine

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HASH = "ab" * 32
PHONES = {"101": "ana", "102": "beto", "103": "carla"}

PLAN = {
    "altavoz": 1,
    "plan": "hogar-nandu",
    "name": "Asistencia Hogar Ñandú Plus",
    "account": {"name": "Seguros Ñandú S.A.", "type": "aseguradora"},
    "subsidiary": "AR",
    "fantasy_name": "ASISTENCIA ÑANDÚ",
    "starts": "2026-03-01",
    "ends": "2026-12-31",
    "lines": [{"header": "+541143218765", "public": "+548005551234", "carrier": "telecom-ar"}],
    "prompts": {"principal": {"text": "Marque 1."}, "consultas": {"text": "Marque 2."}},
    "answer": [{"menu": "principal"}],
    "menus": {
        "principal": {
            "say": "principal",
            "choices": {
                "1": {"label": "Emergencia", "queue": "cat", "kind": "emergencia", "priority": 10},
                "3": {"label": "Consultas y reclamos", "menu": "consultas"},
                "9": {"repeat": True},
            },
            "otherwise": {"queue": "cat"},
        },
        "consultas": {
            "say": "consultas",
            "choices": {
                "1": {"label": "Cobertura", "queue": "sac", "kind": "informacion"},
                "2": {"label": "Reclamo", "queue": "sac", "kind": "reclamo"},
            },
            "otherwise": {"queue": "sac"},
        },
    },
    "coverages": [{"code": "PLOM", "name": "Plomería", "service": "hogar", "kind": "emergencia"}],
    "guide": "«Asistencia Ñandú, buenas noches.»",
}


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Story:
    """The facts of one call, told in order; each is a second after the one before."""

    def __init__(self, call: str, start: datetime = START, caller: str | None = "+5491155550001") -> None:
        self.call, self.at, self.caller = call, start, caller
        self.facts: list[CallFact] = []

    def tell(self, kind: type[CallFact], **detail: object) -> "Story":
        self.facts.append(kind(call=self.call, at=self.at, **detail))
        self.at += timedelta(seconds=1)
        return self

    def arrives(self, name: str = "PEÑA", version: str = HASH[:12]) -> "Story":
        return self.tell(
            CallArrived, linkedid=self.call, line="+541143218765", plan="hogar-nandu", version=version,
            carrier="telecom-ar", caller=self.caller, caller_name=name,
        )  # fmt: skip

    def presses(self, menu: str, digit: str) -> "Story":
        return self.tell(ChoiceMade, menu=menu, digit=digit)

    def types(self, name: str, digits: str) -> "Story":
        return self.tell(DigitsEntered, name=name, digits=digits)

    def waits(self, queue: str = "cat", priority: int = 10) -> "Story":
        return self.tell(CallQueued, queue=queue, priority=priority)

    def rings(self, extension: str = "101", queue: str = "cat") -> "Story":
        return self.tell(CallRinging, queue=queue, extension=extension)

    def rings_in_vain(self, extension: str = "101", queue: str = "cat") -> "Story":
        return self.rings(extension, queue).tell(RingUnanswered, queue=queue, extension=extension)

    def is_answered(self, extension: str = "101", queue: str | None = "cat") -> "Story":
        return self.tell(CallAnswered, queue=queue, extension=extension)

    def is_held(self, extension: str = "101") -> "Story":
        return self.tell(CallHeld, extension=extension)

    def is_resumed(self, extension: str = "101") -> "Story":
        return self.tell(CallResumed, extension=extension)

    def is_passed(self, by: str, to: str, way: str = "blind") -> "Story":
        return self.tell(CallTransferred, way=way, by=by, to=to)

    def joins(self, party: str) -> "Story":
        return self.tell(PartyJoined, party=party)

    def leaves(self, party: str) -> "Story":
        return self.tell(PartyLeft, party=party)

    def is_placed(self, extension: str = "101", number: str = "+5491155550001") -> "Story":
        """A call of ours to somebody."""
        return self.tell(
            CallPlaced, linkedid=self.call, extension=extension, number=number, carrier="x", shown="",
        )  # fmt: skip

    def ends(self, outcome: str = "answered", phase: str = "talking") -> "Story":
        return self.tell(CallEnded, outcome=outcome, phase=phase, by="caller", cause=16)

    def served(self, extension: str = "101") -> "Story":
        """A whole plain call of an emergency."""
        self.arrives().presses("principal", "1").types("documento", "20123456").waits()
        return self.rings(extension).is_answered(extension).ends()


@dataclass
class House:
    """This room wired as the process wires it, on an empty database."""

    engine: AsyncEngine
    clock: Clock
    book: PlanBook
    board: Board
    store: CaseStore
    desk: CaseDesk

    def intake(self, capacity: int = 1000, spool: KeepsFacts | None = None) -> Intake:
        return Intake(self.engine, self.book, PHONES.get, self.clock, self.board, capacity, spool)

    async def feed(self, *facts: CallFact) -> Intake:
        """A process starts, takes the facts, commits them and stops."""
        intake = self.intake()
        await intake.restore()
        running = asyncio.create_task(intake.run())
        for fact in facts:
            await intake.take(fact)
        await intake.close()
        await running
        return intake


def make_house(engine: AsyncEngine) -> House:
    clock, book = Clock(), PlanBook()
    book.replace([StoredPlan(PlanVersion(plan=make_plan(), hash=HASH), 1, "", True, START, "it")])
    board = Board(PHONES.get)
    return House(engine, clock, book, board, CaseStore(engine), CaseDesk(engine, book, clock, board))


def make_plan(**changes: object) -> Plan:
    return Plan.model_validate_json(json.dumps(PLAN | changes))


@pytest.fixture
def plan() -> Plan:
    return make_plan()


@pytest.fixture
def told() -> type[Story]:
    """Tells the facts of calls."""
    return Story


@pytest.fixture(params=BACKENDS)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    async with fresh_engine(request.param, tmp_path, metadata) as engine:
        yield make_house(engine)


@pytest.fixture
async def sqlite_house(tmp_path: Path) -> AsyncIterator[House]:
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        yield make_house(engine)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row."""
    path = tmp_path_factory.mktemp("empty") / "house.db"

    async def make() -> None:
        engine = open_engine(f"sqlite:///{path}")
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()

    asyncio.run(make())
    return path


@pytest.fixture
def new_house(empty_database: Path) -> Callable[[Path], Awaitable[House]]:
    """Makes a house on a new SQLite file of its own."""

    async def make(folder: Path) -> House:
        shutil.copy(empty_database, folder / "house.db")
        return make_house(open_engine(f"sqlite:///{folder / 'house.db'}"))

    return make
