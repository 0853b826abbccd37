"""The inventory as a file: what is filtered, as CSV or as a workbook."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from plans.numbers import written
from provisioning.numbers.values import InventoryNumber
from provisioning.numbers.words import KINDS, STATES
from provisioning.numbers.writing import service
from web.headers import add_headers
from web.keys import SECURE, services, session
from web.numbers.listing import filter_of, numbers, typed_of
from web.sheets import XLSX, XLSX_MOST, Workbook, csv_line

HEADS = (
    "Número", "E.164", "Servicio", "Tipo", "Estado", "Desde (UTC)", "Cuarentena hasta", "Filial", "Operador",
    "Plan", "Cuenta", "Alta", "Vinculado con", "Nota",
)  # fmt: skip
_CUT = f"Un libro lleva hasta {XLSX_MOST} filas: filtre, o exporte en CSV."
_CHUNK = 64 * 1024


async def as_csv(request: web.Request) -> web.StreamResponse:
    """All that is filtered, as it is read from the database."""
    response = await _download(request, "csv", "text/csv; charset=utf-8")
    await response.write(("\ufeff" + csv_line(HEADS)).encode())
    found = numbers(request).stream(filter_of(typed_of(request)), session(request).person.scope)
    async for number in found:
        await response.write(csv_line(cells(number)).encode())
    await response.write_eof()
    return response


async def as_xlsx(request: web.Request) -> web.StreamResponse:
    """As many rows as a workbook opens well; a last line says when there are more."""
    with tempfile.TemporaryDirectory(prefix="altavoz-") as folder:
        path = Path(folder) / "numeros.xlsx"
        await _write_book(request, path)
        form = XLSX
        response = await _download(request, "xlsx", form)
        with path.open("rb") as book:
            while chunk := await asyncio.to_thread(book.read, _CHUNK):
                await response.write(chunk)
    await response.write_eof()
    return response


async def _write_book(request: web.Request, path: Path) -> None:
    with Workbook(path, "Números", HEADS) as add:
        rows = 0
        found = numbers(request).stream(filter_of(typed_of(request)), session(request).person.scope)
        async for number in found:
            add(cells(number) if rows < XLSX_MOST else [_CUT])
            rows += 1
            if rows > XLSX_MOST:
                return


def cells(number: InventoryNumber) -> Sequence[object]:
    """A row beneath `HEADS`."""
    return (
        written(number.e164, number.subsidiary),
        number.e164,
        service(number.e164),
        KINDS[number.kind],
        STATES[number.state],
        number.since.isoformat(timespec="seconds"),
        number.until.date().isoformat() if number.until else "",
        number.subsidiary,
        number.carrier,
        number.plan or "",
        number.account,
        f"ALTA-{number.alta}" if number.alta else "",
        ", ".join(written(each, number.subsidiary) for each in number.linked),
        number.note,
    )


async def _download(request: web.Request, form: str, content_type: str) -> web.StreamResponse:
    name = f"numeros-{services(request).clock():%Y%m%d-%H%M}.{form}"
    headers = {"Content-Type": content_type, "Content-Disposition": f'attachment; filename="{name}"'}
    response = web.StreamResponse(headers=headers)
    add_headers(response, secure=request.app[SECURE])
    await response.prepare(request)
    return response
