"""What the API says of altas."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from web.api_fields import Answer, Asked, LimitAsked, MarkAsked, PlanAsked, TextAsked
from web.api_models import PageOf

StepAsked = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]


class AltasAsked(Asked):
    plan: PlanAsked | None = None
    step: Annotated[StepAsked | None, Field(description="Solo las que tienen abierto este paso.")] = None
    area: Annotated[StepAsked | None, Field(description="Solo las que esperan a esta área.")] = None
    state: Annotated[
        Literal["running", "suspended", "cancelled", "done", "under-way"] | None,
        Field(description="«under-way»: en curso o suspendidas."),
    ] = None
    late: Annotated[bool, Field(description="Solo las atrasadas.")] = False
    text: Annotated[TextAsked, Field(description="Palabras del plan o de la cuenta.")] = ""
    limit: LimitAsked = 50
    after: MarkAsked | None = None


class AltaNamed(Asked):
    id: Annotated[
        str,
        StringConstraints(pattern=r"^(ALTA-)?[0-9]{1,9}$"),
        Field(description="Número de alta: «ALTA-7» o «7»."),
    ]


class AltaEventsAsked(AltaNamed):
    limit: LimitAsked = 50
    after: MarkAsked | None = None


class AltaTurn(Answer):
    """Un paso abierto."""

    step: str
    title: str
    areas: list[str]
    owner: Annotated[str | None, Field(description="La cuenta de quien lo tiene asignado.")]
    since: datetime
    due: datetime | None
    late: bool
    round: Annotated[int, Field(description="Cuántas veces se abrió.")]


class AltaSummary(Answer):
    """Un alta en una lista."""

    id: int
    number: str
    kind: Literal["alta", "otro-si"]
    plan: str
    name: str
    subsidiary: str
    account: str
    carrier: str | None
    state: str
    asked_by: str
    started: datetime
    ended: datetime | None
    turns: list[AltaTurn]
    done: Annotated[int, Field(description="Pasos cerrados.")]
    needed: Annotated[int, Field(description="Pasos que lleva.")]
    late: bool


class AltaProof(Answer):
    """Una evidencia, como está ahora."""

    name: str
    ok: bool
    said: str


class AltaQuestion(Answer):
    name: str
    title: str
    required: bool


class AltaPaper(Answer):
    """Un documento que el paso pide."""

    name: str
    title: str
    attached: bool


class SignatureAnswer(Answer):
    """La palabra de un área."""

    area: str
    person: str
    at: datetime
    approved: bool
    reason: str


class AltaStep(Answer):
    step: str
    title: str
    state: Literal["waiting", "open", "done", "skipped", "not-needed", "dropped"]
    areas: list[str]
    owner: str | None
    since: datetime | None
    due: datetime | None
    late: bool
    closed: datetime | None
    by: Annotated[str | None, Field(description="Quién lo cerró; «altavoz», cuando se cerró solo.")]
    round: int
    revision: Annotated[int, Field(description="La que vuelve al mover el paso.")]
    back: Annotated[str, Field(description="Por qué volvió o se reabrió.")]
    questions: Annotated[list[AltaQuestion], Field(description="Lo que se responde al terminarlo.")]
    papers: list[AltaPaper]
    signatures: Annotated[list[str], Field(description="Las áreas que lo firman.")]
    signed: Annotated[list[SignatureAnswer], Field(description="Las firmas de esta vuelta o versión.")]
    missing: Annotated[list[str], Field(description="Qué le falta, en palabras.")]
    evidence: list[AltaProof]


class AltaData(Answer):
    """Lo que se pidió, como el formulario lo muestra."""

    client: str
    type: str
    tax_id: str
    contacts: str
    origin: str
    sold_by: list[str]
    scope: str
    service: str
    share: Annotated[int | None, Field(description="Por ciento de llamadas atendidas a tiempo.")]
    within: Annotated[int | None, Field(description="En cuántos segundos.")]
    levels: str
    purpose: str
    carrier: str


class Alta(Answer):
    """Un alta, con cada paso."""

    id: int
    number: str
    kind: Literal["alta", "otro-si"]
    plan: str
    name: str
    subsidiary: str
    account: str
    state: str
    reason: Annotated[str, Field(description="Por qué se suspendió o canceló.")]
    asked_by: str
    starts: date | None
    started: datetime
    ended: datetime | None
    late: bool
    done: int
    needed: int
    revision: int
    data: AltaData
    steps: list[AltaStep]


class AltaEvent(Answer):
    """Algo que pasó."""

    revision: int
    at: datetime
    by: str
    kind: str
    step: str | None
    reason: str


class AltaCoverage(Answer):
    code: str
    name: str
    service: str
    kind: str
    events: Annotated[str, Field(description="Como «3 por año»; vacío si no tiene límite.")]
    amount: Annotated[str, Field(description="Como «ARS 80000 por evento»; vacío si no tiene tope.")]
    excludes: str


class AltaCoverages(Answer):
    """Las coberturas de un alta, en una versión."""

    version: int
    at: datetime
    by: str
    note: str
    coverages: list[AltaCoverage]
    conditions: str
    guide: str


class Altas(PageOf[AltaSummary]):
    """Altas, de la más nueva a la más vieja."""


class AltaEvents(PageOf[AltaEvent]):
    """La historia de un alta, de lo más nuevo a lo más viejo."""
