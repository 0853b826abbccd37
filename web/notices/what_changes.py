"""What a coordinator will see otherwise once the next version of a plan answers, in sentences. Pure."""

from collections.abc import Iterator

from plans.model import Coverage, Plan
from provisioning.alta.coverage_list import compare, of_plan
from web.words import amount_limit, events_limit


def what_changes(today: Plan, next: Plan) -> tuple[str, ...]:
    """A sentence each; none when a coordinator sees the same."""
    return tuple(_what_changes(today, next))


def _what_changes(today: Plan, next: Plan) -> Iterator[str]:
    if next.name != today.name:
        yield f"El plan se llama «{next.name}»; hoy, «{today.name}»."
    if next.fantasy_name != today.fantasy_name:
        yield f"En su teléfono se lee «{next.fantasy_name}»; hoy, «{today.fantasy_name}»."
    if [line.public for line in next.lines] != [line.public for line in today.lines]:
        yield "Cambia el número que marca el afiliado."
    if (next.starts, next.ends) != (today.starts, today.ends):
        yield "Cambia la vigencia."
    found, was = compare(of_plan(today), of_plan(next)), {each.code: each for each in today.coverages}
    yield from (f"Se agrega {each.name}." for each in found.added)
    yield from (f"Ya no está {each.name}." for each in found.removed)
    yield from (f"Cambia {each.name}; hoy, {_said(was[each.code])}." for each in found.changed)
    yield from (f"Cambia el texto: {each.label.lower()}." for each in found.texts)


def _said(coverage: Coverage) -> str:
    return f"{events_limit(coverage.events).lower()}, {amount_limit(coverage.amount)}"
