"""What the network proves of an alta: providers are enough (P26), TMK knows the plan (P27)."""

from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.views import AltaView
from provisioning.network.checks import Checks
from provisioning.network.training import Base, Training, Trainings

ENOUGH = "providers-sufficient"


def network_evidence(checks: Checks, trainings: Trainings) -> dict[str, Evidence]:
    """By name of the evidence."""

    async def trained(alta: AltaView) -> Found:
        return trained_found(await trainings.of_plan(alta.plan), await trainings.bases(alta.plan), alta)

    return {ENOUGH: checks.found, "tmk-trained": trained}


def trained_found(held: tuple[Training, ...], bases: tuple[Base, ...], alta: AltaView) -> Found:
    """Somebody was trained in this alta, and the client's database is registered, or why there is none."""
    link = f"/training/{alta.plan}"
    sessions = [each for each in held if each.alta == alta.id and each.withdrawn is None]
    mine = [each for each in bases if each.alta == alta.id]
    items = (
        *(Item(_session(each), True, link) for each in sessions),
        *(Item(_base(each), True, link) for each in mine),
    )
    if not sessions:
        return Found(
            False,
            "Falta anotar la capacitación de TMK: fecha, quién la dio y quiénes asistieron.",
            link,
            items,
        )
    if not mine:
        return Found(
            False, "Falta registrar la base de clientes entregada, o por qué no la hay.", link, items
        )
    people = {attendee.name.casefold() for each in sessions for attendee in each.session.attended}
    count = "se capacitó una persona" if len(people) == 1 else f"se capacitaron {len(people)} personas"
    at = max(sessions[0].at, mine[0].at)
    by = tuple(dict.fromkeys((sessions[0].actor, mine[0].actor)))
    return Found(True, f"De TMK {count}; {_base(mine[0])}", link, items, at, by)


def _session(training: Training) -> str:
    count = len(training.session.attended)
    people = "una persona" if count == 1 else f"{count} personas"
    return f"Capacitación del {training.session.held:%d/%m/%Y} por {training.session.trainer}: {people}."


def _base(base: Base) -> str:
    if not base.file:
        return f"no hubo base de clientes: {base.note}"
    rows = "" if base.rows is None else f" con {base.rows} {'fila' if base.rows == 1 else 'filas'}"
    return f"la base «{base.file}»{rows} está registrada."
