"""The case and the pop go with the call; what is owed to whom; on SQLite and PostgreSQL."""

from datetime import timedelta

import pytest

from cases.filters import CallFilter
from cases.pops import Pops
from cases.stream import Change, ChangeKind
from plans.load import load_site
from plans.store import PlanStore
from telephony.facts import CallAnswered, CallbackOwed, CallEnded
from tests.unit.cases.test_board import kinds, told_so_far

NUMBER = "+5491155550001"


async def called(name: str) -> str:
    return {"ana": "Ana Paz", "beto": "Beto Ruiz"}[name]


@pytest.fixture
def pops(house):
    site = load_site("plans/example-site.yaml")
    return Pops(house.board, house.store, house.book, PlanStore(house.engine), site, house.clock, called)


async def case_of(house, call: str):
    return await house.store.case((await house.store.call(call)).case)


def answered(told, call="pbx1-1.1", **story):
    return told(call, **story).arrives().waits().rings().is_answered("101")


def placed(told, call="pbx1-9.1", number=NUMBER, extension="101", minutes=1):
    story = told(call, told("x").at + timedelta(minutes=minutes)).is_placed(extension, number)
    return story.tell(CallAnswered, queue=None, extension=None, number=number)


def over(story):
    return story.tell(CallEnded, outcome="answered", phase="talking", by="called", cause=16)


async def test_who_takes_the_call_on_gets_the_pop_with_what_was_written(house, pops, told):
    story = answered(told)
    await house.feed(*story.facts)
    case = await case_of(house, "pbx1-1.1")
    await house.desk.edit(case.id, "who", "Peña <b>", "ana")
    await house.feed(*story.is_passed("101", "102").rings("102", queue="").facts)
    house.clock.now = story.at + timedelta(seconds=3)
    pop = await pops.pop_for("pbx1-1.1")
    assert (pop.passed_by, pop.case.id, pop.case.who) == ("Ana Paz", case.id, "Peña <b>")
    assert (pop.waited, pop.call.stage) == (5, "waiting")


async def test_the_case_passes_with_the_call_and_its_history_says_who_passed_it(house, told):
    story = answered(told)
    await house.feed(*story.is_passed("101", "102").rings("102", queue="").facts)
    assert (await case_of(house, "pbx1-1.1")).owner == "ana"
    await house.feed(*story.is_answered("102", queue=None).facts)
    case = await case_of(house, "pbx1-1.1")
    assert case.owner == "beto"
    last = (await house.store.history(case.id))[-1]
    assert (last.field, last.by, last.before, last.after) == ("passed", "ana", "ana", "beto")


@pytest.mark.parametrize("told_before", [True, False])
async def test_an_attended_transfer_is_by_who_made_it_however_late_that_is_told(house, told, told_before):
    story = answered(told)
    await house.feed(*story.facts)
    if told_before:
        story.is_passed("101", "102", "attended")
    await house.feed(*story.joins("102").leaves("101").facts)
    last = (await house.store.history((await case_of(house, "pbx1-1.1")).id))[-1]
    assert (last.field, last.by, last.before, last.after) == ("passed", "ana", "ana", "beto")


async def test_a_case_that_a_third_person_took_stays_theirs_when_the_call_is_passed(house, told):
    story = answered(told)
    await house.feed(*story.facts)
    case = await case_of(house, "pbx1-1.1")
    await house.desk.take(case.id, "carla")
    await house.feed(*story.is_passed("101", "102").is_answered("102", queue=None).facts)
    assert (await house.store.case(case.id)).owner == "carla"


async def test_the_desks_hear_of_a_call_that_is_passed_on(house, told):
    story = answered(told)
    await house.feed(*story.facts)
    ana, beto = house.board.subscribe("ana"), house.board.subscribe("beto")
    await house.feed(*story.is_passed("101", "102").rings("102", queue="").facts)
    assert ChangeKind.ENDED in kinds(await told_so_far(ana))
    assert Change(ChangeKind.POP, "pbx1-1.1") in await told_so_far(beto)
    assert not house.board.in_call("ana")
    await house.feed(*story.is_answered("102", queue=None).facts)
    case = (await house.store.call("pbx1-1.1")).case
    assert Change(ChangeKind.TALKING, "pbx1-1.1", case) in await told_so_far(beto)
    assert [call.id for call in house.board.talking_for("beto")] == ["pbx1-1.1"]


async def test_in_a_conference_both_desks_have_the_call(house, told):
    await house.feed(*answered(told).joins("102").facts)
    assert house.board.in_call("ana") and house.board.in_call("beto")
    assert (await case_of(house, "pbx1-1.1")).owner == "ana"


async def test_two_callers_joined_stay_two_records_that_lead_to_one_another(house, told):
    first = (
        answered(told, "pbx1-1.1").is_passed("101", "pbx1-2.1", "attended").joins("pbx1-2.1").leaves("101")
    )
    second = answered(told, "pbx1-2.1", caller="+5491155550002").joins("pbx1-1.1").leaves("101")
    first.facts[0] = second.facts[0].__class__(**{
        name: getattr(first.facts[0], name) for name in first.facts[0].__dataclass_fields__
    } | {"linkedid": "pbx1-2.1"})  # fmt: skip
    await house.feed(*first.facts, *second.facts)
    assert {call.id for call in house.board.live()} == {"pbx1-1.1", "pbx1-2.1"}
    call = await house.store.call("pbx1-1.1")
    assert [other.id for other in await house.store.linked(call)] == ["pbx1-2.1"]
    assert (await case_of(house, "pbx1-1.1")).id != (await case_of(house, "pbx1-2.1")).id


