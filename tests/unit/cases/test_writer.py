import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from cases.committer import Committer
from cases.fact_rows import fact_of, fact_row
from cases.store import CaseFilter
from cases.tables import call_events, cases, refused_facts
from telephony.facts import CallAnswered, CallbackOwed, OpenCall, RingUnanswered


async def count(house, table) -> int:
    async with house.engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


def test_a_fact_survives_its_row(told):
    story = told("pbx1-1").served().tell(RingUnanswered, queue="cat", extension="101")
    story.tell(CallbackOwed, queue="cat")
    assert [fact_of(fact_row(fact)) for fact in story.facts] == story.facts


async def test_an_answered_call_is_one_record_with_one_case(house, told):
    await house.feed(*told("pbx1-1").served().facts)
    call = await house.store.call("pbx1-1")
    case = await house.store.case(call.case)
    assert (call.choice, call.coordinator, call.outcome) == ("Emergencia", "ana", "answered")
    assert call.digits == {"documento": "20123456"}
    assert case.number == f"AV-{case.id:06d}"
    assert (case.kind, case.priority, case.owner, case.state) == ("emergencia", 10, "ana", "open")
    assert (case.telephone, case.calls) == ("+5491155550001", ("pbx1-1",))
    assert [change.field for change in await house.store.history(case.id)] == ["opened"]


async def test_facts_fed_again_by_a_new_process_change_nothing(house, told):
    facts = told("pbx1-1").served().facts
    await house.feed(*facts)
    before = await house.store.calls(), await house.store.cases(), await count(house, call_events)
    await house.feed(*facts, *reversed(facts))
    after = await house.store.calls(), await house.store.cases(), await count(house, call_events)
    assert after == before


async def test_a_new_process_goes_on_with_the_calls_that_are_open(house, told):
    story = told("pbx1-1").arrives().waits().rings()
    await house.feed(*story.facts)
    intake = house.intake()
    (view,) = await intake.restore()
    assert (view.id, view.ringing) == ("pbx1-1", {"101"})
    assert intake.open_calls() == [OpenCall("pbx1-1", "pbx1-1", "ringing")]
    assert house.board.ringing_for("101") == (view,)
    await house.feed(*story.is_answered().ends().facts[-2:])
    call = await house.store.call("pbx1-1")
    assert call.outcome == "answered"
    assert (await house.store.case(call.case)).owner == "ana"


async def test_facts_that_come_before_the_arrival_wait_for_it(house, told):
    facts = told("pbx1-1").served().facts
    await house.feed(*facts[1:])
    assert await house.store.call("pbx1-1") is None
    assert await count(house, refused_facts) == len(facts) - 1
    await house.feed(facts[0])
    assert (await house.store.call("pbx1-1")).outcome == "answered"
    assert await count(house, refused_facts) == 0
    assert await count(house, cases) == 1


async def test_a_promised_call_back_is_an_open_case_that_nobody_owns(house, told):
    await house.feed(*told("pbx1-1").arrives().waits().tell(CallbackOwed, queue="cat").facts)
    (case,) = await house.store.unowned()
    assert (case.callback_queue, case.owner, case.telephone) == ("cat", None, "+5491155550001")


async def test_a_late_answer_gives_the_case_its_owner(house, told):
    story = told("pbx1-1").arrives().waits().ends()
    await house.feed(*story.facts)
    await house.feed(CallAnswered("pbx1-1", story.facts[-1].at - timedelta(milliseconds=1), "cat", "101"))
    (case,) = (await house.store.cases()).items
    assert case.owner == "ana"
    assert [each.field for each in await house.store.history(case.id)] == ["opened", "taken"]


async def test_a_late_fact_leaves_alone_what_a_person_wrote(house, told):
    story = told("pbx1-1").arrives().waits().ends()
    await house.feed(*story.facts)
    (case,) = (await house.store.cases()).items
    await house.desk.take(case.id, "carla")
    await house.feed(CallAnswered("pbx1-1", story.facts[-1].at - timedelta(milliseconds=1), "cat", "101"))
    assert (await house.store.case(case.id)).owner == "carla"


async def test_a_fact_that_cannot_be_applied_does_not_stop_the_others(house, told):
    good, other = told("pbx1-1").served().facts, told("pbx1-3").served().facts
    bad = replace(told("pbx1-2").arrives().facts[0], linkedid=None)
    await house.feed(*good[:3], bad, *good[3:], *other)
    assert {call.id for call in (await house.store.calls()).items} == {"pbx1-1", "pbx1-3"}
    assert (await house.store.call("pbx1-1")).outcome == "answered"
    assert await count(house, refused_facts) == 1


