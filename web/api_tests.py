"""The API's doors of tests of lines: the list of reports, and one of them whole."""

from aiohttp import web

from cases.pages import Page
from provisioning.proof.reports import Report
from provisioning.proof.store import ReportFilter, ReportRow
from web import api_test_models as models
from web import refusals
from web.api_endpoint import endpoint
from web.keys import services, token


@endpoint("Los informes de pruebas de líneas, del más nuevo al más viejo.", models.TestsAsked, models.Tests)
async def tests(request: web.Request, asked: models.TestsAsked) -> Page[ReportRow]:
    filter = ReportFilter(asked.plan or "", asked.kind or "", asked.result or "")
    before = int(asked.after) if asked.after else None
    page = await services(request).office.reports.page(filter, asked.limit, before, token(request).scope)
    return Page(page.reports, str(page.next) if page.next else None)


@endpoint("El informe de una prueba, con sus llamadas.", models.TestNamed, models.TestReport)
async def test(request: web.Request, asked: models.TestNamed) -> Report:
    found = await services(request).office.reports.get(int(asked.id), token(request).scope)
    if found is None:
        raise refusals.not_found("Ese informe no existe")
    return found
