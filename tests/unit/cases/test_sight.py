"""Who sees which rows, and that a page costs the same however many rows are out of sight."""

import pytest

from cases.filters import CallFilter
from cases.pages import mark
from staff.scope import Scope
from tests.unit.cases.test_store import asked, steps_of

HERE = Scope(frozenset({"AR"}), frozenset({"Seguros Ñandú S.A."}))
ELSEWHERE = Scope(frozenset({"CO"}))
OTHER_ACCOUNT = Scope(frozenset({"AR"}), frozenset({"Otra S.A.", "Tercera S.A."}))


@pytest.fixture
async def served(house, told):
    """One call of Ana's with its case, one of Beto's."""
    await house.feed(*told("pbx1-1.1").served("101").facts, *told("pbx1-2.1").served("102").facts)
    return house


@pytest.mark.parametrize(("scope", "seen"), [(HERE, 2), (ELSEWHERE, 0), (OTHER_ACCOUNT, 0), (Scope(), 2)])
async def test_only_rows_of_ones_scope_are_in_the_lists(served, scope, seen):
    assert len((await served.store.calls(scope=scope)).items) == seen
    assert len((await served.store.cases(scope=scope)).items) == seen
    assert len((await served.store.search("0001", scope=scope)).items) == seen
    assert len(await served.store.open_cases_of_number("+5491155550001", scope=scope)) == seen


async def test_out_of_scope_one_sees_ones_own_calls_and_cases_and_no_others(served):
    calls = (await served.store.calls(scope=ELSEWHERE, own="ana")).items
    cases = (await served.store.cases(scope=ELSEWHERE, own="ana")).items
    found = (await served.store.search("0001", scope=ELSEWHERE, own="ana")).items
    assert [call.coordinator for call in calls] == ["ana"]
    assert [case.owner for case in cases] == [case.owner for case in found] == ["ana"]


async def test_a_row_out_of_sight_is_not_there(served):
    call = (await served.store.calls()).items[0]
    other = "beto" if call.coordinator == "ana" else "ana"
    for own, seen in ((None, False), (other, False), (call.coordinator, True)):
        assert (await served.store.call(call.id, scope=ELSEWHERE, own=own) is not None) is seen
        assert (await served.store.case(call.case, scope=ELSEWHERE, own=own) is not None) is seen


async def test_who_passed_a_call_on_still_sees_it(house, told):
    story = told("pbx1-1.1").arrives().waits().is_answered("101").is_passed("101", "102")
    await house.feed(*story.is_answered("102", queue=None).ends().facts)
    assert await house.store.call("pbx1-1.1", scope=ELSEWHERE, own="ana") is not None


async def test_missed_calls_are_those_of_ones_scope(house, told):
    await house.feed(*told("pbx1-1.1").arrives().ends("abandoned", "queue").facts)
    since = told("x").at
    assert len(await house.store.missed(since, scope=HERE)) == 1
    assert await house.store.missed(since, scope=ELSEWHERE) == ()


@pytest.mark.parametrize("scope", [Scope(frozenset({"AR", "CO"})), OTHER_ACCOUNT])
@pytest.mark.parametrize("filter", [CallFilter(), CallFilter(number="+5491155550001")])
async def test_each_way_to_see_a_row_has_its_index(sqlite_house, told, scope, filter):
    with asked(sqlite_house) as statements:
        await sqlite_house.store.calls(filter, 50, mark(told("x").at, "7"), scope=scope, own="ana")
    steps = await steps_of(sqlite_house, *statements[0])
    assert "SCAN calls" not in steps


async def test_pages_of_several_ways_follow_one_another_without_gap_or_repetition(house, told):
    for n in range(7):
        await house.feed(*told(f"pbx1-{n}.1").served("101" if n % 2 else "102").facts)
    seen, after = [], None
    while True:
        page = await house.store.calls(limit=2, after=after, scope=Scope(frozenset({"AR", "CO"})), own="ana")
        seen += [call.id for call in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [f"pbx1-{n}.1" for n in range(6, -1, -1)]
