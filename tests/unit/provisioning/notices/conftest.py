"""An office with people who have addresses, evidence that the tests decide, and a post for its letters."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import staff.passwords
from db.all_tables import metadata
from mail.message import address
from mail.outbox import Outbox
from mail.postman import Postman
from mail.relay import relay
from mail.tables import outbox
from plans.book import PlanBook
from plans.load import load_site
from plans.model import Account
from provisioning.alta.events import Happened
from provisioning.alta.evidence import EVIDENCE, Evidence, Found
from provisioning.alta.ledger import Doing
from provisioning.alta.load import SHIPPED, load_procedure
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView, StepView
from provisioning.office import Office
from staff.areas import Areas
from staff.people import People
from staff.person import Person
from staff.profile import Profile
from staff.roles import Role
from tests.support.databases import BACKENDS, fresh_engine
from tests.support.mail_server import MailServer, mail_server
from tests.support.publishing import Publishing

EXAMPLES = Path(__file__).parents[4] / "plans/examples"
SITE = load_site(EXAMPLES.parent / "example-site.yaml")
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""A Monday at noon in Buenos Aires."""
PEOPLE = {
    "clara": (Role.COMMERCIAL, "Comercial"),
    "carlos": (Role.COMMERCIAL, "Comercial"),
    "olga": (Role.OPERATIONS, "Operaciones"),
    "oscar": (Role.OPERATIONS, "Operaciones"),
    "ivan": (Role.IT, "Sistemas"),
    "paula": (Role.PROVIDERS, "Prestadores"),
    "tomas": (Role.TMK, "TMK"),
    "lea": (Role.FINANCE, "Finanzas"),
    "ada": (Role.ADMINISTRATOR, ""),
    "cora": (Role.COORDINATOR, ""),
    "cesar": (Role.COORDINATOR, ""),
}
AREAS = load_procedure(SHIPPED).procedure.areas()
"""What the procedure's areas are called, by name."""
GROUPS = {"cora": ("cat", "sac"), "cesar": ("sac",)}
REQUEST = AltaRequest(
    plan="hogar-nandu",
    name="Hogar Ñandú",
    account=Account(name="Seguros Ñandú", type="aseguradora", tax_id="30-71234567-8"),
    subsidiary="AR",
    sold_by=("agencia",),
)
SENDER = address("altavoz@empresa.example", "Altavoz")


def area_of(label: str) -> str:
    """The short name of an area of the procedure."""
    return next(name for name, called in AREAS.items() if called == label)


everywhere = pytest.mark.parametrize("engine", BACKENDS, indirect=True)
"""For tests of what each database does in its own way; the others run on the first."""


class Clock:
    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def at(self, day: int, hour: int = 12, month: int = 3) -> None:
        """That hour of Buenos Aires."""
        self.now = datetime(2026, month, day, hour + 3, tzinfo=UTC)


