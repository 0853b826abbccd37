"""Numbers moved by other programs: one by itself, several at once, those of an alta."""

from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from plans.numbers import BadNumber
from provisioning.alta.views import AltaView
from provisioning.numbers.states import Move, NumberKind
from provisioning.numbers.values import InventoryNumber, NumberRefused
from provisioning.numbers.writing import understood
from web.alta.find import find as find_alta
from web.api_alta_models import AltaNamed
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, IdAsked, ReasonAsked, TextAsked, WholeAsked, WhyAsked
from web.keys import services
from web.numbers import for_alta
from web.numbers import number as pages
from web.numbers.api import InventoryNumberAnswer
from web.numbers.listing import MOST_AT_ONCE, moved, numbers

REFUSES = (NumberRefused, BadNumber)
_E164 = Annotated[
    str,
    StringConstraints(pattern=r"^\+?[0-9]{6,15}$"),
    Field(description="En E.164, como «+541143218765»; el «+» puede faltar."),
]
_Moved = Literal[
    "reserve", "request", "call-off", "unlink", "give-back", "quarantine", "recall", "free", "retire",
    "restore",
]  # fmt: skip
_Several = Literal["give-back", "quarantine", "free", "retire", "restore"]
_Linked = Annotated[bool, Field(description="Si el operador ya confirmó que las llamadas llegan.")]


class NumberNamed(Asked):
    e164: _E164


class NumberMoved(NumberNamed):
    move: Annotated[_Moved, Field(description="Una de las «moves» del número.")]
    revision: Annotated[WholeAsked, Field(description="La «revision» del número que se miró.")]
    reason: WhyAsked = ""
    alta: Annotated[IdAsked | None, Field(description="Al reservar, el alta que lo usará.")] = None


class NumberLinked(NumberNamed):
    other: Annotated[TextAsked, Field(description="El número del otro lado, en cualquier escritura.")]
    linked: _Linked = False
    reason: WhyAsked = ""


class NumberChanged(NumberNamed):
    note: Annotated[TextAsked | None, Field(description="Queda como estaba, si falta.")] = None
    carrier: Annotated[TextAsked | None, Field(description="Otro operador, si lo portaron.")] = None
    revision: Annotated[WholeAsked, Field(description="La «revision» del número que se miró.")]
    reason: WhyAsked = ""


class SeveralMoved(Asked):
    numbers: Annotated[list[_E164], Field(min_length=1, max_length=MOST_AT_ONCE)]
    move: _Several
    reason: ReasonAsked


class HeaderReserved(AltaNamed):
    carrier: Annotated[TextAsked, Field(description="Operador del sitio.")]
    header: Annotated[TextAsked, Field(description="Si falta, la libre desde hace más tiempo.")] = ""


class PublicAsked(AltaNamed):
    header: Annotated[TextAsked, Field(description="Una cabecera de esta alta.")]
    reason: WhyAsked = ""


class PublicGiven(PublicAsked):
    public: Annotated[TextAsked, Field(description="El número público, en cualquier escritura.")]
    linked: _Linked = False


class NumberDeed(Answer):
    """Algo que pasó con un número."""

    at: datetime
    by: str
    move: str
    before: str | None
    after: str
    alta: int | None
    plan: str | None
    other: str | None
    reason: str


class NumberWhole(InventoryNumberAnswer):
    """Un número, qué se puede hacer con él ahora y lo que le pasó, lo más nuevo primero."""

    moves: list[str]
    history: list[NumberDeed]


class Outcome(Answer):
    e164: str
    state: str
    refused: Annotated[str, Field(description="Por qué no; vacío si se hizo.")]


class Outcomes(Answer):
    """Qué fue de cada uno; los que no están a la vista no salen."""

    items: list[Outcome]


class AltaNumbers(Answer):
    """Los números del plan de un alta, las cabeceras primero."""

    items: list[InventoryNumberAnswer]


@endpoint("Un número, con su historia.", NumberNamed, NumberWhole)
async def number(request: web.Request, _asked: NumberNamed) -> dict[str, Any]:
    return await _whole(request, await pages.find(request))


