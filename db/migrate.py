"""Bringing a database up to date. `python -m db.migrate revision "what changed"` writes the next revision
(run `ruff format db` after it).

The revisions are part of the package, so that an installed Altavoz migrates without a checkout.
"""

import asyncio
import sys
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from db.engine import open_engine


async def upgrade(engine: AsyncEngine) -> None:
    """Run the revisions that the database lacks, in one transaction: all of them or none."""
    await _run(engine, lambda config: command.upgrade(config, "head"))


async def revise(folder: Path, message: str) -> None:
    """Write the next revision from how the metadata differs from the revisions there are."""
    engine = open_engine(f"sqlite:///{folder / 'empty.db'}")
    try:
        await upgrade(engine)
        await _run(engine, lambda config: command.revision(config, message, autogenerate=True))
    finally:
        await engine.dispose()


async def differences(engine: AsyncEngine) -> list[object]:
    """How the database differs from the metadata; empty when the revisions say it all."""
    async with engine.connect() as connection:
        return await connection.run_sync(_differences)


def compared(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether the metadata knows of such things: full-text indexes are each engine's own."""
    return name is None or "_fts" not in name


def _differences(connection: Connection) -> list[object]:
    opts = {"compare_type": True, "include_name": compared}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, metadata))


async def _run(engine: AsyncEngine, work: Callable[[Config], object]) -> None:
    with as_file(files("db") / "migrations") as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await connection.run_sync(_with_connection, config, work)
            await connection.commit()
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("PRAGMA foreign_keys=ON")


def _with_connection(connection: Connection, config: Config, work: Callable[[Config], object]) -> None:
    config.attributes["connection"] = connection
    work(config)


def main() -> None:
    match sys.argv[1:]:
        case ["revision", message]:
            with TemporaryDirectory() as folder:
                asyncio.run(revise(Path(folder), message))
        case _:
            sys.exit('use: python -m db.migrate revision "what changed"')


if __name__ == "__main__":
    main()
