"""Tests of lines by other programs: started, followed, stopped. How prompts sound, a person says."""

from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from provisioning.proof.reports import Kind
from provisioning.proof.runs import Run, RunState, TestRefused
from web import refusals
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, IdAsked, PlanAsked
from web.api_models import Nothing
from web.keys import person, services
from web.proof import find

REFUSES = (TestRefused,)


class RunStarted(Asked):
    plan: PlanAsked
    kind: Annotated[
        Literal["it", "operations", "canary"],
        Field(description="La prueba de Sistemas, la de Operaciones o el control rápido."),
    ]


class RunNamed(Asked):
    id: Annotated[IdAsked, Field(description="Su «id».")]


class RunCall(Answer):
    """Una llamada de la prueba."""

    id: str
    title: str
    moment: Annotated[
        str | None,
        Field(description="placed, arrived, ringing, answered o ended, mientras está en curso."),
    ]
    passed: Annotated[bool | None, Field(description="null mientras no terminó.")]


class RunAnswer(Answer):
    """Una prueba en marcha, o que terminó."""

    id: int
    kind: Kind
    plan: str
    plan_name: str
    subsidiary: str
    account: str
    version: str
    release: str
    by: str
    begun: datetime
    state: Annotated[
        RunState,
        Field(description="running; listening, si alguien tiene que escuchar en la consola; done."),
    ]
    calls: list[RunCall]
    unheard: Annotated[list[str], Field(description="Las locuciones que falta escuchar.")]
    left_out: Annotated[list[str], Field(description="Lo que no se prueba, y por qué.")]
    report: Annotated[int | None, Field(description="El informe, en «line-tests», cuando terminó.")]


class Runs(Answer):
    """Las pruebas en marcha."""

    items: list[RunAnswer]


@endpoint("Las pruebas en marcha.", Nothing, Runs)
async def runs(request: web.Request, _asked: Nothing) -> dict[str, Any]:
    under_way = await services(request).office.line_tests.runs.under_way(find.scope(request))
    return {"items": [_run(request, each) for each in under_way]}


@endpoint("Empieza la prueba de un plan, del área de quien la hace.", RunStarted, RunAnswer, refuses=REFUSES)
async def start(request: web.Request, asked: RunStarted) -> dict[str, Any]:
    stored = services(request).book.of(asked.plan).tested
    if stored is None or not find.in_sight(stored, find.scope(request)):
        raise refusals.not_found("Ese plan no está en la central")
    tests = services(request).office.line_tests
    return _run(request, await tests.start(asked.plan, Kind(asked.kind), person(request)))


@endpoint("Hasta dónde llegó una prueba.", RunNamed, RunAnswer)
async def run(request: web.Request, _asked: RunNamed) -> dict[str, Any]:
    return _run(request, await find.run(request))


@endpoint("Detiene una prueba; su informe lo dice.", RunNamed, RunAnswer, refuses=REFUSES)
async def cancel(request: web.Request, _asked: RunNamed) -> dict[str, Any]:
    under_way = await find.run(request)
    await services(request).office.line_tests.cancel(under_way.id)
    return _run(request, await find.run(request))


def _run(request: web.Request, run: Run) -> dict[str, Any]:
    moments = services(request).office.line_tests.moments(run.id)
    passed = {call.id: call.passed for call in run.calls}
    calls = [
        {"id": id, "title": title, "moment": moments.get(id), "passed": passed.get(id)}
        for id, title in run.planned
    ]
    own = RunAnswer.model_fields.keys() - {"calls", "unheard"}
    listening = run.unheard if run.state is RunState.LISTENING else ()
    return {name: getattr(run, name) for name in own} | {"calls": calls, "unheard": listening}
