"""The databases that store tests run on: SQLite files, and a PostgreSQL server of our own where installed."""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import open_engine

BACKENDS = ("sqlite", "postgresql")
_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@asynccontextmanager
async def fresh_engine(backend: str, folder: Path, tables: MetaData) -> AsyncIterator[AsyncEngine]:
    """An engine on an empty database that has these tables."""
    file = folder / "test.db"
    if backend == "sqlite":
        await copy_of_empty(file, tables)
    engine = open_engine(_postgres() if backend == "postgresql" else f"sqlite:///{file}")
    try:
        if backend == "postgresql":
            async with engine.begin() as connection:
                await _empty(connection, tables)
        yield engine
    finally:
        await engine.dispose()


_EMPTY: dict[frozenset[str], bytes] = {}
"""The file of an empty database, by its tables."""


async def copy_of_empty(file: Path, tables: MetaData) -> None:
    """An empty SQLite database with these tables at `file`: they are made once a process, and copied."""
    names = frozenset(tables.tables)
    if names not in _EMPTY:
        with tempfile.TemporaryDirectory(prefix="altavoz-empty-") as folder:
            made = Path(folder) / "empty.db"
            engine = open_engine(f"sqlite:///{made}")
            async with engine.begin() as connection:
                await connection.run_sync(tables.create_all)
            await engine.dispose()
            _EMPTY[names] = made.read_bytes()
    file.write_bytes(_EMPTY[names])


async def _empty(connection: AsyncConnection, tables: MetaData) -> None:
    """Emptying what has rows is quicker than making it again; another test's other tables are dropped."""
    found = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if not found or set(found) != set(tables.tables):
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
        await connection.run_sync(tables.create_all)
        return
    each = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in found)
    full = (await connection.execute(text(" UNION ALL ".join(each)))).scalars().all()
    if full:
        # The audit trail's own triggers refuse this, as they should.
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text(f"TRUNCATE {', '.join(full)} RESTART IDENTITY CASCADE"))


def _free_port() -> int:
    """Two runs of the tests at once must not meet on one server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """A PostgreSQL of our own, with nothing in it, to `stop` and `start`. Skips where it is not installed."""

    def __init__(self) -> None:
        if not _PROGRAMS:
            pytest.skip("PostgreSQL's server is not installed (Debian: postgresql)")
        self._folder = Path(tempfile.mkdtemp(prefix="altavoz-pg-"))
        self._port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None
        self._who: dict[str, Any] = {}
        if os.getuid() == 0:
            self._who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(self._folder, "nobody", "nogroup")
        words = ["-U", "altavoz", "--auth=trust", "-E", "UTF8", "--locale=C"]
        self._run("initdb", "-D", self._folder / "data", *words, check=True)

    @property
    def url(self) -> str:
        return f"postgresql://altavoz@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Returns once it answers."""
        settings = (
            f"port={self._port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder}",
            "fsync=off",
        )
        words = [part for one in settings for part in ("-c", one)]
        self._server = subprocess.Popen(
            [_PROGRAMS[-1] / "postgres", "-D", self._folder / "data", *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder, **self._who,
        )  # fmt: skip
        for _ in range(100):
            if self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self._port)) == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL did not start")

    def stop(self) -> None:
        """At once, whoever is connected."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(10)
            self._server = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *words: object, check: bool = False) -> int:
        command = [_PROGRAMS[-1] / program, *map(str, words)]
        done = subprocess.run(command, check=check, capture_output=True, cwd=self._folder, **self._who)
        return done.returncode


@cache
def _postgres() -> str:
    """The URL of a server that lives as long as the tests."""
    server = PostgresServer()
    server.start()
    atexit.register(server.remove)
    return server.url
