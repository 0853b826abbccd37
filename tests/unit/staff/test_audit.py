import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.migrate import upgrade
from staff.actor import SERVICE, Actor, acting
from staff.audit import Deed, hash_of, row_of, write
from staff.audit_table import GENESIS, audit
from tests.support.databases import BACKENDS, fresh_engine

WHEN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


async def does(engine: AsyncEngine, *deeds: Deed, at: datetime | None = None) -> None:
    for deed in deeds:
        async with engine.begin() as connection:
            await write(connection, deed, at)


async def rows(engine: AsyncEngine) -> list[dict[str, object]]:
    async with engine.connect() as connection:
        found = await connection.execute(select(audit).order_by(audit.c.id))
        return [dict(row) for row in found.mappings()]


async def test_a_deed_says_who_did_what_from_where(engine: AsyncEngine) -> None:
    with acting(Actor("ana", "web", "10.0.0.7")):
        await does(engine, Deed("user.changed", "beto", {"roles": ["it"]}, {"roles": []}, "se fue"))
    (row,) = await rows(engine)
    assert (row["actor"], row["via"], row["address"]) == ("ana", "web", "10.0.0.7")
    assert (row["before"], row["after"], row["reason"]) == ('{"roles":["it"]}', '{"roles":[]}', "se fue")


async def test_what_nobody_asked_for_is_the_services_own(engine: AsyncEngine) -> None:
    await does(engine, Deed("plan.published", "hogar-nandu"))
    assert (await rows(engine))[0]["actor"] == SERVICE.name


async def test_each_row_holds_the_hash_of_the_one_before(engine: AsyncEngine) -> None:
    await does(engine, *(Deed("case.read", f"AV-{n:06d}") for n in range(5)))
    found = await rows(engine)
    assert [row["id"] for row in found] == [1, 2, 3, 4, 5]
    assert [row["previous"] for row in found] == [GENESIS, *(row["hash"] for row in found[:-1])]
    assert all(hash_of(row) == row["hash"] for row in found)


async def test_a_change_that_is_undone_leaves_no_deed_and_no_gap(engine: AsyncEngine) -> None:
    await does(engine, Deed("case.read", "AV-000001"))
    with pytest.raises(RuntimeError):
        async with engine.begin() as connection:
            await write(connection, Deed("case.closed", "AV-000001"))
            raise RuntimeError
    await does(engine, Deed("case.read", "AV-000002"))
    assert [(row["id"], row["subject"]) for row in await rows(engine)] == [(1, "AV-000001"), (2, "AV-000002")]


async def test_many_writers_at_once_make_one_chain_without_gaps(engine: AsyncEngine) -> None:
    await asyncio.gather(
        *(does(engine, Deed("case.read", str(n)), Deed("case.read", "x")) for n in range(12))
    )
    found = await rows(engine)
    assert [row["id"] for row in found] == list(range(1, 25))
    assert [row["previous"] for row in found[1:]] == [row["hash"] for row in found[:-1]]


async def test_a_clock_set_back_does_not_turn_the_trail_around(engine: AsyncEngine) -> None:
    await does(engine, Deed("case.read", "1"), at=WHEN)
    await does(engine, Deed("case.read", "2"), at=WHEN - timedelta(hours=1))
    assert [row["at"] for row in await rows(engine)] == [WHEN, WHEN]


async def test_the_database_refuses_to_change_or_take_out_a_row(engine: AsyncEngine) -> None:
    await does(engine, Deed("case.read", "1"))
    for statement in (update(audit).values(actor="nadie"), delete(audit)):
        with pytest.raises(DBAPIError, match="append-only"):
            async with engine.begin() as connection:
                await connection.execute(statement)
    assert (await rows(engine))[0]["actor"] == "altavoz"


async def test_the_database_refuses_a_row_that_does_not_follow(engine: AsyncEngine) -> None:
    await does(engine, Deed("case.read", "1"))
    (first,) = await rows(engine)
    for place in ({"id": 3, "previous": first["hash"]}, {"id": 2, "previous": GENESIS}):
        row = row_of(Deed("case.read", "2"), SERVICE, {"at": WHEN} | place)
        with pytest.raises(DBAPIError, match="follow one another"):
            async with engine.begin() as connection:
                await connection.execute(insert(audit).values(row))


async def test_replacing_a_row_is_no_way_around(tmp_path: Path) -> None:
    async with fresh_engine("sqlite", tmp_path, audit.metadata) as engine:
        await does(engine, Deed("case.read", "1"), Deed("case.read", "2"))
        row = (await rows(engine))[0]
        with pytest.raises(DBAPIError, match="follow one another"):
            async with engine.begin() as connection:
                await connection.execute(insert(audit).prefix_with("OR REPLACE").values(row))


async def test_emptying_the_table_is_no_way_around(tmp_path: Path) -> None:
    async with fresh_engine("postgresql", tmp_path, audit.metadata) as engine:
        with pytest.raises(DBAPIError, match="append-only"):
            async with engine.begin() as connection:
                await connection.execute(text("TRUNCATE audit"))


async def test_secrets_do_not_get_in(engine: AsyncEngine) -> None:
    await does(engine, Deed("user.changed", "ana", after={"sip_secret": "abc123", "one_time": True}))
    (row,) = await rows(engine)
    assert "abc123" not in str(row)
    assert "one_time" in str(row["after"])


@pytest.mark.parametrize("text", ["Peña\0", "media \ud800 letra", "línea\nsegunda", "🚗" * 40, "x" * 9000])
async def test_any_text_can_be_the_subject_and_still_verifies(engine: AsyncEngine, text: str) -> None:
    await does(engine, Deed("case.changed", text, {"notes": text}, {"notes": ""}, text))
    (row,) = await rows(engine)
    assert hash_of(row) == row["hash"]


@pytest.mark.parametrize("backend", BACKENDS)
async def test_the_migrations_make_the_same_triggers(backend: str, tmp_path: Path) -> None:
    async with fresh_engine(backend, tmp_path, MetaData()) as engine:
        await upgrade(engine)
        migrated = await triggers(engine)
    (tmp_path / "test.db").unlink(missing_ok=True)
    async with fresh_engine(backend, tmp_path, audit.metadata) as engine:
        assert await triggers(engine) == migrated != []


async def triggers(engine: AsyncEngine) -> list[str]:
    wanted = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY sql",
        "postgresql": "SELECT action_statement || prosrc FROM information_schema.triggers, pg_proc "
        "WHERE proname LIKE 'audit%' ORDER BY 1",
    }
    async with engine.connect() as connection:
        return [str(each) for each in (await connection.execute(text(wanted[engine.dialect.name]))).scalars()]
