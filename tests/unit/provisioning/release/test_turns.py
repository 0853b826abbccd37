"""Who answers for a line or takes its calls is told once that it was suspended, once that it is back."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from db.engine import writing
from mail.outbox import Outbox
from mail.tables import outbox
from plans.book import PlanBook
from plans.load import load_site
from provisioning.alta.events import Event, Happened
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView
from provisioning.marking import Going
from provisioning.office import Office
from provisioning.releases import ReleaseHistory, Turned
from staff.actor import Actor, acting
from staff.areas import Areas
from staff.people import People
from staff.profile import Profile
from staff.roles import Role
from staff.scope import Scope
from tests.support.databases import BACKENDS, fresh_engine
from tests.support.publishing import Publishing

PLANS = Path(__file__).parents[4] / "plans"
SITE = load_site(PLANS / "example-site.yaml")
NANDU = PLANS / "examples/hogar-nandu.yaml"
PLAN = "hogar-nandu"
AREAS = {"commercial": "Comercial", "it": "Sistemas", "operations": "Operaciones", "tmk": "TMK"}
CHILE = Scope(frozenset({"CL"}))
PEOPLE = {
    "carla": Profile("Carla Ruiz", frozenset({Role.COMMERCIAL}), areas=("commercial",)),
    "ivan": Profile("Iván Sosa", frozenset({Role.IT}), areas=("it",)),
    "olga": Profile("Olga Díaz", frozenset({Role.OPERATIONS}), areas=("operations",)),
    "both": Profile("Beto Both", frozenset({Role.COMMERCIAL, Role.IT}), areas=("commercial", "it")),
    "tomas": Profile("Tomás Kahn", frozenset({Role.TMK}), areas=("tmk",)),
    "ana": Profile("Ana Paz", frozenset({Role.COORDINATOR}), groups=("cat",)),
    "otro": Profile("Otro Turno", frozenset({Role.COORDINATOR}), groups=("nadie-mas",)),
    "lejos": Profile("Lea Lejos", frozenset({Role.OPERATIONS}), areas=("operations",), scope=CHILE),
    "alla": Profile("Alma Allá", frozenset({Role.COORDINATOR}), groups=("cat",), scope=CHILE),
}
TOLD = {"carla", "ivan", "olga", "both", "ana"}


@dataclass
class House:
    engine: AsyncEngine
    office: Office
    now: datetime = datetime(2026, 11, 28, 1, 30, tzinfo=UTC)

    async def suspends(self, reason: str = "El operador <la> desvía mal") -> None:
        self.now += timedelta(minutes=1)
        with acting(Actor("olga", "web")):
            await self.office.provisioner.suspend(PLAN, "olga", reason)

    async def returns(self) -> None:
        self.now += timedelta(minutes=1)
        with acting(Actor("olga", "web")):
            await self.office.provisioner.resume(PLAN, "olga", "Vinculado otra vez")

    async def letters(self, subject: str) -> list[tuple[str, str]]:
        """To whom which text went under such a subject."""
        wanted = select(outbox.c.recipient, outbox.c.text).where(outbox.c.subject.contains(subject))
        async with self.engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(outbox.c.id))).all()
        return [(row.recipient.partition("@")[0], row.text) for row in rows]

    async def told(self, subject: str) -> Mapping[str, str]:
        """The same by person, each of whom has one."""
        found = await self.letters(subject)
        assert len(found) == len(dict(found))
        return dict(found)

    async def alta(self) -> AltaView:
        plan = self.office.book.of(PLAN).tested.version.plan
        request = AltaRequest(
            kind="otro-si", plan=PLAN, name=plan.name, account=plan.account, subsidiary=plan.subsidiary
        )
        return await self.office.altas.start(request, await self.office.people.by_name("carla"))

    async def comments(self, alta: AltaView) -> list[Event]:
        return [*await self.office.altas.events(alta.id, kind=Happened.COMMENTED)]


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as made:
        yield made


@pytest.fixture
async def house(engine: AsyncEngine, tmp_path: Path) -> House:
    house: House
    book, clock = PlanBook(), lambda: house.now
    publishing = Publishing(engine, tmp_path, SITE, book, clock)
    people, areas = People(engine, clock), Areas(engine)
    office = Office(
        engine=engine,
        clock=clock,
        site=SITE,
        book=book,
        people=people,
        areas=areas,
        home=tmp_path,
        address="https://altavoz.example",
        outbox=Outbox(engine),
        sounds=publishing.sounds,
        provisioner=publishing.provisioner,
    )
    house = House(engine, office)
    for area, label in AREAS.items():
        await areas.add(area, label)
    for name, profile in PEOPLE.items():
        await people.open(name, replace(profile, email=f"{name}@empresa.example"), None)
    publishing.turned = lambda *found: office.news.turned(*found)
    publishing.listeners = lambda: office.news.after
    publishing.start()
    await office.provisioner.apply([NANDU], "ivan", going=Going.EXAMPLES, reason="ejemplo")
    return house


async def test_who_answers_for_it_or_answers_its_calls_is_told_of_a_suspension(house: House) -> None:
    await house.suspends()
    told = await house.told("Línea suspendida")
    assert set(told) == TOLD
    said = told["carla"]
    assert "número 0800-555-1234." in said and f"({PLAN})" in said
    assert "La suspendió Olga Díaz el 27/11/2026 a las 22:31, hora de AR." in said
    assert "Motivo: «El operador <la> desvía mal»." in said
    assert "oye, sin costo: «El servicio al que usted llama no está habilitado en este momento." in said
    assert f"https://altavoz.example/releases/{PLAN}" in said


async def test_a_coordinator_is_led_to_a_page_that_they_may_open(house: House) -> None:
    await house.suspends()
    said = (await house.told("Línea suspendida"))["ana"]
    assert f"https://altavoz.example/sheets/{PLAN}" in said and "/releases/" not in said


async def test_they_are_told_that_it_is_back(house: House) -> None:
    await house.suspends()
    await house.returns()
    told = await house.told("La línea vuelve a atender")
    assert set(told) == TOLD
    assert "La devolvió al servicio Olga Díaz el 27/11/2026 a las 22:32" in told["ivan"]
    assert "Motivo: «Vinculado otra vez»." in told["ivan"]
    assert len(await house.letters("Línea suspendida")) == len(TOLD)


async def test_another_version_that_ends_a_suspension_is_a_return(house: House) -> None:
    await house.suspends()
    text = NANDU.read_text("utf-8").replace("Gracias por comunicarse con", "Gracias por llamar a")
    await house.office.provisioner.apply_text(text, "ivan")
    assert not await house.letters("vuelve a atender")
    candidate = house.office.book.of(PLAN).candidate
    assert candidate is not None
    await house.office.provisioner.go_live(PLAN, candidate.version.hash, "olga", "Probada")
    assert set(await house.told("vuelve a atender")) == TOLD


async def test_each_suspension_is_told_and_another_release_is_none(house: House) -> None:
    await house.suspends()
    await house.returns()
    text = NANDU.read_text("utf-8").replace("Gracias por comunicarse con", "Gracias por llamar a")
    await house.office.provisioner.apply_text(text, "ivan", going=Going.URGENT, reason="urge")
    assert len(await house.letters("Línea suspendida")) == len(TOLD)
    await house.suspends("Otra vez")
    assert len(await house.letters("Línea suspendida")) == 2 * len(TOLD)


async def test_told_again_of_the_same_it_goes_once(house: House) -> None:
    await house.suspends()
    live = house.office.book.of(PLAN).suspended
    assert live is not None
    found = Turned(PLAN, live.version.hash, "suspended", house.now, "olga", "El operador <la> desvía mal")
    async with writing(house.engine) as connection:
        await house.office.news.turned(connection, found)
    assert set(await house.told("Línea suspendida")) == TOLD


async def test_the_last_altas_history_tells_it_and_nobody_gets_a_second_letter(house: House) -> None:
    alta = await house.alta()
    await house.suspends()
    await house.returns()
    events = sorted(await house.comments(alta), key=lambda event: event.revision)
    assert [event.by for event in events] == ["altavoz", "altavoz"]
    assert [event.data["text"] for event in events] == [
        "La línea está suspendida: quien llame oye que el servicio no está habilitado. "
        "La suspendió Olga Díaz: «El operador <la> desvía mal».",
        "La línea vuelve a atender a los afiliados. La devolvió al servicio Olga Díaz: «Vinculado otra vez».",
    ]
    assert not await house.letters("Comentario")


async def test_that_nobody_calls_any_more_is_told_once_a_silence(house: House) -> None:
    line = house.office.book.of(PLAN).live.version.plan.lines[0].header
    for _ in range(2):
        await house.office.news.quiet(line, house.now, "Hace 5 días que no entra ninguna.")
    told = await house.told("Dejaron de entrar llamadas")
    assert set(told) == {"ivan", "olga", "both"}
    assert "Hace 5 días que no entra ninguna." in told["olga"]
    await house.office.news.quiet(line, house.now + timedelta(days=9), "Otra vez.")
    assert len(await house.letters("Dejaron de entrar llamadas")) == 6
    await house.office.news.quiet("+541100000000", house.now, "De nadie.")
    assert len(await house.letters("Dejaron de entrar llamadas")) == 6


async def test_since_when_a_line_answers_is_known_from_its_last_return(house: House) -> None:
    history = ReleaseHistory(house.engine)
    first = await history.answers_since(PLAN)
    await house.suspends()
    assert await history.answers_since(PLAN) == first
    await house.returns()
    back = await history.answers_since(PLAN)
    assert first is not None and back is not None and back > first
    assert await history.answers_since("otro") is None
