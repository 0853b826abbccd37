"""Recordings of prompts for other programs: how each stands, sent, heard, approved by somebody else."""

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from ivr_audio.decode import BadRecording
from provisioning.prompts.needs import PlanNeeds, PromptNeed
from provisioning.prompts.overview import PlanFilter
from provisioning.prompts.states import Step
from provisioning.prompts.values import PromptRefused, Recording
from web.api_endpoint import BYTES, FileSent, Handler, download, endpoint
from web.api_fields import Answer, Asked, IdAsked, LimitAsked, PlanAsked, ReasonAsked, TextAsked, WhyAsked
from web.api_models import PageOf, PlanNamed
from web.keys import person, services
from web.prompts import changes, sounds
from web.prompts.pages import find, find_need
from web.uploads import upload

REFUSES = (PromptRefused, BadRecording)
WAV = "audio/wav"
PromptAsked = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$"), Field(description="Un mensaje del plan.")
]


class PlansAsked(Asked):
    text: Annotated[TextAsked, Field(description="Palabras del plan o de la cuenta.")] = ""
    what: Annotated[
        Literal["record", "approve", "done"] | None,
        Field(description="Los que tienen mensajes por grabar, por aprobar, o todo hecho."),
    ] = None
    limit: LimitAsked = 50
    after: PlanAsked | None = None


class PromptNamed(PlanNamed):
    prompt: PromptAsked


class PromptBecause(PromptNamed):
    reason: ReasonAsked


class RecordingNamed(PlanNamed):
    id: IdAsked


class RecordingDecided(RecordingNamed):
    reason: WhyAsked = ""


class PromptPlan(Answer):
    """Los mensajes de un plan, contados."""

    plan: str
    name: str
    subsidiary: str
    account: str
    to_record: int
    to_approve: int
    done: int


class PromptPlans(PageOf[PromptPlan]):
    """Lo que hay que grabar, primero."""


class RecordingAnswer(Answer):
    """Una grabación."""

    id: int
    number: int
    state: Annotated[str, Field(description="pending, approved, rejected, replaced o withdrawn.")]
    said: Annotated[str, Field(description="El texto que decía el mensaje cuando se grabó.")]
    source: Annotated[str, Field(description="file, microphone o command.")]
    file_name: str
    seconds: float
    warnings: list[str]
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    lost: Annotated[bool, Field(description="Si ya no está en el disco: hay que enviarla de nuevo.")]


class PromptAnswer(Answer):
    """Un mensaje de un plan."""

    prompt: str
    text: str | None
    stand: Annotated[str, Field(description="outdated, rejected, missing, pending, approved o waived.")]
    waived_by: str | None
    waived_reason: str
    recordings: Annotated[list[RecordingAnswer], Field(description="La más nueva primero.")]


class PlanPrompts(PromptPlan):
    """Los mensajes de un plan, en su orden."""

    prompts: list[PromptAnswer]


@endpoint("Los planes con mensajes, con lo que falta primero.", PlansAsked, PromptPlans)
async def plans(request: web.Request, asked: PlansAsked) -> dict[str, object]:
    needs, wanted = services(request).office.prompt_needs, PlanFilter(asked.text, asked.what or "")
    page = await needs.page(wanted, person(request).scope, asked.after, asked.limit)
    return {"items": [_counts(each) for each in page.plans], "next": page.next}


