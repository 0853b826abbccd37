"""What proves that a plan is configured: its newest text stands in the PBX, with the alta's number."""

from collections.abc import Iterator

from plans.book import PlanBook, StoredPlan
from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.views import AltaView
from provisioning.editing.store import PlanDrafts
from provisioning.numbers.states import NumberKind
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import InventoryNumber


def editing_evidence(drafts: PlanDrafts, book: PlanBook, numbers: Numbers) -> dict[str, Evidence]:
    """By name of the evidence."""

    async def configured(alta: AltaView) -> Found:
        """`configured`: a version of this alta's plan stands, and nothing newer waits to be published."""
        draft, stored = await drafts.find(alta.plan), book.of(alta.plan).tested
        link = f"/plans/{alta.plan}"
        if stored is None or _is_older(stored, alta):
            return Found(False, "El plan todavía no está en la central: escríbalo y publíquelo.", link)
        if draft is not None and draft.open:
            return Found(False, "El plan tiene cambios sin publicar: publíquelos o descártelos.", link)
        items = tuple(_lines(stored, await numbers.of_alta(alta.id)))
        if any(not item.ok for item in items):
            return Found(False, "El plan publicado no lleva el número que se le dio.", link, items)
        said = f"La versión {stored.number} está en la central; en el teléfono se ve «{_shown(stored)}»."
        return Found(True, said, link, items, stored.applied_at, (stored.applied_by,))

    return {"configured": configured}


def _is_older(stored: StoredPlan, alta: AltaView) -> bool:
    """An otro sí asks for a version of its own; the one that it amends stood before."""
    return alta.request.kind != "alta" and stored.applied_at < alta.started


def _shown(stored: StoredPlan) -> str:
    return stored.version.plan.fantasy_name


def _lines(stored: StoredPlan, given: tuple[InventoryNumber, ...]) -> Iterator[Item]:
    """Whether each header number that the alta was given is in the plan."""
    lines = {line.header for line in stored.version.plan.lines}
    for number in given:
        if number.kind is NumberKind.HEADER:
            ok = number.e164 in lines
            said = f"La cabecera {number.e164} {'está' if ok else 'no está'} en el plan"
            yield Item(said, ok, f"/numbers/{number.e164}")
