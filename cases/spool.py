"""Facts that wait on disk while the database takes none: one file, a checked line a fact, in order.

What is appended is on the disk (fsync) before `append` returns. Facts are a set to whoever takes them, so the
file remembers no position: after a crash all of it is read again, and what was committed changes nothing.
"""

import errno
import json
import os
import re
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from cases.fact_rows import fact_of, fact_row, told_in_log
from telephony.facts import CallFact

MOST_BYTES = 256 * 2**20
"""About a million facts; beyond it the spool is as full as a full disk."""
_CALL = re.compile(rb'"call": "([^"]+)"')
log = structlog.get_logger(__name__)


class KeepsFacts(Protocol):
    """Where facts wait. `append` and `read` may block and raise OSError; nothing else does."""

    @property
    def size(self) -> int:
        """How many facts wait."""

    def append(self, facts: Iterable[CallFact]) -> None: ...
    def read(self, most: int) -> list[CallFact]: ...
    def done(self) -> None: ...


class Spool:
    """The spool in a file, which is made when it is first needed. One process at a time."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        self._most = most_bytes
        self._lines = _whole_lines(path)
        self._read = self._read_lines = self._next = self._next_lines = 0

    @property
    def size(self) -> int:
        return self._lines - self._read_lines

    def append(self, facts: Iterable[CallFact]) -> None:
        """All of these, or none: raises OSError when the disk, or the bound, is full."""
        lines = [line for fact in facts if (line := _line(fact))]
        data = b"".join(lines)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            length = os.fstat(file).st_size
            if length + len(data) > self._most:
                raise OSError(errno.ENOSPC, "the spool has reached its bound", str(self._path))
            _append(file, data, length)
            if length == 0:
                _sync_folder(self._path.parent)
        finally:
            os.close(file)
        self._lines += len(lines)

    def read(self, most: int) -> list[CallFact]:
        """The next facts, the same again until `done`. A damaged line is logged and left out."""
        found: list[CallFact] = []
        self._next, self._next_lines = self._read, self._read_lines
        with self._path.open("rb") as file:
            file.seek(self._read)
            while len(found) < most and (line := file.readline()).endswith(b"\n"):
                self._next += len(line)
                self._next_lines += 1
                if (fact := _fact(line)) is not None:
                    found.append(fact)
        return found

    def done(self) -> None:
        """What was last read is committed. Once all is, the file is empty again."""
        self._read, self._read_lines = self._next, self._next_lines
        if self.size == 0:
            os.truncate(self._path, 0)
            self._lines = self._read = self._read_lines = 0


class Nowhere:
    """No place on disk: facts wait in memory only."""

    size = 0

    def append(self, facts: Iterable[CallFact]) -> None:
        raise OSError(errno.ENOENT, "there is no spool")

    def read(self, most: int) -> list[CallFact]:
        return []

    def done(self) -> None:
        pass


def _whole_lines(path: Path) -> int:
    """How many lines a former process left; the half line of one killed while it wrote is cut off."""
    if not path.exists():
        return 0
    count = length = 0
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                count, length = count + 1, length + len(line)
    if length != path.stat().st_size:
        log.warning("the spool ended in half a line, which is cut off", path=str(path))
        os.truncate(path, length)
    return count


def _append(file: int, data: bytes, length: int) -> None:
    """Nothing half-written stays: what follows must begin on a line of its own."""
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(file, view) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, length)
        raise


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _line(fact: CallFact) -> bytes:
    """`<crc32> <json>`; empty for a fact that no row could hold either."""
    try:
        row = fact_row(fact)
        text = json.dumps({**row, "at": row["at"].isoformat()}).encode("ascii")
    except (TypeError, ValueError, AttributeError) as error:
        log.critical(
            "a refused fact is kept in this line only",
            call=fact.call,
            fact=told_in_log(fact),
            error=repr(error),
        )
        return b""
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _fact(line: bytes) -> CallFact | None:
    checksum, _, text = line.rstrip(b"\n").partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(text):
            raise ValueError("the checksum differs")
        row = json.loads(text)
        return fact_of(row | {"at": datetime.fromisoformat(row["at"])})
    except (ValueError, KeyError, TypeError) as error:
        log.critical(
            "a damaged line of the spool is left out",
            call=found[1].decode(errors="replace") if (found := _CALL.search(line)) else None,
            length=len(line),
            error=repr(error),
        )
        return None
