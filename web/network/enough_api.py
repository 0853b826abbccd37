"""Whether providers are enough for a plan, by other programs: demanded, confirmed, gaps as tasks."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BeforeValidator, Field, StringConstraints

from provisioning.network.enough import Demand, PlanNeeds
from provisioning.network.minimums import Minimum
from provisioning.network.selection import Task, TaskState
from provisioning.network.values import NetworkRefused
from provisioning.network.wanted import services_of
from provisioning.network.zones import BadZone, zones_of
from web.api_endpoint import endpoint
from web.api_fields import (
    Answer,
    Asked,
    IdAsked,
    LimitAsked,
    PlanAsked,
    ReasonAsked,
    TextAsked,
    WholeAsked,
    whole,
)
from web.api_models import PageOf, PlanNamed
from web.keys import person
from web.network import check as pages
from web.network import tasks as task_pages
from web.network.api import CheckRow, row_of
from web.network.asking import needs, office, scope

REFUSES = (NetworkRefused,)
_Note = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=1000)]
_Account = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,40}$")]
_Least = Annotated[int, Field(ge=0, le=9999), BeforeValidator(whole)]


class EnoughConfirmed(PlanNamed):
    needs: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Field(description="El «needs» que se miró: lo que el plan necesitaba."),
    ]
    note: _Note = ""


class LeastAsked(Asked):
    providers: _Least = 1
    simultaneous: _Least = 1
    at_night: _Least = 1


class EnoughDemanded(PlanNamed):
    zones: Annotated[tuple[TextAsked, ...], Field(max_length=200, description="Dónde se atiende.")]
    minimums: Annotated[
        dict[PlanAsked, LeastAsked],
        Field(
            default_factory=dict,
            max_length=100,
            description="Por servicio; los de la casa, si falta.",
            json_schema_extra={"additionalProperties": False},
        ),
    ]
    revision: Annotated[WholeAsked, Field(description="La «revision» que se miró; 0 si no había.")]


class TaskOpened(PlanNamed):
    gap: Annotated[
        TextAsked | None, Field(description="El «gap» de una fila; cada una sin nadie, si falta.")
    ] = None
    owner: Annotated[_Account | None, Field(description="Quién busca; uno mismo, si falta.")] = None
    due: Annotated[date, Field(description="Hasta cuándo.")]
    note: _Note = ""


class TasksAsked(Asked):
    state: Literal["open", "filled", "waived"] = "open"
    limit: LimitAsked = 50
    after: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,9}$"),
        Field(description="La marca «next» de la página anterior."),
    ] = None


class TaskNamed(Asked):
    id: IdAsked


class TaskChanged(TaskNamed):
    owner: _Account
    due: date
    note: _Note = ""


class TaskWithReason(TaskNamed):
    reason: ReasonAsked


class TaskAnswer(Answer):
    """Una selección: alguien busca prestadores para lo que falta."""

    id: int
    plan: str
    alta: int | None
    subsidiary: str
    account: str
    service: str
    code: str
    zone: str
    said: Annotated[str, Field(description="Qué faltaba al abrirla.")]
    owner: str
    due: date
    note: str
    state: TaskState
    opened: datetime
    opened_by: str
    closed: datetime | None
    closed_by: str | None
    reason: str


class Tasks(PageOf[TaskAnswer]):
    """Selecciones, las más urgentes primero."""


class ConfirmationAnswer(Answer):
    at: datetime
    by: str
    note: str


class NetworkCheck(Answer):
    """Si los prestadores alcanzan para un plan, y qué se hizo con lo que falta."""

    plan: str
    enough: bool
    unsaid: Annotated[str, Field(description="Por qué no se puede saber, si el plan no dice dónde.")]
    needs: Annotated[str, Field(description="Lo que el plan necesita, como huella: vuelve al confirmar.")]
    revision: Annotated[int, Field(description="La de lo que el plan pide; 0 si nadie lo escribió.")]
    rows: list[CheckRow]
    confirmed: Annotated[
        ConfirmationAnswer | None, Field(description="La última, si es de lo que el plan necesita ahora.")
    ]
    tasks: list[TaskAnswer]


@endpoint("Si los prestadores alcanzan para un plan.", PlanNamed, NetworkCheck)
async def check(request: web.Request, _asked: PlanNamed) -> dict[str, Any]:
    return await _enough(request, await needs(request))


@endpoint("Confirma que los prestadores alcanzan.", EnoughConfirmed, NetworkCheck, refuses=REFUSES)
async def confirm(request: web.Request, asked: EnoughConfirmed) -> dict[str, Any]:
    wanted = await needs(request)
    await office(request).network_checks.confirm(wanted, asked.needs, asked.note)
    office(request).altas.nudge()
    return await _enough(request, wanted)


@endpoint("Dónde hay que atender, y cuántos alcanzan.", EnoughDemanded, NetworkCheck, refuses=REFUSES)
async def demand(request: web.Request, asked: EnoughDemanded) -> dict[str, Any]:
    wanted = await needs(request)
    await office(request).network_checks.set_demand(wanted, _demand(wanted, asked))
    await office(request).network_checks.settle(wanted.subsidiary)
    office(request).altas.nudge()
    return await _enough(request, wanted)


def _demand(wanted: PlanNeeds, asked: EnoughDemanded) -> Demand:
    """Raises `NetworkRefused`."""
    if unknown := sorted(asked.minimums.keys() - set(services_of(wanted.coverages))):
        raise NetworkRefused(f"El plan no cubre «{unknown[0]}».")
    try:
        zones = zones_of("\n".join(asked.zones))
    except BadZone as bad:
        raise NetworkRefused(problems={"zones": f"{bad}."}) from bad
    least = {service: Minimum(**each.model_dump()) for service, each in asked.minimums.items()}
    return Demand(zones, least, asked.revision)


@endpoint("Lo que falta pasa a ser tarea de alguien.", TaskOpened, NetworkCheck, refuses=REFUSES)
async def open_task(request: web.Request, asked: TaskOpened) -> dict[str, Any]:
    wanted = await needs(request)
    given = pages.Opened(asked.gap or pages.EACH, asked.owner or person(request).name, asked.due, asked.note)
    await pages.open_tasks(request, wanted, given)
    return await _enough(request, wanted)


@endpoint("Las selecciones, las más urgentes primero.", TasksAsked, Tasks)
async def tasks(request: web.Request, asked: TasksAsked) -> dict[str, Any]:
    page = office(request).selection.page
    found, next = await page(asked.state, asked.after, scope(request), asked.limit)
    return {"items": found, "next": next}


@endpoint("Otra persona busca, otro día, otra nota.", TaskChanged, TaskAnswer, refuses=REFUSES)
async def change_task(request: web.Request, asked: TaskChanged) -> Task:
    task = await task_pages.find(request)
    return await office(request).selection.assign(task.id, asked.owner, asked.due, asked.note)


@endpoint("El plan sigue sin eso.", TaskWithReason, TaskAnswer, refuses=REFUSES)
async def waive_task(request: web.Request, asked: TaskWithReason) -> Task:
    return await office(request).selection.waive((await task_pages.find(request)).id, asked.reason)


@endpoint("Se busca otra vez.", TaskWithReason, TaskAnswer, refuses=REFUSES)
async def reopen_task(request: web.Request, asked: TaskWithReason) -> Task:
    return await office(request).selection.reopen((await task_pages.find(request)).id, asked.reason)


async def _enough(request: web.Request, wanted: PlanNeeds) -> dict[str, Any]:
    checks = office(request).network_checks
    seen, own = await checks.look(wanted), await checks.demand(wanted.plan)
    confirmed = None
    for last in await checks.confirmations(wanted.plan, 1):
        if (last.alta, last.needs) == (wanted.alta, seen.needs):
            confirmed = {"at": last.at, "by": last.actor, "note": last.note}
    return {
        "plan": wanted.plan,
        "enough": seen.enough,
        "unsaid": seen.unsaid,
        "needs": seen.needs,
        "revision": own.revision,
        "rows": [row_of(row) for row in seen.rows],
        "confirmed": confirmed,
        "tasks": await office(request).selection.of_plan(wanted.plan),
    }
