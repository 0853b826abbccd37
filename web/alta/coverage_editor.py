"""The coverages being written: row by row, brought from a plan, saved as the next version."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from plans.model import Plan
from plans.problems import PlanProblems
from provisioning.alta.coverage_list import Coverages, from_yaml, of_plan
from provisioning.alta.refusals import AltaRefused, StaleStep
from provisioning.alta.views import AltaView
from web.alta.coverage_form import (
    AMOUNT_PER,
    EVENTS_PER,
    Row,
    WrongRows,
    arranged,
    coverages_of,
    read_rows,
    row_of,
)
from web.alta.coverages import observed, page_of
from web.alta.find import altas, find, zone_of
from web.alta.moves import LONGEST
from web.alta.page import Told
from web.asked import see_other
from web.keys import services, session
from web.pages import full_names, render
from web.person_form import Given, number
from web.uploads import File, carries_files, upload

LARGEST = 512 * 1024
"""Bytes of a form with a plan's file."""
_CURRENCIES = {"AR": "ARS", "CO": "COP", "MX": "MXN", "CL": "CLP", "PE": "PEN", "UY": "UYU", "BR": "BRL"}
_NO_TEXT = "El archivo no es un texto en UTF-8: elija el archivo YAML del plan."
_STALE = (
    "Otra persona guardó una versión antes que usted. Lo suyo sigue aquí; al guardar queda después de esa."
)


@dataclass(frozen=True)
class Draft:
    """What the form holds; `version` is the one that its writer began from."""

    rows: tuple[Row, ...]
    conditions: str = ""
    guide: str = ""
    note: str = ""
    version: int = 0
    told: Told | None = None
    touched: tuple[int | None, str] = field(default=(None, ""))


async def form(request: web.Request) -> web.Response:
    """The last version, to be changed; only read, with the reason, when it is not to be."""
    alta, store = await find(request), altas(request).coverages
    if problem := await store.refusal(alta, session(request).person):
        return await page_of(request, alta, problem=problem, status=409)
    last = await store.current(alta.id)
    draft = _draft(last.content if last else Coverages(), alta.coverages)
    return await _form(request, alta, draft)


async def save(request: web.Request) -> web.Response:
    """The form sent: saved, or its rows arranged anew."""
    alta, given = await find(request), await request.post()
    draft = _read(given)
    act = str(given.get("act", "save"))
    if act != "save":
        return await _form(request, alta, _arranged(draft, act))
    try:
        listed = coverages_of(draft.rows)
    except WrongRows as wrong:
        again = replace(draft, rows=wrong.rows, told=Told("problem", str(wrong)))
        return await _form(request, alta, again, 422)
    content = Coverages(coverages=listed, conditions=draft.conditions, guide=draft.guide)
    return await _save(request, alta, draft, content)


async def _save(request: web.Request, alta: AltaView, draft: Draft, content: Coverages) -> web.Response:
    person, store = session(request).person, altas(request).coverages
    try:
        await store.save(alta.id, content, person, draft.note, former=draft.version)
    except StaleStep as stale:
        now = replace(draft, version=stale.now.coverages, told=Told("warning", _STALE))
        return await _form(request, stale.now, now, 409)
    except AltaRefused as refused:
        return await _form(request, alta, replace(draft, told=Told("problem", str(refused))), 422)
    return see_other(f"/altas/{alta.id}/coverages?done=saved")


async def rows(request: web.Request) -> web.Response:
    """The rows alone, arranged anew: nothing is kept until it is saved."""
    alta, given = await find(request), await request.post()
    draft = _arranged(_read(given), str(given.get("act", "")))
    return render(request, "alta/coverage_rows.html", **await _context(request, alta, draft))


async def bring(request: web.Request) -> web.Response:
    """The coverages of a plan's file, or of a plan in service, into the form; not yet saved."""
    alta, came = await find(request), upload(request)
    given = came.fields if carries_files(request) else await request.post()
    file, wanted = came.file("file"), str(given.get("plan", ""))
    try:
        brought = await asyncio.to_thread(_of_file, file) if file else _of_plan(request, wanted)
    except PlanProblems as problems:
        said = " ".join(f"Línea {each.line}: {each.message}." for each in problems.problems[:5])
        return await _refused(request, alta, said or "El archivo no es un plan: elija otro.")
    except UnicodeDecodeError:
        return await _refused(request, alta, _NO_TEXT)
    except AltaRefused as error:
        return await _refused(request, alta, str(error))
    draft = _draft(brought, alta.coverages)
    told = Told("done", "Revise lo que se trajo y guárdelo: todavía no está guardado.")
    return await _form(request, alta, replace(draft, told=told))


def _of_file(file: File) -> Coverages:
    return from_yaml(file.path.read_bytes().decode(), file.name)


def _of_plan(request: web.Request, slug: str) -> Coverages:
    for plan in _in_sight(request):
        if plan.plan == slug:
            return of_plan(plan)
    raise AltaRefused("Elija un plan o un archivo.")


def _in_sight(request: web.Request) -> list[Plan]:
    scope = session(request).person.scope
    plans = (stored.version.plan for stored in services(request).book.live())
    return [plan for plan in plans if scope.covers(plan.subsidiary, plan.account.name)]


def _draft(content: Coverages, version: int) -> Draft:
    rows = tuple(map(row_of, content.coverages))
    return Draft(rows, content.conditions, content.guide, version=version)


def _read(given: Given) -> Draft:
    conditions, guide, note = (
        str(given.get(name, "")).strip()[:LONGEST] for name in ("conditions", "guide", "note")
    )
    return Draft(read_rows(given), conditions, guide, note, number(given, "version"))


def _arranged(draft: Draft, act: str) -> Draft:
    listed, touched = arranged(draft.rows, act)
    what = act.partition(":")[0]
    focus = {"add": "name", "remove": "add" if not listed else "name"}.get(what, what)
    if (what, touched) in (("up", 0), ("down", len(listed) - 1)):
        focus = "down" if what == "up" else "up"
    return replace(draft, rows=listed, touched=(touched, focus))


async def _refused(request: web.Request, alta: AltaView, said: str) -> web.Response:
    last = await altas(request).coverages.current(alta.id)
    draft = _draft(last.content if last else Coverages(), alta.coverages)
    return await _form(request, alta, replace(draft, told=Told("problem", said)), 422)


async def _form(request: web.Request, alta: AltaView, draft: Draft, status: int = 200) -> web.Response:
    return render(request, "alta/coverages_edit.html", status=status, **await _context(request, alta, draft))


async def _context(request: web.Request, alta: AltaView, draft: Draft) -> dict[str, Any]:
    plans = _in_sight(request)
    touched, focus = draft.touched
    return {
        "alta": alta,
        "rows": draft.rows,
        "draft": draft,
        "touched": touched,
        "focus": focus,
        "plans": plans,
        "services": _services(plans, draft.rows),
        "currency": _CURRENCIES.get(alta.subsidiary, ""),
        "events_per": EVENTS_PER,
        "amount_per": AMOUNT_PER,
        "observed": await observed(request, alta),
        "names": await full_names(request),
        "zone": zone_of(request)(alta.subsidiary),
    }


def _services(plans: Sequence[Plan], typed: Sequence[Row]) -> list[str]:
    known = {coverage.service for plan in plans for coverage in plan.coverages}
    return sorted(known | {row.get("service") for row in typed} - {""})
