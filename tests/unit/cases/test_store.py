from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from cases.pages import BadPage, mark, unmark
from cases.store import CallFilter, CaseFilter


@pytest.fixture
async def six_calls(house, told):
    """Three pairs of calls, each pair begun at the same instant."""
    for n in range(6):
        story = told(f"pbx1-{n}", told("x").at + timedelta(seconds=n // 2), f"+54911555500{n:02}")
        await house.feed(*story.served().facts)
    return house


async def test_pages_follow_one_another_without_gap_or_repetition(six_calls):
    seen, after = [], None
    while True:
        page = await six_calls.store.calls(limit=2, after=after)
        seen += [call.id for call in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [f"pbx1-{n}" for n in (5, 4, 3, 2, 1, 0)]


async def test_a_page_stays_where_it_was_when_new_calls_arrive(six_calls, told):
    first = await six_calls.store.calls(limit=3)
    newer = told("pbx1-9", told("x").at + timedelta(minutes=1)).served().facts
    await six_calls.feed(*newer)
    second = await six_calls.store.calls(limit=3, after=first.next)
    assert [call.id for call in second.items] == ["pbx1-2", "pbx1-1", "pbx1-0"]


async def test_cases_have_pages_too(six_calls):
    first = await six_calls.store.cases(limit=4)
    second = await six_calls.store.cases(limit=4, after=first.next)
    ids = [case.id for case in (*first.items, *second.items)]
    assert len(ids) == 6
    assert sorted(ids, reverse=True) == ids
    assert second.next is None


async def test_since_and_until_bound_the_start(six_calls, told):
    at = told("x").at
    filter = CallFilter(since=at + timedelta(seconds=1), until=at + timedelta(seconds=2))
    assert [call.id for call in (await six_calls.store.calls(filter)).items] == ["pbx1-3", "pbx1-2"]


@pytest.mark.parametrize("written", ["x", "%%%", "ñ", "a" * 500, mark.__name__])
async def test_a_mark_that_is_none_of_ours_is_refused(house, written):
    with pytest.raises(BadPage, match="vuelva a la primera"):
        await house.store.calls(after=written)


async def test_the_mark_of_a_call_is_none_of_a_case(house, told):
    with pytest.raises(BadPage):
        await house.store.cases(after=mark(told("x").at, "pbx1-1"))


def test_a_mark_can_be_undone(told):
    at = told("x").at + timedelta(microseconds=7)
    assert unmark(mark(at, "pbx1-1.2~3")) == (at, "pbx1-1.2~3")


@contextmanager
def asked(house):
    """The statements that the database is asked meanwhile, with their values."""
    statements = []

    def note(_connection, _cursor, statement, parameters, *_rest) -> None:
        statements.append((statement, parameters))

    event.listen(house.engine.sync_engine, "before_cursor_execute", note)
    yield statements
    event.remove(house.engine.sync_engine, "before_cursor_execute", note)


async def steps_of(house, statement, parameters) -> str:
    async with house.engine.connect() as connection:
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return " / ".join(row.detail for row in rows)


@pytest.mark.parametrize(
    ("filter", "index"),
    [
        (CallFilter(), "calls_started_id"),
        (CallFilter(line="+541143218765"), "calls_line_started_id"),
        (CallFilter(plan="hogar-nandu"), "calls_plan_started_id"),
        (CallFilter(caller="+5491155550001"), "calls_caller_started_id"),
        (CaseFilter(), "cases_opened_id"),
        (CaseFilter(line="+541143218765"), "cases_line_opened_id"),
        (CaseFilter(plan="hogar-nandu"), "cases_plan_opened_id"),
        (CaseFilter(state="open"), "cases_state_opened_id"),
        (CaseFilter(state="open", owner="ana"), "cases_owner_state_opened_id"),
    ],
)
async def test_no_page_sorts_or_reads_the_whole_table(sqlite_house, told, filter, index):
    read = sqlite_house.store.calls if isinstance(filter, CallFilter) else sqlite_house.store.cases
    with asked(sqlite_house) as statements:
        await read(filter, 50, mark(told("x").at, "7"))
    steps = await steps_of(sqlite_house, *statements[0])
    assert f"ix_{index} " in steps
    assert "TEMP B-TREE" not in steps


async def test_the_past_of_a_number_is_found_by_an_index(sqlite_house, told):
    await sqlite_house.feed(*told("pbx1-1").served().facts)
    call = await sqlite_house.store.call("pbx1-1")
    with asked(sqlite_house) as statements:
        await sqlite_house.store.earlier_calls(call.caller, call)
        await sqlite_house.store.open_cases_of_number(call.caller)
    steps = [await steps_of(sqlite_house, *statement) for statement in statements]
    assert "ix_calls_caller_started_id" in steps[0]
    assert "ix_cases_caller_state_opened_id" in steps[1]
    assert "ix_cases_telephone_state_opened_id" in steps[1]
    assert "SCAN" not in steps[1]
