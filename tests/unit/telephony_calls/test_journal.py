import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from telephony import journal


def write(path: Path, **values: str) -> None:
    """One row, as Asterisk inserts it."""
    row = dict.fromkeys(journal.COLUMNS, "") | values
    with closing(sqlite3.connect(path)) as file, file:
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        file.execute(f"INSERT INTO {journal.TABLE} ({columns}) VALUES ({places})", tuple(row.values()))


def test_preparing_twice_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal" / "cel.db"
    journal.prepare(path)
    write(path, eventtype="CHAN_START")
    journal.prepare(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(f"SELECT count(*) FROM {journal.TABLE}").fetchone() == (1,)


def test_the_pbx_writes_while_somebody_reads(tmp_path: Path) -> None:
    path = tmp_path / "cel.db"
    journal.prepare(path)
    for _ in range(3):
        write(path, eventtype="CHAN_START")
    with closing(sqlite3.connect(path)) as reader:
        rows = reader.execute(f"SELECT eventtype FROM {journal.TABLE}")
        assert rows.fetchone() == ("CHAN_START",)
        write(path, eventtype="HANGUP")
        assert rows.fetchone() == ("CHAN_START",)


def test_marks_come_in_order_with_their_fields(tmp_path: Path) -> None:
    path = tmp_path / "cel.db"
    journal.prepare(path)
    call = {"uniqueid": "1795294975.0", "linkedid": "1795294975.0", "userdeftype": "ALTAVOZ"}
    write(path, eventtype="CHAN_START", uniqueid=call["uniqueid"])
    write(
        path,
        eventtype="ALTAVOZ",
        eventtime="1795294975.589604",
        extra='{"extra":"arrived;line=541143218765;plan=hogar"}',
        **call,
    )
    write(path, eventtype="ALTAVOZ", eventtime="1795294976.5", extra='{"extra":"callback;queue=cat"}', **call)
    first, second = journal.marks_since(path, 0)
    assert first == journal.JournalMark(
        2,
        datetime(2026, 11, 21, 21, 2, 55, 589604, tzinfo=UTC),
        "1795294975.0",
        "1795294975.0",
        "arrived",
        {"line": "541143218765", "plan": "hogar"},
    )
    assert (second.mark, second.fields) == ("callback", {"queue": "cat"})
    assert journal.marks_since(path, second.row) == ()
    assert journal.marks_since(path, 0, limit=1) == (first,)


def test_reading_a_journal_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        journal.marks_since(tmp_path / "cel.db", 0)
    assert list(tmp_path.iterdir()) == []
