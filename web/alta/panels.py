"""How each piece of evidence stands in the stepper: where it is done, and what else there is to see of it.

A part whose fact proves a step puts its row here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import web

from provisioning.alta.evidence import EVIDENCE
from provisioning.alta.views import AltaView
from web.numbers.panel import evidence as numbers

Data = Callable[[web.Request, AltaView], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Panel:
    """`act` is what somebody does at `address`; its {id}, {plan}, {subsidiary}, {account} are the alta's.

    `template` is drawn beneath the evidence of a step that is open; it is given `alta`, `found`, `person`,
    `csrf`, `lead` (whether its button is the page's first one) and what `data` answers. With `here` it is
    there that the thing is done, not at the address.
    """

    act: str
    address: str
    template: str = ""
    data: Data | None = None
    here: bool = False

    def place(self, alta: AltaView) -> str:
        """The address for this alta."""
        facts = {"id": alta.id, "plan": alta.plan, "subsidiary": alta.subsidiary, "account": alta.account}
        return self.address.format_map({name: quote(str(fact), safe="") for name, fact in facts.items()})


PANELS: Mapping[str, Panel] = {
    "coverages": Panel("Cargar las coberturas", "/altas/{id}/coverages"),
    "plan-written": Panel("Escribir el plan", "/plans/{plan}"),
    "number-request": Panel("Completar y firmar la solicitud", "/altas/{id}/number-request"),
    "header-number": Panel("Ver los números", "/numbers?plan={plan}", "numbers/evidence.html", numbers, True),
    "public-number": Panel(
        "Escribir al operador", "/altas/{id}/letters/number-request", "numbers/evidence.html", numbers
    ),
    "number-linked": Panel("Ver los números", "/numbers?plan={plan}", "numbers/evidence.html", numbers, True),
    "prompts-approved": Panel("Grabar o aprobar los audios", "/prompts/{plan}"),
    "configured": Panel("Ver y publicar el plan", "/plans/{plan}"),
    "tested-it": Panel("Probar la línea", "/line-tests?plan={plan}"),
    "dialled-from-outside": Panel("Probar a mano", "/line-tests/of/{plan}#hand-h"),
    "plan-data": Panel("Completar los datos", "/altas/{id}/letters/data"),
    "account-complete": Panel("Revisar el plan", "/plans/{plan}"),
    "providers-sufficient": Panel("Comprobar los prestadores", "/providers/check/{plan}"),
    "tmk-trained": Panel("Registrar la capacitación", "/training/{plan}"),
    "coordinators-confirmed": Panel("Ver quién confirmó", "/sheets/{plan}/readers"),
    "tested-operations": Panel("Probar la línea", "/line-tests?plan={plan}"),
    "released": Panel("Validar y liberar", "/releases/{plan}"),
    "announced": Panel("Anunciar el lanzamiento", "/altas/{id}/letters/announcement"),
}
assert PANELS.keys() == EVIDENCE.keys()


async def data_of(request: web.Request, alta: AltaView) -> dict[str, Mapping[str, Any]]:
    """What the panels of the open steps are drawn from, by name of the evidence."""
    wanted = {name for step in alta.open for name in step.step.evidence}
    return {
        name: await panel.data(request, alta)
        for name in sorted(wanted)
        if (panel := PANELS[name]).data is not None
    }
