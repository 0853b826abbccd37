"""What the notices prove: all of a plan is there to hand over, its sheet was read, its launch announced."""

from plans.numbers import written
from provisioning.alta.evidence import Found, Item
from provisioning.alta.views import AltaView
from provisioning.notices.carried import Known
from provisioning.notices.drafts import ANNOUNCEMENT, Drafts
from provisioning.notices.plan_facts import PlanFacts
from provisioning.notices.sheets import Sheets, Standing
from staff.people import People


class NoticeEvidence:
    """Looks at the facts as they are now."""

    def __init__(self, sheets: Sheets, drafts: Drafts, people: People, facts: PlanFacts) -> None:
        self._sheets = sheets
        self._facts = facts
        self._drafts = drafts
        self._people = people

    async def confirmed(self, alta: AltaView) -> Found:
        """Everybody who answers the plan's calls read the sheet that will hold, or it goes without some."""
        link, standing = f"/sheets/{alta.plan}/readers", await self._sheets.standing(alta.plan)
        if self._sheets.sheet(alta.plan) is None:
            return Found(False, "El plan todavía no tiene una versión que leer: configúrelo en la central.")
        if standing is None or standing.about != f"alta:{alta.id}":
            return Found(False, "Todavía no se pidió a los coordinadores que lean la ficha.", link)
        return _found(standing, link)

    async def read(self, plan: str) -> Found | None:
        """The same of a version on trial that shows coordinators something new, whether an alta asks for it
        or not; None when it shows what they know.
        """
        standing = await self._sheets.standing(plan) if self._sheets.renewed(plan) else None
        return _found(standing, f"/sheets/{plan}/readers") if standing is not None else None

    async def handed(self, alta: AltaView) -> Found:
        """All that Operations is to receive of the plan is there (P24)."""
        return data_found(await self._facts.now(alta), alta)

    async def announced(self, alta: AltaView) -> Found:
        """Somebody sent the announcement of this alta."""
        link, sent = (
            f"/altas/{alta.id}/letters/{ANNOUNCEMENT}",
            await self._drafts.last(ANNOUNCEMENT, alta.id),
        )
        if sent is None:
            return Found(False, "Falta anunciar el lanzamiento a todo el personal.", link)
        person = await self._people.by_name(sent.by)
        name = person.full_name if person else sent.by
        said = f"{name} lo anunció a {sent.recipients} personas."
        return Found(True, said, link, at=sent.at, by=(sent.by,))


def data_found(known: Known, alta: AltaView) -> Found:
    """The public number, the plan's name, its coverages with their events, its general conditions. Pure."""
    listed = known.coverages.coverages if known.coverages else ()
    conditions = known.coverages.conditions.strip() if known.coverages else ""
    number = ", ".join(written(each, alta.subsidiary) for each in known.publics)
    many = "1 cobertura con sus eventos" if len(listed) == 1 else f"{len(listed)} coberturas con sus eventos"
    numbers, coverages = f"/numbers?plan={alta.plan}", f"/altas/{alta.id}/coverages"
    items = (
        Item(f"Número que marca el afiliado: {number or 'falta'}", bool(number), numbers),
        Item(f"Plan: {known.name}", True),
        Item(many if listed else "Coberturas y eventos: faltan", bool(listed), coverages),
        Item(f"Condiciones generales{'' if conditions else ': faltan'}", bool(conditions), coverages),
    )
    if lacking := [item for item in items if not item.ok]:
        return Found(False, "Falta lo que está marcado para entregar el plan.", lacking[0].link, items)
    said = f"Se entregan {number}, «{known.name}», {many} y las condiciones generales."
    return Found(True, said, items=items)


def _found(standing: Standing, link: str) -> Found:
    if not standing.readers and not standing.excepted:
        queues = ", ".join(sorted(standing.sheet.queues)) or "ninguna"
        return Found(False, f"Ningún coordinador atiende sus colas ({queues}): asígnelas a alguien.", link)
    items = tuple(Item(reader.person.full_name, reader.read is not None) for reader in standing.readers)
    missing, everybody = len(standing.missing), len(standing.readers)
    if standing.confirmed:
        last = max(reader.read for reader in standing.readers if reader.read is not None)
        by = tuple(reader.person.name for reader in standing.readers)
        said = f"Los {everybody} coordinadores leyeron la ficha." if everybody > 1 else "Se leyó la ficha."
        return Found(True, said, link, items, last, by)
    if standing.excepted:
        without = "una confirmación" if missing == 1 else f"{missing} confirmaciones"
        said = f"Empieza sin {without}: {standing.why}"
        return Found(True, said, link, items, standing.excepted_at, (standing.excepted_by,))
    return Found(False, f"Falta que lean la ficha {missing} de {everybody}.", link, items)
