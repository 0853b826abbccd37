"""How long altas take and where they wait, with a chart, a table behind it, and a workbook."""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from provisioning.alta.durations import Span
from provisioning.network.times import TimesFilter, months_before
from web import lists
from web.alta.words import KINDS
from web.keys import services
from web.network.asking import office, scope, subsidiaries
from web.network.chart import chart
from web.pages import render, site_zone
from web.sheets import XLSX, XLSX_MOST, Workbook

PERIODS = {"3": "3 meses", "6": "6 meses", "12": "12 meses", "24": "24 meses"}
HEADS = (
    "Alta", "Paso", "Área", "Filial", "Cuenta", "Abierto (UTC)", "Cerrado (UTC)", "Días hábiles", "A tiempo",
    "Vuelta",
)  # fmt: skip
_CUT = f"Un libro lleva hasta {XLSX_MOST} filas: elija menos meses."


async def index(request: web.Request) -> web.Response:
    typed = _typed(request)
    zone = site_zone(services(request).site)
    found = await office(request).times.times(filter_of(request, typed), zone, scope(request))
    return render(
        request,
        "network/times.html",
        times=found,
        months=chart(found.months),
        wholes=chart(found.wholes),
        areas=await services(request).areas.labels(),
        typed=typed,
        periods=PERIODS,
        kinds=KINDS,
        subsidiaries=subsidiaries(request),
        export=f"/altas/times/xlsx?{urlencode(typed)}",
    )


async def as_xlsx(request: web.Request) -> web.Response:
    """Every closing of a step, a row each: figures that a spreadsheet can reckon with."""
    found = await office(request).times.spans(filter_of(request, _typed(request)), scope(request))
    labels = await services(request).areas.labels()
    body = await asyncio.to_thread(_book, [_cells(span, labels) for span in found])
    name = f"tiempos-{services(request).clock():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=XLSX, headers=headers)


def _book(rows: Sequence[Sequence[object]]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="altavoz-") as folder:
        path = Path(folder) / "tiempos.xlsx"
        with Workbook(path, "Tiempos", HEADS, figures=True) as add:
            for row in rows[:XLSX_MOST]:
                add(row)
            if len(rows) > XLSX_MOST:
                add([_CUT])
        return path.read_bytes()


def _cells(span: Span, labels: dict[str, str] | Any) -> Sequence[object]:
    """A row beneath `HEADS`."""
    return (
        f"ALTA-{span.alta}",
        span.title,
        labels.get(span.area, span.area),
        span.subsidiary,
        span.account,
        span.opened.isoformat(timespec="seconds"),
        span.closed.isoformat(timespec="seconds"),
        round(span.days, 2),
        "sí" if span.on_time else "no",
        span.round,
    )


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {
        "months": lists.one_of(query, "months", tuple(PERIODS)) or "12",
        "subsidiary": lists.one_of(query, "subsidiary", tuple(subsidiaries(request))),
        "kind": lists.one_of(query, "kind", tuple(KINDS)),
        "step": lists.text(query, "step", 40),
    }


def filter_of(request: web.Request, typed: Mapping[str, str]) -> TimesFilter:
    """From the first day of the month, so many months before this one, until now."""
    served = services(request)
    zone, now = site_zone(served.site), served.clock()
    first = months_before(now.astimezone(zone).date(), int(typed["months"]) - 1)
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    return TimesFilter(since, now, typed["subsidiary"], typed["kind"], typed["step"])
