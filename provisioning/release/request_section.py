"""What a release dossier says of the alta: what was asked, signed and agreed, and what proved each step."""

from collections.abc import Iterator
from typing import Any

from pydantic_core import to_jsonable_python

from provisioning.alta.coverages import CoverageVersion
from provisioning.alta.evidence import EVIDENCE, Found
from provisioning.alta.forms import FormView
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaState, AltaView, StepView
from provisioning.release.dossier import Section


async def last_alta(altas: Altas, plan: str) -> AltaView | None:
    """The alta of a plan with its evidence: asked for now while it is under way, else as it was then."""
    found = await altas.of_plan(plan)
    if found is None or found.state is not AltaState.RUNNING:
        return found
    return await altas.find(found.id, anew=True)


async def request_section(altas: Altas, alta: AltaView) -> Section:
    """The request, the number request as it was signed, the final coverages, each step with its evidence."""
    asked_in, form = await _number_request(altas, alta)
    coverages = await altas.coverages.current(alta.id)
    told = {
        "alta": alta.number,
        "request": alta.request.model_dump(mode="json"),
        "procedure": alta.procedure_hash,
        "steps": [_step(step) for step in alta.steps],
        "number_request": _form(asked_in, form) if form else None,
        "coverages": _coverages(coverages) if coverages else None,
    }
    return Section("request", "Solicitud y alta", plain(told))


def form_signatures(alta: AltaView | None) -> Iterator[dict[str, Any]]:
    """Who signed the alta's forms, as they stand."""
    if alta is None:
        return
    areas = alta.procedure.areas()
    for step in alta.steps:
        for each in step.signatures:
            if each.approved:
                said = f"{step.step.title}, por {areas.get(each.area, each.area)}"
                yield {"as": said, "name": each.person, "at": each.at}


def plain(value: Any) -> Any:
    """As JSON has it."""
    return to_jsonable_python(value)


async def _number_request(altas: Altas, alta: AltaView) -> tuple[AltaView, FormView | None]:
    """An otro sí goes on with the numbers of the alta that it amends, and so with that one's request."""
    while not any(step.step.form for step in alta.steps) and alta.amends is not None:
        former = await altas.find(alta.amends, proved=False)
        if former is None:
            break
        alta = former
    asks = any(step.step.form for step in alta.steps)
    return alta, await altas.forms.current(alta) if asks else None


def _form(alta: AltaView, form: FormView) -> dict[str, Any]:
    areas = alta.procedure.areas()
    signatures = [
        {
            "area": areas.get(each.area, each.area),
            "by": each.person,
            "at": each.at,
            "approved": each.approved,
            "reason": each.reason,
        }
        for each in form.signatures
    ]
    told = {"alta": alta.number, "version": form.version, "at": form.at, "by": form.by}
    unsigned = [areas.get(area, area) for area in form.unsigned]
    return told | {"asked": form.data, "signatures": signatures, "unsigned": unsigned}


def _coverages(found: CoverageVersion) -> dict[str, Any]:
    content = found.content.model_dump(mode="json", by_alias=True)
    return {"version": found.number, "at": found.at, "by": found.by, "note": found.note} | content


def _step(step: StepView) -> dict[str, Any]:
    told: dict[str, Any] = {"id": step.id, "title": step.step.title, "state": step.state}
    told |= {"at": step.closed, "by": step.by}
    if step.answers:
        titles = {question.name: question.title for question in step.step.questions}
        told["answers"] = dict(step.answers)
        told["questions"] = {name: titles.get(name, name) for name in step.answers}
    if step.found:
        told["evidence"] = [_evidence(name, found) for name, found in step.found.items()]
    return told


def _evidence(name: str, found: Found) -> dict[str, Any]:
    items = [{"said": item.said, "ok": item.ok} for item in found.items]
    told = {"name": name, "title": EVIDENCE.get(name, name), "ok": found.ok, "said": found.said}
    return told | {"at": found.at, "by": found.by, "items": items}
