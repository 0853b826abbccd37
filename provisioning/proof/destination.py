"""Whether a test call ended up where its keys and hours lead. Pure."""

from collections.abc import Iterator

from dialplan.numbers import digits
from plans.numbers import written
from plans.site import Site
from provisioning.proof.reports import Check
from provisioning.proof.script import Reach, Trial
from telephony.testcall_values import Observed


def destination_checks(trial: Trial, observed: Observed, site: Site) -> Iterator[Check]:
    """The keys that were noticed, the closed hours, and the place."""
    if trial.chosen:
        yield _keys(trial, observed)
    if trial.closed is not None:
        yield _closed(trial.closed, observed)
    elif shut := _shut(observed):
        yield _not_open(shut)
    if trial.reach.kind != "menu":
        yield _place(trial, observed, site)


def _keys(trial: Trial, observed: Observed) -> Check:
    wanted = [f"{each.digit} en «{each.menu}»" for each in trial.chosen]
    got = [
        f"{told.get('Digit', '')} en «{told.get('Menu', '')}»"
        for kind, told in observed.marks
        if kind == "choice"
    ]
    advice = (
        "" if got == wanted else "Revise cómo envía los tonos el operador (RFC 4733) y los menús del plan."
    )
    title = "El menú reconoce las teclas"
    return Check("pressed", title, not advice, ", ".join(wanted), ", ".join(got) or "ninguna tecla", advice)


def _shut(observed: Observed) -> str:
    return next((told.get("Calendar", "") for kind, told in observed.marks if kind == "closed"), "")


def _closed(calendar: str, observed: Observed) -> Check:
    found = _shut(observed)
    good = found == calendar
    advice = "" if good else f"Revise las franjas y los feriados de «{calendar}» en «calendars»."
    said = f"cerrado por «{found}»" if found else "la línea atendió como si estuviera abierto"
    return Check("closed", "Cerrado se atiende como cerrado", good, f"cerrado por «{calendar}»", said, advice)


def _not_open(calendar: str) -> Check:
    advice = f"Revise las franjas de «{calendar}» en «calendars»."
    return Check(
        "closed", "Abierto se atiende como abierto", False, "abierto", f"cerrado por «{calendar}»", advice
    )


def _place(trial: Trial, observed: Observed, site: Site) -> Check:
    """The first place that the call came to after its menus."""
    wanted, got = trial.reach, _reached(observed)
    title = "La llamada llega a su destino"
    expected = _named(wanted, site)
    if got is None:
        found = "la llamada terminó" if observed.ended else "la llamada no llegó a ninguna parte"
        good = wanted.kind == "hangup" and observed.ended is not None
        return Check("destination", title, good, expected, found, "" if good else _ADVICE)
    if got == wanted:
        return Check("destination", title, True, expected, expected)
    return Check("destination", title, False, expected, _named(got, site), _why(trial, wanted, got))


_ADVICE = "Mire el recorrido de la llamada: dónde se detuvo."


def _why(trial: Trial, wanted: Reach, got: Reach) -> str:
    last = trial.chosen[-1] if trial.chosen else None
    where = f"choices.{last.digit} de «{last.menu}»" if last else "el destino de «answer» u «otherwise»"
    if wanted.kind == got.kind == "queue" and wanted.name == got.name:
        return f"Corrija «priority» en {where} y publique otra vez."
    return f"Corrija {where} en el plan y publique otra vez."


def _reached(observed: Observed) -> Reach | None:
    for kind, told in observed.marks:
        if kind == "queue":
            return Reach("queue", told.get("Queue", ""), int(told.get("Priority") or 0))
        if kind == "callback":
            return Reach("callback", told.get("Queue", ""))
        if kind == "duty":
            return Reach("dial", f"+{digits(told.get('Number', ''))}")
    return None


def _named(reach: Reach, site: Site) -> str:
    match reach.kind:
        case "queue":
            priority = f", prioridad {reach.priority}" if reach.priority else ""
            return f"la cola «{_queue(reach.name, site)}»{priority}"
        case "callback":
            return f"devolver la llamada desde «{_queue(reach.name, site)}»"
        case "dial":
            return f"la guardia, {written(reach.name)}"
        case _:
            return "el final de la llamada"


def _queue(name: str, site: Site) -> str:
    return site.queues[name].name if name in site.queues else name
