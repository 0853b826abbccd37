"""The inventory of numbers for other programs."""

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.numbers.states import NumberKind, NumberState
from provisioning.numbers.values import NumberFilter
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, LimitAsked, PlanAsked, TextAsked
from web.api_models import PageOf
from web.keys import services, token

_State = Literal[
    "free",
    "reserved",
    "requested",
    "granted",
    "linked",
    "configured",
    "tested",
    "released",
    "suspended",
    "quarantine",
    "retired",
]
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,40}$")]


class NumbersAsked(Asked):
    text: Annotated[
        TextAsked, Field(description="Un número o parte de él, en cualquier escritura, o palabras.")
    ] = ""
    kind: Annotated[Literal["header", "public"] | None, Field(description="De cabecera o públicos.")] = None
    state: Annotated[_State | None, Field(description="En qué estado.")] = None
    subsidiary: Annotated[_Name | None, Field(description="País de la filial, como «AR».")] = None
    carrier: Annotated[_Name | None, Field(description="Operador del sitio.")] = None
    plan: PlanAsked | None = None
    limit: LimitAsked = 50
    after: Annotated[
        str | None,
        StringConstraints(pattern=r"^ ?\+?[0-9]{6,15}$"),
        Field(description="La marca «next» de la página anterior."),
    ] = None


class InventoryNumberAnswer(Answer):
    """Un número del inventario."""

    e164: str
    kind: NumberKind
    state: NumberState
    since: Annotated[datetime, Field(description="Desde cuándo está en ese estado.")]
    until: Annotated[datetime | None, Field(description="Hasta cuándo dura la cuarentena.")]
    asked_at: Annotated[datetime | None, Field(description="Cuándo se le pidió al operador.")]
    granted_at: Annotated[datetime | None, Field(description="Cuándo el operador dio el número público.")]
    linked_at: Annotated[
        datetime | None, Field(description="Cuándo el operador confirmó que llega a la cabecera.")
    ]
    subsidiary: str
    carrier: str
    plan: str | None
    account: Annotated[str, Field(description="Vacía mientras no sirve a nadie.")]
    alta: int | None
    linked: Annotated[list[str], Field(description="Los números del otro lado: público o cabeceras.")]
    note: str
    revision: int


class Numbers(PageOf[InventoryNumberAnswer]):
    """Por orden de E.164."""


@endpoint("Los números del inventario, por orden.", NumbersAsked, Numbers)
async def numbers(request: web.Request, asked: NumbersAsked) -> dict[str, object]:
    wanted = NumberFilter(
        asked.text,
        NumberKind(asked.kind) if asked.kind else None,
        NumberState(asked.state) if asked.state else None,
        asked.subsidiary or "",
        asked.carrier or "",
        asked.plan or "",
    )
    after = f"+{asked.after.strip().removeprefix('+')}" if asked.after else None
    inventory = services(request).office.numbers
    page = await inventory.page(wanted, asked.limit, after, token(request).scope)
    return {"items": page.items, "next": _mark(page.next)}


def _mark(next: str | None) -> str | None:
    """Without the plus, which a query would take for a space."""
    return next.removeprefix("+") if next else None
