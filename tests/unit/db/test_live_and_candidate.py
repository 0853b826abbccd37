"""What was live before there were candidates stays live; on the way back nobody is let in by it."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.migrate import _run
from tests.support.databases import BACKENDS, fresh_engine

VERSION = (
    "INSERT INTO plan_versions (id, plan, number, hash, content, recordings, text, applied_at, applied_by) "
    "VALUES ({id}, '{plan}', 1, '{plan}', '{{}}', '{{}}', '', '2026-01-01 00:00:00', 'ana')"
)


async def _does(engine: AsyncEngine, *statements: str) -> None:
    async with engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))


async def _rows(engine: AsyncEngine, query: str) -> list[tuple[object, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(query))]


@pytest.mark.parametrize("backend", BACKENDS)
async def test_live_plans_stay_live_and_only_they_do_on_the_way_back(backend: str, tmp_path: Path) -> None:
    async with fresh_engine(backend, tmp_path, MetaData()) as engine:
        await _run(engine, lambda config: command.upgrade(config, "0006"))
        await _does(
            engine,
            *(VERSION.format(id=id, plan=plan) for id, plan in enumerate(("viva", "susp", "prueba"), 1)),
            "INSERT INTO live_plans (plan, version_id) VALUES ('viva', 1)",
            "INSERT INTO plan_history (plan, version_id, at, by) "
            "VALUES ('viva', 1, '2026-01-01 00:00:00', 'ana')",
            "INSERT INTO release (release, at, by, plans) "
            "VALUES ('r1', '2026-01-01 00:00:00', 'ana', '{\"viva\": \"viva\"}')",
        )
        await _run(engine, lambda config: command.upgrade(config, "0007"))
        assert await _rows(engine, "SELECT plan, version_id, candidate_id, suspended FROM live_plans") == [
            ("viva", 1, None, False)
        ]
        await _does(
            engine,
            "INSERT INTO live_plans (plan, version_id, candidate_id, suspended) "
            "VALUES ('susp', 2, NULL, true), ('prueba', NULL, 3, false)",
        )
        await _run(engine, lambda config: command.downgrade(config, "0006"))
        assert await _rows(engine, "SELECT plan, version_id FROM live_plans") == [("viva", 1)]
        assert len(await _rows(engine, "SELECT id FROM plan_history")) == 1
