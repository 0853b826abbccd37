import asyncio
from datetime import timedelta

import pytest

from cases import metrics
from cases.stream import Change, ChangeKind, Subscription, SubscriptionClosed


async def told_so_far(subscription) -> list[Change]:
    changes = []
    try:
        async with asyncio.timeout(0.02):
            while True:
                changes.append(await subscription.get())
    except TimeoutError:
        return changes


def kinds(changes):
    return [change.kind for change in changes]


async def test_the_one_whose_phone_rings_gets_the_pop_and_the_others_do_not(sqlite_house, told):
    ana, beto = sqlite_house.board.subscribe("ana"), sqlite_house.board.subscribe("beto")
    await sqlite_house.feed(*told("pbx1-1").arrives().waits().rings("101").facts)
    assert Change(ChangeKind.POP, "pbx1-1") in await told_so_far(ana)
    assert kinds(await told_so_far(beto)) == [ChangeKind.WAITING]


async def test_a_pop_goes_when_another_answers_and_the_one_who_answers_is_told(sqlite_house, told):
    story = told("pbx1-1").arrives().waits().rings("101").rings("102")
    await sqlite_house.feed(*story.facts)
    ana, beto = sqlite_house.board.subscribe("ana"), sqlite_house.board.subscribe("beto")
    await sqlite_house.feed(*story.is_answered("102").facts[-1:])
    assert ChangeKind.POP_GONE in kinds(await told_so_far(ana))
    call = await sqlite_house.store.call("pbx1-1")
    assert Change(ChangeKind.TALKING, "pbx1-1", call.case) in await told_so_far(beto)
    assert [each.id for each in sqlite_house.board.talking_for("beto")] == ["pbx1-1"]
    assert sqlite_house.board.in_call("beto")
    assert not sqlite_house.board.in_call("ana")


async def test_waiting_calls_stand_by_urgency_then_by_who_waits_longest(sqlite_house, told):
    first, second, urgent = (told(f"pbx1-{n}").arrives() for n in range(3))
    await sqlite_house.feed(*first.waits(priority=0).facts, *second.facts)
    second.at += timedelta(seconds=5)
    await sqlite_house.feed(*second.waits(priority=0).facts, *urgent.waits(priority=10).facts)
    assert [call.id for call in sqlite_house.board.waiting()] == ["pbx1-2", "pbx1-0", "pbx1-1"]


async def test_a_call_that_ended_leaves_the_board_and_its_coordinator_is_told(sqlite_house, told):
    story = told("pbx1-1").arrives().waits().is_answered("101")
    await sqlite_house.feed(*story.facts)
    ana = sqlite_house.board.subscribe("ana")
    await sqlite_house.feed(story.ends().facts[-1])
    assert ChangeKind.ENDED in kinds(await told_so_far(ana))
    assert sqlite_house.board.live() == ()


async def test_who_passed_a_call_on_and_left_is_told_when_its_case_goes_to_another(sqlite_house, told):
    story = told("pbx1-1").arrives().waits().is_answered("101").is_passed("101", "102").rings("102", "")
    await sqlite_house.feed(*story.facts)
    ana = sqlite_house.board.subscribe("ana")
    await sqlite_house.feed(story.is_answered("102", None).facts[-1])
    case = await sqlite_house.store.case((await sqlite_house.store.call("pbx1-1")).case)
    assert case.owner == "beto"
    assert Change(ChangeKind.CASE, case_id=case.id) in await told_so_far(ana)


async def test_the_delay_of_a_pop_is_measured_once_from_when_the_ring_was_heard(sqlite_house, told):
    def measured() -> tuple[float, float]:
        samples = {each.name: each.value for each in metrics.POP_DELAY.collect()[0].samples}
        return samples["altavoz_pop_delay_seconds_count"], samples["altavoz_pop_delay_seconds_sum"]

    count, total = measured()
    await sqlite_house.feed(*told("pbx1-1").arrives().waits().rings("101").facts)
    assert [call.id for call in sqlite_house.board.unacknowledged("ana")] == ["pbx1-1"]
    for tab in range(2):
        at = sqlite_house.clock.now + timedelta(seconds=0.25 + tab)
        sqlite_house.board.pop_acknowledged("pbx1-1", "ana", at)
    assert sqlite_house.board.unacknowledged("ana") == ()
    assert measured() == (count + 1, pytest.approx(total + 0.25))


async def test_a_case_that_nobody_owns_is_told_to_everybody(sqlite_house, told):
    beto = sqlite_house.board.subscribe("beto")
    await sqlite_house.feed(*told("pbx1-1").served("101").facts)
    case = (await sqlite_house.store.call("pbx1-1")).case
    assert Change(ChangeKind.CASE, case_id=case) not in await told_so_far(beto)
    await sqlite_house.feed(*told("pbx1-2").arrives().ends().facts)
    owed = (await sqlite_house.store.call("pbx1-2")).case
    assert Change(ChangeKind.CASE, case_id=owed) in await told_so_far(beto)


async def test_a_change_of_a_case_is_told_to_who_has_it_and_who_had_it(sqlite_house, told):
    await sqlite_house.feed(*told("pbx1-1").served("101").facts)
    case = (await sqlite_house.store.call("pbx1-1")).case
    ana, beto, carla = (sqlite_house.board.subscribe(name) for name in ("ana", "beto", "carla"))
    await sqlite_house.desk.take(case, "beto")
    change = Change(ChangeKind.CASE, case_id=case)
    assert [await told_so_far(each) for each in (ana, beto, carla)] == [[change], [change], []]


async def test_what_happened_many_times_meanwhile_is_told_once():
    subscription = Subscription("ana", 3, lambda _gone: None)
    for _ in range(10):
        subscription.put(Change(ChangeKind.WAITING))
    assert await told_so_far(subscription) == [Change(ChangeKind.WAITING)]


async def test_a_full_subscription_still_takes_what_it_already_holds():
    subscription = Subscription("ana", 1, lambda _gone: None)
    for _ in range(2):
        subscription.put(Change(ChangeKind.WAITING))
    assert not subscription.closed


async def test_a_desk_that_falls_behind_is_closed_and_leaves_the_board(sqlite_house, told):
    slow, watcher = sqlite_house.board.subscribe("ana"), sqlite_house.board.subscribe(None)
    for n in range(201):
        sqlite_house.board.case_changed(await a_case(sqlite_house, told, n), "ana")
    assert slow.closed
    with pytest.raises(SubscriptionClosed):
        await slow.get()
    assert watcher.closed
    sqlite_house.board.person_changed("ana")


async def a_case(house, told, n, made={}):  # noqa: B006 - one case is read once
    from dataclasses import replace

    if "case" not in made:
        await house.feed(*told("pbx1-1").served("101").facts)
        made["case"] = (await house.store.cases()).items[0]
    return replace(made["case"], id=n)


async def test_who_waits_for_a_change_is_told_when_the_subscription_closes(sqlite_house):
    subscription = sqlite_house.board.subscribe("ana")
    waiting = asyncio.create_task(subscription.get())
    await asyncio.sleep(0)
    subscription.close()
    with pytest.raises(SubscriptionClosed):
        await waiting
