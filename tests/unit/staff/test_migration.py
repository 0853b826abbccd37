"""Accounts made before areas and scopes existed keep all they had."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, text

from db.migrate import _run, differences, upgrade
from staff.areas import Areas
from staff.directory import Directory, PeopleFilter
from staff.people import People
from staff.scope import EVERYTHING
from tests.support.databases import BACKENDS, fresh_engine

MADE = datetime(2026, 1, 5, 12, tzinfo=UTC)
BEFORE = """
INSERT INTO people
    (name, full_name, roles, extension, groups, password, one_time, sip_secret, active, created)
VALUES ('josé.peña', 'José Peña', '["administrator", "it"]', '101', '["cat"]', 'x', false, 's', true,
        '2026-01-05 12:00:00.000000')
"""


@pytest.mark.parametrize("backend", BACKENDS)
async def test_a_database_with_accounts_is_brought_up_to_date(backend: str, tmp_path: Path) -> None:
    async with fresh_engine(backend, tmp_path, MetaData()) as engine:
        await _run(engine, lambda config: command.upgrade(config, "0002"))
        async with engine.begin() as connection:
            if backend == "postgresql":
                await connection.execute(text("SET TIME ZONE 'UTC'"))
            await connection.execute(text(BEFORE))
        await upgrade(engine)
        assert await differences(engine) == []
        person = await People(engine, lambda: MADE).by_name("josé.peña")
        assert person is not None
        assert (person.created, person.since, person.devices, person.revision) == (MADE, MADE, 1, 1)
        assert (person.scope, person.areas, person.email) == (EVERYTHING, (), None)
        found = await Directory(engine).page(PeopleFilter("jose pena"))
        assert found.people == (person,)
        assert len(await Areas(engine).all()) == 9
