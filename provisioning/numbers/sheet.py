"""A file of numbers as rows of text: CSV (commas, semicolons or tabs, UTF-8 or Latin-1) or XLSX. Pure."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 20_000
_UNPACKED = 64 * 1024 * 1024
_WIDEST = 50
_LONGEST = 300
_ZIP = b"PK\x03\x04"


class UnreadableSheet(ValueError):
    """The file is no table that we read; the text says what to send."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the row's number as the file's own programme shows it, from 1."""

    line: int
    cells: tuple[str, ...]


def rows_of(content: bytes) -> tuple[Row, ...]:
    """The rows that are not empty. Raises `UnreadableSheet`."""
    if len(content) > MOST_BYTES:
        raise UnreadableSheet(f"El archivo pasa de {MOST_BYTES // 2**20} MB: divídalo en varios.")
    read = _xlsx(content) if content.startswith(_ZIP) else _csv(content)
    found = []
    for row in read:
        if any(row.cells):
            found.append(row)
        if len(found) > MOST_ROWS or row.line > 10 * MOST_ROWS:
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
    _check_size(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            yield from _rows(book.worksheets[0].iter_rows(values_only=True, max_col=_WIDEST))
        finally:
            book.close()
    except UnreadableSheet:
        raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        OSError,
        SyntaxError,
        TypeError,
    ) as error:
        raise UnreadableSheet(
            "El libro no se puede leer: guárdelo otra vez como «Libro de Excel (.xlsx)»."
        ) from error


def _check_size(content: bytes) -> None:
    """A small file may unpack to a huge one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableSheet("El libro está incompleto: guárdelo y envíelo de nuevo.") from error
    if unpacked > _UNPACKED:
        raise UnreadableSheet("El libro es demasiado grande por dentro: deje solo la hoja de números.")


def _rows(read: Iterator[Sequence[object]]) -> Iterator[Row]:
    for line, cells in enumerate(read, 1):
        yield Row(line, tuple(_text(cell) for cell in cells[:_WIDEST]))


def _text(cell: object) -> str:
    """A cell as it is shown; workbooks keep numbers as floats."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())[:_LONGEST]
