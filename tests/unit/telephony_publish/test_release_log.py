from datetime import UTC, datetime
from pathlib import Path

from telephony.release_log import Entry, before_standing, from_text, standing, to_line
from telephony.releases import Releases

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def entries(words: str) -> list[Entry]:
    """`a b <a`: published a, published b, rolled back to a."""
    return [
        Entry(word.strip("<"), AT, "ana", "rolled-back" if word.startswith("<") else "published")
        for word in words.split()
    ]


def test_the_last_entry_stands() -> None:
    assert standing([]) is None
    assert standing(entries("a b <a")) == "a"


def test_what_a_roll_back_goes_to() -> None:
    expected = {
        "": None,
        "a": None,
        "a a": None,
        "a b": "a",
        "a b a": "b",
        "a b c <b": "a",
        "a b c <b <a": None,
        "a b <a c": "a",
        "a b b": "a",
    }
    assert {words: before_standing(entries(words)) for words in expected} == expected


def test_an_entry_is_read_as_it_was_written() -> None:
    entry = Entry("0123456789ab", AT, "Ñandú, «ana»\n", "rolled-back")
    assert from_text(to_line(entry)) == (entry,)


def test_a_line_cut_by_a_crash_is_dropped_and_written_over(tmp_path: Path) -> None:
    releases, (first, second) = Releases(tmp_path), entries("a b")
    releases.record(first)
    with (tmp_path / "releases.jsonl").open("a") as log:
        log.write('{"release": "b", "at"')
    assert releases.entries() == (first,)
    releases.record(second)
    assert releases.entries() == (first, second)
