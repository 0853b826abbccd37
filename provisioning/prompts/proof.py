"""Evidence for the alta: every prompt of its plan is recorded and approved, or deliberately is not (P37)."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from provisioning.alta.evidence import Found, Item
from provisioning.alta.views import AltaView
from provisioning.prompts.known import Where
from provisioning.prompts.needs import DONE, PlanNeeds, PromptNeed, Stand
from provisioning.prompts.overview import Overview

_SAID = {
    Stand.OUTDATED: "el texto cambió después de grabarlo",
    Stand.REJECTED: "la grabación fue rechazada",
    Stand.MISSING: "falta grabarlo",
    Stand.PENDING: "falta aprobarlo",
}

Stands = Callable[[AltaView], Awaitable[bool]]
"""Whether a version of an alta stands in the PBX."""


class PromptProof:
    """Answers for `prompts-approved`."""

    def __init__(self, overview: Overview, stands: Stands) -> None:
        self._overview = overview
        self._stands = stands

    async def found(self, alta: AltaView) -> Found:
        """The prompts of the version that stands for the alta; until there is one, of the newest text."""
        link = f"/prompts/{alta.plan}"
        needs = await self._overview.of(alta.plan, standing=await self._stands(alta))
        if needs is None:
            return Found(False, "Todavía no se conocen los mensajes del plan: cárguelo primero.", "/plans")
        return found_in(needs, link)


def found_in(needs: PlanNeeds, link: str) -> Found:
    """What the prompts of a plan prove. Pure."""
    own = [need for need in needs.needs if need.prompt in needs.plan.prompts]
    items = tuple(_item(need, needs.wheres[0], f"{link}#{need.prompt}") for need in own)
    missing = sum(not item.ok for item in items)
    people = {name for need in own for name in _people(need)}
    last = max((at for need in own for at in _instants(need)), default=None)
    if missing:
        return Found(False, f"{_prompts(missing, len(own))} sin audio aprobado.", link, items)
    if not own:
        return Found(True, "El plan no tiene mensajes que grabar.", link)
    return Found(True, f"Los {len(own)} mensajes están aprobados.", link, items, last, tuple(sorted(people)))


def _prompts(missing: int, of: int) -> str:
    return f"1 de {of} mensajes está" if missing == 1 else f"{missing} de {of} mensajes están"


def _item(need: PromptNeed, where: Where, link: str) -> Item:
    kept = need.kept(where)
    if need.stand not in DONE and kept is not None:
        return Item(f"«{need.prompt}»: grabación {kept.number}, la que está en la central", True, link)
    return Item(_said(need), need.stand in DONE, link)


def _said(need: PromptNeed) -> str:
    if need.stand is Stand.APPROVED and need.approved is not None:
        return f"«{need.prompt}»: grabación {need.approved.number}, aprobada"
    if need.stand is Stand.WAIVED and need.waiver is not None:
        return f"«{need.prompt}»: queda con la voz incorporada ({need.waiver.reason})"
    return f"«{need.prompt}»: {_SAID[need.stand]}"


def _people(need: PromptNeed) -> tuple[str, ...]:
    approved = need.approved and need.approved.decided_by
    return tuple(name for name in (approved, need.waiver and need.waiver.by) if name)


def _instants(need: PromptNeed) -> tuple[datetime, ...]:
    approved = need.approved and need.approved.decided_at
    return tuple(at for at in (approved, need.waiver and need.waiver.at) if at)
