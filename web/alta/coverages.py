"""What the plan covers: seen beside what Operations observed, compared, and as a document (P32-P35)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from plans.model import Coverage
from provisioning.alta.coverage_list import Coverages, compare, said, to_yaml
from provisioning.alta.coverages import CoverageVersion
from provisioning.alta.events import Event, Happened
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.views import AltaView
from staff.permissions import Permission
from web import refusals
from web.alta import words
from web.alta.find import altas, find, zones_of
from web.alta.moves import LONGEST
from web.asked import see_other
from web.keys import SERVICES, session
from web.pages import names_of, render
from web.papers import as_download, drawn
from web.person_form import number

_NONE = "Esa versión de las coberturas no existe"
_PAPER = "alta/coverages_paper.html"
OBSERVED = 300
"""As many observations as are shown beside the coverages."""


async def page(request: web.Request) -> web.Response:
    alta = await find(request)
    done = {
        "saved": "Coberturas guardadas.",
        "observed": "Observaciones guardadas.",
        "sent": "Sale otra vez hacia el otro sistema.",
    }
    return await page_of(request, alta, done=done.get(request.query.get("done", ""), ""))


async def observe(request: web.Request) -> web.Response:
    """What somebody observed of each coverage: a comment on the alta each."""
    alta, given = await find(request), await request.post()
    shown = await _version(request, alta)
    step = next((each.id for each in alta.open if "operations" in each.step.areas), None)
    written = {
        each.code: str(given.get(f"about-{each.code}", "")).strip()[:LONGEST]
        for each in (shown.content.coverages if shown else ())
    }
    try:
        for code, text in written.items():
            if text:
                await altas(request).comment(alta.id, session(request).person, text, step, about=code)
    except AltaRefused as refused:
        return await page_of(request, alta, problem=str(refused), status=422)
    return see_other(f"/altas/{alta.id}/coverages?done=observed")


async def comparison(request: web.Request) -> web.Response:
    """Two versions side by side."""
    alta = await find(request)
    versions = await altas(request).coverages.versions(alta.id)
    old, new = two_of(request, alta, versions)
    return render(
        request,
        "alta/coverages_compare.html",
        alta=alta,
        versions={each.number: each for each in versions},
        old=old,
        new=new,
        rows=_rows(old.content, new.content),
        texts=compare(old.content, new.content).texts,
        **await _shared(request.app, alta),
    )


def two_of(
    request: web.Request, alta: AltaView, versions: Sequence[CoverageVersion]
) -> tuple[CoverageVersion, CoverageVersion]:
    """Those to be compared: the last one with the one before, when none are asked for."""
    found = {each.number: each for each in versions}
    old = found.get(_asked(request, "old", alta.coverages - 1))
    new = found.get(_asked(request, "new", alta.coverages))
    if old is None or new is None:
        raise refusals.not_found(_NONE)
    return old, new


async def as_yaml(request: web.Request) -> web.Response:
    """The version as the part of a plan's file that says it."""
    alta = await find(request)
    shown = await needed(request, alta)
    name = f"coberturas-{alta.plan}-v{shown.number}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=to_yaml(shown.content), content_type="application/yaml", headers=headers)


async def send_again(request: web.Request) -> web.Response:
    """A version on its way to the company's other system: tried again now."""
    alta = await find(request)
    try:
        await altas(request).coverages.hooks.again(alta.id, number(await request.post(), "delivery"))
    except AltaRefused as refused:
        return await page_of(request, alta, problem=str(refused), status=422)
    return see_other(f"/altas/{alta.id}/coverages?done=sent")


async def document(request: web.Request) -> web.Response:
    """The coverages document, as a page to read and print."""
    alta = await find(request)
    shown = await _document(request.app, alta, await needed(request, alta))
    return render(request, "alta/coverages_document.html", **shown)


async def document_pdf(request: web.Request) -> web.Response:
    name, body = await drawn_up(request)
    return as_download(name, body)


async def drawn_up(request: web.Request) -> tuple[str, bytes]:
    """The document as a file: how it is called, and the PDF."""
    alta = await find(request)
    return await drawn_of(request.app, alta, await needed(request, alta))


async def drawn_of(app: web.Application, alta: AltaView, shown: CoverageVersion) -> tuple[str, bytes]:
    """The same of a version."""
    name = words.coverages_file(alta.plan, shown.number)
    return name, await drawn(app, _PAPER, **await _document(app, alta, shown))


async def _document(app: web.Application, alta: AltaView, shown: CoverageVersion) -> dict[str, Any]:
    revised = await app[SERVICES].office.altas.coverages.versions(alta.id)
    return {"alta": alta, "shown": shown, "revised": revised, **await _shared(app, alta)}


async def needed(request: web.Request, alta: AltaView) -> CoverageVersion:
    """The version that is asked for, when there is one."""
    shown = await _version(request, alta)
    if shown is None:
        raise refusals.not_found(_NONE if alta.coverages else "Todavía no hay coberturas")
    return shown


async def _version(request: web.Request, alta: AltaView) -> CoverageVersion | None:
    """The version that is asked for, the last one when none is."""
    found = {each.number: each for each in await altas(request).coverages.versions(alta.id)}
    return found.get(_asked(request, "version", alta.coverages))


def _asked(request: web.Request, name: str, default: int) -> int:
    written = request.query.get(name, "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else default


def _rows(old: Coverages, new: Coverages) -> list[dict[str, Any]]:
    """Each coverage of either version: what it was and is, and the sign of what became of it."""
    was = {each.code: each for each in old.coverages}
    now = {each.code: each for each in new.coverages}
    codes = [*now, *(code for code in was if code not in now)]
    return [
        {"old": was.get(code), "new": now.get(code), "sign": _sign(was.get(code), now.get(code))}
        for code in codes
    ]


def _sign(was: Coverage | None, now: Coverage | None) -> str:
    if was is None:
        return "added"
    if now is None:
        return "removed"
    return "same" if was == now else "changed"


async def page_of(
    request: web.Request, alta: AltaView, *, done: str = "", problem: str = "", status: int = 200
) -> web.Response:
    person = session(request).person
    return render(
        request,
        "alta/coverages.html",
        status=status,
        alta=alta,
        shown=await _version(request, alta),
        versions=await altas(request).coverages.versions(alta.id),
        observed=await observed(request, alta),
        deliveries=await altas(request).coverages.hooks.of_alta(alta.id),
        refusal=await altas(request).coverages.refusal(alta, person),
        may_send=person.may(Permission.ALTA_WRITE),
        may_comment=person.may(Permission.ALTA_WRITE) and alta.ended is None,
        done=done,
        problem=problem,
        **await _shared(request.app, alta),
    )


async def observed(request: web.Request, alta: AltaView) -> dict[str, list[Event]]:
    """What was observed of each coverage, by its code, oldest first."""
    found: dict[str, list[Event]] = defaultdict(list)
    for event in reversed(await altas(request).events(alta.id, OBSERVED, kind=Happened.COMMENTED)):
        if code := event.data.get("about"):
            found[code].append(event)
    return found


async def _shared(app: web.Application, alta: AltaView) -> dict[str, Any]:
    site = app[SERVICES].site
    subsidiaries = site.subsidiaries
    return {
        "names": await names_of(app),
        "zone": zones_of(site)(alta.subsidiary),
        "subsidiary": subsidiaries[alta.subsidiary].name
        if alta.subsidiary in subsidiaries
        else alta.subsidiary,
        "said": said,
        "words_of": words,
    }
