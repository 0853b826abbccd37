"""What the API takes and answers about tests of lines."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from provisioning.proof.reports import Kind, Result
from web.api_fields import Answer, Asked, LimitAsked, PlanAsked
from web.api_models import PageOf


class TestsAsked(Asked):
    plan: PlanAsked | None = None
    kind: Annotated[
        Literal["it", "operations", "canary", "by-hand"] | None,
        Field(description="«it», «operations», «canary» (diario) o «by-hand» (a mano)."),
    ] = None
    result: Annotated[
        Literal["passed", "failed", "interrupted", "cancelled"] | None,
        Field(description="«passed», «failed», «interrupted» o «cancelled»."),
    ] = None
    limit: LimitAsked = 50
    after: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{1,9}$"),
        Field(description="La marca «next» de la página anterior."),
    ] = None


class TestNamed(Asked):
    id: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$"), Field(description="Número del informe.")]


class TestSummary(Answer):
    """El informe de una prueba, sin lo que encontró."""

    id: int
    kind: Kind
    plan: str
    plan_name: str
    subsidiary: str
    account: str
    version: Annotated[str, Field(description="Contenido del plan que se probó.")]
    release: Annotated[str, Field(description="Publicación sobre la que se probó.")]
    by: str
    begun: datetime
    ended: datetime
    result: Result
    hash: Annotated[str, Field(description="SHA-256 del informe.")]


class TestCheck(Answer):
    """Algo que se miró en una llamada."""

    code: Annotated[str, Field(description="Estable: los programas se guían por él.")]
    title: str
    passed: bool
    expected: str
    found: str
    advice: str
    ms: int | None


class TestPrompt(Answer):
    """Una locución que se buscó en lo que se oyó."""

    prompt: str
    verdict: Annotated[
        str, Field(description="heard, another, silence, noise, cut o unclear (la línea no deja decirlo).")
    ]
    similarity: Annotated[float, Field(description="De 0 a 1.")]
    share: Annotated[float, Field(description="Cuánto se oyó, de 0 a 1.")]
    offset: Annotated[float, Field(description="Segundo de la grabación en que empieza.")]
    ends: float
    level: Annotated[float, Field(description="dBFS.")]


class TestReception(Answer):
    """Cómo llegó el audio a quien llamaba."""

    packets: Annotated[int, Field(description="Paquetes RTP recibidos; 0 si la central no lo dijo.")]
    lost: Annotated[int, Field(description="Paquetes RTP perdidos.")]
    jitter_ms: int
    gaps: Annotated[int, Field(description="Cortes que se ven en la grabación.")]


class TestCallDone(Answer):
    """Una llamada de la prueba."""

    id: str
    title: str
    line: str
    call: str
    began: datetime
    ended: datetime
    passed: bool
    checks: list[TestCheck]
    prompts: list[TestPrompt]
    timings: Annotated[Mapping[str, int], Field(description="Milisegundos desde el INVITE.")]
    path: list[str]
    recording: Annotated[str | None, Field(description="SHA-256 de la grabación.")]
    reception: TestReception | None
    before: Annotated[
        TestReception | None,
        Field(description="La primera llamada, si se repitió porque la línea no dejó decir qué se oyó."),
    ]


class TestReport(TestSummary):
    """El informe de una prueba, entero."""

    calls: list[TestCallDone]
    numbers: list[str]
    left_out: Annotated[list[str], Field(description="Lo que no se probó, y por qué.")]


class Tests(PageOf[TestSummary]):
    pass
