from pathlib import Path

import pytest
from sqlalchemy import MetaData, Table

from db.all_tables import metadata
from db.migrate import differences, upgrade
from tests.support.databases import BACKENDS, fresh_engine


@pytest.mark.parametrize("backend", BACKENDS)
async def test_the_migrations_make_exactly_the_tables_of_all_rooms(backend: str, tmp_path: Path) -> None:
    async with fresh_engine(backend, tmp_path, MetaData()) as engine:
        await upgrade(engine)
        assert await differences(engine) == []


async def test_upgrading_again_changes_nothing(tmp_path: Path) -> None:
    async with fresh_engine("sqlite", tmp_path, MetaData()) as engine:
        await upgrade(engine)
        await upgrade(engine)
        assert await differences(engine) == []


async def test_a_table_that_no_migration_makes_is_a_difference(tmp_path: Path) -> None:
    forgotten = Table("forgotten", metadata)
    try:
        async with fresh_engine("sqlite", tmp_path, MetaData()) as engine:
            await upgrade(engine)
            assert [each[1].name for each in await differences(engine)] == ["forgotten"]
    finally:
        metadata.remove(forgotten)
