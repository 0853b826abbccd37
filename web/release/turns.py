"""Who sees to what the gate misses: whoever looks, or those whose turn it is."""

from aiohttp import web

from provisioning.alta.views import AltaState, AltaView, StepView
from provisioning.proof.reports import Kind
from provisioning.proof.who import kinds_of
from provisioning.release.gate import Demand, leading_to
from provisioning.release.releasing import Standing
from staff.permissions import Permission
from staff.person import Person
from web.alta.find import altas
from web.keys import person, services

_TESTS = {
    "tested-it": (Kind.IT,),
    "tested-operations": (Kind.OPERATIONS,),
    "two-people": (Kind.IT, Kind.OPERATIONS),
}
_AREAS = {Kind.IT: "it", Kind.OPERATIONS: "operations"}
_MOST = 3
"""So many of the steps that a gate waits for are told."""
_PEOPLE = 6
"""So many of those who may release are named."""


async def whose(request: web.Request, standing: Standing, demand: Demand) -> str:
    """Whose turn it is, in a sentence; empty when whoever looks may see to it, or nobody can by a page."""
    who, alta = person(request), standing.alta
    if demand.code == "releaser" and not demand.met and not demand.link:
        return await who_releases(request, standing)
    if demand.met or not demand.link:
        return ""
    if demand.code in _TESTS:
        kinds = _TESTS[demand.code]
        own = set(kinds) & set(kinds_of(who))
        return "" if own else await altas(request).hands.whose(_AREAS[kind] for kind in kinds)
    if alta is not None and (step := alta.step(demand.code)) is not None:
        return await _of_steps(request, alta, step)
    if demand.code in ("candidate", "releaser"):
        may = who.may(Permission.RELEASE_WRITE)
        return "" if may else await altas(request).hands.whose((_AREAS[Kind.IT],))
    return await _of_the_alta(request, who, alta)


async def who_releases(request: web.Request, standing: Standing) -> str:
    """`Puede liberarla: Ana Ruiz, Juan Paz.`"""
    people = await services(request).office.line_releases.releasers(standing)
    if not people:
        return "Nadie puede liberarla: agregue en «Personas» a otra persona de Operaciones."
    more = f" y {len(people) - _PEOPLE} más" if len(people) > _PEOPLE else ""
    verb = "Puede" if len(people) == 1 else "Pueden"
    return f"{verb} liberarla: {', '.join(each.full_name for each in people[:_PEOPLE])}{more}."


async def _of_steps(request: web.Request, alta: AltaView, step: StepView) -> str:
    """The step itself, or those open ones that it waits for."""
    hands, who = altas(request).hands, person(request)
    near = leading_to(alta, step)
    waits = [each for each in alta.steps if each.open and each.id in near]
    now = [step] if step.open or step.state.over or not waits else waits
    if alta.state is AltaState.RUNNING and not all([await hands.may_close(who, each) for each in now]):
        return ""
    told = [await hands.whose_turn(each) for each in now[:_MOST]]
    return " ".join(
        said if each is step else f"Espera a «{each.step.title}». {said}"
        for each, said in zip(now, told, strict=False)
    )


async def _of_the_alta(request: web.Request, who: Person, alta: AltaView | None) -> str:
    """One to be begun, or to be resumed."""
    found = altas(request)
    if alta is not None:
        return await found.hands.may_lead(who, alta)
    return await found.hands.may_begin(who, found.written.procedure.begins)
