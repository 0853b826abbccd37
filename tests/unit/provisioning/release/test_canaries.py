"""A canary a plan and day, at its hour, by one process; what fails is an alarm until it is repeated well."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.all_tables import metadata
from mail.company import Company
from mail.outbox import Outbox
from mail.tables import outbox
from plans.book import PlanBook, StoredPlan
from plans.load import load_files, load_site
from plans.model import Plan
from plans.write import version_of
from provisioning.notices.letters import Desk
from provisioning.proof.reports import Check, Kind, Report, Result, TestedCall
from provisioning.proof.runs import Run, RunState, TestUnderWay
from provisioning.release.canaries import AGAIN, CANCELLED, GIVEN_UP, INTERRUPTED, Canaries, Canary
from provisioning.release.telling import MOST, LineLetters
from staff.absences import Absences
from staff.areas import Areas
from staff.people import People
from staff.profile import Profile
from staff.roles import Role
from tests.support.databases import BACKENDS, fresh_engine

ROOT = Path(__file__).parents[4]
SITE = load_site(ROOT / "plans/example-site.yaml")
FOUR_IN_BUENOS_AIRES = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


@dataclass
class Played:
    """The tests: what the next one finds, and which were made. Failures kept by mail are in `told`; a test
    ends once it `may_end`.
    """

    wrong: str = ""
    away: str = ""
    busy: bool = False
    made: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    result: Result | None = None

    async def start(self, plan: str, kind: Kind, by: str, *, live: bool = False) -> Run:
        assert kind is Kind.CANARY and live
        self.made.append(plan)
        if self.away:
            raise RuntimeError(self.away)
        if self.busy:
            raise TestUnderWay("Ya hay una prueba en marcha")
        said = (plan, plan, "AR", "Seguros", "0" * 64, "entry", "release", "altavoz")
        return Run(len(self.made), kind, *said, FOUR_IN_BUENOS_AIRES, RunState.RUNNING)

    async def ended(self, id: int) -> Report:
        await self.may_end.wait()
        now, plan = FOUR_IN_BUENOS_AIRES, self.made[id - 1]
        checks = (Check("header", "Número", not self.wrong, "suena", self.wrong),)
        call = TestedCall("1", "Llamada", "+541143218765", now, now, checks)
        result = self.result or (Result.FAILED if self.wrong else Result.PASSED)
        said = (plan, plan, "AR", "Seguros", "0" * 64, "entry", "release", "altavoz")
        return Report(Kind.CANARY, *said, now, now, result, (call,), id=7)

    async def failed(self, _connection: AsyncConnection, canary: Canary, plan: Plan) -> None:
        self.told.append(f"{plan.plan}: {canary.said}")


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as made:
        yield made


class House:
    def __init__(self, engine: AsyncEngine) -> None:
        self.now = FOUR_IN_BUENOS_AIRES
        self.played = Played()
        self.book = PlanBook()
        (source,) = load_files([ROOT / "plans/examples/hogar-nandu.yaml"], SITE).sources
        self.plan = source.plan
        self.book.replace([StoredPlan(version_of(source.plan, {}), 1, source.text, True, self.now, "ivan")])
        self.engine = engine
        self.played.may_end.set()
        self.canaries = self.made()

    async def repeats(self) -> None:
        """The failed call is made again, and over."""
        assert await self.canaries.repeat(self.plan)
        await asyncio.gather(*self.canaries._repeated)

    async def fails(self) -> None:
        """The day's calls, and once more what failed."""
        await self.canaries.look()
        self.now += AGAIN
        await self.canaries.look()

    def made(self) -> Canaries:
        return Canaries(
            self.engine, self.book, SITE, self.played, lambda: self.now, time(4), self.played.failed
        )


@pytest.fixture
def house(engine: AsyncEngine) -> House:
    return House(engine)


@pytest.mark.parametrize(
    ("later", "due"),
    [
        (timedelta(minutes=-1), 0),
        (timedelta(), 1),
        (timedelta(hours=2, minutes=59), 1),
        (timedelta(hours=3), 0),
    ],
)
async def test_a_plan_is_called_within_its_hours_only(house: House, later: timedelta, due: int) -> None:
    house.now += later
    await house.canaries.look()
    assert len(house.played.made) == due


