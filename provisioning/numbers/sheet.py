"""A file of numbers as rows of text: CSV (commas, semicolons or tabs, UTF-8 or Latin-1) or XLSX."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 20_000
MOST_LINES = 10 * MOST_ROWS
"""Empty ones too."""
WIDEST = 50
_LONGEST = 300
_ZIP = b"PK\x03\x04"
_ROOT = str(Path(__file__).parents[2])
_PATIENCE = 60.0
_HEAVY = "El libro exige demasiado trabajo para abrirse: guárdelo como «CSV» y envíelo de nuevo."


class UnreadableSheet(ValueError):
    """The file is no table that we read; the text says what to send."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the row's number as the file's own programme shows it, from 1."""

    line: int
    cells: tuple[str, ...]


def rows_of(content: bytes) -> tuple[Row, ...]:
    """The rows that are not empty. Blocks. Raises `UnreadableSheet`."""
    if len(content) > MOST_BYTES:
        raise UnreadableSheet(f"El archivo pasa de {MOST_BYTES // 2**20} MB: divídalo en varios.")
    read = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    found = []
    for row in read:
        if any(row.cells):
            found.append(row)
        if len(found) > MOST_ROWS or row.line > MOST_LINES:
            raise UnreadableSheet(f"El archivo tiene más de {MOST_ROWS} filas: divídalo en varios.")
    if not found:
        raise UnreadableSheet("El archivo está vacío: use la plantilla y complete una fila por número.")
    return tuple(found)


def _csv(content: bytes) -> Iterator[Row]:
    text = _decoded(content)
    try:
        yield from _rows(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise UnreadableSheet(
            "El archivo no es CSV ni XLSX: guárdelo como «CSV» o «Libro de Excel»."
        ) from error


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise UnreadableSheet("El archivo no es CSV ni XLSX: guárdelo como «CSV» o «Libro de Excel».")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _delimiter(text: str) -> str:
    """What separates the cells of the first line: the sign that it has most of."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(";,\t", key=first.count)


def _xlsx(content: bytes) -> Iterator[Row]:
    """By a process of its own (`provisioning.numbers.workbook`) that may use so much memory and time and no
    more.
    """
    for told in _opened(content).splitlines():
        row = json.loads(told)
        if isinstance(row, str):
            raise UnreadableSheet(row)
        line, cells = row
        yield Row(line, tuple(cells))


def _opened(content: bytes) -> bytes:
    environment = {"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "provisioning.numbers.workbook"],
            input=content,
            capture_output=True,
            timeout=_PATIENCE,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableSheet(_HEAVY) from None
    if done.returncode != 0:
        raise UnreadableSheet(_HEAVY)
    return done.stdout


def _rows(read: Iterator[Sequence[object]]) -> Iterator[Row]:
    for line, cells in enumerate(read, 1):
        yield Row(line, tuple(cell_text(cell) for cell in cells[:WIDEST]))


def cell_text(cell: object) -> str:
    """A cell as it is shown; workbooks keep numbers as floats."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())[:_LONGEST]
