"""The PBX's own journal of calls (CEL) in a SQLite file: the record of what happened while nobody listened.

Asterisk writes the rows (`cel_sqlite3_custom`); this module only makes the file fit for being read meanwhile.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

TABLE = "cel"
COLUMNS: dict[str, str] = {
    "eventtype": "eventtype",
    "eventtime": "eventtime(float)",
    "userdeftype": "userdeftype",
    "cid_num": "num",
    "cid_name": "name",
    "exten": "exten",
    "context": "context",
    "channame": "channame",
    "appname": "appname",
    "appdata": "appdata",
    "uniqueid": "uniqueid",
    "linkedid": "linkedid",
    "peer": "peer",
    "extra": "eventextra",
}
"""Column → the field as `fields =` of cel_sqlite3_custom.conf names it (an advanced mapping)."""

MARK = "ALTAVOZ"
"""The user-defined event type of our dialplan's marks."""


@dataclass(frozen=True, slots=True)
class JournalMark:
    """One mark of the dialplan. `row` grows with time; `fields` are the mark's own (`line`, `plan`…)."""

    row: int
    at: datetime
    uniqueid: str
    linkedid: str
    mark: str
    fields: dict[str, str]


def prepare(path: Path) -> None:
    """Makes the file, its table and index, and sets WAL for ever; harmless when all that is there.

    In SQLite's default mode the PBX loses rows while a reader holds the file.
    """
    columns = ", ".join(f'"{name}" TEXT' for name in COLUMNS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=10)) as file, file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (AcctId INTEGER PRIMARY KEY, {columns})")
        file.execute(f"CREATE INDEX IF NOT EXISTS {TABLE}_uniqueid ON {TABLE} (uniqueid)")


def marks_since(path: Path, row: int, limit: int = 1000) -> tuple[JournalMark, ...]:
    """The marks after `row`, oldest first, at most `limit`."""
    query = (
        f"SELECT AcctId, eventtime, uniqueid, linkedid, extra FROM {TABLE} "  # noqa: S608
        "WHERE AcctId > ? AND userdeftype = ? ORDER BY AcctId LIMIT ?"
    )
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as file:
        return tuple(_marks(file.execute(query, (row, MARK, limit))))


def _marks(rows: Iterator[tuple[int, str, str, str, str]]) -> Iterator[JournalMark]:
    for row, time, uniqueid, linkedid, extra in rows:
        mark, *fields = str(json.loads(extra)["extra"]).split(";")
        pairs = dict(field.split("=", 1) for field in fields if "=" in field)
        yield JournalMark(row, datetime.fromtimestamp(float(time), UTC), uniqueid, linkedid, mark, pairs)
