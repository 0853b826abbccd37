"""What the API takes and answers. The same models validate, serialise and make the schema."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field, StringConstraints

from web.api_fields import (
    AfterAsked,
    Answer,
    Asked,
    InstantAsked,
    LimitAsked,
    LineAsked,
    Names,
    PlanAsked,
    ReasonAsked,
    Seconds,
    TextAsked,
)

T = TypeVar("T")


class CallsAsked(Asked):
    line: LineAsked | None = None
    plan: PlanAsked | None = None
    since: InstantAsked | None = None
    until: InstantAsked | None = None
    direction: Annotated[
        Literal["in", "out"] | None, Field(description="«in» las que entraron, «out» las que se hicieron.")
    ] = None
    limit: LimitAsked = 50
    after: AfterAsked | None = None


class CasesAsked(Asked):
    line: LineAsked | None = None
    plan: PlanAsked | None = None
    since: InstantAsked | None = None
    until: InstantAsked | None = None
    state: Annotated[Literal["open", "closed"] | None, Field(description="Abiertos o cerrados.")] = None
    limit: LimitAsked = 50
    after: AfterAsked | None = None


class CallNamed(Asked):
    id: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$"),
        Field(description="Central e identificador del canal, como «pbx1-1763730000.12»."),
    ]


class CaseNamed(Asked):
    id: Annotated[
        str,
        StringConstraints(pattern=r"^(AV-)?[0-9]{1,9}$"),
        Field(description="Número de caso: «AV-000123» o «123»."),
    ]


class PlanNamed(Asked):
    plan: PlanAsked


class Because(PlanNamed):
    reason: ReasonAsked


class Nothing(Asked):
    """No parameters."""


class AuditAsked(Asked):
    actor: Annotated[TextAsked | None, Field(description="Quién: una cuenta o «token:…».")] = None
    action: Annotated[TextAsked | None, Field(description="Acción, como «case.read».")] = None
    subject: Annotated[TextAsked | None, Field(description="Sobre qué.")] = None
    text: Annotated[TextAsked, Field(description="Palabras que deben estar todas.")] = ""
    since: InstantAsked | None = None
    until: InstantAsked | None = None
    limit: LimitAsked = 50
    after: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{1,9}$"),
        Field(description="La marca «next» de la página anterior."),
    ] = None


class PageOf(Answer, Generic[T]):
    """Lo más nuevo primero."""

    items: list[T]
    next: Annotated[str | None, Field(description="Marca de la página siguiente; null al final.")]


class Party(Answer):
    """Quien habló con quien llama: un interno, un número de afuera u otra llamada."""

    party: str
    person: Annotated[str | None, Field(description="La cuenta de la persona, si es de la casa.")]
    joined: datetime
    left: datetime | None


class Call(Answer):
    """Una llamada. Sus duraciones suman lo que duró."""

    id: str
    linkedid: str
    direction: Annotated[str, Field(description="«in» si entró por una línea, «out» si la hizo la casa.")]
    line: Annotated[str, Field(description="Número de cabecera, E.164.")]
    public: Annotated[str | None, Field(description="El 0800 o 0810 que marcan los afiliados, E.164.")]
    plan: str
    plan_name: str
    fantasy_name: str
    version: Annotated[str, Field(description="Contenido del plan con el que se atendió.")]
    subsidiary: Annotated[str, Field(description="País de la filial, como «AR»; vacío si no tiene plan.")]
    account: Annotated[str, Field(description="Cuenta del plan; vacía si no tiene plan.")]
    carrier: str
    caller: Annotated[str | None, Field(description="Quien llama, E.164; null si oculta su número.")]
    caller_name: str
    choice: Annotated[str, Field(description="Las opciones elegidas, como «Consultas › Reclamo».")]
    kind: str | None
    priority: int
    digits: Annotated[Mapping[str, str], Field(description="Lo tecleado, por nombre.")]
    queue: str | None
    coordinator: Annotated[str | None, Field(description="La cuenta de quien habla o habló último.")]
    extension: str | None
    number: Annotated[str | None, Field(description="El número de afuera que la atiende o que se marcó.")]
    ringing: Annotated[Names, Field(description="Los internos que suenan ahora.")]
    parties: list[Party]
    started: datetime
    queued: datetime | None
    answered: datetime | None
    ended: Annotated[datetime | None, Field(description="null mientras dura.")]
    outcome: str | None
    phase: str
    ivr: Seconds
    waiting: Seconds
    talking: Seconds
    held: Seconds
    case: Annotated[int | None, Field(description="El «id» de su caso.")]


class Case(Answer):
    """Un caso, con las llamadas que tiene."""

    id: int
    number: Annotated[str, Field(description="Como lo dicen las personas: «AV-000123».")]
    state: Literal["open", "closed"]
    line: str
    plan: str
    plan_name: str
    fantasy_name: str
    version: str
    subsidiary: str
    account: str
    kind: str | None
    coverage: str | None
    who: str
    address: str
    telephone: str
    notes: str
    priority: int
    owner: Annotated[str | None, Field(description="La cuenta de quien lo tiene a cargo.")]
    caller: str | None
    callback_queue: Annotated[str | None, Field(description="La cola que debe devolver la llamada.")]
    outcome: str | None
    opened: datetime
    closed: datetime | None
    revision: Annotated[int, Field(description="Crece de a uno con cada cambio.")]
    calls: list[str]


class Line(Answer):
    """Una línea publicada."""

    line: Annotated[str, Field(description="Número de cabecera, E.164.")]
    public: str | None
    carrier: str
    plan: str
    fantasy_name: str
    subsidiary: str
    account: str


class Coverage(Answer):
    code: str
    name: str
    service: str
    kind: str
    excludes: str | None


class Plan(Answer):
    """Un plan publicado."""

    plan: str
    name: str
    account: str
    subsidiary: str
    fantasy_name: str
    version: str
    starts: date
    ends: date | None
    lines: list[str]
    coverages: list[Coverage]


class Alarm(Answer):
    code: Annotated[str, Field(description="Estable: los programas se guían por él.")]
    level: Literal["urgent", "warning"]
    since: datetime
    text: str
    advice: str


class Thing(Answer):
    name: str
    state: Literal["good", "warning", "bad", "unknown"]
    text: str


class Section(Answer):
    title: str
    state: Literal["good", "warning", "bad", "unknown"]
    lines: list[Thing]


class Status(Answer):
    """Cómo está todo ahora; «ready» dice si se pueden atender llamadas."""

    at: datetime
    ready: bool
    alarms: list[Alarm]
    sections: list[Section]


class Deed(Answer):
    """Un hecho de la auditoría."""

    id: int
    at: datetime
    actor: str
    via: Literal["web", "api", "command", "service"]
    address: str | None
    action: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str
    hash: str


class Lines(Answer):
    items: list[Line]


class Plans(Answer):
    items: list[Plan]


class Problem(Answer):
    """Por qué no se respondió (RFC 9457)."""

    type: Annotated[str, Field(description="La dirección en que se explica.")]
    title: str
    status: int
    detail: Annotated[str, Field(description="Qué hacer.")]
    code: Annotated[str, Field(description="Estable: los programas se guían por él.")]


class Calls(PageOf[Call]):
    pass


class Cases(PageOf[Case]):
    pass


class Deeds(PageOf[Deed]):
    pass
