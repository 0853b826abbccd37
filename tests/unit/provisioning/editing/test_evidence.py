"""What proves that a plan is written and configured: its own version stands; an open draft is only told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from plans.book import PlanBook
from plans.load import load_site
from plans.model import Account
from provisioning.alta.evidence import Found
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView
from provisioning.editing.evidence import WRITTEN_ON
from provisioning.editing.publishing import CannotPublish, Wanted
from provisioning.editing.values import Beginning
from provisioning.marking import Going
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import Entry, Holder
from provisioning.office import Office
from staff.actor import Actor, acting
from staff.areas import Areas
from staff.people import People
from staff.profile import Profile
from staff.roles import Role
from tests.support.databases import BACKENDS, fresh_engine
from tests.support.publishing import Publishing

PLANS = Path(__file__).parents[4] / "plans"
SITE = load_site(PLANS / "example-site.yaml")
PLAN = "hogar-nandu"
TEXT = (PLANS / "examples/hogar-nandu.yaml").read_text("utf-8")
BEGINS = Beginning("AR", "Seguros Ñandú S.A.")


def named(name: str) -> str:
    """A version of its own."""
    return TEXT.replace("Asistencia Hogar Ñandú Plus", name)


@dataclass
class House:
    """An office beside a PBX in which nothing stands; each deed takes a minute."""

    office: Office
    now: datetime = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.now

    def later(self) -> None:
        self.now += timedelta(minutes=1)

    async def begins(self, kind: str) -> AltaView:
        self.later()
        account = Account(name="Seguros Ñandú S.A.", type="aseguradora")
        request = AltaRequest(kind=kind, plan=PLAN, name="Hogar", account=account, subsidiary="AR")
        return await self.office.altas.start(request, None)

    async def writes(self, text: str) -> None:
        self.later()
        draft = await self.office.plan_drafts.find(PLAN)
        with acting(Actor("clara", "web")):
            await self.office.plan_drafts.save(PLAN, text, draft.revision if draft else 0, BEGINS)

    async def publishes(self, text: str, going: Going = Going.CANDIDATE) -> None:
        self.later()
        await self.office.provisioner.apply_text(text, "ivan", going=going, reason="Porque sí")

    async def releases(self) -> None:
        self.later()
        hash = self.office.book.of(PLAN).candidate.version.hash
        await self.office.provisioner.go_live(PLAN, hash, "olga", "Probada")

    async def rolls_back(self) -> None:
        self.later()
        await self.office.provisioner.rollback("root")

    async def asks(self, name: str, alta: AltaView) -> Found:
        return await self.office.evidence[name](alta)


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as made:
        yield made


@pytest.fixture
async def house(engine: AsyncEngine, tmp_path: Path) -> House:
    house: House
    book, clock = PlanBook(), lambda: house.clock()
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
        outbox=None,
        sounds=publishing.sounds,
        provisioner=publishing.provisioner,
    )
    house = House(office)
    publishing.start()
    return house


async def test_a_plan_is_written_when_its_draft_could_be_published(house: House) -> None:
    alta = await house.begins("alta")
    assert "todavía no está escrito" in (await house.asks("plan-written", alta)).said
    await house.writes(TEXT.replace("hours: always", "hours: nunca"))
    assert "El borrador tiene un error" in (await house.asks("plan-written", alta)).said
    await house.writes(TEXT.replace(f"plan: {PLAN}", "plan: otro"))
    assert f"no dice «plan: {PLAN}»" in (await house.asks("plan-written", alta)).said
    await house.writes(TEXT)
    found = await house.asks("plan-written", alta)
    assert found.ok and found.by == ("clara",)


async def test_what_is_written_on_takes_nothing_away_from_what_stands(house: House) -> None:
    alta = await house.begins("alta")
    await house.publishes(TEXT)
    assert WRITTEN_ON not in (await house.asks("configured", alta)).said
    await house.writes("plan: [")
    configured = await house.asks("configured", alta)
    assert configured.ok and configured.said.endswith(WRITTEN_ON)
    assert (await house.asks("plan-written", alta)).ok
    assert (await house.office.line_releases.standing(PLAN)).written_on


async def test_an_otro_si_asks_for_a_version_of_its_own(house: House) -> None:
    await house.publishes(TEXT, Going.RELEASE)
    alta = await house.begins("otro-si")
    for name in ("plan-written", "configured", "released"):
        assert not (await house.asks(name, alta)).ok, name
    await house.writes(named("Hogar Dos"))
    assert (await house.asks("plan-written", alta)).ok
    assert "sigue la versión anterior" in (await house.asks("configured", alta)).said
    await house.publishes(named("Hogar Dos"))
    assert (await house.asks("configured", alta)).ok
    await house.releases()
    assert (await house.asks("configured", alta)).ok
    assert (await house.asks("released", alta)).ok


async def test_an_otro_si_may_bring_a_former_version_back(house: House) -> None:
    """Published anew it is the amendment's; returned by a rollback it is not."""
    await house.publishes(TEXT, Going.RELEASE)
    await house.publishes(named("Hogar Dos"), Going.URGENT)
    alta = await house.begins("otro-si")
    await house.rolls_back()
    assert not (await house.asks("configured", alta)).ok
    assert not (await house.asks("released", alta)).ok
    await house.publishes(named("Hogar Dos"), Going.URGENT)
    await house.publishes(TEXT)
    assert (await house.asks("configured", alta)).ok


