import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from staff import audit_readings
from staff.actor import Actor, acting
from staff.audit import Deed, write
from staff.audit_readings import NotNoted, Readings
from staff.audit_table import audit
from staff.audit_trail import AuditFilter, AuditTrail
from tests.support.databases import fresh_engine

HOUR = timedelta(hours=1)
WHEN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
DEEDS = (
    ("ana", Deed("case.read", "AV-000001")),
    ("ana", Deed("case.changed", "AV-000001", {"who": ""}, {"who": "José Peña"})),
    ("beto", Deed("case.read", "AV-000002")),
    ("raul", Deed("user.changed", "ana", {"roles": ["it"]}, {"roles": []}, "cambió 100% de área")),
)


@pytest.fixture
async def trail(engine: AsyncEngine) -> AuditTrail:
    for number, (name, deed) in enumerate(DEEDS):
        async with engine.begin() as connection:
            await write(connection, deed, WHEN + number * HOUR, Actor(name, "web", "10.0.0.7"))
    return AuditTrail(engine)


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (AuditFilter(), [4, 3, 2, 1]),
        (AuditFilter(actor="ana"), [2, 1]),
        (AuditFilter(action="case.read"), [3, 1]),
        (AuditFilter(subject="AV-000001", action="case.read"), [1]),
        (AuditFilter(text="PENA"), [2]),
        (AuditFilter(text="peña  josé"), [2]),
        (AuditFilter(text="100%"), [4]),
        (AuditFilter(text="1%0"), []),
        (AuditFilter(text="_"), []),
        (AuditFilter(since=WHEN + HOUR), [4, 3, 2]),
        (AuditFilter(until=WHEN + HOUR), [1]),
        (AuditFilter(since=WHEN + HOUR, until=WHEN + 3 * HOUR), [3, 2]),
        (AuditFilter(since=WHEN + 9 * HOUR), []),
        (AuditFilter(until=WHEN + 9 * HOUR), [4, 3, 2, 1]),
    ],
)
async def test_the_trail_is_searched_by(trail: AuditTrail, filter: AuditFilter, found: list[int]) -> None:
    assert [row.id for row in (await trail.page(filter)).rows] == found
    assert [row.id async for row in trail.stream(filter)] == found


async def test_pages_follow_one_another(trail: AuditTrail) -> None:
    first = await trail.page(AuditFilter(), 3)
    assert ([row.id for row in first.rows], first.next) == ([4, 3, 2], 2)
    second = await trail.page(AuditFilter(), 3, first.next)
    assert ([row.id for row in second.rows], second.next) == ([1], None)


async def test_a_row_comes_back_as_it_was_written(trail: AuditTrail) -> None:
    row = (await trail.page(AuditFilter(text="cambio area"))).rows[0]
    assert (row.before, row.after, row.reason) == ({"roles": ["it"]}, {"roles": []}, "cambió 100% de área")
    assert (row.actor, row.via, row.address, row.at) == ("raul", "web", "10.0.0.7", WHEN + 3 * HOUR)


async def test_a_stream_ends_where_it_was_told_to(trail: AuditTrail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff.audit_trail.STREAMED", 2)
    assert [row.id async for row in trail.stream(AuditFilter(), 3)] == [4, 3, 2]
    assert [row.id async for row in trail.stream(AuditFilter())] == [4, 3, 2, 1]


async def test_the_actions_that_occur_are_listed_once(trail: AuditTrail) -> None:
    assert await trail.actions() == ("case.changed", "case.read", "user.changed")


async def test_a_reading_is_a_row_each_time(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_readings, "PATIENCE", 30)
    readings = Readings(engine)
    with acting(Actor("ana", "web", "10.0.0.7")):
        await asyncio.gather(*(readings.note(Deed("case.read", "AV-000001")) for _ in range(20)))
    rows = (await AuditTrail(engine).page(AuditFilter(actor="ana"))).rows
    assert [row.id for row in rows] == list(range(20, 0, -1))


async def test_a_reading_does_not_wait_for_a_locked_database_and_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_readings, "PATIENCE", 0.05)
    async with fresh_engine("sqlite", tmp_path, audit.metadata) as engine:
        readings = Readings(engine)
        with capture_logs() as said, acting(Actor("ana", "web", "10.0.0.7")):
            async with engine.begin() as blocking:
                await blocking.exec_driver_sql("BEGIN IMMEDIATE")
                async with asyncio.timeout(2):
                    await readings.note(Deed("case.read", "AV-000001"))
                assert (said[0]["deed"]["subject"], said[0]["actor"]["name"]) == ("AV-000001", "ana")
        await readings.close()
        async with engine.connect() as connection:
            assert (await connection.execute(select(audit.c.actor, audit.c.subject))).all() == [
                ("ana", "AV-000001")
            ]


async def test_a_reading_that_the_database_refuses_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_readings, "PATIENCE", 0.05)
    monkeypatch.setattr(audit_readings, "RETRY", 0.05)
    async with fresh_engine("sqlite", tmp_path, audit.metadata) as engine:
        readings = Readings(engine)
        for subject, table in (("1", "audit"), ("2", "away")):
            other = "away" if table == "audit" else "audit"
            async with engine.begin() as connection:
                await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {other}")
            await readings.note(Deed("case.read", subject))
        await readings.close()
        rows = (await AuditTrail(engine).page(AuditFilter())).rows
        assert [row.subject for row in rows] == ["2", "1"]


async def test_when_too_many_readings_wait_no_more_may_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_readings, "PATIENCE", 0.01)
    monkeypatch.setattr(audit_readings, "MOST_WAITING", 2)
    async with fresh_engine("sqlite", tmp_path, audit.metadata) as engine:
        readings = Readings(engine)
        async with engine.begin() as blocking:
            await blocking.exec_driver_sql("BEGIN IMMEDIATE")
            for _ in range(2):
                await readings.note(Deed("case.read", "AV-000001"))
            with pytest.raises(NotNoted, match="registrar quién lee"):
                await readings.note(Deed("case.read", "AV-000001"))
        await readings.close()
