"""Recordings of prompts: by plan with what is missing first, one plan's, and the view to read them aloud."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from ivr_audio.decode import LARGEST
from provisioning.prompts.needs import TO_RECORD, PlanNeeds, PromptNeed
from provisioning.prompts.overview import PlanFilter
from staff.permissions import Permission
from web import lists, refusals
from web.alta.find import of_plan
from web.asked import is_htmx
from web.keys import person, services, session
from web.pages import full_names, render
from web.prompts import words

WHAT = {"record": "Falta grabar", "approve": "Por aprobar", "done": "Completos"}
_DONE = {
    "recorded": "La grabación se guardó y espera la aprobación de otra persona.",
    "approved": "Aprobada; saldrá en la próxima publicación.",
    "rejected": "Rechazada. Quien la grabó verá el motivo.",
    "withdrawn": "Retirada: en la próxima publicación dejará de oírse.",
    "reconsidered": "Vuelve a esperar aprobación.",
    "waived": "El mensaje queda con la voz incorporada.",
    "unwaived": "El mensaje vuelve a la lista de lo que falta grabar.",
}


async def index(request: web.Request) -> web.Response:
    """Plans with prompts to record first; htmx asks for the rows that follow."""
    typed = {
        "text": lists.text(request.query, "text"),
        "what": lists.one_of(request.query, "what", tuple(WHAT)),
    }
    found = await services(request).office.prompt_needs.page(
        PlanFilter(**typed), session(request).person.scope, request.query.get("after")
    )
    return render(
        request,
        "prompts/rows.html" if is_htmx(request) else "prompts/index.html",
        found=found,
        typed=typed,
        filtered=any(typed.values()),
        what=WHAT,
        more=lists.next_address("/prompts", typed, found.next),
    )


async def page(request: web.Request) -> web.Response:
    return await plan_page(request)


async def plan_page(
    request: web.Request, problems: Mapping[str, str] | None = None, status: int = 200
) -> web.Response:
    """One plan's prompts; `problems` are told at the prompt that they are of."""
    needs = await find(request)
    names = await full_names(request)
    return render(
        request,
        "prompts/plan.html",
        status=status,
        done=_DONE.get(request.query.get("done", "")),
        alta=await of_plan(request, needs.plan.plan),
        problems=problems or {},
        **shared(request, needs, names),
    )


async def read(request: web.Request) -> web.Response:
    """What is to be recorded, one after the other; `all` brings those that are done already, too."""
    needs = await find(request)
    everything = "all" in request.query
    return render(
        request,
        "prompts/read.html",
        everything=everything,
        chosen=[need for need in needs.needs if everything or need.stand in TO_RECORD],
        **shared(request, needs, {}),
    )


def shared(request: web.Request, needs: PlanNeeds, names: Mapping[str, str]) -> dict[str, Any]:
    who = session(request).person
    return {
        "plan": needs.plan,
        "needs": needs,
        "names": names,
        "say": words,
        "may_record": who.may(Permission.PROMPT_WRITE),
        "may_approve": who.may(Permission.PROMPT_APPROVE),
        "largest": LARGEST,
        "lost": services(request).office.prompts.lost,
    }


async def find(request: web.Request) -> PlanNeeds:
    """The plan that the address names, when the one who asks may see it."""
    plan = request.match_info["plan"][:80]
    needs = await services(request).office.prompt_needs.of(plan, person(request).scope)
    if needs is None:
        raise refusals.not_found("Ese plan no existe o todavía no tiene textos")
    return needs


async def find_need(request: web.Request) -> tuple[PlanNeeds, PromptNeed]:
    """The prompt that the address names."""
    needs = await find(request)
    need = needs.need(request.match_info["prompt"][:80])
    if need is None:
        raise refusals.not_found("Ese mensaje no existe en el plan")
    return needs, need
