"""The alta that a command names."""

from provisioning.alta.refusals import AltaRefused
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView
from staff.scope import EVERYTHING, Scope


async def alta_of(altas: Altas, named: object, scope: Scope = EVERYTHING) -> AltaView:
    """`ALTA-7`, `alta-7` or `7`, in sight. Raises `AltaRefused`."""
    written = str(named).upper().removeprefix("ALTA-")
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise AltaRefused(f"«{named}» no es un alta: escriba su número, como ALTA-7.")
    found = await altas.find(int(written), scope)
    if found is None:
        raise AltaRefused(f"No hay un alta «ALTA-{written}»; «altavoz alta list» las lista.")
    return found
