from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table
from sqlalchemy.ext.asyncio import AsyncEngine

from db.base import UtcDateTime
from tests.support.databases import BACKENDS, fresh_engine

tables = MetaData()
instants = Table(
    "instants",
    tables,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("n", Integer),
)


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, tables) as opened:
        yield opened


@pytest.fixture
def table() -> Table:
    return instants
