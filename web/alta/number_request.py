"""The number request: written, signed by two areas, as a page and as a paper (P36)."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from provisioning.alta.forms import FormView
from provisioning.alta.number_request import NumberRequest, lines_of
from provisioning.alta.refusals import AltaRefused, StaleStep
from provisioning.alta.views import AltaView, StepView
from staff.written import said
from web import refusals
from web.alta import words
from web.alta.find import altas, find, today, zone_of
from web.alta.moves import LONGEST
from web.alta.page import Told
from web.asked import see_other
from web.keys import services, session
from web.pages import full_names, render
from web.papers import paper
from web.person_form import Given, number, text

DIGITS = "1234567890*#"
_STALE = "La solicitud cambió mientras usted la leía: léala de nuevo antes de firmar."
_SAID = {
    "line": "Elija qué línea se pide.",
    "fantasy_name": "Escriba el nombre que verá cada coordinador en su teléfono.",
    "notice": "Elija el aviso de privacidad.",
    "notice_text": "Elija el aviso de privacidad.",
    "starts": "Elija el día en que empieza.",
    "options": "Cada opción lleva hasta 80 letras.",
}


@dataclass(frozen=True)
class Typed:
    """What the form holds; `options` are labels by digit, `problems` are by field."""

    values: dict[str, str] = field(default_factory=dict)
    options: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.values.get(name, "")


async def page(request: web.Request) -> web.Response:
    alta = await find(request)
    done = {"saved": "Solicitud guardada: ahora la firman las dos áreas.", "signed": "Firma guardada."}
    told = done.get(request.query.get("done", ""))
    return await _page(request, alta, told=Told("done", told) if told else None)


async def save(request: web.Request) -> web.Response:
    """Another version; who signed the one before signs again."""
    alta, given = await find(request), await request.post()
    typed = _read(given)
    wanted = wanted_of(request, alta, typed)
    if isinstance(wanted, Typed):
        return await _page(request, alta, wanted, status=422)
    try:
        await altas(request).forms.save(alta.id, wanted, session(request).person)
    except AltaRefused as refused:
        again = Typed(typed.values, typed.options, dict(refused.problems))
        return await _page(request, await find(request), again, status=422)
    return see_other(f"/altas/{alta.id}/number-request?done=saved")


async def sign(request: web.Request) -> web.Response:
    """An area's word on the version that was read."""
    alta, given = await find(request), await request.post()
    person, approved = session(request).person, text(given, "decision") == "approved"
    reason = said(str(given.get("reason", "")))[:LONGEST]
    try:
        await altas(request).forms.sign(
            alta.id,
            text(given, "area"),
            person,
            version=number(given, "version"),
            approved=approved,
            reason=reason,
        )
    except StaleStep:
        return await _page(request, await find(request), told=Told("warning", _STALE), status=409)
    except AltaRefused as refused:
        return await _page(request, await find(request), told=Told("problem", str(refused)), status=422)
    return see_other(f"/altas/{alta.id}/number-request?done=signed")


async def pdf(request: web.Request) -> web.Response:
    alta = await find(request)
    form = await altas(request).forms.current(alta) if step_of(alta) else None
    if form is None:
        raise refusals.not_found("Todavía no hay solicitud de número")
    name = f"solicitud-de-numero-{alta.plan}-v{form.version}.pdf"
    return await paper(request, "alta/number_request_paper.html", name, **await _shared(request, alta, form))


def step_of(alta: AltaView) -> StepView | None:
    """The step that asks for it, if the alta has one."""
    return next((step for step in alta.steps if step.step.form == "number-request"), None)


def _read(given: Given) -> Typed:
    names = ("header", "line", "fantasy_name", "notice", "starts", "remarks")
    values = {name: str(given.get(name, "")).strip()[:LONGEST] for name in names}
    options = {digit: text(given, f"option-{digit}") for digit in DIGITS}
    return Typed(values, {digit: label for digit, label in options.items() if label})


def wanted_of(request: web.Request, alta: AltaView, typed: Typed) -> NumberRequest | Typed:
    """What the form says, or the form again with every problem at its field."""
    notices = {each.name: each.text for each in altas(request).forms.notices(alta)}
    options = [{"digit": digit, "label": label} for digit, label in typed.options.items()]
    data = typed.values | {"options": options, "notice_text": notices.get(typed.get("notice"), "")}
    try:
        return NumberRequest.model_validate_json(json.dumps(data))
    except ValidationError as error:
        places = [str(each["loc"][0]) for each in error.errors()]
        problems = {place: _SAID.get(place, "Revise este dato.") for place in places}
        return Typed(typed.values, typed.options, problems)


def _typed_of(alta: AltaView, form: FormView | None) -> Typed:
    """The form as it opens: the last version, or what the alta says already."""
    if form is None:
        starts = alta.request.starts.isoformat() if alta.request.starts else ""
        return Typed({"starts": starts})
    data = form.data
    values = {
        name: str(getattr(data, name)) for name in ("header", "line", "fantasy_name", "notice", "remarks")
    }
    return Typed(
        values | {"starts": data.starts.isoformat()}, {each.digit: each.label for each in data.options}
    )


async def _page(
    request: web.Request,
    alta: AltaView,
    typed: Typed | None = None,
    told: Told | None = None,
    status: int = 200,
) -> web.Response:
    step, person = step_of(alta), session(request).person
    if step is None:
        raise refusals.not_found("Esta alta no lleva solicitud de número")
    found, forms = altas(request), altas(request).forms
    form = await forms.current(alta)
    signs = {area: not await found.hands.may_sign(person, area) for area in step.step.signatures}
    return render(
        request,
        "alta/number_request.html",
        status=status,
        step=step,
        typed=typed or _typed_of(alta, form),
        told=told,
        signs=signs,
        refusal=await found.hands.may_close(person, step),
        notices=forms.notices(alta),
        lines=lines_of(alta.subsidiary),
        digits=DIGITS,
        today=today(request, alta.subsidiary),
        rules=services(request).site.fantasy_name,
        **await _shared(request, alta, form),
    )


async def _shared(request: web.Request, alta: AltaView, form: FormView | None) -> dict[str, Any]:
    served = services(request)
    subsidiaries = served.site.subsidiaries
    return {
        "alta": alta,
        "form": form,
        "names": await full_names(request),
        "areas": await served.areas.labels(),
        "zone": zone_of(request)(alta.subsidiary),
        "subsidiary": subsidiaries[alta.subsidiary].name
        if alta.subsidiary in subsidiaries
        else alta.subsidiary,
        "words_of": words,
    }
