"""The database stands still: facts go on, by way of the disk, and come back whole."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from cases.committer import passes
from cases.spool import Spool
from cases.tables import call_events, calls, cases
from db.engine import writing


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr("cases.writer.PATIENCE", 0.05)
    monkeypatch.setattr("cases.writer.FIRST_RETRY", 0.01)
    monkeypatch.setattr("cases.writer.LAST_RETRY", 0.1)


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "facts.spool")


@asynccontextmanager
async def locked(house):
    """Another program holds the database."""
    with closing(sqlite3.connect(house.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def running(intake):
    task = asyncio.create_task(intake.run())
    yield task
    await intake.close()
    await task


async def until(holds):
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for is anything a test can see
            await asyncio.sleep(0.01)


async def counts(house):
    async with house.engine.connect() as connection:
        return [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (calls, cases, call_events)
        ]


def ten(told):
    return [told(f"pbx1-{n}.1", told("x").at + timedelta(minutes=n)).served().facts for n in range(10)]


async def test_facts_of_a_locked_database_wait_on_disk_and_memory_is_empty(sqlite_house, told, spool):
    intake = sqlite_house.intake(spool=spool)
    async with running(intake):
        async with locked(sqlite_house):
            for fact in [fact for one in ten(told) for fact in one]:
                await intake.take(fact)
            await until(lambda: spool.size == 70 and intake.stuck_since is not None)
            assert len(intake._waiting) == 0
        await until(lambda: intake.waiting == 0 and intake.stuck_since is None)
        assert await counts(sqlite_house) == [10, 10, 70]
        await sqlite_house.feed()
        await intake.take(told("pbx1-99.1").arrives().facts[0])
        await until(lambda: intake.waiting == 0)
    assert (await counts(sqlite_house))[0] == 11
    assert intake.lost == 0


async def test_killed_meanwhile_the_next_process_takes_them_up_once(sqlite_house, told, spool):
    first = sqlite_house.intake(spool=spool)
    task = asyncio.create_task(first.run())
    facts = [fact for one in ten(told) for fact in one]
    for fact in facts[:30]:
        await first.take(fact)
    await until(lambda: first.waiting == 0)
    async with locked(sqlite_house):
        for fact in facts[25:]:
            await first.take(fact)
        await until(lambda: spool.size == 45)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    second = sqlite_house.intake(spool=Spool(spool._path))
    await second.restore()
    await second.recover()
    assert await counts(sqlite_house) == [10, 10, 70]
    assert second.waiting == 0
    assert second.open_calls() == []


async def test_stopped_meanwhile_nothing_is_left_in_memory(sqlite_house, told, spool):
    intake = sqlite_house.intake(spool=spool)
    task = asyncio.create_task(intake.run())
    async with locked(sqlite_house):
        for fact in ten(told)[0]:
            await intake.take(fact)
        await intake.close(0.2)
        assert (len(intake._waiting), spool.size) == (0, 7)
    await asyncio.gather(task, return_exceptions=True)
    again = sqlite_house.intake(spool=Spool(spool._path))
    await again.recover()
    assert await counts(sqlite_house) == [1, 1, 7]


async def test_a_full_disk_is_said_and_memory_holds_to_its_bound(sqlite_house, told, tmp_path):
    full = Spool(tmp_path / "facts.spool", most_bytes=1)
    intake = sqlite_house.intake(capacity=50, spool=full)
    async with running(intake):
        async with locked(sqlite_house):
            for fact in [fact for one in ten(told) for fact in one]:
                await asyncio.wait_for(intake.take(fact), 0.2)
            await until(lambda: intake.unspooled_since is not None)
            assert (intake.waiting, intake.lost) == (50, 20) and intake.lost_at is not None
        await until(lambda: intake.waiting == 0 and intake.stuck_since is None)
        await until(lambda: intake.unspooled_since is None)
    assert (await counts(sqlite_house))[2] == 50


async def test_a_disk_with_room_again_takes_what_waited_in_memory(sqlite_house, told, tmp_path):
    spool = Spool(tmp_path / "facts.spool", most_bytes=1)
    intake = sqlite_house.intake(spool=spool)
    async with running(intake):
        async with locked(sqlite_house):
            for fact in ten(told)[0]:
                await intake.take(fact)
            await until(lambda: intake.unspooled_since is not None)
            spool._most = 10**6
            await until(lambda: spool.size == 7 and intake.unspooled_since is None)
        await until(lambda: intake.waiting == 0)
    assert await counts(sqlite_house) == [1, 1, 7]


async def test_a_database_that_fails_now_and_then_loses_and_doubles_nothing(house, told, spool):
    failing = iter([True, False, True, True, False, False, True] * 3)

    def fail(_connection: object) -> None:
        if next(failing, False):
            raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    event.listen(house.engine.sync_engine, "commit", fail)
    intake = house.intake(spool=spool)
    async with running(intake):
        for one in ten(told):
            for fact in one:
                await intake.take(fact)
            await asyncio.sleep(0.03)
        await until(lambda: intake.waiting == 0 and intake.stuck_since is None)
    assert await counts(house) == [10, 10, 70]


@pytest.mark.parametrize("statement", ["SELECT 1 FROM nowhere", "SELECT 1/0", "SELECT CAST('x' AS int)"])
async def test_a_fault_of_the_statement_does_not_pass_by_itself(house, statement):
    if house.engine.dialect.name == "sqlite":
        pytest.skip("SQLite reports them all as operational")
    with pytest.raises(DBAPIError) as raised:
        async with house.engine.connect() as connection:
            await connection.execute(text(statement))
    assert not passes(raised.value)


async def test_connections_that_the_server_ends_are_made_anew(house, told, spool):
    if house.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server")
    intake = house.intake(spool=spool)
    async with running(intake):
        for one in ten(told):
            async with house.engine.connect() as connection:
                ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                await connection.execute(text(ends + " AND datname = current_database()"))
            for fact in one:
                await intake.take(fact)
            await asyncio.sleep(0.02)
        await until(lambda: intake.waiting == 0)
    assert await counts(house) == [10, 10, 70]


async def test_a_server_that_only_reads_is_waited_for(house, told, spool):
    if house.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no such state")
    with pytest.raises(DBAPIError) as raised:
        async with writing(house.engine) as connection:
            await connection.execute(text("SET TRANSACTION READ ONLY"))
            await connection.execute(text("DELETE FROM calls"))
    assert passes(raised.value)
