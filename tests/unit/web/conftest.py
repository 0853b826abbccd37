"""A console over real rooms on SQLite. Only the PBX is played: its queues, its link, its facts."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar
from aiohttp.test_utils import TestServer
from argon2 import PasswordHasher
from playwright.async_api import Browser, async_playwright
from prometheus_client import REGISTRY
from yarl import URL

import db.all_tables  # noqa: F401 - registers every room's tables
from cases.board import Board
from cases.desk import CaseDesk
from cases.pops import Pops
from cases.presence import Presence
from cases.shifts import Shifts
from cases.store import CaseStore
from cases.writer import Intake
from db.base import Base
from db.engine import open_engine
from mail.outbox import Outbox
from plans.book import PlanBook, StoredPlan
from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import Site
from provisioning.marking import Going
from provisioning.office import Office
from provisioning.phones import Phones
from provisioning.staffing import Staffing
from staff import passwords
from staff.areas import Areas
from staff.audit_readings import Readings
from staff.audit_trail import AuditTrail
from staff.changes import PeopleChanges
from staff.credentials import Credentials
from staff.directory import Directory
from staff.invitations import Invitations
from staff.linked_accounts import LinkedAccounts
from staff.oidc import Client, IdentityProvider
from staff.people import People, Person
from staff.roles import Role
from staff.second_factors import SecondFactors
from staff.sessions import Sessions
from staff.sign_in import SignIn
from staff.steps import Steps
from staff.tokens import Tokens
from staff.vault import Vault
from telephony.ami import LinkState
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallQueued,
    CallRinging,
    ChoiceMade,
    DigitsEntered,
    RingUnanswered,
)
from telephony.journal_store import JournalStore
from telephony.queues import Member
from tests.support.publishing import Publishing
from web.alarm import Alarm
from web.app import make_app
from web.desks import Desks
from web.keys import DESKS
from web.services import Services
from web.status_lines import Section, Status

ROOT = Path(__file__).parents[3]
PASSWORD = "una frase larga"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STAFF = (
    ("ana", "Ana Paz", Role.COORDINATOR, "101"),
    ("beto", "Beto Ruiz", Role.COORDINATOR, "102"),
    ("sofia", "Sofía Luna", Role.SUPERVISOR, "103"),
    ("ivan", "Iván Sosa", Role.IT, None),
    ("olga", "Olga Díaz", Role.OPERATIONS, None),
    ("carla", "Carla Mora", Role.COMMERCIAL, None),
    ("pedro", "Pedro Gil", Role.PROVIDERS, None),
    ("tina", "Tina Rey", Role.TMK, None),
    ("fabio", "Fabio Luz", Role.FINANCE, None),
    ("bruno", "Bruno Sala", Role.BACK_OFFICE, None),
    ("mirta", "Mirta Cruz", Role.MISSION_AREA, None),
    ("queta", "Queta León", Role.QUALITY, None),
    ("raul", "Raúl Vega", Role.ADMINISTRATOR, None),
    ("aurora", "Aurora Ríos", Role.AUDITOR, None),
)
NANDU, NANDU_CALLER = "+541143218765", "+541155551234"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class PlayedQueues:
    """The PBX's queues, as far as presence needs them; `phone` is how every phone is."""

    phone: str = "unavailable"
    serving: set[tuple[str, str]] = field(default_factory=set)
    paused: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    async def add(self, extension: str, queue: str, name: str, devices: int = 1, /) -> None:
        self.serving.add((extension, queue))

    async def remove(self, extension: str, queue: str, /) -> None:
        self.serving.discard((extension, queue))

    async def pause(self, extension: str, paused: bool, reason: str, /) -> None:
        self.paused.pop(extension, None)
        if paused:
            self.paused[extension] = (reason, now())

    async def members(self) -> Mapping[str, list[Member]]:
        queues: dict[str, list[Member]] = {}
        for extension, queue in sorted(self.serving):
            reason, at = self.paused.get(extension, ("", None))
            member = Member(queue, extension, "", at is not None, self.phone, reason, at)
            queues.setdefault(queue, []).append(member)
        return queues


@dataclass
class PlayedFiles:
    """The PBX's configuration of phones: what was written last."""

    written: dict[str, str] = field(default_factory=dict)

    def write_config(self, files: Mapping[str, str]) -> frozenset[str]:
        changed = frozenset(name for name, text in files.items() if self.written.get(name) != text)
        self.written.update(files)
        return changed

    async def reload(self, files: frozenset[str]) -> None:
        pass


