"""Writing a row once, whoever else writes it too."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def insert_once(
    connection: AsyncConnection, table: Table, row: Mapping[str, Any], *unique: str
) -> int | None:
    """The id of the new row; None when there is one with the same `unique` columns already.

    On PostgreSQL it waits for a transaction that is writing the same.
    """
    wanted = _INSERT[connection.dialect.name](table).values(dict(row))
    made = await connection.execute(
        wanted.on_conflict_do_nothing(index_elements=list(unique)).returning(table.c.id)
    )
    id: int | None = made.scalar_one_or_none()
    return id
