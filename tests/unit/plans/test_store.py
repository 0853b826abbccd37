"""Versions are kept for ever under their numbers; exactly what is set is live."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from plans.book import Marks
from plans.model import Plan, PlanVersion
from plans.store import PlanStore, UnknownVersion
from plans.tables import PlanHistoryRow
from plans.write import version_of

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def live(versions: dict[str, str]) -> dict[str, Marks]:
    return {plan: Marks(hash) for plan, hash in versions.items()}


@pytest.fixture
def store(engine: AsyncEngine) -> PlanStore:
    return PlanStore(engine)


@pytest.fixture
def hogar(plans: dict[str, Plan]) -> PlanVersion:
    return version_of(plans["hogar-nandu"], {"saludo": "altavoz/0123456789abcdef0123"})


@pytest.fixture
def vial(plans: dict[str, Plan]) -> PlanVersion:
    return version_of(plans["vial-condor"], {})


def after(version: PlanVersion, name: str) -> PlanVersion:
    return version_of(version.plan.model_copy(update={"name": name}), version.recordings)


async def test_a_version_comes_back_as_it_was_saved(store: PlanStore, hogar: PlanVersion) -> None:
    at = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=-3)))
    assert await store.save(hogar, "texto: ñ\n", "ana", at) == 1
    stored = await store.get("hogar-nandu", 1)
    assert stored is not None
    assert stored.version == hogar
    assert stored.version.plan.menus["principal"].wait == 5
    assert (stored.text, stored.applied_by, stored.applied_at, stored.live) == (
        "texto: ñ\n",
        "ana",
        NOON,
        False,
    )


async def test_versions_are_numbered_within_their_plan(
    store: PlanStore, hogar: PlanVersion, vial: PlanVersion
) -> None:
    numbers = [
        await store.save(each, "t", "ana", NOON)
        for each in (hogar, vial, after(hogar, "b"), after(hogar, "c"))
    ]
    assert numbers == [1, 1, 2, 3]
    assert [stored.number for stored in await store.versions("hogar-nandu")] == [1, 2, 3]
    assert await store.versions("nada") == []


async def test_the_same_content_is_the_same_version(store: PlanStore, hogar: PlanVersion) -> None:
    assert await store.save(hogar, "uno", "ana", NOON) == 1
    assert await store.save(after(hogar, "b"), "dos", "ana", NOON) == 2
    assert await store.save(hogar, "otra escritura", "beto", NOON) == 1
    first = await store.get("hogar-nandu", 1)
    assert first is not None
    assert (first.text, first.applied_by) == ("uno", "ana")


async def test_many_writers_at_once_give_each_version_one_number(
    store: PlanStore, hogar: PlanVersion
) -> None:
    versions = [after(hogar, f"nombre {n % 6}") for n in range(18)]
    numbers = await asyncio.gather(*(store.save(each, "t", "ana", NOON) for each in versions))
    assert sorted(set(numbers)) == [1, 2, 3, 4, 5, 6]
    assert numbers[:6] == numbers[6:12] == numbers[12:]


async def test_exactly_what_is_set_is_live(store: PlanStore, hogar: PlanVersion, vial: PlanVersion) -> None:
    newer = after(hogar, "b")
    for version in (hogar, newer, vial):
        await store.save(version, "t", "ana", NOON)
    await store.mark(live({"hogar-nandu": hogar.hash, "vial-condor": vial.hash}), "ana", NOON)
    assert [(s.version.plan.plan, s.number, s.live) for s in await store.live()] == [
        ("hogar-nandu", 1, True),
        ("vial-condor", 1, True),
    ]
    await store.mark(live({"hogar-nandu": newer.hash}), "ana", NOON)
    assert [(s.version.plan.plan, s.number) for s in await store.live()] == [("hogar-nandu", 2)]
    await store.mark({}, "ana", NOON)
    assert await store.live() == []


async def test_an_unknown_version_leaves_everything_as_it_was(
    store: PlanStore, hogar: PlanVersion, vial: PlanVersion
) -> None:
    await store.save(hogar, "t", "ana", NOON)
    await store.mark(live({"hogar-nandu": hogar.hash}), "ana", NOON)
    with pytest.raises(UnknownVersion) as refusal:
        await store.mark(live({"vial-condor": vial.hash}), "ana", NOON)
    assert (refusal.value.plan, refusal.value.hash) == ("vial-condor", vial.hash)
    assert [s.version for s in await store.live()] == [hogar]


async def test_without_a_number_the_live_version_or_the_last_is_given(
    store: PlanStore, hogar: PlanVersion
) -> None:
    newer = after(hogar, "b")
    for version in (hogar, newer):
        await store.save(version, "t", "ana", NOON)
    last = await store.get("hogar-nandu", None)
    assert last is not None and last.number == 2
    await store.mark(live({"hogar-nandu": hogar.hash}), "ana", NOON)
    answering = await store.get("hogar-nandu", None)
    assert answering is not None and (answering.number, answering.live) == (1, True)
    assert await store.get("hogar-nandu", 9) is None
    assert await store.get("nada", None) is None


async def test_a_version_is_found_by_the_beginning_of_its_hash(
    store: PlanStore, hogar: PlanVersion, vial: PlanVersion
) -> None:
    await store.save(hogar, "t", "ana", NOON)
    found = await store.find("hogar-nandu", hogar.short)
    assert found is not None and found.version == hogar
    assert await store.find("hogar-nandu", "%") is None
    assert await store.find("vial-condor", hogar.short) is None


async def test_every_change_of_what_is_live_leaves_its_row(
    store: PlanStore, engine: AsyncEngine, hogar: PlanVersion, vial: PlanVersion
) -> None:
    for version in (hogar, vial):
        await store.save(version, "t", "ana", NOON)
    both = {"hogar-nandu": hogar.hash, "vial-condor": vial.hash}
    await store.mark(live({"hogar-nandu": hogar.hash}), "ana", NOON)
    await store.mark(live(both), "beto", NOON)
    await store.mark(live(both), "carla", NOON)
    await store.mark(live({"vial-condor": vial.hash}), "dora", NOON)
    async with engine.connect() as connection:
        row = PlanHistoryRow
        rows = await connection.execute(
            select(row.plan, row.version_id.is_(None), row.by, row.at).order_by(row.id)
        )
        assert [tuple(each) for each in rows] == [
            ("hogar-nandu", False, "ana", NOON),
            ("vial-condor", False, "beto", NOON),
            ("hogar-nandu", True, "dora", NOON),
        ]


async def test_a_candidate_stands_beside_what_is_live(store: PlanStore, hogar: PlanVersion) -> None:
    newer = after(hogar, "b")
    for version in (hogar, newer):
        await store.save(version, "t", "ana", NOON)
    marks = {"hogar-nandu": Marks(hogar.hash, newer.hash)}
    await store.mark(marks, "ana", NOON)
    standing = [(each.number, each.live, each.candidate) for each in await store.standing()]
    assert standing == [(1, True, False), (2, False, True)]
    assert [each.number for each in await store.live()] == [1]
    assert await store.marks() == marks
    await store.mark({"hogar-nandu": Marks(None, newer.hash)}, "ana", NOON)
    assert await store.live() == []
    assert await store.marks() == {"hogar-nandu": Marks(None, newer.hash)}


async def test_what_is_suspended_is_not_live_and_is_the_one_shown(
    store: PlanStore, hogar: PlanVersion
) -> None:
    for version in (hogar, after(hogar, "b")):
        await store.save(version, "t", "ana", NOON)
    await store.mark({"hogar-nandu": Marks(hogar.hash, suspended=True)}, "ana", NOON)
    shown = await store.get("hogar-nandu")
    assert shown is not None and (shown.number, shown.live, shown.suspended) == (1, False, True)
    assert await store.live() == []
    assert await store.marks() == {"hogar-nandu": Marks(hogar.hash, suspended=True)}


async def test_the_history_tells_candidates_and_suspensions(
    store: PlanStore, engine: AsyncEngine, hogar: PlanVersion
) -> None:
    newer = after(hogar, "b")
    for version in (hogar, newer):
        await store.save(version, "t", "ana", NOON)
    for marks in (
        Marks(None, hogar.hash),
        Marks(hogar.hash),
        Marks(hogar.hash, newer.hash),
        Marks(hogar.hash, newer.hash, suspended=True),
    ):
        await store.mark({"hogar-nandu": marks}, "ana", NOON)
    row = PlanHistoryRow
    async with engine.connect() as connection:
        told = select(row.version_id, row.candidate_id, row.suspended).order_by(row.id)
        rows = [tuple(each) for each in await connection.execute(told)]
    assert rows == [(None, 1, False), (1, None, False), (1, 2, False), (1, 2, True)]
