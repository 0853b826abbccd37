"""Altas moved by other programs: begun, changed, each step closed by whose turn it is."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.alta.refusals import AltaRefused
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView, StepView
from web.alta import beginning
from web.alta.asking import FIELDS, TypedRequest, read, typed_of, typed_of_plan
from web.alta.find import altas, find, find_step
from web.api_alta_models import Alta, AltaNamed, StepAsked
from web.api_altas import alta_of
from web.api_endpoint import endpoint
from web.api_fields import Asked, PlanAsked, ReasonAsked, TextAsked, WholeAsked, WhyAsked
from web.keys import person
from web.route import Handler

REFUSES = (AltaRefused,)
LongAsked = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=4000)]
AccountAsked = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,40}$")]


class DataAsked(Asked):
    """What an alta is asked for; what is left out stays as it was."""

    name: Annotated[TextAsked, Field(description="Cómo se llama el plan.")] = ""
    client: Annotated[TextAsked, Field(description="Cómo se llama el cliente.")] = ""
    type: Annotated[TextAsked, Field(description="Qué cliente es: «aseguradora», «banco»…")] = ""
    tax_id: TextAsked = ""
    contacts: Annotated[LongAsked, Field(description="Las personas del cliente, una por línea.")] = ""
    origin: Annotated[
        Literal["directory", "web", "referral", "called-us", "client", "other"],
        Field(description="Cómo llegó el cliente."),
    ] = "other"
    sold_by: Annotated[
        tuple[TextAsked, ...], Field(max_length=20, description="Por qué canales se vende.")
    ] = ()
    scope: Literal["local", "regional", "nacional", "internacional"] | None = None
    starts: Annotated[date | None, Field(description="Cuándo empieza el servicio.")] = None
    service: Annotated[TextAsked, Field(description="El tipo de servicio.")] = ""
    share: Annotated[WholeAsked | None, Field(description="Por ciento de llamadas atendidas a tiempo.")] = (
        None
    )
    within: Annotated[WholeAsked | None, Field(description="En cuántos segundos.")] = None
    levels: LongAsked = ""
    purpose: LongAsked = ""
    carrier: Annotated[TextAsked, Field(description="Operador del sitio.")] = ""


class AltaBegun(DataAsked):
    kind: Annotated[
        Literal["alta", "otro-si"],
        Field(description="Un otro sí toma lo que falte del plan en servicio."),
    ] = "alta"
    plan: Annotated[PlanAsked | None, Field(description="Si falta, sale del nombre.")] = None
    subsidiary: Annotated[TextAsked, Field(description="País de la filial, como «AR».")] = ""


class AltaChanged(AltaNamed, DataAsked):
    revision: Annotated[WholeAsked, Field(description="La «revision» del alta que se miró.")]
    reason: WhyAsked = ""


class AltaWithReason(AltaNamed):
    reason: ReasonAsked


class AltaResumed(AltaNamed):
    reason: WhyAsked = ""


class AltaCommented(AltaNamed):
    text: Annotated[LongAsked, Field(description="El comentario.")]
    step: Annotated[StepAsked | None, Field(description="Sobre qué paso.")] = None
    about: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Z0-9]{0,12}$"),
        Field(description="El código de la cobertura que se observa."),
    ] = ""


class StepNamed(AltaNamed):
    step: StepAsked
    revision: Annotated[WholeAsked, Field(description="La «revision» del paso que se miró.")]


class StepClosed(StepNamed):
    answers: Annotated[
        dict[StepAsked, LongAsked],
        Field(
            default_factory=dict,
            max_length=20,
            description="Respuestas por pregunta.",
            json_schema_extra={"additionalProperties": False},
        ),
    ]
    reason: WhyAsked = ""


class StepSkipped(StepNamed):
    reason: WhyAsked = ""


class StepSigned(StepNamed):
    area: Annotated[StepAsked, Field(description="Por qué área.")]
    approved: Annotated[bool, Field(description="Si el área lo aprueba.")]
    reason: WhyAsked = ""


class StepReopened(StepNamed):
    reason: ReasonAsked


class StepSentBack(StepNamed):
    to: Annotated[StepAsked, Field(description="A qué paso vuelve.")]
    reason: ReasonAsked


class StepAssigned(StepNamed):
    owner: Annotated[AccountAsked | None, Field(description="La cuenta; null lo devuelve a su área.")] = None


class StepDue(StepNamed):
    due: Annotated[date, Field(description="Hasta qué día.")]
    reason: ReasonAsked


def wanted_of(typed: TypedRequest) -> AltaRequest:
    """Raises `AltaRefused` with all that is wrong."""
    wanted = read(typed)
    if isinstance(wanted, TypedRequest):
        raise AltaRefused(problems=dict(wanted.problems))
    return wanted


def _typed(base: TypedRequest, asked: DataAsked) -> TypedRequest:
    """What was given, over what was there."""
    given = asked.model_dump(mode="json", exclude_unset=True)
    ways = dict.fromkeys(way for each in given.pop("sold_by", base.sold_by) if (way := each.strip().lower()))
    told = {name: "" if said is None else str(said).strip() for name, said in given.items()}
    texts = {name: said for name, said in told.items() if name in FIELDS}
    return TypedRequest({**base.values, **texts}, tuple(ways))


@endpoint("Empieza un alta o un otro sí.", AltaBegun, Alta, refuses=REFUSES)
async def begin(request: web.Request, asked: AltaBegun) -> dict[str, Any]:
    stored = beginning.in_service(request, asked.plan or "") if asked.kind == "otro-si" else None
    base = typed_of_plan(stored) if stored else TypedRequest({"kind": asked.kind})
    begun = await altas(request).start(wanted_of(_typed(base, asked)), person(request))
    return alta_of(await altas(request).find(begun.id) or begun)


@endpoint("Cambia los datos de un alta en curso.", AltaChanged, Alta, refuses=REFUSES)
async def change(request: web.Request, asked: AltaChanged) -> dict[str, Any]:
    alta = await find(request)
    wanted = wanted_of(_typed(typed_of(alta.request), asked))
    await altas(request).change(alta.id, wanted, person(request), asked.reason, asked.revision)
    return alta_of(await find(request))


A = TypeVar("A", bound=AltaNamed)
S = TypeVar("S", bound=StepNamed)


def _of_alta(
    summary: str, asks: type[A], act: Callable[[web.Request, AltaView, A], Awaitable[object]]
) -> Handler:
    @endpoint(summary, asks, Alta, refuses=REFUSES)
    async def handler(request: web.Request, asked: A) -> Mapping[str, Any]:
        await act(request, await find(request), asked)
        return alta_of(await find(request))

    return handler


def _of_step(
    summary: str, asks: type[S], act: Callable[[web.Request, AltaView, StepView, S], Awaitable[object]]
) -> Handler:
    async def moved(request: web.Request, alta: AltaView, asked: S) -> None:
        await act(request, alta, find_step(request, alta), asked)

    return _of_alta(summary, asks, moved)


async def _finish(request: web.Request, alta: AltaView, step: StepView, asked: StepClosed) -> None:
    by, given = person(request), asked.answers
    await altas(request).finish(alta.id, step.id, by, given, asked.reason, asked.revision)


async def _skip(request: web.Request, alta: AltaView, step: StepView, asked: StepSkipped) -> None:
    await altas(request).skip(alta.id, step.id, person(request), asked.reason, asked.revision)


async def _sign(request: web.Request, alta: AltaView, step: StepView, asked: StepSigned) -> None:
    await altas(request).sign(
        alta.id,
        step.id,
        asked.area,
        person(request),
        approved=asked.approved,
        reason=asked.reason,
        revision=asked.revision,
    )


async def _send_back(request: web.Request, alta: AltaView, step: StepView, asked: StepSentBack) -> None:
    by = person(request)
    await altas(request).send_back(alta.id, step.id, asked.to, by, asked.reason, asked.revision)


async def _reopen(request: web.Request, alta: AltaView, step: StepView, asked: StepReopened) -> None:
    await altas(request).reopen(alta.id, step.id, person(request), asked.reason, asked.revision)


async def _assign(request: web.Request, alta: AltaView, step: StepView, asked: StepAssigned) -> None:
    await altas(request).assign(alta.id, step.id, asked.owner, person(request), asked.revision)


async def _set_due(request: web.Request, alta: AltaView, step: StepView, asked: StepDue) -> None:
    by = person(request)
    await altas(request).set_due(alta.id, step.id, asked.due, by, asked.reason, asked.revision)


async def _comment(request: web.Request, alta: AltaView, asked: AltaCommented) -> None:
    await altas(request).comment(alta.id, person(request), asked.text, asked.step, asked.about)


async def _suspend(request: web.Request, alta: AltaView, asked: AltaWithReason) -> None:
    await altas(request).suspend(alta.id, person(request), asked.reason)


async def _resume(request: web.Request, alta: AltaView, asked: AltaResumed) -> None:
    await altas(request).resume(alta.id, person(request), asked.reason)


async def _cancel(request: web.Request, alta: AltaView, asked: AltaWithReason) -> None:
    await altas(request).cancel(alta.id, person(request), asked.reason)


async def _move_on(request: web.Request, alta: AltaView, asked: AltaWithReason) -> None:
    await altas(request).move(alta.id, person(request), asked.reason)


finish = _of_step("Termina un paso.", StepClosed, _finish)
skip = _of_step("Se sigue sin un paso optativo.", StepSkipped, _skip)
sign = _of_step("Da la palabra de un área sobre lo que prueba un paso.", StepSigned, _sign)
send_back = _of_step("Devuelve un paso a otro en que se apoya.", StepSentBack, _send_back)
reopen = _of_step("Reabre un paso; lo que se apoya en él vuelve también.", StepReopened, _reopen)
assign = _of_step("Pone un paso en manos de una persona.", StepAssigned, _assign)
set_due = _of_step("Cambia el plazo de un paso.", StepDue, _set_due)
comment = _of_alta("Comenta un alta, un paso o una cobertura.", AltaCommented, _comment)
suspend = _of_alta("Suspende un alta: sus plazos no corren.", AltaWithReason, _suspend)
resume = _of_alta("Reanuda un alta.", AltaResumed, _resume)
cancel = _of_alta("Cancela un alta, para siempre.", AltaWithReason, _cancel)
move_on = _of_alta("Pasa un alta al procedimiento vigente.", AltaWithReason, _move_on)