async def test_a_day_that_nobody_called_is_made_up_for(house: House) -> None:
    await house.canaries.look()
    house.now += timedelta(days=2, hours=9)
    woken = house.made()
    await woken.look()
    await woken.look()
    assert house.played.made == ["hogar-nandu"] * 2
    assert [canary.day.day for canary in await woken.history("hogar-nandu")] == [28, 26]
    house.now += timedelta(hours=15)
    await woken.look()
    assert len(house.played.made) == 3


async def test_once_a_day_whoever_looks(house: House) -> None:
    other = house.made()
    await house.canaries.look()
    await other.look()
    await house.canaries.look()
    house.now += timedelta(days=1)
    await other.look()
    assert house.played.made == ["hogar-nandu"] * 2


async def test_what_fails_is_told_and_stays_an_alarm_after_a_restart(house: House) -> None:
    house.played.wrong = "el operador lo desvinculó"
    await house.fails()
    again = house.made()
    await again.look()
    assert [canary.said for canary in again.failing()] == ["Número: el operador lo desvinculó"]
    assert house.played.told == ["hogar-nandu: Número: el operador lo desvinculó"]


async def test_what_fails_once_is_called_again_before_anybody_is_told(house: House) -> None:
    house.played.wrong = "ocupado"
    await house.canaries.look()
    house.now += AGAIN - timedelta(seconds=1)
    await house.canaries.look()
    assert (len(house.played.made), house.canaries.failing(), house.played.told) == (1, (), [])
    house.played.wrong = ""
    house.now += timedelta(seconds=1)
    await house.canaries.look()
    await house.canaries.look()
    assert (len(house.played.made), house.canaries.failing(), house.played.told) == (2, (), [])
    assert [canary.state for canary in await house.canaries.history("hogar-nandu")] == ["passed"]


async def test_while_somebody_tests_a_line_its_canary_waits(house: House) -> None:
    house.played.wrong, house.played.busy = "el operador lo desvinculó", True
    await house.canaries.look()
    house.now += AGAIN
    await house.canaries.look()
    house.played.busy = False
    house.now += AGAIN
    await house.canaries.look()
    assert (house.canaries.failing(), house.played.told) == ((), [])
    house.now += AGAIN
    house.played.busy = True
    await house.canaries.look()
    house.played.busy = False
    house.now += AGAIN
    await house.canaries.look()
    assert house.played.told == ["hogar-nandu: Número: el operador lo desvinculó"]


async def test_one_that_cannot_be_repeated_now_failed_as_it_did(house: House) -> None:
    house.played.wrong = "el operador lo desvinculó"
    await house.fails()
    before = house.canaries.failing()
    house.played.busy = True
    live = house.book.of("hogar-nandu").live
    assert await house.canaries.repeat(live.version.plan) is None
    (after,) = house.canaries.failing()
    assert [(after.said, after.report)] == [(each.said, each.report) for each in before]


async def test_what_fails_twice_is_told_once(house: House) -> None:
    house.played.wrong = "el operador lo desvinculó"
    await house.fails()
    house.now += AGAIN
    await house.canaries.look()
    assert (len(house.played.made), len(house.played.told)) == (2, 1)


async def test_a_plan_that_is_suspended_before_its_second_call_is_not_told(house: House) -> None:
    house.played.wrong = "suena ocupado"
    await house.canaries.look()
    house.book.replace([])
    house.now += AGAIN
    await house.canaries.look()
    assert (len(house.played.made), house.played.told) == (1, [])
    assert await house.canaries.history("hogar-nandu") == ()


async def test_calls_that_cannot_be_made_are_a_failure(house: House) -> None:
    house.played.away = "la central no responde"
    await house.fails()
    assert [canary.said for canary in house.canaries.failing()] == ["la central no responde"]