@dataclass
class PhonesOfPeople:
    people: People

    async def show(self, extension: str) -> str:
        person = await self.people.by_extension(extension)
        assert person is not None
        return await self.people.sip_secret(person.id) or ""

    async def renew(self, extension: str) -> str:
        person = await self.people.by_extension(extension)
        assert person is not None
        return await self.people.renew_sip_secret(person.id)


class Visitor:
    """A browser without its eyes: keeps cookies, sends the token, follows no redirect."""

    def __init__(self, session: ClientSession, root: URL, csrf: str) -> None:
        self.session = session
        self.root = root
        self.csrf = csrf

    @property
    def origin(self) -> str:
        return str(self.root.origin())

    async def get(self, path: str, **headers: str) -> ClientResponse:
        return await self.session.get(self.root.join(URL(path)), allow_redirects=False, headers=headers)

    async def post(self, path: str, data: Mapping[str, str] | None = None, **headers: str) -> ClientResponse:
        sent = {"X-CSRF-Token": self.csrf, "Accept": "application/json"} | headers
        address = self.root.join(URL(path))
        return await self.session.post(address, data=data or {}, allow_redirects=False, headers=sent)

    async def stream(self) -> ClientWebSocketResponse:
        return await self.session.ws_connect(self.root.join(URL("/desk/stream")), origin=self.origin)


