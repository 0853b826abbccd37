"""The process that opens a stranger's workbook: `python -m provisioning.numbers.workbook`, the file on its
standard input.

It limits itself, and writes its rows to its standard output: a line of JSON each, its number and its cells,
or one text that says why it is not read. A small file can say that it has millions of cells.
"""

import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator, Sequence

from provisioning.numbers.sheet import MOST_LINES, MOST_ROWS, WIDEST, UnreadableSheet, cell_text

sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl can do without it, in less memory

import openpyxl  # noqa: E402
from openpyxl.utils.exceptions import InvalidFileException  # noqa: E402

LIMITS = {
    resource.RLIMIT_AS: 512 * 2**20,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 64,
}
"""What the process may use at most: bytes of memory, seconds of the processor, and no file to write."""

_UNPACKED = 64 * 1024 * 1024
_MOST_TEXT = 32 * 1024 * 1024
_TOO_LARGE = "El libro es demasiado grande por dentro: deje solo la hoja de números."


def lines_of(content: bytes) -> Iterator[str]:
    """Each row that is not empty as JSON, and the last one that is looked at. Raises UnreadableSheet."""
    _check_size(content)
    found = written = 0
    for line, cells in enumerate(_rows(content), 1):
        texts = [cell_text(cell) for cell in cells[:WIDEST]]
        if not any(texts) and line <= MOST_LINES:
            continue
        told = json.dumps([line, texts])
        found, written = found + 1, written + len(told)
        if written > _MOST_TEXT:
            raise UnreadableSheet(_TOO_LARGE)
        yield told
        if found > MOST_ROWS or line > MOST_LINES:
            return


def _rows(content: bytes) -> Iterator[Sequence[object]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            yield from book.worksheets[0].iter_rows(values_only=True, max_col=WIDEST)
        finally:
            book.close()
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
        raise UnreadableSheet(_TOO_LARGE)


def main() -> int:
    for what, most in LIMITS.items():
        resource.setrlimit(what, (most, most))
    try:
        for line in lines_of(sys.stdin.buffer.read()):
            sys.stdout.write(f"{line}\n")
    except UnreadableSheet as error:
        sys.stdout.write(json.dumps(str(error)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
