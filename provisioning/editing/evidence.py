"""What proves that a plan is written, and that it is configured: it stands in the PBX as it was asked for.

An open draft takes nothing away from what stands: it is told beside it.
"""

import asyncio
from collections.abc import Callable, Iterator

from plans.book import PlanBook, StoredPlan
from plans.examine import Examined
from plans.history import PlanHistory
from plans.numbers import written as shown_number
from provisioning.alta.as_signed import as_signed
from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.forms import Forms
from provisioning.alta.views import AltaView
from provisioning.editing.store import PlanDrafts
from provisioning.editing.values import PlanDraft
from provisioning.numbers.states import NumberKind
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import InventoryNumber

WRITTEN_ON = "Hay un borrador con cambios que no salen con esta liberación."
Examine = Callable[[PlanDraft], Examined]


def written_evidence(
    drafts: PlanDrafts, book: PlanBook, history: PlanHistory, examine: Examine
) -> dict[str, Evidence]:
    """`plan-written`: a version of this alta stands, or a draft without errors could."""

    async def written(alta: AltaView) -> Found:
        stored, draft = await own_version(alta, book, history), await drafts.find(alta.plan)
        if stored is not None:
            said = f"La versión {stored.number} está en la central."
            return Found(True, said, f"/plans/{alta.plan}", (), stored.applied_at, (stored.applied_by,))
        if draft is None or not draft.open:
            return Found(False, _unwritten(alta), f"/plans/{alta.plan}")
        read = await asyncio.to_thread(examine, draft)
        wrong = _wrong(alta, read)
        said = wrong or "El borrador no tiene errores."
        return Found(not wrong, said, f"/plans/{alta.plan}/edit", _wanted_later(read), draft.at, (draft.by,))

    return {"plan-written": written}


def configured_evidence(
    drafts: PlanDrafts, book: PlanBook, history: PlanHistory, numbers: Numbers, forms: Forms
) -> dict[str, Evidence]:
    """`configured` (P22, P23, P38): a version of this alta stands, with its number and as was signed."""

    async def configured(alta: AltaView) -> Found:
        stored, link = await own_version(alta, book, history), f"/plans/{alta.plan}"
        if stored is None:
            return Found(False, _unpublished(alta), link)
        lines = tuple(_lines(stored, await numbers.of_alta(alta.id)))
        signed = await as_signed(alta, stored.version.plan, forms)
        wrong = (
            [] if all(item.ok for item in lines) else ["El plan publicado no lleva el número que se le dio."]
        )
        wrong += [item.said for item in signed if not item.ok]
        shown = stored.version.plan.fantasy_name
        said = f"La versión {stored.number} está en la central; en el teléfono se ve «{shown}»."
        draft = await drafts.find(alta.plan)
        told = [*(wrong or [said]), *([WRITTEN_ON] if draft is not None and draft.open else [])]
        by = (stored.applied_by,)
        return Found(not wrong, " ".join(told), link, (*lines, *signed), stored.applied_at, by)

    return {"configured": configured}


async def own_version(alta: AltaView, book: PlanBook, history: PlanHistory) -> StoredPlan | None:
    """The version that stands for this alta; an otro sí's is another one than answered when it began."""
    stored = book.of(alta.plan).tested
    if stored is None or alta.request.kind == "alta":
        return stored
    own = await history.is_of(alta.plan, stored.version.hash, alta.started)
    return stored if own else None


def _unwritten(alta: AltaView) -> str:
    if alta.request.kind == "alta":
        return "El plan todavía no está escrito: empiécelo desde el alta."
    return "El cambio todavía no está escrito: escríbalo sobre la versión que atiende."


def _unpublished(alta: AltaView) -> str:
    if alta.request.kind == "alta":
        return "El plan todavía no está en la central: revíselo y publíquelo."
    return "En la central sigue la versión anterior: publique la del otro sí."


def _wrong(alta: AltaView, read: Examined) -> str:
    """What keeps a draft from being published; empty when nothing does."""
    many = len(read.errors)
    if many:
        return (
            "El borrador tiene un error: corríjalo."
            if many == 1
            else f"El borrador tiene {many} errores: corríjalos."
        )
    if read.plan is None or read.plan.plan != alta.plan:
        return f"El borrador no dice «plan: {alta.plan}»: corríjalo."
    return ""


def _wanted_later(read: Examined) -> tuple[Item, ...]:
    """What a later step asks of the plan: once it is tested, writing it means to publish and test again."""
    if read.plan is None:
        return ()
    asked = {
        "la identificación fiscal de la cuenta": read.plan.account.tax_id,
        "las condiciones generales": read.plan.conditions,
        "la guía para el coordinador": read.plan.guide,
    }
    return tuple(
        Item(f"complete ahora {what}: sin eso no se cierra «Cuenta y plan completos»", False)
        for what, said in asked.items()
        if not said
    )


def _lines(stored: StoredPlan, given: tuple[InventoryNumber, ...]) -> Iterator[Item]:
    """Whether each header number that the alta was given is in the plan, with its public one."""
    plan = stored.version.plan
    lines = {line.header: line.public for line in plan.lines}
    for number in given:
        if number.kind is not NumberKind.HEADER:
            continue
        header, place = shown_number(number.e164, number.subsidiary), f"/numbers/{number.e164}"
        yield _in_plan(f"La cabecera {header}", number.e164 in lines, place)
        for public in number.linked:
            said = f"El número público {shown_number(public, number.subsidiary)}"
            yield _in_plan(said, lines.get(number.e164) == public, f"/plans/{plan.plan}/edit")


def _in_plan(what: str, ok: bool, place: str) -> Item:
    return Item(f"{what} {'está' if ok else 'no está'} en el plan", ok, place)
