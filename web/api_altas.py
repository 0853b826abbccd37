"""The API's doors of altas: lists, one with its steps, its history."""

from typing import Any

from aiohttp import web

from cases.pages import Page
from provisioning.alta.events import Event
from provisioning.alta.lists import AltaFilter, AltaSummary
from provisioning.alta.procedure import WantedDocument
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView, StepView
from web import api_alta_models as models
from web import refusals
from web.alta.asking import typed_of
from web.api_endpoint import endpoint
from web.keys import services, token


@endpoint("Las altas, de la más nueva a la más vieja.", models.AltasAsked, models.Altas)
async def altas(request: web.Request, asked: models.AltasAsked) -> Page[AltaSummary]:
    filter = AltaFilter(
        plan=asked.plan or "",
        step=asked.step or "",
        area=asked.area or "",
        state=asked.state or "",
        late=asked.late,
        text=asked.text,
    )
    after = int(asked.after) if asked.after else None
    page = await services(request).office.altas.page(filter, asked.limit, after, token(request).scope)
    return Page(page.items, str(page.next) if page.next is not None else None)


@endpoint("Un alta, con cada paso y su evidencia.", models.AltaNamed, models.Alta)
async def alta(request: web.Request, asked: models.AltaNamed) -> dict[str, Any]:
    return alta_of(await _found(request, asked.id))


@endpoint(
    "La historia de un alta, de lo más nuevo a lo más viejo.", models.AltaEventsAsked, models.AltaEvents
)
async def events(request: web.Request, asked: models.AltaEventsAsked) -> Page[Event]:
    found = await _found(request, asked.id, proved=False)
    below = int(asked.after) if asked.after else None
    listed = await services(request).office.altas.events(found.id, asked.limit, below)
    more = len(listed) == asked.limit and listed[-1].revision > 1
    return Page(listed, str(listed[-1].revision) if more else None)


async def _found(request: web.Request, id: str, *, proved: bool = True) -> AltaView:
    number, scope = int(id.removeprefix("ALTA-")), token(request).scope
    found = await services(request).office.altas.find(number, scope, proved=proved)
    if found is None:
        raise refusals.not_found("Ese alta no existe")
    return found


def alta_of(alta: AltaView) -> dict[str, Any]:
    """What the API says of one."""
    request = alta.request
    same = (
        "id", "number", "plan", "subsidiary", "account", "state", "reason", "asked_by", "started", "ended",
        "late", "done", "needed", "revision",
    )  # fmt: skip
    asked = {"kind": request.kind, "name": request.name, "starts": request.starts, "data": _data(request)}
    return {name: getattr(alta, name) for name in same} | asked | {"steps": [_step(s) for s in alta.steps]}


def _data(request: AltaRequest) -> dict[str, Any]:
    typed, level = typed_of(request), request.service_level
    share, within = (level.share, level.answer_within) if level else (None, None)
    return {**typed.values, "sold_by": typed.sold_by, "share": share, "within": within}


def _step(step: StepView) -> dict[str, Any]:
    same = ("state", "owner", "since", "due", "late", "closed", "by", "round", "revision", "back")
    evidence = [{"name": name, "ok": each.ok, "said": each.said} for name, each in step.found.items()]
    return {name: getattr(step, name) for name in same} | {
        "step": step.id,
        "title": step.step.title,
        "areas": list(step.step.areas),
        "questions": step.step.questions,
        "papers": [_paper(step, wanted) for wanted in step.step.documents],
        "signatures": list(step.step.signatures),
        "signed": step.signatures,
        "missing": list(step.missing),
        "evidence": evidence,
    }


def _paper(step: StepView, wanted: WantedDocument) -> dict[str, Any]:
    return {"name": wanted.name, "title": wanted.title, "attached": wanted.name in step.documents}
