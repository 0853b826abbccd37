"""Whose a number is already: the inventory's, or a plan's that stands in the PBX. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plans.book import PlanBook
from plans.model import Plan
from plans.numbers import written
from provisioning.numbers.states import HELD, NumberKind, NumberState
from provisioning.numbers.values import Entry, InventoryNumber, NumberTaken
from provisioning.numbers.words import KINDS, STATES
from staff.scope import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class InPlan:
    """A number as a plan has it."""

    plan: Plan
    kind: NumberKind
    carrier: str

    def entry(self, e164: str) -> Entry:
        return Entry(e164, self.kind, self.plan.subsidiary, self.carrier)


def in_plan(plan: Plan) -> Mapping[str, InPlan]:
    """The numbers (E.164) of a plan's lines."""
    found: dict[str, InPlan] = {}
    for line in plan.lines:
        found[line.header] = InPlan(plan, NumberKind.HEADER, line.carrier)
        if line.public:
            found[line.public] = InPlan(plan, NumberKind.PUBLIC, line.carrier)
    return found


def in_book(book: PlanBook) -> Mapping[str, InPlan]:
    """The numbers of every plan that stands in the PBX."""
    return {e164: each for stored in book.standing() for e164, each in in_plan(stored.version.plan).items()}


def taken_in_inventory(number: InventoryNumber, scope: Scope = EVERYTHING) -> NumberTaken:
    """The number is there already; whose it is stays untold to who may not see it."""
    if not scope.covers(number.subsidiary, number.account) and number.account:
        whose = "de una cuenta que usted no ve"
    else:
        whose = f"{KINDS[number.kind].lower()}, {STATES[number.state].lower()}"
        whose += f", del plan «{number.plan}»" if number.plan else f", de {number.carrier}"
    return NumberTaken(number.e164, number.e164, f"{written(number.e164)} ya está en el inventario: {whose}.")


def taken_by_plan(e164: str, plan: Plan, scope: Scope = EVERYTHING) -> NumberTaken:
    seen = scope.covers(plan.subsidiary, plan.account.name)
    whose = f"el plan «{plan.plan}» lo tiene en la central" if seen else "un plan que usted no ve lo tiene"
    return NumberTaken(e164, plan.plan if seen else "", f"{written(e164)} no está libre: {whose}.")


def objections(plan: Plan, found: Mapping[str, InventoryNumber]) -> Iterator[str]:
    """Why the inventory would not have the plan's numbers in the PBX, in Spanish."""
    for e164, mine in in_plan(plan).items():
        number = found.get(e164)
        if number is None:
            continue
        shown = written(e164, plan.subsidiary)
        if number.kind is not mine.kind:
            yield f"{shown} está en el inventario como {KINDS[number.kind].lower()}"
        elif number.state in HELD and number.plan != plan.plan:
            yield f"{shown} está {STATES[number.state].lower()} para el plan «{number.plan}»"
        elif number.state in (NumberState.QUARANTINE, NumberState.RETIRED):
            yield f"{shown} está {STATES[number.state].lower()}"
    yield from _given_otherwise(plan, found)


def _given_otherwise(plan: Plan, found: Mapping[str, InventoryNumber]) -> Iterator[str]:
    """Where the plan mounts another public number than the carrier gave for the header."""
    for line in plan.lines:
        header = found.get(line.header)
        if header is None or header.granted_at is None or header.plan != plan.plan or not line.public:
            continue
        if line.public not in header.linked:
            given = ", ".join(written(each, plan.subsidiary) for each in header.linked)
            shown, mounted = written(line.header, plan.subsidiary), written(line.public, plan.subsidiary)
            yield f"sobre {shown} el operador dio {given} y el plan monta {mounted}"