@endpoint("Mueve un número.", NumberMoved, NumberWhole, refuses=REFUSES)
async def move(request: web.Request, asked: NumberMoved) -> dict[str, Any]:
    found = await pages.find(request)
    holder = await pages.holder_of(request, int(asked.alta)) if asked.alta else None
    wanted = pages.Wanted(Move(asked.move), asked.reason.strip(), asked.revision, holder)
    await pages.moved(request, found, wanted)
    return await _whole(request, await pages.find(request))


@endpoint("Anota qué número dio el operador, o que ya llega.", NumberLinked, NumberWhole, refuses=REFUSES)
async def link(request: web.Request, asked: NumberLinked) -> dict[str, Any]:
    found, said = await pages.find(request), Move.LINK if asked.linked else Move.GRANT
    await pages.answered(request, found, said, asked.other, asked.reason.strip())
    return await _whole(request, await pages.find(request))


@endpoint("Cambia la nota de un número, o su operador.", NumberChanged, NumberWhole, refuses=REFUSES)
async def change(request: web.Request, asked: NumberChanged) -> dict[str, Any]:
    found = await pages.find(request)
    note = found.note if asked.note is None else asked.note.strip()
    carrier = found.carrier if asked.carrier is None else asked.carrier.strip()
    why, revision = asked.reason.strip(), asked.revision
    await numbers(request).change(found.e164, note=note, carrier=carrier, revision=revision, reason=why)
    return await _whole(request, await pages.find(request))


@endpoint("Mueve varios números, cada uno por sí mismo.", SeveralMoved, Outcomes)
async def several(request: web.Request, asked: SeveralMoved) -> dict[str, Any]:
    each = dict.fromkeys(f"+{written.removeprefix('+')}" for written in asked.numbers)
    done = [await moved(request, e164, Move(asked.move), asked.reason.strip()) for e164 in each]
    items = [
        {"e164": one.number.e164, "state": one.number.state, "refused": one.refused} for one in done if one
    ]
    return {"items": items}


@endpoint("Reserva una cabecera para un alta.", HeaderReserved, AltaNumbers, refuses=REFUSES)
async def reserve(request: web.Request, asked: HeaderReserved) -> dict[str, Any]:
    alta = await _alta(request)
    await for_alta.reserved(request, alta, asked.carrier.strip(), asked.header.strip())
    return await _of_plan(request, alta.plan)


@endpoint("Anota que se le pidió el número público al operador.", PublicAsked, AltaNumbers, refuses=REFUSES)
async def ask(request: web.Request, asked: PublicAsked) -> dict[str, Any]:
    alta = await _alta(request)
    header = await _header(request, alta, asked.header)
    await numbers(request).request(header, reason=asked.reason.strip())
    return await _of_plan(request, alta.plan)


@endpoint("Anota el número que el operador dio para un alta.", PublicGiven, AltaNumbers, refuses=REFUSES)
async def given(request: web.Request, asked: PublicGiven) -> dict[str, Any]:
    alta = await _alta(request)
    header = await _header(request, alta, asked.header)
    public = understood(asked.public, NumberKind.PUBLIC, alta.subsidiary).e164
    noted = numbers(request).link if asked.linked else numbers(request).grant
    await noted(header, public, asked.reason.strip())
    return await _of_plan(request, alta.plan)


async def _alta(request: web.Request) -> AltaView:
    alta = await find_alta(request)
    for_alta.still_under_way(alta)
    return alta


async def _header(request: web.Request, alta: AltaView, written: str) -> str:
    header = understood(written, NumberKind.HEADER, alta.subsidiary).e164
    return await for_alta.header_of(request, alta, header)


async def _of_plan(request: web.Request, plan: str) -> dict[str, Any]:
    """As they are now; the alta looks at once."""
    services(request).office.altas.nudge()
    return {"items": await numbers(request).of_plan(plan)}


async def _whole(request: web.Request, number: InventoryNumber) -> dict[str, Any]:
    same = {name: getattr(number, name) for name in InventoryNumberAnswer.model_fields}
    history = [
        {"by": each.actor} | {name: getattr(each, name) for name in NumberDeed.model_fields if name != "by"}
        for each in await numbers(request).history(number)
    ]
    return same | {"moves": pages.offered(request, number), "history": history}
