"""The facts of calls in Spanish, a line each, for whoever reads a recording."""

from collections.abc import Callable, Mapping
from typing import Any

from telephony.facts import CallFact
from web.words import CALL_OUTCOMES

_BY = {
    "caller": "cortó quien llamó",
    "coordinator": "cortó el coordinador",
    "called": "cortó la persona llamada",
    "pbx": "la terminó la central",
}
_PHASES = {
    "greeting": "en el saludo",
    "menu": "en el menú",
    "queue": "en espera",
    "ringing": "mientras sonaba",
    "talking": "en conversación",
    "callback": "al prometer la devolución",
}


def words(fact: CallFact) -> str:
    """`10:41:07.229  pbx1-1795296752.0  …`, at the PBX's instant in this machine's time."""
    at = fact.at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    return f"{at}  {fact.call}  {_SAID[type(fact).__name__](fact)}"


def plain(fact: CallFact) -> Mapping[str, Any]:
    """The fact's name and fields, for JSON."""
    fields = {name: getattr(fact, name) for name in fact.__dataclass_fields__}
    return {"fact": type(fact).__name__, **fields, "at": fact.at.isoformat()}


def _arrived(fact: Any) -> str:
    name = f" («{fact.caller_name}»)" if fact.caller_name else ""
    caller = fact.caller or "un número oculto"
    return f"entra: {caller}{name} llama a {fact.line}, plan {fact.plan}, por {fact.carrier}"


def _rang(fact: Any) -> str:
    queue = f", de la cola {fact.queue}" if fact.queue else ""
    return f"suena el interno {fact.extension}{queue}"


def _answered(fact: Any) -> str:
    queue = f", de la cola {fact.queue}" if fact.queue else ""
    who = f"el interno {fact.extension}" if fact.extension else fact.number
    return f"atiende {who}{queue}"


def _transferred(fact: Any) -> str:
    manner = "sin consulta" if fact.way == "blind" else "con consulta"
    return f"el interno {fact.by} transfiere {manner} a {fact.to or 'un destino que no existe'}"


def _placed(fact: Any) -> str:
    shown = f", muestra {fact.shown}" if fact.shown else ""
    return f"sale: el interno {fact.extension} llama a {fact.number} por {fact.carrier}{shown}"


def _ended(fact: Any) -> str:
    outcome = CALL_OUTCOMES.get(fact.outcome, fact.outcome).lower()
    return f"termina {_PHASES[fact.phase]}: {outcome}; {_BY[fact.by]} (causa {fact.cause})"


_SAID: Mapping[str, Callable[[Any], str]] = {
    "CallArrived": _arrived,
    "ChoiceMade": lambda fact: f"elige {fact.digit} en el menú {fact.menu}",
    "DigitsEntered": lambda fact: f"escribe {fact.digits} en {fact.name}",
    "CallQueued": lambda fact: f"espera en la cola {fact.queue}, prioridad {fact.priority}",
    "CallRinging": _rang,
    "RingUnanswered": lambda fact: f"el interno {fact.extension} no atiende",
    "CallAnswered": _answered,
    "CallHeld": lambda fact: f"el interno {fact.extension} la pone en espera",
    "CallResumed": lambda fact: f"el interno {fact.extension} la retoma",
    "CallTransferred": _transferred,
    "PartyJoined": lambda fact: f"entra en la conversación {fact.party}",
    "PartyLeft": lambda fact: f"deja la conversación {fact.party}",
    "CallPlaced": _placed,
    "CallbackOwed": lambda fact: f"se promete devolver la llamada desde la cola {fact.queue}",
    "CallEnded": _ended,
}
