import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from telephony import journal
from telephony.journal import Journal, NoJournal, prune

BEGAN = 1795294975.5


def write(path: Path, **values: str | bytes) -> None:
    """One row, as Asterisk inserts it."""
    row = dict.fromkeys(journal.COLUMNS, "") | {"eventtime": f"{BEGAN:.6f}"} | values
    with closing(sqlite3.connect(path)) as file, file:
        columns, places = ", ".join(row), ", ".join("?" * len(row))
        file.execute(f"INSERT INTO {journal.TABLE} ({columns}) VALUES ({places})", tuple(row.values()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "journal" / "cel.db"
    journal.prepare(made)
    return made


def channel(path: Path, uniqueid: str, linkedid: str, *events: str, at: float = BEGAN) -> None:
    for event in events:
        write(path, eventtype=event, uniqueid=uniqueid, linkedid=linkedid, eventtime=f"{at:.6f}")


def test_preparing_twice_loses_nothing(path: Path) -> None:
    write(path, eventtype="CHAN_START")
    journal.prepare(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute(f"SELECT count(*) FROM {journal.TABLE}").fetchone() == (1,)


def test_the_pbx_writes_while_somebody_reads(path: Path) -> None:
    for _ in range(3):
        write(path, eventtype="CHAN_START")
    with closing(sqlite3.connect(path)) as reader:
        rows = reader.execute(f"SELECT eventtype FROM {journal.TABLE}")
        assert rows.fetchone() == ("CHAN_START",)
        write(path, eventtype="HANGUP")
        assert rows.fetchone() == ("CHAN_START",)


def test_a_row_comes_with_its_instant_and_what_it_says(path: Path) -> None:
    extra = json.dumps({"hangupcause": 16, "hangupsource": "PJSIP/101-00000001"})
    write(
        path, eventtype="HANGUP", eventtime="1795294975.589604", uniqueid="1.0", linkedid="1.0", extra=extra
    )
    (row,) = Journal(path).after(0, 10)
    assert (row.row, row.event, row.uniqueid) == (1, "HANGUP", "1.0")
    assert row.at == datetime(2026, 11, 21, 21, 2, 55, 589604, tzinfo=UTC)
    assert row.extra["hangupcause"] == 16


@pytest.mark.parametrize("extra", ["", "no json", "[1]", '{"a"'])
def test_what_is_no_json_says_nothing(path: Path, extra: str) -> None:
    write(path, eventtype="ANSWER", extra=extra)
    assert dict(Journal(path).after(0, 10)[0].extra) == {}


def test_a_name_in_latin_1_is_read(path: Path) -> None:
    write(path, eventtype="CHAN_START")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"UPDATE {journal.TABLE} SET cid_name = CAST(x'5065f161' AS TEXT)")
    assert Journal(path).after(0, 10)[0].name == "Peña"


def test_rows_come_in_order_and_in_portions(path: Path) -> None:
    channel(path, "1.0", "1.0", "CHAN_START", "ANSWER", "HANGUP")
    read = Journal(path)
    assert [row.event for row in read.after(0, 2)] == ["CHAN_START", "ANSWER"]
    assert [row.event for row in read.after(2, 2)] == ["HANGUP"]
    last, second = read.last(), read.at(2)
    assert last is not None and last.row == 3
    assert second is not None and second.event == "ANSWER"
    assert read.at(9) is None


def test_a_channel_brings_all_that_was_ever_linked_with_it(path: Path) -> None:
    channel(path, "1.0", "1.0", "CHAN_START")
    channel(path, "2.0", "2.0", "CHAN_START")
    channel(path, "2.1", "2.0", "CHAN_START")
    channel(path, "2.0", "1.0", "BRIDGE_ENTER")  # two callers were bridged: one linkedid from here on
    channel(path, "3.0", "3.0", "CHAN_START")
    read = Journal(path)
    assert {row.uniqueid for row in read.of(["1.0"])} == {"1.0", "2.0", "2.1"}
    assert {row.uniqueid for row in read.of(["2.1"])} == {"1.0", "2.0", "2.1"}
    assert {row.uniqueid for row in read.of(["3.0"])} == {"3.0"}
    assert read.of([]) == ()


def test_the_last_row_before_an_instant_is_found(path: Path) -> None:
    for place in range(5):
        channel(path, f"{place}.0", "", "CHAN_START", at=BEGAN + place)
    found = Journal(path).before(datetime.fromtimestamp(BEGAN + 2.5, UTC))
    assert found is not None and found.uniqueid == "2.0"
    assert Journal(path).before(datetime.fromtimestamp(BEGAN - 1, UTC)) is None


def test_reading_a_journal_that_is_not_there_makes_none(tmp_path: Path) -> None:
    for read in (lambda j: j.after(0, 1), lambda j: j.of(["1.0"]), lambda j: j.last()):
        with pytest.raises(NoJournal, match=r"cel\.db"):
            read(Journal(tmp_path / "cel.db"))
    with pytest.raises(NoJournal):
        prune(tmp_path / "cel.db", datetime.now(UTC))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_journal_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "cel.db").write_text("this is no database, and long enough to be looked at" * 20)
    with pytest.raises(NoJournal):
        Journal(tmp_path / "cel.db").after(0, 1)


def test_old_rows_go_in_portions_and_the_last_one_stays(path: Path) -> None:
    old = [(f"{BEGAN:.6f}",)] * 1200
    with closing(sqlite3.connect(path)) as file, file:
        file.executemany(f"INSERT INTO {journal.TABLE} (eventtime) VALUES (?)", old)
    later = datetime.fromtimestamp(BEGAN, UTC) + timedelta(days=1)
    portions = []
    while deleted := prune(path, later):
        portions.append(deleted)
    assert portions == [500, 500, 199]
    channel(path, "9.0", "9.0", "CHAN_START")
    assert [row.row for row in Journal(path).after(0, 9)] == [1200, 1201]


def test_rows_that_are_not_old_stay(path: Path) -> None:
    channel(path, "1.0", "1.0", "CHAN_START", at=BEGAN)
    channel(path, "2.0", "2.0", "CHAN_START", "HANGUP", at=BEGAN + 100)
    assert prune(path, datetime.fromtimestamp(BEGAN + 50, UTC)) == 1
    assert [row.uniqueid for row in Journal(path).after(0, 9)] == ["2.0", "2.0"]
