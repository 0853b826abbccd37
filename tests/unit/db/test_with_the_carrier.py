"""What was asked and linked before there were columns for it is found in the history."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import MetaData, text

from db.migrate import _run
from tests.support.databases import BACKENDS, fresh_engine

NUMBER = (
    "INSERT INTO numbers "
    "(id, e164, kind, state, subsidiary, carrier, account, note, since, sought, revision) "
    "VALUES ({id}, '+54{id}', 'header', '{state}', 'AR', 't', '', '', '2026-01-0{id} 00:00:00', '', 1)"
)
MOVED = (
    "INSERT INTO number_history (number, at, actor, move, after, reason) "
    "VALUES ({number}, '2026-02-0{day} 00:00:00', 'ivan', '{move}', 'linked', '')"
)
STATES = ("reserved", "requested", "linked", "released", "released")
HISTORY = ((3, 1, "link"), (4, 1, "link"), (4, 2, "unlink"), (4, 3, "link"), (5, 1, "link"), (5, 2, "unlink"))
WANTED = [
    (1, None, None, None),
    (2, "2026-01-02", None, None),
    (3, None, "2026-02-01", "2026-02-01"),
    (4, None, "2026-02-03", "2026-02-03"),
    (5, None, None, None),
]


@pytest.mark.parametrize("backend", BACKENDS)
async def test_how_far_the_carrier_was_is_read_from_the_history(backend: str, tmp_path: Path) -> None:
    async with fresh_engine(backend, tmp_path, MetaData()) as engine:
        await _run(engine, lambda config: command.upgrade(config, "0016"))
        async with engine.begin() as connection:
            for id, state in enumerate(STATES, 1):
                await connection.execute(text(NUMBER.format(id=id, state=state)))
            for number, day, move in HISTORY:
                await connection.execute(text(MOVED.format(number=number, day=day, move=move)))
        await _run(engine, lambda config: command.upgrade(config, "0017"))
        query = "SELECT id, asked_at, granted_at, linked_at FROM numbers ORDER BY id"
        async with engine.connect() as connection:
            rows = [tuple(row) for row in await connection.execute(text(query))]
        assert [(id, *(str(at)[:10] if at else None for at in times)) for id, *times in rows] == WANTED
        await _run(engine, lambda config: command.downgrade(config, "0016"))
