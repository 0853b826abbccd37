"""The audit trail for people: searched, read page by page, taken along as a file. Doing so is in it too."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from staff.audit import Deed
from staff.audit_readings import NotNoted
from staff.audit_trail import AuditFilter, AuditRow
from staff.scope import EVERYTHING
from web import lists, refusals
from web.asked import is_htmx
from web.audit_rows import ACTIONS, HEADS, VIAS, actor_words, cells, changes, subject_path
from web.headers import add_headers
from web.keys import SECURE, services, session
from web.pages import full_names, render, site_zone
from web.sheets import XLSX, XLSX_MOST, Workbook, csv_line

CUT = f"Un libro lleva hasta {XLSX_MOST} filas: exporte menos días, o en CSV."
_CHUNK = 64 * 1024
_NUMBER = re.compile(r"[0-9]{1,9}")
_FILTERS = ("who", "action", "subject", "text", "from", "to")


async def index(request: web.Request) -> web.Response:
    """What was done, newest first, in pages by key; htmx asks for the rows that follow."""
    trail, typed = services(request).audit, _typed(request)
    page = await trail.page(_filter(request, typed), before=_after(request))
    names, zone = await full_names(request), site_zone(services(request).site)
    return render(
        request,
        "audit_rows.html" if is_htmx(request) else "audit.html",
        rows=[(row, actor_words(row, names), changes(row, zone), subject_path(row)) for row in page.rows],
        actions={code: ACTIONS.get(code, code) for code in await trail.actions()},
        vias=VIAS,
        names=names,
        more=lists.next_address("/audit", typed, str(page.next) if page.next else None),
        exports={form: f"/audit/export/{form}?{urlencode(typed)}" for form in ("csv", "xlsx")},
        typed=typed,
        filtered=any(typed.values()),
    )


async def as_csv(request: web.Request) -> web.StreamResponse:
    """All that is filtered, as it is read from the database."""
    filter = await _exported(request)
    response = await _download(request, "csv", "text/csv; charset=utf-8")
    await response.write(("\ufeff" + csv_line(HEADS)).encode())
    lines: list[str] = []
    async for row in services(request).audit.stream(filter):
        lines.append(csv_line(cells(row)))
        if len(lines) >= 200:
            await response.write("".join(lines).encode())
            lines.clear()
    await response.write("".join(lines).encode())
    await response.write_eof()
    return response


async def as_xlsx(request: web.Request) -> web.StreamResponse:
    """As many rows as a workbook opens well; a last line says when there are more."""
    filter = await _exported(request)
    with tempfile.TemporaryDirectory(prefix="altavoz-") as folder:
        path = Path(folder) / "auditoria.xlsx"
        await _write_book(path, services(request).audit.stream(filter, XLSX_MOST + 1))
        form = XLSX
        response = await _download(request, "xlsx", form)
        with path.open("rb") as book:
            while chunk := await asyncio.to_thread(book.read, _CHUNK):
                await response.write(chunk)
    await response.write_eof()
    return response


async def _write_book(path: Path, rows: AsyncIterator[AuditRow]) -> None:
    with Workbook(path, "Auditoría", HEADS) as add:
        written = 0
        async for row in rows:
            add(cells(row) if written < XLSX_MOST else [CUT])
            written += 1


def _typed(request: web.Request) -> dict[str, str]:
    return {name: lists.text(request.query, name, 200) for name in _FILTERS}


def _filter(request: web.Request, typed: Mapping[str, str]) -> AuditFilter:
    """What was asked for, of those who see everything: the trail holds every subsidiary's rows."""
    if session(request).person.scope != EVERYTHING:
        raise refusals.not_divided()
    zone: ZoneInfo = site_zone(services(request).site)
    return AuditFilter(
        typed["who"] or None,
        typed["action"] or None,
        typed["subject"] or None,
        typed["text"],
        lists.from_day(typed["from"], zone),
        lists.past_day(typed["to"], zone),
    )


def _after(request: web.Request) -> int | None:
    written = request.query.get("after")
    if written is not None and not _NUMBER.fullmatch(written):
        raise refusals.bad_request("Esa página no existe: vuelva a la primera.")
    return int(written) if written is not None else None


async def _exported(request: web.Request) -> AuditFilter:
    """The filter; the export is noted before a row leaves."""
    filter = _filter(request, _typed(request))
    asked = {name: value for name, value in asdict(filter).items() if value}
    try:
        await services(request).readings.note(Deed("audit.exported", request.path, after=asked))
    except NotNoted as error:
        raise refusals.cannot_be_noted(str(error)) from error
    return filter


async def _download(request: web.Request, form: str, content_type: str) -> web.StreamResponse:
    name = f"auditoria-{services(request).clock():%Y%m%d-%H%M}.{form}"
    headers = {"Content-Type": content_type, "Content-Disposition": f'attachment; filename="{name}"'}
    response = web.StreamResponse(headers=headers)
    add_headers(response, secure=request.app[SECURE])
    await response.prepare(request)
    return response