async def test_a_line_that_was_suspended_and_answers_again_has_not_released_the_otro_si(house: House) -> None:
    await house.publishes(TEXT, Going.RELEASE)
    alta = await house.begins("otro-si")
    house.later()
    await house.office.provisioner.suspend(PLAN, "olga", "Un corte")
    house.later()
    await house.office.provisioner.resume(PLAN, "olga", "Volvió")
    assert "versión anterior" in (await house.asks("released", alta)).said


async def test_what_a_later_step_asks_of_a_plan_is_told_while_it_is_written(house: House) -> None:
    alta = await house.begins("alta")
    await house.writes(TEXT)
    assert not (await house.asks("plan-written", alta)).items
    await house.writes(TEXT.replace(', tax_id: "30-71234567-8"', ""))
    found = await house.asks("plan-written", alta)
    assert found.ok and "la identificación fiscal" in found.items[0].said


async def test_a_plan_without_the_public_number_that_the_carrier_gave_is_not_configured(house: House) -> None:
    alta = await house.begins("alta")
    numbers = house.office.numbers
    await numbers.add([Entry("+541143218765", NumberKind.HEADER, "AR", "telecom-ar")])
    await numbers.reserve(Holder(PLAN, "AR", "Seguros Ñandú S.A.", alta.id), "telecom-ar")
    await numbers.grant("+541143218765", "+548005551234")
    await house.publishes(TEXT.replace('    public: "0800-555-1234"', "    # sin público"))
    found = await house.asks("configured", alta)
    assert not found.ok and "0800-555-1234 no está en el plan" in found.items[-1].said
    await house.publishes(TEXT)
    assert (await house.asks("configured", alta)).ok


async def test_of_two_who_publish_one_plan_at_once_the_second_is_told_to_wait(house: House) -> None:
    await house.office.people.open("ivan", Profile("Iván", frozenset({Role.IT})), "una frase larga")
    ivan = await house.office.people.by_name("ivan")
    assert ivan is not None
    publications = house.office.publications
    wanted = Wanted(PLAN, TEXT, 0)
    answers = await asyncio.gather(
        publications.start(wanted, ivan), publications.start(wanted, ivan), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, CannotPublish)]
    assert len(refused) == 1 and "Ya se está publicando este plan" in str(refused[0])
    async with asyncio.timeout(10):
        while not publications.of(PLAN).over:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)
    assert await publications.start(Wanted(PLAN, named("Otra"), 0), ivan), "and then it is free again"
    async with asyncio.timeout(10):
        while not publications.of(PLAN).over:  # noqa: ASYNC110 - nobody is told
            await asyncio.sleep(0.01)
    with pytest.raises(CannotPublish, match="Escriba el motivo"):
        await publications.start(Wanted(PLAN, TEXT, 0, going=Going.URGENT, reason="\u200b"), ivan)
