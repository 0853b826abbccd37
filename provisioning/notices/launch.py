"""The letters that Commercial sends: everything about a plan to Operations (P24), its launch to all (P28)."""

from collections.abc import Callable, Iterator

from plans.model import AmountLimit, Coverage, EventLimit, Plan
from plans.numbers import written
from provisioning.alta.views import AltaView
from provisioning.notices.drafts import DATA, STEPS, Draft, DraftRefused
from provisioning.notices.letters import Desk
from provisioning.notices.sheet import Sheet
from staff.people import People
from staff.person import Person

_PER = {"event": "por evento", "month": "por mes", "year": "por año", "contract": "por contrato"}


class LaunchLetters:
    """`sheet` answers the sheet of the version of a plan that will be live."""

    def __init__(self, sheet: Callable[[str], Sheet | None], people: People, desk: Desk) -> None:
        self._sheet = sheet
        self._people = people
        self._desk = desk

    async def data(self, alta: AltaView, person: Person) -> Draft:
        """Everything that Operations needs of a plan: the number, its name, coverages, events, conditions."""
        plan, areas = self._plan(alta), handed_to(alta)
        people = await self._people.all()
        to = [each.email for each in people if each.active and each.email and areas & set(each.areas)]
        return Draft(f"Datos del plan {plan.name}", data_text(plan, self._link(alta)), tuple(to))

    async def announcement(self, alta: AltaView, person: Person) -> Draft:
        """The launch, to all staff."""
        plan = self._plan(alta)
        text = launch_text(plan, self._desk.company.name, self._desk.link(f"/sheets/{plan.plan}"))
        return Draft(f"Lanzamiento: {plan.name}", text, everybody=True)

    def _plan(self, alta: AltaView) -> Plan:
        sheet = self._sheet(alta.plan)
        if sheet is None:
            raise DraftRefused({"": "El plan todavía no tiene una versión configurada de la que escribir."})
        return sheet.plan

    def _link(self, alta: AltaView) -> str:
        return self._desk.link(f"/altas/{alta.id}")


def handed_to(alta: AltaView) -> frozenset[str]:
    """The areas that the procedure has know of the step in which everything is handed over. Pure."""
    steps = (view.step for view in alta.steps if STEPS[DATA] in view.step.given)
    return frozenset(area for step in steps for rule in step.notices for area in rule.to)


def data_text(plan: Plan, link: str) -> str:
    """P24, as plain text. Pure."""
    return "\n".join(
        (
            "Con la central configurada, estos son los datos del plan:",
            "",
            *_facts(plan),
            "",
            "Coberturas y eventos:",
            *(f"- {_coverage(coverage)}" for coverage in plan.coverages),
            "",
            *_part("Condiciones generales", plan.conditions),
            *_part("Guía para el coordinador", plan.guide),
            f"El alta completa: {link}",
        )
    )


def launch_text(plan: Plan, company: str, link: str) -> str:
    """P28, as plain text. Pure."""
    client = plan.account.name.rstrip(".")
    numbers = " y ".join(_numbers(plan)) or "su número"
    return "\n".join(
        (
            f"Desde el {plan.starts:%d/%m/%Y} atendemos el plan {plan.name}, de {client}.",
            "",
            f"Los afiliados marcan {numbers}; en el teléfono del coordinador se lee «{plan.fantasy_name}».",
            "",
            "Incluye:",
            *(f"- {coverage.name}" for coverage in plan.coverages),
            "",
            f"La ficha del plan está en {link}",
            "",
            f"Gracias a todas las áreas de {company} que lo hicieron posible.",
        )
    )


def _facts(plan: Plan) -> Iterator[str]:
    yield f"Plan: {plan.name}"
    yield f"Cuenta: {plan.account.name}"
    yield f"Número que marca el afiliado: {', '.join(_numbers(plan)) or 'sin número público'}"
    yield f"Nombre en pantalla: {plan.fantasy_name}"
    ends = f" al {plan.ends:%d/%m/%Y}" if plan.ends else ""
    yield f"Vigencia: desde el {plan.starts:%d/%m/%Y}{ends}"
    if plan.scope:
        yield f"Alcance: {plan.scope}"


def _numbers(plan: Plan) -> tuple[str, ...]:
    return tuple(written(line.public, plan.subsidiary) for line in plan.lines if line.public)


def _coverage(coverage: Coverage) -> str:
    limits = ", ".join(part for part in (_events(coverage.events), _amount(coverage.amount)) if part)
    excludes = f" Excluye: {coverage.excludes}" if coverage.excludes else ""
    return f"{coverage.name} ({coverage.kind}): {limits or 'sin tope'}.{excludes}"


def _events(limit: EventLimit | None) -> str:
    return f"{limit.limit} eventos {_PER[limit.per]}" if limit else ""


def _amount(limit: AmountLimit | None) -> str:
    return f"hasta {limit.currency} {limit.limit} {_PER[limit.per]}" if limit else ""


def _part(title: str, text: str | None) -> Iterator[str]:
    if text:
        yield from (f"{title}:", text.strip(), "")