@pytest.mark.parametrize("broken", [{"at": None}, {"call": "x" * 400}, {"call": "a\x00b"}])
async def test_a_fact_that_cannot_even_be_set_aside_does_not_stop_the_others(house, told, broken):
    good = told("pbx1-1").served().facts
    await house.feed(*good[:3], replace(good[0], **broken), *good[3:])
    assert (await house.store.call("pbx1-1")).outcome == "answered"


async def test_nothing_reaches_the_board_before_it_is_committed(house, told):
    intake = house.intake()
    seen = []

    def at_commit(_connection: object) -> None:
        seen.append(house.board.live())

    event.listen(house.engine.sync_engine, "commit", at_commit)
    running = asyncio.create_task(intake.run())
    await intake.take(told("pbx1-1").arrives().facts[0])
    await intake.close()
    await running
    assert () in seen
    assert [call.id for call in house.board.live()] == ["pbx1-1"]


async def test_a_database_that_fails_is_tried_again_and_nothing_is_lost(house, told, monkeypatch):
    monkeypatch.setattr("cases.writer.FIRST_RETRY", 0.001)
    failures = iter(range(3))

    def fail(_connection: object) -> None:
        if next(failures, None) is not None:
            raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(house.engine.sync_engine, "commit", fail)
    intake = await house.feed(*told("pbx1-1").served().facts)
    assert next(failures, None) is None
    assert intake.stuck_since is None
    assert (await house.store.call("pbx1-1")).outcome == "answered"


async def test_a_commit_whose_answer_was_lost_is_not_done_twice_and_is_shown(house, told, monkeypatch):
    monkeypatch.setattr("cases.writer.FIRST_RETRY", 0.001)
    write, lost = Committer._write, []

    async def write_and_lose(self, batch):
        done = await write(self, batch)
        if not lost:
            lost.append(batch)
            raise OperationalError("COMMIT", {}, Exception("connection lost"))
        return done

    monkeypatch.setattr("cases.committer.Committer._write", write_and_lose)
    await house.feed(*told("pbx1-1").arrives().waits().rings().facts)
    assert await count(house, call_events) == 3
    assert [call.id for call in house.board.ringing_for("101")] == ["pbx1-1"]


async def test_a_second_process_on_the_same_calls_reads_them_again(house, told):
    facts = told("pbx1-1").served().facts
    first = house.intake()
    running = asyncio.create_task(first.run())
    for fact in facts[:3]:
        await first.take(fact)
    while await count(house, call_events) < 3:  # noqa: ASYNC110 - another process's view
        await asyncio.sleep(0.005)
    await house.feed(*facts)
    for fact in facts[3:]:
        await first.take(fact)
    await first.close()
    await running
    assert await count(house, cases) == 1
    assert await count(house, call_events) == len(facts)
    assert await count(house, refused_facts) == 0


async def test_taking_never_waits_and_what_has_no_room_is_counted(sqlite_house, told):
    intake = sqlite_house.intake(capacity=2)
    facts = told("pbx1-1").served().facts
    async with asyncio.timeout(0.5):
        for fact in facts[:3]:
            await intake.take(fact)
    assert (intake.lost, intake.waiting) == (1, 2)
    running = asyncio.create_task(intake.run())
    await intake.close()
    await running
    assert await count(sqlite_house, call_events) == 2


async def test_facts_that_come_close_together_share_a_commit(sqlite_house, told, monkeypatch):
    monkeypatch.setattr("cases.writer.SPACING", 2.0)
    batches = []
    write = Committer._write

    async def note(self, batch):
        batches.append(len(batch))
        return await write(self, batch)

    monkeypatch.setattr("cases.committer.Committer._write", note)
    intake = sqlite_house.intake()
    running = asyncio.create_task(intake.run())
    for n in range(10):
        await intake.take(told(f"pbx1-{n}").arrives().facts[0])
        await asyncio.sleep(0.01)
    await intake.close()
    await running
    assert batches == [1, 9]


async def test_cases_can_be_asked_for_by_line_plan_state_and_owner(house, told):
    await house.feed(*told("pbx1-1").served("101").facts, *told("pbx1-2").served("102").facts)
    for filter, found in (
        (CaseFilter(line="+541143218765"), 2),
        (CaseFilter(line="+540000"), 0),
        (CaseFilter(plan="hogar-nandu", state="open", owner="beto"), 1),
        (CaseFilter(state="closed"), 0),
    ):
        assert len((await house.store.cases(filter)).items) == found
