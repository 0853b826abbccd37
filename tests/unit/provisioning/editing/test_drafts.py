"""Drafts of plans: saved as they are typed, with their history, and never one over another's."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from db.all_tables import metadata
from provisioning.editing.store import PlanDrafts
from provisioning.editing.values import Beginning, DraftRefused, StaleDraft
from staff.actor import Actor, acting
from staff.scope import Scope
from staff.tables import audit
from tests.support.databases import BACKENDS, fresh_engine

BEGINS = Beginning("AR", "Seguros Ñandú S.A.", version=3, alta=7)


@pytest.fixture(params=BACKENDS)
async def engine(request, tmp_path):
    async with fresh_engine(request.param, tmp_path, metadata) as opened:
        yield opened


class Hand:
    """Drafts with a clock to move, and who writes."""

    def __init__(self, engine):
        self.engine = engine
        self.now = datetime(2026, 11, 26, 12, tzinfo=UTC)
        self.drafts = PlanDrafts(engine, lambda: self.now)

    async def writes(self, name, text, revision, begins=BEGINS):
        with acting(Actor(name, "web")):
            return await self.drafts.save("hogar", text, revision, begins)

    async def deeds(self):
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(select(audit.c.action, audit.c.actor))]


@pytest.fixture
def hand(engine):
    return Hand(engine)


async def test_what_is_typed_is_there_with_who_and_when(hand):
    await hand.writes("carla", "plan: hogar\n", 0)
    draft = await hand.drafts.find("hogar")
    assert (draft.text, draft.revision, draft.by, draft.at) == ("plan: hogar\n", 1, "carla", hand.now)
    assert (draft.version, draft.alta, draft.account) == (3, 7, "Seguros Ñandú S.A.")


async def test_who_comes_second_is_given_the_others_text(hand):
    first = await hand.writes("carla", "a: 1", 0)
    await hand.writes("olga", "a: 2", first.revision)
    with pytest.raises(StaleDraft) as stale:
        await hand.writes("carla", "a: 3", first.revision)
    assert (stale.value.now.text, stale.value.now.by) == ("a: 2", "olga")
    assert (await hand.drafts.find("hogar")).text == "a: 2"


async def test_two_tabs_of_one_person_are_two_writers(hand):
    await hand.writes("carla", "a: 1", 0)
    await hand.writes("carla", "a: 2", 1)
    with pytest.raises(StaleDraft):
        await hand.writes("carla", "a: 3", 1)
    assert (await hand.drafts.find("hogar")).text == "a: 2"


async def test_the_same_text_sent_twice_is_one_change(hand):
    once = await hand.writes("carla", "a: 1", 0)
    assert await hand.writes("carla", "a: 1", 0) == once


async def test_of_two_who_begin_at_once_one_wins_and_the_other_sees_it(hand):
    answers = await asyncio.gather(
        hand.writes("carla", "a: 1", 0), hand.writes("olga", "a: 2", 0), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in answers) == ["PlanDraft", "StaleDraft"]


async def test_one_sitting_is_one_row_of_history_and_one_deed(hand):
    for revision, text in enumerate(("a", "ab", "abc")):
        await hand.writes("carla", text, revision)
    hand.now += timedelta(minutes=6)
    await hand.writes("carla", "abcd", 3)
    await hand.writes("olga", "abcde", 4)
    history = await hand.drafts.history("hogar")
    assert [(each.by, each.revision) for each in history] == [("olga", 5), ("carla", 4), ("carla", 3)]
    assert await hand.drafts.former("hogar", 3) == "abc"
    assert await hand.deeds() == [("plan.drafted", "carla")] * 2 + [("plan.drafted", "olga")]


async def test_a_draft_that_was_given_up_begins_anew_from_what_stands_then(hand):
    await hand.writes("carla", "a", 0)
    assert await hand.drafts.close("hogar", 1, "plan.draft-dropped")
    assert await hand.drafts.open() == ()
    again = await hand.writes("carla", "b", 1, Beginning("AR", "Otra", version=4))
    assert (again.open, again.version, again.alta, again.account) == (True, 4, None, "Otra")


async def test_a_draft_that_somebody_wrote_on_is_not_closed(hand):
    await hand.writes("carla", "a", 0)
    await hand.writes("carla", "b", 1)
    assert not await hand.drafts.close("hogar", 1, "plan.draft-published")
    assert (await hand.drafts.find("hogar")).open


async def test_only_drafts_in_sight_are_listed(hand):
    await hand.writes("carla", "a", 0)
    assert await hand.drafts.open(Scope(frozenset({"MX"}))) == ()
    assert len(await hand.drafts.open(Scope(frozenset({"AR"})))) == 1


@pytest.mark.parametrize("text", ["a" * (256 * 1024 + 1), "a\x00b", "a\ud800b"])
async def test_what_can_be_no_plan_is_not_kept(hand, text):
    with pytest.raises(DraftRefused):
        await hand.writes("carla", text, 0)
    assert await hand.drafts.find("hogar") is None
