"""A call told to people, line by line. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases.parties import of_house
from cases.plans_in_use import choice_of
from cases.views import CallView
from plans.model import Plan
from plans.numbers import written
from telephony import facts as told
from telephony.facts import CallFact
from web import words

SHOWN_DIGITS = 3
_BY = {
    "caller": "Cortó quien llamaba",
    "called": "Cortó la persona llamada",
    "coordinator": "Cortó el coordinador",
    "pbx": "La terminó la central",
}


@dataclass(frozen=True, slots=True)
class Line:
    """What happened `at` an instant; `seconds` is how long it lasted, `call` another call to read on in."""

    at: datetime
    text: str
    seconds: float | None = None
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the telling of a call needs: `names` are full names by account."""

    call: CallView
    plan: Plan | None
    names: Mapping[str, str]

    def phone(self, extension: str) -> str:
        """Whose a phone was, as a person says it."""
        person = self.call.people.get(extension)
        return f"{self.names.get(person, person)} ({extension})" if person else f"el interno {extension}"

    def number(self, e164: str) -> str:
        return written(e164, self.plan.subsidiary if self.plan else None)

    def party(self, party: str) -> str:
        if of_house(party):
            return self.phone(party)
        return self.number(party) if party.startswith("+") else party


def story(facts: Sequence[CallFact], of: Told) -> tuple[Line, ...]:
    """The call from its beginning to its end. Digits that a caller typed are masked."""
    return tuple(_lines(facts, of))


def masked(digits: str) -> str:
    """`•••••456`: enough to recognise one's own, no more."""
    shown = digits[-SHOWN_DIGITS:] if len(digits) > 2 * SHOWN_DIGITS else ""
    return "•" * (len(digits) - len(shown)) + shown


def _lines(facts: Sequence[CallFact], of: Told) -> Iterator[Line]:
    for position, fact in enumerate(facts):
        tell = _TELLS.get(type(fact))
        if tell is not None and (line := tell(fact, facts[position + 1 :], of)) is not None:
            yield line


Rest = Sequence[CallFact]


def _arrived(fact: told.CallArrived, _rest: Rest, of: Told) -> Line:
    who = of.number(fact.caller) if fact.caller else "Un número oculto"
    return Line(fact.at, f"{who} llamó al {of.number(of.call.public or fact.line)}.")


def _placed(fact: told.CallPlaced, _rest: Rest, of: Told) -> Line:
    return Line(fact.at, f"{_first(of.phone(fact.extension))} llamó al {of.number(fact.number)}.")


def _chose(fact: told.ChoiceMade, _rest: Rest, of: Told) -> Line:
    choice = choice_of(of.plan, fact.menu, fact.digit)
    if choice is not None and choice.repeat:
        return Line(fact.at, f"Marcó {fact.digit} para oír el menú de nuevo.")
    label = choice.label if choice else None
    return Line(fact.at, f"Marcó {fact.digit}: {label}." if label else f"Marcó {fact.digit}.")


def _typed(fact: told.DigitsEntered, _rest: Rest, _of: Told) -> Line:
    return Line(fact.at, f"{words.spoken(fact.name, words.DIGITS)}: {masked(fact.digits)}")


def _queued(fact: told.CallQueued, _rest: Rest, _of: Told) -> Line:
    return Line(fact.at, f"Esperó en la cola {fact.queue.upper()}.")


def _rang(fact: told.CallRinging, rest: Rest, of: Told) -> Line:
    end = next((each for each in rest if _ends_ring(each, fact.extension)), None)
    unheard = isinstance(end, told.RingUnanswered)
    text = f"Sonó el teléfono de {of.phone(fact.extension)}"
    return Line(fact.at, f"{text}: no contestó." if unheard else f"{text}.", _seconds(fact, end))


def _ends_ring(fact: CallFact, extension: str) -> bool:
    if isinstance(fact, told.RingUnanswered):
        return fact.extension == extension
    return isinstance(fact, told.CallAnswered | told.CallQueued | told.CallbackOwed | told.CallEnded)


def _answered(fact: told.CallAnswered, _rest: Rest, of: Told) -> Line:
    if fact.extension:
        return Line(fact.at, f"Atendió {of.phone(fact.extension)}.")
    if of.call.direction == "out":
        return Line(fact.at, "Contestaron.")
    return Line(fact.at, f"Atendió el {of.number(fact.number)}." if fact.number else "Atendieron.")


def _held(fact: told.CallHeld, rest: Rest, of: Told) -> Line:
    end = next((each for each in rest if _ends_hold(each, fact.extension)), None)
    return Line(fact.at, f"{_first(of.phone(fact.extension))} la retuvo.", _seconds(fact, end))


def _ends_hold(fact: CallFact, extension: str) -> bool:
    match fact:
        case told.CallResumed(extension=other) | told.PartyLeft(party=other):
            return other == extension
        case told.CallTransferred(way="blind", by=other):
            return other == extension
        case _:
            return isinstance(fact, told.CallAnswered | told.CallQueued | told.CallEnded)


def _passed(fact: told.CallTransferred, _rest: Rest, of: Told) -> Line:
    how = "la pasó" if fact.way == "blind" else "consultó y la pasó"
    to = f" a {_target(fact.to, of)}" if fact.to else " a un destino que no existe"
    return Line(fact.at, f"{_first(of.phone(fact.by))} {how}{to}.", call=_other(fact.to))


def _target(to: str, of: Told) -> str:
    if _other(to):
        return "otra llamada"
    return of.party(to) if of_house(to) or to.startswith("+") else f"la cola {to.upper()}"


def _joined(fact: told.PartyJoined, _rest: Rest, of: Told) -> Line:
    if _other(fact.party):
        return Line(fact.at, "Se unió con otra llamada.", call=fact.party)
    return Line(fact.at, f"Se sumó {of.party(fact.party)}.")


def _left(fact: told.PartyLeft, _rest: Rest, of: Told) -> Line:
    if _other(fact.party):
        return Line(fact.at, "Se separó de la otra llamada.", call=fact.party)
    return Line(fact.at, f"Se retiró {of.party(fact.party)}.")


def _owed(fact: told.CallbackOwed, _rest: Rest, _of: Told) -> Line:
    return Line(fact.at, f"Se le prometió devolver la llamada desde la cola {fact.queue.upper()}.")


def _ended(fact: told.CallEnded, _rest: Rest, of: Told) -> Line:
    where = words.spoken(fact.phase, words.PHASES).lower()
    return Line(fact.at, f"{_BY.get(fact.by, 'Terminó')}, {where}.")


def _other(party: str) -> str | None:
    """The other call that a party is, if it is one."""
    return party if "-" in party and "." in party else None


def _seconds(fact: CallFact, end: CallFact | None) -> float | None:
    return (end.at - fact.at).total_seconds() if end else None


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


_TELLS: Mapping[type[CallFact], Callable[[Any, Rest, Told], Line | None]] = {
    told.CallArrived: _arrived,
    told.CallPlaced: _placed,
    told.ChoiceMade: _chose,
    told.DigitsEntered: _typed,
    told.CallQueued: _queued,
    told.CallRinging: _rang,
    told.CallAnswered: _answered,
    told.CallHeld: _held,
    told.CallTransferred: _passed,
    told.PartyJoined: _joined,
    told.PartyLeft: _left,
    told.CallbackOwed: _owed,
    told.CallEnded: _ended,
}
"""What an end of ringing or holding says is said where it began."""
