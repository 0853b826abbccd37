"""An alta that is called off gives its numbers back, in the same transaction."""

from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.events import Event, Happened
from provisioning.alta.ledger import Tell
from provisioning.alta.views import AltaView
from provisioning.numbers.store import Numbers


def returning(numbers: Numbers) -> Tell:
    """Who is to be told of what happens to altas."""

    async def tell(connection: AsyncConnection, alta: AltaView, event: Event) -> None:
        if event.kind is Happened.CANCELLED:
            await numbers.give_back_within(connection, alta.id, f"{alta.number} se canceló: {event.reason}")

    return tell
