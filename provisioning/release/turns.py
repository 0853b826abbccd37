"""What became of a line stands in the history of the plan's last alta, as a comment of the service."""

from sqlalchemy.ext.asyncio import AsyncConnection

from provisioning.alta.events import Happened
from provisioning.alta.ledger import Doing
from provisioning.alta.moves import text
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView
from provisioning.releases import Turn
from staff.actor import SERVICE, acting

_SAID = {
    "suspended": "La línea está suspendida: quien llame oye que el servicio no está habilitado. La suspendió",
    "returned": "La línea vuelve a atender a los afiliados. La devolvió al servicio",
}


async def note_turn(altas: Altas, alta: AltaView, turn: Turn, by: str, reason: str) -> None:
    """`by` is who did it, by the name people know. Letters tell of it by themselves."""
    said = f"{_SAID[turn]} {by}" + (f": «{text(reason)}»." if reason else ".")

    async def noted(_connection: AsyncConnection, _alta: AltaView) -> Doing:
        return Doing(Happened.COMMENTED, data={"text": said, "itself": True})

    with acting(SERVICE):
        await altas.record(alta.id, None, noted)
