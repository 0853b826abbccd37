from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.pops import NoSuchCall, Pops, in_force, waited
from plans.book import PlanBook
from plans.load import load_site
from plans.model import PlanVersion
from plans.store import PlanStore
from tests.unit.cases.conftest import make_plan

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")


async def called(name: str) -> str:
    return {"ana": "Ana Paz", "beto": "Beto Ruiz"}[name]


@pytest.fixture
def pops(house):
    site = load_site("plans/example-site.yaml")
    return Pops(house.board, house.store, house.book, PlanStore(house.engine), site, house.clock, called)


async def test_the_pop_holds_all_that_the_coordinator_must_see(house, pops, told):
    await house.feed(*told("pbx1-0", told("x").at - timedelta(days=1)).served().facts)
    await house.feed(*told("pbx1-1").arrives().presses("principal", "1").waits().rings().facts)
    house.clock.now += timedelta(seconds=12)
    pop = await pops.pop_for("pbx1-1")
    assert (pop.fantasy_name, pop.public_written) == ("ASISTENCIA ÑANDÚ", "0800-555-1234")
    assert pop.caller_written == "011 15-5555-0001"
    assert pop.guide == "«Asistencia Ñandú, buenas noches.»"
    assert (pop.call.choice, pop.waited, pop.in_force) == ("Emergencia", 10, True)
    assert [call.id for call in pop.earlier_calls] == ["pbx1-0"]
    assert [case.calls for case in pop.open_cases] == [("pbx1-0",)]
    assert pop.plan == make_plan()


async def test_an_anonymous_caller_has_no_number_and_no_past(house, pops, told):
    await house.feed(
        *told("pbx1-0", caller=None).served().facts, *told("pbx1-1", caller=None).arrives().facts
    )
    pop = await pops.pop_for("pbx1-1")
    assert (pop.caller_written, pop.earlier_calls, pop.open_cases) == ("", (), ())


async def test_the_pop_of_a_call_that_ended_can_still_be_seen(house, pops, told):
    await house.feed(*told("pbx1-1").served().facts)
    assert (await pops.pop_for("pbx1-1")).call.outcome == "answered"


async def test_a_version_that_memory_lost_comes_from_the_archive(house, told):
    version = PlanVersion(plan=make_plan(name="Plan anterior"), hash="cd" * 32)
    archive = PlanStore(house.engine)
    await archive.save(version, "", "it", house.clock.now)
    await house.feed(*told("pbx1-1").arrives(version="cd" * 6).facts)
    site = load_site("plans/example-site.yaml")
    pops = Pops(house.board, house.store, PlanBook(), archive, site, house.clock, called)
    assert (await pops.pop_for("pbx1-1")).plan.name == "Plan anterior"


async def test_a_call_that_does_not_exist_is_said(pops):
    with pytest.raises(NoSuchCall, match="no existe"):
        await pops.pop_for("pbx1-nada")


def test_the_dates_of_a_plan_are_days_of_its_country(plan):
    last = datetime(2026, 12, 31, 23, 59, tzinfo=BUENOS_AIRES)
    assert in_force(plan, last.astimezone(UTC), BUENOS_AIRES)
    assert not in_force(plan, last + timedelta(minutes=1), BUENOS_AIRES)
    assert not in_force(plan, datetime(2026, 3, 1, 2, 0, tzinfo=UTC), BUENOS_AIRES)


async def test_the_time_waited_stops_at_the_answer(house, told):
    await house.feed(*told("pbx1-1").served().facts)
    call = await house.store.call("pbx1-1")
    assert waited(call, house.clock.now + timedelta(hours=1)) == 2
    waiting = replace(call, stage="waiting", since=call.queued)
    assert waited(waiting, call.queued + timedelta(seconds=7)) == 7