@dataclass
class Bench:
    """The office under test. `true` are the names of the evidence that is there; others may be real."""

    office: Office
    clock: Clock
    people: dict[str, Person]
    engine: AsyncEngine
    true: set[str] = field(default_factory=set)
    seen: int = 0

    def played(self, name: str) -> Evidence:
        async def found(_alta: AltaView) -> Found:
            there = name in self.true
            return Found(there, f"{EVIDENCE[name]}{'' if there else ': todavía no'}.")

        return found

    async def begun(self, by: str = "clara") -> AltaView:
        return await self.office.altas.start(REQUEST, self.people[by])

    async def closed(self, id: int, *steps: str, by: str = "ada") -> AltaView:
        """Steps closed one after another, with their evidence where they want any."""
        for step in steps:
            alta = await self.office.altas.find(id)
            assert alta is not None
            view = alta.step(step)
            assert view is not None
            self.true |= set(view.step.evidence)
            for document in view.step.documents:
                await self.attached(id, step, document.name)
            if view.step.signatures:
                await self.signed(id, view)
            answers = {question.name: "Ninguna." for question in view.step.questions}
            if view.step.closes == "by-evidence":
                await self.office.altas.by_itself.look()
            else:
                await self.office.altas.finish(id, step, self.people[by], answers, "Está hecho.")
        after = await self.office.altas.find(id)
        assert after is not None
        return after

    async def attached(self, id: int, step: str, name: str) -> None:
        """A document, as far as the alta knows of it."""
        data = {"document": 1, "name": name, "title": name, "revision": 1}
        await self._happens(id, Doing(Happened.ATTACHED, step, data=data))

    async def signed(self, id: int, view: StepView) -> None:
        """A form, as far as the alta knows of it, with the word of each area."""
        form = {"form": view.step.form or view.id, "version": 1 if view.step.form else view.round}
        if view.step.form:
            await self._happens(id, Doing(Happened.FORM_CHANGED, view.id, data=form))
        for area in view.step.signatures:
            name = {"Comercial": "clara", "Operaciones": "olga"}[AREAS[area]]
            signed = {**form, "area": area, "decision": "approved"}
            await self._happens(id, Doing(Happened.SIGNED, view.id, data=signed), name)

    async def _happens(self, id: int, doing: Doing, by: str = "ada") -> None:
        async def work(_connection: AsyncConnection, _alta: AltaView) -> Doing:
            return doing

        await self.office.altas.record(id, self.people[by], work)

    async def mails(self) -> list[tuple[str, str]]:
        """To whom and about what, what was written since the last time."""
        wanted = select(outbox.c.id, outbox.c.recipient, outbox.c.subject).where(outbox.c.id > self.seen)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(outbox.c.id))).all()
        self.seen = rows[-1].id if rows else self.seen
        return [
            (row.recipient.partition("@")[0], row.subject.partition("] ")[2] or row.subject) for row in rows
        ]

    async def look(self) -> list[tuple[str, str]]:
        """What the loop writes now."""
        await self.office.notices.minder.look()
        return await self.mails()


@pytest.fixture(autouse=True)
def quick_argon2(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(staff.passwords, "_HASHER", quick)


@pytest.fixture
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(getattr(request, "param", BACKENDS[0]), tmp_path, metadata) as opened:
        yield opened


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path) -> Bench:
    clock, book = Clock(), PlanBook()
    publishing = Publishing(engine, tmp_path, SITE, book, clock)
    office = Office(
        engine=engine,
        clock=clock,
        site=SITE,
        book=book,
        people=People(engine, clock),
        areas=Areas(engine),
        home=tmp_path,
        address="https://altavoz.example",
        outbox=Outbox(engine, "altavoz.example"),
        sounds=publishing.sounds,
        provisioner=publishing.provisioner,
        mailbox=Address("", "altas", "empresa.example"),
    )
    for name, label in AREAS.items():
        await office.areas.add(name, label)
    made = {name: await _person(office, name) for name in PEOPLE}
    bench = Bench(office, clock, made, engine)
    for name in EVIDENCE:
        office.evidence[name] = bench.played(name)
    return bench


async def _person(office: Office, name: str) -> Person:
    role, label = PEOPLE[name]
    profile = Profile(
        name.capitalize(),
        frozenset({role}),
        groups=GROUPS.get(name, ()),
        areas=(area_of(label),) if label else (),
        email=f"{name}@empresa.example",
    )
    return (await office.people.open(name, profile, None)).person


@pytest.fixture
def server() -> Iterator[MailServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with mail_server(port) as opened:
        yield opened


@asynccontextmanager
async def post(bench: Bench, server: MailServer) -> AsyncIterator[Postman]:
    """Somebody who takes the letters to the server."""
    assert bench.office.outbox is not None
    postman = Postman(bench.office.outbox, relay(f"smtp://127.0.0.1:{server.port}"), SENDER, bench.clock)
    task = asyncio.create_task(postman.run())
    try:
        yield postman
    finally:
        await postman.close()
        await task


async def come(server: MailServer, count: int) -> None:
    """That many messages arrived."""
    async with asyncio.timeout(5):
        while len(server.messages) < count:  # noqa: ASYNC110 - the server is in another thread
            await asyncio.sleep(0.01)