async def test_a_call_of_ours_is_about_the_newest_open_case_of_ours_with_that_number(house, told):
    for n in (1, 2, 3):
        story = (
            told(f"pbx1-{n}.1", told("x").at + timedelta(seconds=n))
            .arrives()
            .presses("principal", "1")
            .waits()
        )
        await house.feed(*story.is_answered("102" if n == 3 else "101").ends().facts)
    await house.desk.close((await case_of(house, "pbx1-2.1")).id, "informado", "ana")
    await house.feed(*over(placed(told)).facts)
    call = await house.store.call("pbx1-9.1")
    assert (call.direction, call.number, call.coordinator) == ("out", NUMBER, "ana")
    assert call.case == (await house.store.call("pbx1-1.1")).case
    assert (call.plan, call.fantasy_name, call.account) == (
        "hogar-nandu",
        "ASISTENCIA ÑANDÚ",
        "Seguros Ñandú S.A.",
    )
    assert (await house.store.case(call.case)).calls == ("pbx1-1.1", "pbx1-9.1")


async def test_a_call_of_ours_is_else_about_anybodys_case_else_about_none(house, told):
    await house.feed(*answered(told, caller=NUMBER).ends().facts)
    await house.feed(*over(placed(told, "pbx1-8.1", extension="102")).facts)
    assert (await house.store.call("pbx1-8.1")).case == (await house.store.call("pbx1-1.1")).case
    await house.feed(*over(placed(told, "pbx1-7.1", number="+5491199999999")).facts)
    stranger = await house.store.call("pbx1-7.1")
    assert (stranger.case, stranger.plan, stranger.outcome) == (None, "", "answered")
    assert len((await house.store.cases()).items) == 1


async def test_a_call_of_ours_whose_facts_come_late_keeps_its_case(house, told):
    await house.feed(*answered(told).ends().facts)
    story = placed(told).is_held()
    late = story.facts.pop(1)
    await house.feed(*story.facts)
    await house.feed(late)
    call = await house.store.call("pbx1-9.1")
    assert call.case is not None and call.answered is not None
    assert call.plan == house.board.call("pbx1-9.1").plan == "hogar-nandu"


async def test_a_call_of_ours_shows_on_the_desk_and_not_among_those_that_wait(house, told):
    ana = house.board.subscribe("ana")
    await house.feed(*told("pbx1-9.1").is_placed("101").facts)
    assert house.board.waiting() == ()
    assert house.board.in_call("ana")
    assert ChangeKind.TALKING in kinds(await told_so_far(ana))


async def missed(house):
    found = await house.store.missed(house.clock.now - timedelta(days=1))
    return [(each.call.caller, each.times) for each in found]


@pytest.mark.parametrize(
    ("outcome", "phase"), [("abandoned", "ringing"), ("abandoned", "greeting"), ("unserved", "queue")]
)
async def test_a_caller_whom_nobody_answered_is_owed_a_call(house, told, outcome, phase):
    await house.feed(*told("pbx1-1.1").arrives().ends(outcome, phase).facts)
    assert await missed(house) == [(NUMBER, 1)]
    assert (await house.store.cases()).items == ()


async def test_calls_missed_of_one_number_are_one_debt_and_hidden_numbers_none(house, told):
    await house.feed(*told("pbx1-1.1").arrives().ends("abandoned", "queue").facts)
    later = told("x").at + timedelta(minutes=1)
    await house.feed(*told("pbx1-2.1", later).arrives().ends("abandoned", "queue").facts)
    await house.feed(*told("pbx1-3.1", caller=None).arrives().ends("abandoned", "queue").facts)
    await house.feed(*told("pbx1-4.1", caller="+5491155550004").arrives().ends("closed", "greeting").facts)
    owed = told("pbx1-5.1", caller="+5491155550005").arrives().tell(CallbackOwed, queue="cat")
    await house.feed(*owed.ends("callback", "callback").facts)
    assert await missed(house) == [(NUMBER, 2)]


async def test_talking_with_the_number_later_pays_the_debt_whichever_way_and_order(house, told):
    lost = told("pbx1-1.1").arrives().ends("abandoned", "queue").facts
    back = told("pbx1-2.1", told("x").at + timedelta(minutes=1)).arrives().waits().is_answered().ends().facts
    for facts in ([*lost, *back], [*back, *lost]):
        await house.feed(*facts)
        assert await missed(house) == []
    other = "+5491155550009"
    await house.feed(*told("pbx1-3.1", caller=other).arrives().ends("abandoned", "queue").facts)
    assert await missed(house) == [(other, 1)]
    await house.feed(*told("pbx1-4.1", told("x").at + timedelta(minutes=2)).is_placed("101", other).facts)
    assert await missed(house) == [(other, 1)]
    await house.feed(*over(placed(told, "pbx1-5.1", other, minutes=3)).facts)
    assert await missed(house) == []


async def test_an_answer_before_the_missed_call_pays_nothing(house, told):
    await house.feed(*answered(told).ends().facts)
    later = told("x").at + timedelta(minutes=5)
    await house.feed(*told("pbx1-2.1", later).arrives().ends("abandoned", "queue").facts)
    assert await missed(house) == [(NUMBER, 1)]


async def test_calls_are_found_by_who_was_at_the_other_end_whichever_way(house, told):
    await house.feed(*answered(told).ends().facts, *over(placed(told)).facts)
    for filter, found in (
        (CallFilter(number=NUMBER), ["pbx1-9.1", "pbx1-1.1"]),
        (CallFilter(number=NUMBER, direction="out"), ["pbx1-9.1"]),
        (CallFilter(caller=NUMBER), ["pbx1-1.1"]),
        (CallFilter(coordinator="ana", outcome="answered"), ["pbx1-9.1", "pbx1-1.1"]),
        (CallFilter(coordinator="beto"), []),
    ):
        assert [call.id for call in (await house.store.calls(filter)).items] == found