class House:
    """The rooms behind the console and what a test does to them."""

    password = PASSWORD

    def __init__(self, database: Path) -> None:
        self.engine = open_engine(f"sqlite:///{database}")
        self.clock: Callable[[], datetime] = now
        self.link = LinkState(True, now(), "")
        self.release: str | None = "3f2a9c1b7d04"
        self.standing = {"database": True, "pbx": True}
        self.site = example_site()
        self.book = example_book()
        self.people = People(self.engine, lambda: self.clock())
        self.sessions = Sessions(self.engine, lambda: self.clock())
        self.outbox = Outbox(self.engine, "altavoz.example")
        self.vault = Vault(database.parent / "second-factor.key")
        self.tokens = Tokens(self.engine, lambda: self.clock())
        self.audit = AuditTrail(self.engine)
        self.readings = Readings(self.engine)
        self.board = Board(self._name_of)
        self.store = CaseStore(self.engine)
        self.queues = PlayedQueues()
        self.presence = Presence(self.queues, self.board, self._name_of)
        self.desk = CaseDesk(self.engine, self.book, lambda: self.clock(), self.board)
        self.intake = Intake(self.engine, self.book, self._name_of, lambda: self.clock(), self.board)
        self.areas = Areas(self.engine)
        self.open_desks = Desks()
        self.phone_files = PlayedFiles()
        self.staffing = Staffing(
            self.people,
            PeopleChanges(self.engine, lambda: self.clock()),
            Phones(self.people, self.phone_files, self._people_changed),
            Shifts(self.presence),
            self.open_desks,
            self.site,
            lambda: {plan.account.name for plan in self.book.plans()},
        )
        self.publishing = Publishing(self.engine, database.parent, self.site, self.book, lambda: self.clock())
        self.publishing.listeners = lambda: self.office.news.after
        self.publishing.untested = lambda *found: self.office.news.let_in_untested(*found)
        self.publishing.turned = lambda *found: self.office.news.turned(*found)
        self.publishing.approved = lambda plan: self.office.prompts.approved(plan)
        self.publishing.objections = lambda plan: self.office.numbers.objections(plan)
        self.office = Office(
            engine=self.engine,
            clock=lambda: self.clock(),
            site=self.site,
            book=self.book,
            people=self.people,
            areas=self.areas,
            home=database.parent,
            address="https://altavoz.example",
            outbox=self.outbox,
            sounds=self.publishing.sounds,
            provisioner=self.publishing.provisioner,
        )
        self.secure = False
        self.by_mail = True
        self.oidc_client: Client | None = None
        self.link_source: Callable[[], LinkState] | None = None
        self.servers: list[TestServer] = []
        self.alarms: tuple[Alarm, ...] = ()
        self.sections: tuple[Section, ...] = ()
        self.until = until

    async def publishes_the_examples(self) -> None:
        """From here on the office's provisioner publishes into a PBX, in which the examples are live."""
        self.publishing.start()
        files = sorted((ROOT / "plans/examples").glob("*.yaml"))
        await self.office.provisioner.apply(files, "raul", going=Going.EXAMPLES, reason="ejemplos")

    def desks(self) -> set[object]:
        """The streams that are open."""
        return self.servers[-1].app[DESKS]._open

    async def _people_changed(self) -> None:
        """Who has which extension does not change for these tests."""

    def sign_in(self) -> SignIn:
        def clock() -> datetime:
            return self.clock()

        credentials = Credentials(self.engine, clock)
        outbox = self.outbox if self.by_mail else None
        zone = ZoneInfo("America/Argentina/Buenos_Aires")
        return SignIn(
            credentials=credentials,
            steps=Steps(self.engine, clock),
            invitations=Invitations(self.engine, clock, credentials, outbox, "https://altavoz.example", zone),
            factors=SecondFactors(self.engine, clock, self.vault),
            linked=LinkedAccounts(self.engine, clock),
            oidc=IdentityProvider(self.oidc_client, clock) if self.oidc_client else None,
        )

    def _name_of(self, extension: str) -> str | None:
        return next((name for name, _, _, phone in STAFF if phone == extension), None)

    async def _called(self, name: str) -> str:
        return (await self.person(name)).full_name

    def services(self) -> Services:
        archive, clock = SimpleNamespace(), lambda: self.clock()
        pops = Pops(self.board, self.store, self.book, archive, self.site, clock, self._called)
        return Services(
            people=self.people,
            directory=Directory(self.engine),
            areas=self.areas,
            staffing=self.staffing,
            desks=self.open_desks,
            sessions=self.sessions,
            sign_in=self.sign_in(),
            tokens=self.tokens,
            audit=self.audit,
            readings=self.readings,
            store=self.store,
            desk=self.desk,
            board=self.board,
            presence=self.presence,
            pops=pops,
            book=self.book,
            link=lambda: self.link_source() if self.link_source else self.link,
            release=lambda: self.release,
            phones=PhonesOfPeople(self.people),
            site=self.site,
            clock=lambda: self.clock(),
            ready=self._ready,
            alarms=lambda: (*self._link_alarm(), *self.alarms),
            status=lambda: Status(self.clock(), True, self.alarms, self.sections),
            measures=lambda: (),
            gaps=JournalStore(self.engine, "pbx1").gaps,
            sip="127.0.0.1:5060",
            office=self.office,
        )

    def _link_alarm(self) -> tuple[Alarm, ...]:
        link = self.link_source() if self.link_source else self.link
        text = "Sin conexión con la central"
        return () if link.up else (Alarm("pbx-link", link.since, text, link.reason, None),)

    async def _ready(self) -> Mapping[str, bool]:
        return self.standing

    async def person(self, name: str) -> Person:
        found = await self.people.by_name(name)
        assert found is not None
        return found

    @asynccontextmanager
    async def serving(self, port: int | None = None) -> AsyncIterator[URL]:
        server = TestServer(make_app(self.services(), secure_cookies=self.secure), port=port or free_port())
        await server.start_server(shutdown_timeout=1)
        self.servers.append(server)
        try:
            yield server.make_url("/")
        finally:
            await server.close()

    @asynccontextmanager
    async def visit(self, root: URL, name: str | None = None) -> AsyncIterator[Visitor]:
        """Somebody at a browser, signed in already when `name` is given."""
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            visitor = Visitor(session, root, "")
            if name is not None:
                secret = await self.sessions.open((await self.person(name)).id)
                session.cookie_jar.update_cookies({f"altavoz-{root.port}": secret.token}, root)
                visitor.csrf = secret.csrf
            yield visitor

    @asynccontextmanager
    async def at(self, name: str | None = None) -> AsyncIterator[Visitor]:
        """The console served, and somebody at it."""
        async with self.serving() as root, self.visit(root, name) as visitor:
            yield visitor

    async def happens(self, *facts: CallFact) -> None:
        """Facts, committed before this returns."""
        committed = facts_committed()
        for fact in facts:
            await self.intake.take(fact)
        await until(lambda: facts_committed() >= committed + len(facts), seconds=10)

    async def rings(self, call: str = "pbx1-1.1", at: str = "101", **arrival: object) -> None:
        """A call of the Ñandú plan that chose «Emergencia» rings at a phone."""
        facts = calling(call, **arrival)
        await self.happens(*facts, CallRinging(call, facts[-1].at, "cat", at))

    async def answers(self, call: str = "pbx1-1.1", at: str = "101") -> int:
        """The phone answers; the id of the case that opens."""
        await self.happens(CallAnswered(call, self.clock(), "cat", at))
        view = await self.store.call(call)
        assert view is not None and view.case is not None
        return view.case

    async def hangs_up(
        self, call: str = "pbx1-1.1", outcome: str = "answered", phase: str = "talking"
    ) -> None:
        await self.happens(CallEnded(call, self.clock(), outcome, phase, "caller", 16))

    async def stops_ringing(self, call: str = "pbx1-1.1", at: str = "101") -> None:
        await self.happens(RingUnanswered(call, self.clock(), "cat", at))


