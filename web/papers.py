"""Pages as PDF: the same template language, the console's own type, nothing from the network."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from web.keys import SERVICES

_STYLE = Path(__file__).parent / "static" / "css" / "paper.css"


async def paper(request: web.Request, template: str, name: str, **context: Any) -> web.Response:
    """The PDF of a template, as a download called `name`."""
    return as_download(name, await drawn(request.app, template, **context))


def as_download(name: str, body: bytes) -> web.Response:
    """A PDF that a browser keeps as `name`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def drawn(app: web.Application, template: str, **context: Any) -> bytes:
    """The PDF of a template, under the company's name."""
    company = app[SERVICES].office.company.name
    made = aiohttp_jinja2.get_env(app).get_template(template)
    return await pdf_of(made.render(context, company=company))


async def pdf_of(html: str) -> bytes:
    """The PDF of a whole HTML document. It may show pictures that it holds itself (`data:`), no others."""
    return await asyncio.to_thread(_pdf, html)


def _pdf(html: str) -> bytes:
    # The first paper loads it: with the fonts it is a third of the service's start.
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    fonts = FontConfiguration()
    style = CSS(filename=str(_STYLE), font_config=fonts)
    written: bytes = document.write_pdf(stylesheets=[style], font_config=fonts)
    return written
