"""What a test call did, in words for its report. Pure."""

from collections.abc import Mapping

from ivr_audio.reception import Reception
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallEnded,
    CallFact,
    CallQueued,
    CallRinging,
    ChoiceMade,
    DigitsEntered,
)
from telephony.testcall_values import Observed


def timings_of(observed: Observed) -> dict[str, int]:
    """Milliseconds from the INVITE, by what happened."""
    found = {
        "plan": observed.plan_ms,
        "answered": observed.answered_ms,
        "phone": observed.phone.after_ms if observed.phone else None,
        "duration": observed.duration_ms,
    }
    return {name: ms for name, ms in found.items() if ms is not None}


def figures(came: Reception) -> str:
    """Loss, jitter and gaps of a line, as far as they are known."""
    counted = (f"pérdida {_percent(came.loss)}", f"jitter {came.jitter_ms} ms") if came.packets else ()
    gaps = (f"{came.gaps} {'corte' if came.gaps == 1 else 'cortes'} en el audio",) if came.gaps else ()
    return ", ".join((*counted, *gaps))


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %".replace(".", ",").replace(",0 ", " ")


def path_of(observed: Observed) -> tuple[str, ...]:
    """A line a step, as the PBX told it."""
    told = [(each.after_ms, _words(each.fact)) for each in observed.facts]
    lines = [f"{ms / 1000:.1f}".replace(".", ",") + f" s  {words}" for ms, words in told if words]
    return (*lines, *(_mark(kind, values) for kind, values in observed.marks if kind in _MARKS))


_MARKS = {"closed": "cerrado por {Calendar}", "inactive": "la línea dice que no está activa"} | {
    "callback": "promete devolver la llamada desde {Queue}",
    "duty": "llama a la guardia {Number}",
    "unknown": "ningún plan tiene el número {Line}",
}


def _mark(kind: str, values: Mapping[str, str]) -> str:
    return _MARKS[kind].format_map(
        {name: values.get(name, "") for name in ("Calendar", "Queue", "Number", "Line")}
    )


def _words(fact: CallFact) -> str:
    match fact:
        case CallArrived():
            return f"responde «{fact.plan}», versión {fact.version}"
        case ChoiceMade():
            return f"tecla {fact.digit} en «{fact.menu}»"
        case DigitsEntered():
            return f"«{fact.name}»: {fact.digits}"
        case CallQueued():
            return f"entra en la cola «{fact.queue}»" + (
                f", prioridad {fact.priority}" if fact.priority else ""
            )
        case CallRinging():
            return "suena el puesto de prueba"
        case CallAnswered():
            return "atiende el puesto de prueba"
        case CallEnded():
            return "termina la llamada"
        case _:
            return ""


def excerpt(observed: Observed) -> str:
    """What the carrier sent, and what a phone was told."""
    phone = observed.phone.lines if observed.phone else ()
    blocks = ["\n".join(lines) for lines in (observed.sent, phone) if lines]
    return "\n\n".join(blocks)
