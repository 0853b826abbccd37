"""The PBX's `queue_log`: who entered a queue, and whose ringing went unanswered. A line a second at best."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_SLACK = 2.0
"""Seconds: a line carries its whole second only."""


@dataclass(frozen=True, slots=True)
class QueueLine:
    """`at` is Unix time in whole seconds, `uniqueid` the caller's channel, `agent` the member's name."""

    at: int
    uniqueid: str
    queue: str
    agent: str
    event: str


def read_line(text: str) -> QueueLine | None:
    """The line in `text`; None when it is none."""
    at, *rest = text.rstrip("\n").split("|")
    if not at.isdecimal() or len(rest) < 4:
        return None
    return QueueLine(int(at), *rest[:4])


def rotated(path: Path) -> Path:
    """Where the lines before those of `path` are."""
    return path.with_name(f"{path.name}.1")


def lines_between(path: Path, since: float, until: float) -> tuple[QueueLine, ...]:
    """The lines from one Unix time to another, also of the file before; a file that is not there has none."""
    return tuple(line for file in (rotated(path), path) for line in _between(file, since, until))


def _between(path: Path, since: float, until: float) -> Iterator[QueueLine]:
    with suppress(FileNotFoundError), path.open("rb") as file:
        _seek(file, since - _SLACK)
        for line in _lines(file):
            if line.at > until + _SLACK:
                return
            if line.at >= since - _SLACK:
                yield line


def _lines(file: Iterable[bytes]) -> Iterator[QueueLine]:
    return filter(None, (read_line(raw.decode(errors="replace")) for raw in file))


def _seek(file: BinaryIO, since: float) -> None:
    """Before the first line of `since` or later, by halving: lines stand in the order of their time."""
    low, high = 0, os.fstat(file.fileno()).st_size
    while high - low > 4096:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        line = next(_lines(file), None)
        if line is not None and line.at < since:
            low = middle
        else:
            high = middle
    file.seek(low)
    if low:
        file.readline()
