"""What a version changes of what was agreed with the client, so that an otro sí is due. Pure."""

from plans.model import Plan
from provisioning.alta.coverage_list import compare, of_plan


def changed_terms(today: Plan, next: Plan) -> tuple[str, ...]:
    """The words for what differs: the coverages in whatever order, the general conditions, the scope."""
    found = compare(of_plan(today), of_plan(next))
    told = {
        "las coberturas": bool(found.added or found.removed or found.changed),
        "las condiciones generales": (today.conditions or "") != (next.conditions or ""),
        "el alcance": today.scope != next.scope,
    }
    return tuple(word for word, differs in told.items() if differs)
