"""The PBX's own journal of calls (CEL) in a SQLite file: the record of what happened while nobody listened.

Asterisk writes the rows (`cel_sqlite3_custom`). Everything here blocks for some milliseconds: call it in a
thread.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

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

_INDEXED = ("uniqueid", "linkedid")
_SELECT = f"SELECT AcctId, {', '.join(COLUMNS)} FROM {TABLE}"  # noqa: S608
_LISTED = "IN (SELECT value FROM json_each(?))"
_OLDEST = f"SELECT AcctId, eventtime FROM {TABLE} ORDER BY AcctId"  # noqa: S608
_DELETE = f"DELETE FROM {TABLE} WHERE AcctId {_LISTED}"  # noqa: S608
_ROUNDS = 8
_PORTION = 500
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class NoJournal(Exception):
    """The file is not there, or is no journal that can be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class CelRow:
    """One row. `row` grows with time; `event` is Asterisk's word, `ALTAVOZ` for a mark of our dialplan."""

    row: int
    event: str
    at: datetime
    number: str = ""
    name: str = ""
    exten: str = ""
    context: str = ""
    channel: str = ""
    app: str = ""
    data: str = ""
    uniqueid: str = ""
    linkedid: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)

    @property
    def linked(self) -> tuple[str, ...]:
        """The channels, by whatever names them, that this row says belong together."""
        passed_on = str(self.extra.get("channel2_uniqueid") or "") if self.event == "ATTENDEDTRANSFER" else ""
        return tuple(filter(None, (self.uniqueid, self.linkedid, passed_on)))


def prepare(path: Path) -> None:
    """Makes the file, its table and indexes, and sets WAL for ever; harmless when all that is there.

    In SQLite's default mode the PBX loses rows while a reader holds the file.
    """
    columns = ", ".join(f'"{name}" TEXT' for name in COLUMNS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=10)) as file, file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (AcctId INTEGER PRIMARY KEY, {columns})")
        for column in _INDEXED:
            file.execute(f"CREATE INDEX IF NOT EXISTS {TABLE}_{column} ON {TABLE} ({column})")


class Journal:
    """Reads one journal file. Every method raises NoJournal."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def after(self, row: int, limit: int) -> tuple[CelRow, ...]:
        """The rows after `row`, oldest first, at most `limit`."""
        return self._rows(f"{_SELECT} WHERE AcctId > ? ORDER BY AcctId LIMIT ?", row, limit)

    def at(self, row: int) -> CelRow | None:
        """The row of that number."""
        return next(iter(self._rows(f"{_SELECT} WHERE AcctId = ?", row)), None)

    def last(self) -> CelRow | None:
        return next(iter(self._rows(f"{_SELECT} ORDER BY AcctId DESC LIMIT 1")), None)

    def before(self, at: datetime) -> CelRow | None:
        """The last row that was written before an instant."""
        query = f"{_SELECT} WHERE CAST(eventtime AS REAL) < ? ORDER BY AcctId DESC LIMIT 1"
        return next(iter(self._rows(query, at.timestamp())), None)

    def of(self, channels: Collection[str]) -> tuple[CelRow, ...]:
        """All rows of these channels (uniqueids) and of whatever was ever linked with them, by instant."""
        with self._open() as file:
            rows: tuple[CelRow, ...] = ()
            named = set(channels)
            while named:
                known = _linked(file, named)
                found = file.execute(f"{_SELECT} WHERE uniqueid {_LISTED}", (json.dumps(sorted(known)),))
                rows = tuple(sorted(map(_row, found), key=lambda row: (row.at, row.row)))
                beside = {channel for row in rows for channel in row.linked} - known
                named = known | beside if beside else set()
            return rows

    def _rows(self, query: str, *values: float) -> tuple[CelRow, ...]:
        with self._open() as file:
            return tuple(map(_row, file.execute(query, values)))

    def _open(self) -> "_Reading":
        return _Reading(self.path)


class _Reading:
    """A connection that only reads; what SQLite raises within it becomes NoJournal."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        try:
            self._file = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=10)
        except sqlite3.Error as error:
            raise NoJournal(f"{self._path}: {error}") from error
        self._file.text_factory = _text
        return self._file

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._file.close()
        if isinstance(error, sqlite3.Error):
            raise NoJournal(f"{self._path}: {error}") from error


def prune(path: Path, before: datetime) -> int:
    """Deletes one portion of the rows older than `before`; how many. Never the last row.

    Numbers of rows are given out from the last one on: they must never begin anew. Raises NoJournal.
    """
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=10)) as file, file:
            old = list(_old(file.execute(_OLDEST), before))
            file.execute(_DELETE, (json.dumps(old),))
            return len(old)
    except sqlite3.Error as error:
        raise NoJournal(f"{path}: {error}") from error


def _old(rows: Iterable[tuple[int, str]], before: datetime) -> Iterator[int]:
    edge, former = before.timestamp(), None
    for count, (row, time) in enumerate(rows):
        if former is not None:
            yield former
        if count == _PORTION or float(time) >= edge:
            return
        former = row


def _linked(file: sqlite3.Connection, channels: set[str]) -> set[str]:
    """Two callers who were bridged carry one linkedid from then on: it leads to the other's own."""
    for _ in range(_ROUNDS):
        links = _column(file, "linkedid", "uniqueid", channels)
        found = channels | _column(file, "uniqueid", "linkedid", links)
        if found == channels:
            break
        channels = found
    return channels


def _column(file: sqlite3.Connection, column: str, by: str, values: set[str]) -> set[str]:
    query = f"SELECT DISTINCT {column} FROM {TABLE} WHERE {by} {_LISTED}"  # noqa: S608
    return {str(found[0]) for found in file.execute(query, (json.dumps(sorted(values)),))}


def _row(values: tuple[Any, ...]) -> CelRow:
    row, *rest = values
    of = dict(zip(COLUMNS, rest, strict=True))
    return CelRow(
        row=row,
        event=of["eventtype"],
        at=datetime.fromtimestamp(float(of["eventtime"]), UTC),
        number=of["cid_num"] or "",
        name=of["cid_name"] or "",
        exten=of["exten"] or "",
        context=of["context"] or "",
        channel=of["channame"] or "",
        app=of["appname"] or "",
        data=of["appdata"] or "",
        uniqueid=of["uniqueid"] or "",
        linkedid=of["linkedid"] or "",
        extra=_extra(of["extra"]),
    )


def _extra(text: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return _NOTHING
    return found if isinstance(found, dict) else _NOTHING


def _text(raw: bytes) -> str:
    """UTF-8, or Latin-1 when it is not: an old exchange sends `Peña` in one byte a letter."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
