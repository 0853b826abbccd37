"""What the PBX wrote of a scenario while AMI spoke of it: rows of its journal and lines of its queue log."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from telephony.journal import COLUMNS, TABLE
from telephony.journal_calls import JournalFiles


def last_row(files: JournalFiles) -> int:
    with closing(sqlite3.connect(files.cel)) as journal:
        return int(journal.execute(f"SELECT coalesce(max(AcctId), 0) FROM {TABLE}").fetchone()[0])


def save(files: JournalFiles, after: int, lines_before: int, to: Path) -> None:
    """A line each: {"row": {column: bytes as Latin-1 text}} or {"line": text of the queue log}."""
    with closing(sqlite3.connect(files.cel)) as journal:
        journal.text_factory = lambda raw: raw.decode("latin-1")
        found = journal.execute(
            f"SELECT {', '.join(COLUMNS)} FROM {TABLE} WHERE AcctId > ? ORDER BY AcctId", (after,)
        )
        rows = [{"row": dict(zip(COLUMNS, row, strict=True))} for row in found]
    lines = [{"line": line} for line in files.queue_log.read_text().splitlines()[lines_before:]]
    to.write_text("".join(json.dumps(each) + "\n" for each in (*rows, *lines)))


def put_back(recording: Path, files: JournalFiles) -> None:
    """The journal and the queue log as the PBX had written them; `files` are made by `journal.prepare`."""
    saved = [json.loads(line) for line in recording.read_text().splitlines()]
    rows = [each["row"] for each in saved if "row" in each]
    columns, places = ", ".join(COLUMNS), ", ".join(f"CAST(:{name} AS TEXT)" for name in COLUMNS)
    raw = [{name: value.encode("latin-1") for name, value in row.items()} for row in rows]
    with closing(sqlite3.connect(files.cel)) as journal, journal:
        journal.executemany(f"INSERT INTO {TABLE} ({columns}) VALUES ({places})", raw)
    files.queue_log.write_text("".join(each["line"] + "\n" for each in saved if "line" in each))