def facts_committed() -> float:
    return REGISTRY.get_sample_value("altavoz_commit_facts_sum") or 0.0


def calling(
    call: str,
    plan: str = "hogar-nandu",
    caller: str | None = NANDU_CALLER,
    waits: float = 12,
    menu: tuple[str, str] | None = ("principal", "1"),
    document: str | None = "30123456",
    line: str = NANDU,
    version: str = "",
) -> list[CallFact]:
    at = now() - timedelta(seconds=waits)
    facts: list[CallFact] = [
        CallArrived(call, at, call, line, plan, version or VERSIONS[plan], "telecom-ar", caller, "")
    ]
    if document:
        facts.append(DigitsEntered(call, at, "documento", document))
    if menu:
        facts.append(ChoiceMade(call, at, *menu))
    return [*facts, CallQueued(call, at, "cat", 10 if menu == ("principal", "1") else 0)]


VERSIONS = {"hogar-nandu": "a" * 12, "vial-condor": "b" * 12, "mascotas-ajolote": "c" * 12}


@cache
def example_site() -> Site:
    return load_site(ROOT / "plans/example-site.yaml")


@cache
def example_plans() -> tuple[StoredPlan, ...]:
    loading = load_files(sorted((ROOT / "plans/examples").glob("*.yaml")), example_site())
    return tuple(
        StoredPlan(
            PlanVersion(plan=s.plan, hash=VERSIONS[s.plan.plan][0] * 64), 1, s.text, True, now(), "raul"
        )
        for s in loading.sources
    )


def example_book() -> PlanBook:
    book = PlanBook()
    book.replace(example_plans())
    return book


async def until(holds: Callable[[], bool], seconds: float = 3.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is anything a test can see
            await asyncio.sleep(0.005)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def quick_passwords() -> Iterator[None]:
    """argon2 as it is, with less work: its slowness is tested in its own room."""
    slow, passwords._HASHER = passwords._HASHER, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    yield
    passwords._HASHER = slow


@pytest.fixture(scope="session")
def staffed_database(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Path:
    """A database with one person of each role, made once: passwords are slow to hash."""
    path = tmp_path_factory.mktemp("web") / "staffed.sqlite"
    asyncio.run(_staff(path))
    return path


async def _staff(path: Path) -> None:
    engine = open_engine(f"sqlite:///{path}")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    people = People(engine, now)
    for name, full_name, role, extension in STAFF:
        groups = ("cat", "sac") if extension else ()
        await people.add(name, [role], full_name, extension, groups, PASSWORD)
    await engine.dispose()


@asynccontextmanager
async def standing(database: Path, folder: Path) -> AsyncIterator[House]:
    """A house over its own copy of the staffed database."""
    shutil.copy(database, folder / "altavoz.sqlite")
    made = House(folder / "altavoz.sqlite")
    writing = asyncio.create_task(made.intake.run())
    yield made
    await made.intake.close()
    await writing
    await made.engine.dispose()


@pytest.fixture
async def house(staffed_database: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with standing(staffed_database, tmp_path) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def lasting_house(staffed_database: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house in the loop that a module's tests share, as its browser does."""
    async with standing(staffed_database, tmp_path) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        program = shutil.which("chromium")
        if program is None:
            pytest.skip("chromium is not installed")
        browser = await playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        await browser.close()
