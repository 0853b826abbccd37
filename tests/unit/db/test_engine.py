import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import open_engine, writing

BOGOTA = timezone(timedelta(hours=-5))


async def test_an_instant_comes_back_aware_and_in_utc(engine: AsyncEngine, table: Table) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(table).values(at=datetime(2026, 3, 1, 22, 30, 0, 7, tzinfo=BOGOTA)))
        read = (await connection.execute(select(table.c.at))).scalar_one()
    assert read == datetime(2026, 3, 2, 3, 30, 0, 7, tzinfo=UTC)
    assert read.tzinfo is UTC


async def test_a_naive_datetime_is_refused(engine: AsyncEngine, table: Table) -> None:
    async with engine.begin() as connection:
        with pytest.raises(StatementError, match="no instant"):
            await connection.execute(insert(table).values(at=datetime(2026, 3, 1)))  # noqa: DTZ001


async def test_instants_sort_with_and_without_microseconds(engine: AsyncEngine, table: Table) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    moments = [start + timedelta(microseconds=each) for each in (0, 1, 999_999, 1_000_000)]
    async with engine.begin() as connection:
        await connection.execute(insert(table), [{"at": at} for at in reversed(moments)])
        read = (await connection.execute(select(table.c.at).order_by(table.c.at))).scalars().all()
    assert read == moments


async def test_two_writers_that_read_first_lose_no_change(engine: AsyncEngine, table: Table) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(table).values(id=1, n=0))

    async def add_one() -> None:
        async with writing(engine) as connection:
            wanted = select(table.c.n).where(table.c.id == 1).with_for_update()
            n = (await connection.execute(wanted)).scalar_one()
            await asyncio.sleep(0.01)
            await connection.execute(update(table).values(n=n + 1))

    await asyncio.gather(*(add_one() for _ in range(4)))
    async with engine.connect() as connection:
        assert (await connection.execute(select(table.c.n))).scalar_one() == 4


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5000)],
)
async def test_sqlite_is_opened_to_keep_what_it_was_given(tmp_path: Path, pragma: str, value: object) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'tuned.db'}")
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value
    await engine.dispose()
