"""The letter of an alta to its carrier: written of its facts, and its header asked for once it goes."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from plans.site import Site
from provisioning.alta.forms import FormView
from provisioning.alta.views import AltaView
from provisioning.notices.drafts import Dispatch, Draft, DraftRefused, Sent, Write
from provisioning.numbers.letter import RequestFacts, recipients, request_letter
from provisioning.numbers.states import Move, NumberKind, legal
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import InventoryNumber
from staff.clock import Clock
from staff.person import Person

Form = Callable[[AltaView], Awaitable[FormView | None]]
"""The signed request for a number, which says what kind of line is wanted."""


def asking(numbers: Numbers, site: Site, clock: Clock, form: Form) -> Write:
    """Who writes the letter. It raises `DraftRefused` while the alta has no header to ask for."""

    async def write(alta: AltaView, _by: Person) -> Draft:
        header = askable(await numbers.of_plan(alta.plan))
        if header is None:
            raise DraftRefused({"": "Falta reservar la cabecera sobre la que se pide el número."})
        carrier = site.carriers.get(header.carrier)
        if carrier is None:
            raise DraftRefused({"": f"El operador «{header.carrier}» ya no está en el archivo del sitio."})
        asked = await form(alta)
        subsidiary = site.subsidiaries[alta.subsidiary]
        facts = RequestFacts(
            header.e164,
            asked.data.line if asked else "número público",
            alta.subsidiary,
            subsidiary.name,
            alta.account,
            alta.request.name,
            subsidiary.here(clock()).date(),
        )
        return Draft(*request_letter(carrier, facts), to=recipients(carrier))

    return write


def asked(numbers: Numbers) -> Sent:
    """Who marks the header as asked for, in the transaction in which the letter goes."""

    async def sent(connection: AsyncConnection, alta: AltaView, dispatch: Dispatch) -> None:
        await numbers.request_within(connection, alta.plan, dispatch.subject)

    return sent


def askable(found: tuple[InventoryNumber, ...]) -> InventoryNumber | None:
    """The header that waits for a public number; one that was asked for may be asked for again."""
    headers = [each for each in found if each.kind is NumberKind.HEADER and each.granted_at is None]
    return next(
        (each for each in headers if each.asked_at or Move.REQUEST in legal(each.kind, each.state)), None
    )
