"""The cursor of the journal and the gaps of the link, on every database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.all_tables import metadata
from telephony.facts import LinkLost
from telephony.journal_store import Cursor, JournalStore
from tests.support.databases import BACKENDS, fresh_engine

AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


@pytest.fixture(params=BACKENDS)
async def stores(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[JournalStore, JournalStore]]:
    async with fresh_engine(request.param, tmp_path, metadata) as engine:
        yield JournalStore(engine, "pbx1"), JournalStore(engine, "pbx2")


async def test_each_pbx_has_its_own_cursor(stores: tuple[JournalStore, JournalStore]) -> None:
    one, other = stores
    assert await one.cursor() is None
    await one.move(Cursor(7, AT, after(1)))
    await one.move(Cursor(9, after(2), after(3)))
    assert await one.cursor() == Cursor(9, after(2), after(3))
    assert await other.cursor() is None


async def test_that_somebody_listens_moves_only_that(stores: tuple[JournalStore, JournalStore]) -> None:
    one, _ = stores
    await one.move(Cursor(7, AT, AT))
    await one.listened(after(5))
    assert await one.cursor() == Cursor(7, AT, after(5))


async def test_a_gap_begins_once_and_ends_with_what_was_found(
    stores: tuple[JournalStore, JournalStore],
) -> None:
    one, other = stores
    await one.lost(LinkLost("pbx1", AT, "la central dejó de responder"))
    await one.lost(LinkLost("pbx1", after(4), "la central no acepta conexiones"))
    (gap,) = await one.gaps()
    assert (gap.lost, gap.reason, gap.regained) == (AT, "la central dejó de responder", None)
    await one.regained(after(9), calls=3, facts=12)
    (gap,) = await one.gaps()
    assert (gap.regained, gap.calls, gap.facts) == (after(9), 3, 12)
    assert await other.gaps() == ()


async def test_without_a_gap_nothing_ends(stores: tuple[JournalStore, JournalStore]) -> None:
    await stores[0].regained(AT, 0, 0)
    assert await stores[0].gaps() == ()


async def test_gaps_are_found_by_the_time_they_touch(stores: tuple[JournalStore, JournalStore]) -> None:
    one, _ = stores
    for begin in (0, 100):
        await one.lost(LinkLost("pbx1", after(begin), f"{begin}"))
        await one.regained(after(begin + 10), 0, 0)
    await one.lost(LinkLost("pbx1", after(200), "200"))

    async def touching(since: float, until: float) -> list[str]:
        return [gap.reason for gap in await one.gaps(after(since), after(until))]

    assert await touching(5, 20) == ["0"]
    assert await touching(20, 90) == []
    assert await touching(105, 500) == ["200", "100"]
    assert [gap.reason for gap in await one.gaps(limit=2)] == ["200", "100"]
