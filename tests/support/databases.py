"""The databases that store tests run on: SQLite files, and a PostgreSQL server of our own where installed."""

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import open_engine

BACKENDS = ("sqlite", "postgresql")
_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@asynccontextmanager
async def fresh_engine(backend: str, folder: Path, tables: MetaData) -> AsyncIterator[AsyncEngine]:
    """An engine on an empty database that has these tables."""
    engine = open_engine(_postgres() if backend == "postgresql" else f"sqlite:///{folder / 'test.db'}")
    try:
        async with engine.begin() as connection:
            if backend == "postgresql":
                await _empty(connection, tables)
            await connection.run_sync(tables.create_all)
        yield engine
    finally:
        await engine.dispose()


async def _empty(connection: AsyncConnection, tables: MetaData) -> None:
    """Emptying tables is much quicker than making them again; another test's other tables are dropped."""
    found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if set(found) == set(tables.tables):
        await connection.execute(text(f"TRUNCATE {', '.join(found)} RESTART IDENTITY CASCADE"))
    else:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))


def _free_port() -> int:
    """Two runs of the tests at once must not meet on one server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def _postgres() -> str:
    """The URL of a server that lives as long as the tests; skips where PostgreSQL is not installed."""
    if not _PROGRAMS:
        pytest.skip("PostgreSQL's server is not installed (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="altavoz-pg-"))
    who = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    if who:
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"
    subprocess.run(
        [_PROGRAMS[-1] / "initdb", "-D", data, "-U", "altavoz", "--auth=trust", "-E", "UTF8", "--locale=C"],
        check=True, capture_output=True, cwd=folder, **who,
    )  # fmt: skip
    port = _free_port()
    settings = [
        f"port={port}",
        "listen_addresses=127.0.0.1",
        f"unix_socket_directories={folder}",
        "fsync=off",
    ]
    server = subprocess.Popen(
        [_PROGRAMS[-1] / "postgres", "-D", data, *(part for one in settings for part in ("-c", one))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **who,
    )  # fmt: skip
    atexit.register(_stop, server, folder)
    _wait(folder, port)
    return f"postgresql://altavoz@127.0.0.1:{port}/postgres"


def _wait(folder: Path, port: int) -> None:
    ready = [_PROGRAMS[-1] / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(100):
        if subprocess.run(ready, check=False, cwd=folder).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start")


def _stop(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.send_signal(2)
    server.wait(10)
    shutil.rmtree(folder, ignore_errors=True)
