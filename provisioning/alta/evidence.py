"""What proves that a step was done: asked by name of whoever owns the fact, never kept a second time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from provisioning.alta.views import AltaView

EVIDENCE: Mapping[str, str] = {
    "coverages": "Coberturas consolidadas",
    "plan-written": "Plan escrito",
    "number-request": "Solicitud de número firmada",
    "header-number": "Número de cabecera asignado",
    "public-number": "Número público que dio el operador",
    "number-linked": "Número público vinculado a la cabecera",
    "prompts-approved": "Audios del IVR aprobados",
    "configured": "Plan configurado en la central",
    "tested-it": "Prueba de Sistemas aprobada",
    "dialled-from-outside": "Llamada desde afuera aprobada",
    "plan-data": "Datos que recibe Operaciones",
    "account-complete": "Cuenta y plan completos",
    "providers-sufficient": "Prestadores suficientes",
    "tmk-trained": "TMK capacitado",
    "coordinators-confirmed": "Coordinadores avisados y confirmados",
    "tested-operations": "Prueba de Operaciones aprobada",
    "released": "Línea liberada",
    "announced": "Lanzamiento anunciado",
}
"""Every name that a procedure may ask for, and what it is called."""
PUBLIC_NUMBER = "public-number"
"""The evidence that a carrier's answer brings, in its own time."""
RELEASED = "released"
"""The evidence after which nothing opens again by itself."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at."""

    said: str
    ok: bool
    link: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `said` is one sentence: what stands, or what is missing and where that is mended.

    `link` is the console's page of it; `items` the details; `at` and `by` when and by whom it came true.
    `looked` is False when nobody could look: then it says nothing of what is so.
    """

    ok: bool
    said: str
    link: str = ""
    items: tuple[Item, ...] = ()
    at: datetime | None = None
    by: tuple[str, ...] = ()
    looked: bool = True


Evidence = Callable[[AltaView], Awaitable[Found]]
"""Looks at the facts as they are now. Must be quick, change nothing, and not raise for what is missing."""
