"""Tables that leave as files, CSV and XLSX: the one door for both. No cell is ever taken for a formula."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""A workbook's media type."""

XLSX_MOST = 100_000
"""As many rows as a workbook gets; it allows a million, which no office machine opens gladly."""

_LONGEST_CELL = 32_767
_FORMULA = re.compile(r"""(?<![;\s"])([;\s"]*)([=+\-@＝＋－＠])""")
_BEGINS = frozenset(";\t\r\n")
_BLANK = ("\t", "\r", "\n")


def csv_line(cells: Sequence[object]) -> str:
    """One line of CSV, RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it.

    Where Spanish is spoken, spreadsheets take semicolons for the ends of cells: what follows one counts, too.
    """
    line = io.StringIO()
    csv.writer(line).writerow([_tame(str(cell)) for cell in cells])
    return line.getvalue()


def _tame(text: str) -> str:
    tamed = _FORMULA.sub(_tamed, text)
    return f"'{tamed}" if tamed.startswith(_BLANK) else tamed


def _tamed(found: re.Match[str]) -> str:
    """A sign at which a cell begins: at the text's own beginning, or after what ends a cell or a line."""
    begins = found.start() == 0 or not _BEGINS.isdisjoint(found[1])
    return f"{found[1]}'{found[2]}" if begins else found[0]


class Workbook:
    """An XLSX file, written a row at a time with little in memory; every cell is text, but for numbers where
    there are `figures` to reckon with.
    """

    def __init__(self, path: Path, sheet: str, heads: Sequence[str], *, figures: bool = False) -> None:
        self._figures = figures
        self._book = xlsxwriter.Workbook(
            str(path),
            {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self._sheet = self._book.add_worksheet(sheet)
        self._sheet.freeze_panes(1, 0)
        self._rows = 0
        self._write(heads, self._book.add_format({"bold": True}))

    def add(self, cells: Sequence[object]) -> None:
        self._write(cells)

    def __enter__(self) -> Callable[[Sequence[object]], None]:
        return self.add

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.close()

    def _write(self, cells: Sequence[object], form: object = None) -> None:
        for column, cell in enumerate(cells):
            if self._figures and isinstance(cell, int | float):
                self._sheet.write_number(self._rows, column, cell, form)
            else:
                self._sheet.write_string(self._rows, column, str(cell)[:_LONGEST_CELL], form)
        self._rows += 1
