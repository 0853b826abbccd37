"""A sheet to begin with: what people take away, fill in and load, as CSV and as XLSX."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from web.sheets import XLSX, Workbook, csv_line


@dataclass(frozen=True, slots=True)
class SheetTemplate:
    """`rows` begin with the heads; `title` is the sheet's."""

    name: str
    title: str
    rows: Sequence[Sequence[str]]

    async def csv(self, _request: web.Request) -> web.Response:
        """With a mark by which spreadsheets know that it is UTF-8."""
        body = "\ufeff" + "".join(csv_line(row) for row in self.rows)
        return self._file(body.encode(), "csv", "text/csv")

    async def xlsx(self, _request: web.Request) -> web.Response:
        return self._file(await asyncio.to_thread(self._book), "xlsx", XLSX)

    def _file(self, body: bytes, form: str, kind: str) -> web.Response:
        headers = {"Content-Disposition": f'attachment; filename="{self.name}.{form}"'}
        return web.Response(body=body, content_type=kind, headers=headers)

    def _book(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="altavoz-") as folder:
            path = Path(folder) / "plantilla.xlsx"
            with Workbook(path, self.title, self.rows[0]) as add:
                for row in self.rows[1:]:
                    add(row)
            return path.read_bytes()