async def test_repeated_well_it_is_no_alarm(house: House) -> None:
    house.played.wrong = "suena ocupado"
    await house.fails()
    house.played.wrong = ""
    await house.repeats()
    assert house.canaries.failing() == ()
    assert not await house.canaries.repeat(house.plan)
    assert [canary.state for canary in await house.canaries.history("hogar-nandu")] == ["passed"]


async def test_repeated_and_wrong_again_it_is_an_alarm_still_and_nobody_is_told_again(house: House) -> None:
    house.played.wrong = "el operador lo desvinculó"
    await house.fails()
    house.played.wrong = "suena ocupado"
    await house.repeats()
    assert [canary.said for canary in house.canaries.failing()] == ["Número: suena ocupado"]
    assert house.played.told == ["hogar-nandu: Número: el operador lo desvinculó"]


async def test_who_repeats_it_is_answered_before_the_call_is_over_and_is_the_only_one(house: House) -> None:
    house.played.wrong = "suena ocupado"
    await house.fails()
    house.played.may_end.clear()
    assert await house.canaries.repeat(house.plan) == 3
    assert await house.canaries.repeat(house.plan) is None
    assert [canary.state for canary in await house.canaries.history("hogar-nandu")] == ["running"]
    assert house.canaries.failing(), "it is an alarm until it is known to be well"


async def test_repeated_while_no_call_can_be_made_it_says_why(house: House) -> None:
    house.played.wrong = "suena ocupado"
    await house.fails()
    house.played.away = "la central no responde"
    assert await house.canaries.repeat(house.plan) is None
    assert [canary.said for canary in house.canaries.failing()] == ["la central no responde"]


async def test_repeated_and_cancelled_it_is_an_alarm_still_that_says_so(house: House) -> None:
    house.played.wrong = "suena ocupado"
    await house.fails()
    house.played.wrong, house.played.result = "", Result.CANCELLED
    await house.repeats()
    assert [canary.said for canary in house.canaries.failing()] == [CANCELLED]


async def test_a_plan_that_answers_no_more_is_no_alarm(house: House) -> None:
    house.played.wrong = "suena ocupado"
    await house.fails()
    house.book.replace([])
    assert house.canaries.failing() == ()


async def test_without_an_hour_nobody_is_called(house: House) -> None:
    house.canaries = Canaries(
        house.engine, house.book, SITE, house.played, lambda: house.now, None, house.played.failed
    )
    await house.canaries.look()
    assert house.played.made == []


async def test_killed_in_the_middle_it_is_told_as_a_failure(house: House) -> None:
    assert await house.canaries._claimed("hogar-nandu", house.now.date())
    again = house.made()
    house.now += GIVEN_UP + timedelta(minutes=1)
    await again.look()
    assert house.played.told == [f"hogar-nandu: {INTERRUPTED}"]
    assert [canary.said for canary in again.failing()] == [INTERRUPTED]


async def test_a_hundred_plans_that_fail_together_are_no_flood_of_letters(
    engine: AsyncEngine,
) -> None:
    now = FOUR_IN_BUENOS_AIRES

    def clock() -> datetime:
        return now

    await Areas(engine).add("it", "Sistemas")
    profile = Profile("Inés", frozenset({Role.IT}), email="ines@empresa.com", areas=("it",))
    await People(engine, clock).open("ines", profile, None)
    desk, absences = Desk(Company(), "https://altavoz.example"), Absences(engine, clock, ZoneInfo("UTC"))
    letters = LineLetters(Outbox(engine), desk, absences, clock, SITE)
    (source,) = load_files([ROOT / "plans/examples/hogar-nandu.yaml"], SITE).sources
    names = [f"plan-{at}" for at in range(100)]
    book = PlanBook()
    book.replace(
        StoredPlan(
            version_of(source.plan.model_copy(update={"plan": name}), {}), 1, "", True, clock(), "ivan"
        )
        for name in names
    )
    played = Played(wrong="no responde")
    played.may_end.set()
    canaries = Canaries(engine, book, SITE, played, clock, time(4), letters.failed)
    await canaries.look()
    now += AGAIN
    await canaries.look()
    assert len(played.made) == 200
    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(outbox)) == MOST
