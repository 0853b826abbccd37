"""The letters that Commercial sends: everything about a plan to Operations (P24), its launch to all (P28)."""

from collections.abc import Callable, Iterable, Iterator

from plans.model import Plan
from plans.numbers import written
from provisioning.alta.views import AltaView
from provisioning.notices.carried import Known, as_text, clipped, parts_of, sheet
from provisioning.notices.drafts import DATA, STEPS, Draft, DraftRefused
from provisioning.notices.letters import Desk
from provisioning.notices.plan_facts import PlanFacts
from provisioning.notices.sheet import Sheet
from staff.people import People
from staff.person import Person


class LaunchLetters:
    """`sheet` answers the sheet of the version of a plan that will be live."""

    def __init__(
        self, sheet: Callable[[str], Sheet | None], facts: PlanFacts, people: People, desk: Desk
    ) -> None:
        self._sheet = sheet
        self._facts = facts
        self._people = people
        self._desk = desk

    async def data(self, alta: AltaView, person: Person) -> Draft:
        """Everything that Operations needs of a plan: the number, its name, coverages, events, conditions."""
        plan, areas = self._plan(alta), handed_to(alta)
        people = [each for each in await self._people.all() if each.active and areas & set(each.areas)]
        seeing = (each for each in people if each.scope.covers(alta.subsidiary, alta.account))
        to = [each.email for each in seeing if each.email]
        text = data_text(await self._facts.now(alta), plan.guide or "", self._link(alta))
        return Draft(f"Datos del plan {plan.name}", text, tuple(to))

    async def announcement(self, alta: AltaView, person: Person) -> Draft:
        """The launch, to all staff."""
        plan, company = self._plan(alta), self._desk.company.name
        link = self._desk.link(f"/sheets/{plan.plan}")
        if alta.request.kind == "otro-si":
            text = amended_text(plan, amended(alta), company, link)
            return Draft(f"Cambia el plan {plan.name}", text, everybody=True)
        return Draft(f"Lanzamiento: {plan.name}", launch_text(plan, company, link), everybody=True)

    def _plan(self, alta: AltaView) -> Plan:
        found = self._sheet(alta.plan)
        if found is None:
            raise DraftRefused({"": "El plan todavía no tiene una versión configurada de la que escribir."})
        return found.plan

    def _link(self, alta: AltaView) -> str:
        return self._desk.link(f"/altas/{alta.id}")


def handed_to(alta: AltaView) -> frozenset[str]:
    """The areas that the procedure has know of the step in which everything is handed over. Pure."""
    steps = (view.step for view in alta.steps if STEPS[DATA] in view.step.given)
    return frozenset(area for step in steps for rule in step.notices for area in rule.to)


def data_text(known: Known, guide: str, link: str) -> str:
    """P24, as plain text. Pure."""
    parts = parts_of(known)
    said = (
        "Con la central configurada, estos son los datos del plan:",
        as_text(sheet(parts, parts)),
        f"GUÍA PARA EL COORDINADOR\n{clipped(guide)}" if guide.strip() else "",
        f"El alta completa: {link}",
    )
    return "\n\n".join(filter(None, said))


def launch_text(plan: Plan, company: str, link: str) -> str:
    """P28, as plain text. Pure."""
    client = plan.account.name.rstrip(".")
    first = f"Desde el {plan.starts:%d/%m/%Y} atendemos el plan {plan.name}, de {client}."
    return "\n".join((first, "", *_included(plan, company, link)))


def amended(alta: AltaView) -> tuple[str, ...]:
    """What was written of the change in the steps that only an otro sí has. Pure."""
    own = (step for step in alta.steps if step.step.kinds == ("otro-si",))
    return tuple(answer.strip() for step in own for answer in step.answers.values() if answer.strip())


def amended_text(plan: Plan, changes: Iterable[str], company: str, link: str) -> str:
    """The launch of a version that an otro sí brought, as plain text. Pure."""
    client = plan.account.name.rstrip(".")
    first = f"El plan {plan.name}, de {client}, atiende desde ahora con los cambios de su otro sí."
    told = [line for change in changes for line in ("", change)]
    return "\n".join((first, *told, "", *_included(plan, company, link)))


def _included(plan: Plan, company: str, link: str) -> Iterator[str]:
    numbers = " y ".join(_numbers(plan)) or "su número"
    yield f"Los afiliados marcan {numbers}; en el teléfono del coordinador se lee «{plan.fantasy_name}»."
    yield from ("", "Incluye:", *(f"- {coverage.name}" for coverage in plan.coverages), "")
    yield from (f"La ficha del plan está en {link}", "")
    yield f"Gracias a todas las áreas de {company} que lo hicieron posible."


def _numbers(plan: Plan) -> tuple[str, ...]:
    return tuple(written(line.public, plan.subsidiary) for line in plan.lines if line.public)