@endpoint("Los mensajes de un plan: cómo está cada uno, y sus grabaciones.", PlanNamed, PlanPrompts)
async def plan(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    return _plan(request, await find(request))


@endpoint("Envía una grabación.", PromptNamed, PromptAnswer, refuses=REFUSES, file=FileSent.MUST)
async def record(request: web.Request, asked: PromptNamed) -> dict[str, object]:
    needs, need = await find_need(request)
    await changes.bring(request, needs.plan.plan, need, upload(request).file("file"), "file")
    return await _changed(request, asked.prompt)


@endpoint("Deja un mensaje con la voz incorporada.", PromptBecause, PromptAnswer, refuses=REFUSES)
async def waive(request: web.Request, asked: PromptBecause) -> dict[str, object]:
    needs, need = await find_need(request)
    waivers = services(request).office.prompts.waivers
    await waivers.give(needs.plan.plan, need.prompt, need.text or "", asked.reason)
    return await _changed(request, asked.prompt)


@endpoint("Vuelve a pedir que un mensaje se grabe.", PromptNamed, PromptAnswer, refuses=REFUSES)
async def unwaive(request: web.Request, asked: PromptNamed) -> dict[str, object]:
    needs, need = await find_need(request)
    await services(request).office.prompts.waivers.end(needs.plan.plan, need.prompt)
    return await _changed(request, asked.prompt)


@download("Un mensaje dicho por la voz incorporada.", PromptNamed, WAV)
async def voice(request: web.Request, _asked: PromptNamed) -> web.StreamResponse:
    return await sounds.voice(request)


@download("Una grabación como la oirá quien llame.", RecordingNamed, WAV)
async def heard(request: web.Request, _asked: RecordingNamed) -> web.StreamResponse:
    return await sounds.heard(request)


@download("El archivo de una grabación, como llegó.", RecordingNamed, BYTES)
async def original(request: web.Request, _asked: RecordingNamed) -> web.StreamResponse:
    return await sounds.original(request)


def _decision(step: Step, summary: str) -> Handler:
    @endpoint(summary, RecordingDecided, PromptAnswer, refuses=REFUSES)
    async def decide(request: web.Request, asked: RecordingDecided) -> dict[str, object]:
        needs, recording = await find(request), await changes.find_recording(request)
        await changes.take(request, needs, recording, step, asked.reason)
        return await _changed(request, recording.prompt)

    return decide


approve = _decision(Step.APPROVE, "Aprueba una grabación; no puede quien la envió.")
reject = _decision(Step.REJECT, "Rechaza una grabación, con el motivo.")
withdraw = _decision(Step.WITHDRAW, "Retira una grabación, con el motivo.")
reconsider = _decision(Step.RECONSIDER, "Vuelve a poner una grabación a la espera de aprobación.")


async def _changed(request: web.Request, prompt: str) -> dict[str, object]:
    """The prompt as it is now; whoever waits for it is told."""
    services(request).office.altas.nudge()
    need = (await find(request)).need(prompt)
    return _prompt(request, need) if need else {"prompt": prompt, **_GONE}


_GONE: dict[str, object] = {
    "text": None,
    "stand": "missing",
    "waived_by": None,
    "waived_reason": "",
    "recordings": (),
}
"""Of a prompt that the plan no longer has."""


def _counts(needs: PlanNeeds) -> dict[str, object]:
    plan, counts = needs.plan, ("to_record", "to_approve", "done")
    said = {name: getattr(plan, name) for name in ("plan", "name", "subsidiary")}
    return said | {"account": plan.account.name} | {name: getattr(needs, name) for name in counts}


def _plan(request: web.Request, needs: PlanNeeds) -> dict[str, object]:
    return _counts(needs) | {"prompts": [_prompt(request, need) for need in needs.needs]}


def _prompt(request: web.Request, need: PromptNeed) -> dict[str, object]:
    waiver = need.waiver
    return {
        "prompt": need.prompt,
        "text": need.text,
        "stand": need.stand.value,
        "waived_by": waiver.by if waiver else None,
        "waived_reason": waiver.reason if waiver else "",
        "recordings": [_recording(request, each) for each in need.recordings],
    }


def _recording(request: web.Request, recording: Recording) -> dict[str, object]:
    same = {name: getattr(recording, name) for name in RecordingAnswer.model_fields if name != "lost"}
    return same | {"lost": services(request).office.prompts.lost(recording)}
