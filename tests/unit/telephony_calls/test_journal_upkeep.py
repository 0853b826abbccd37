"""What the PBX writes without end stays in bounds."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from telephony import journal
from telephony.queue_log import rotated
from telephony.upkeep import keep_in_bounds, prune_journal, rotate

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@asynccontextmanager
async def control(folder: Path, heard: list[bytes]) -> AsyncIterator[Path]:
    """A control socket that answers as Asterisk's does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk/1/22.10.1\n")
        heard.append(await reader.readuntil(b"\0"))
        writer.close()

    path = folder / "asterisk.ctl"
    async with await asyncio.start_unix_server(serve, path):
        yield path


async def test_a_log_that_has_grown_is_renamed_and_the_pbx_opens_a_new_one(tmp_path: Path) -> None:
    long, short, heard = tmp_path / "queue_log", tmp_path / "messages.json", []
    long.write_text("x" * 101)
    short.write_text("x" * 99)
    rotated(long).write_text("the one before")
    async with control(tmp_path, heard) as socket:
        assert await rotate(socket, (long, short, tmp_path / "absent"), longest=100) == (long,)
    assert heard[-1] == b"cli quit after module reload logger\0"
    assert (long.exists(), short.exists()) == (False, True)
    assert rotated(long).read_text() == "x" * 101


async def test_a_pbx_that_does_not_answer_keeps_its_logs(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text("x" * 101)
    assert await rotate(tmp_path / "nobody.ctl", (log,), longest=100) == ()
    assert log.exists()


async def test_old_rows_of_the_journal_go(tmp_path: Path) -> None:
    cel = tmp_path / "cel.db"
    journal.prepare(cel)
    days = [(f"{(NOW - timedelta(days=day)).timestamp():.6f}",) for day in range(60, 0, -1)]
    with closing(sqlite3.connect(cel)) as file, file:
        file.executemany(f"INSERT INTO {journal.TABLE} (eventtime) VALUES (?)", days)
    assert await prune_journal(cel, NOW) == 30
    assert [row.row for row in journal.Journal(cel).after(0, 1)] == [31]


async def test_a_journal_that_is_not_there_stops_nothing(tmp_path: Path) -> None:
    await keep_in_bounds(tmp_path / "cel.db", tmp_path / "nobody.ctl", (), NOW)
