"""What must hold before a number changes; each raises `NumberRefused` in words that say what to do."""

from datetime import datetime

from plans.numbers import written
from provisioning.numbers import conflicts
from provisioning.numbers.conflicts import InPlan
from provisioning.numbers.states import HELD, Move, NumberKind
from provisioning.numbers.values import Holder, InventoryNumber, NumberRefused, StaleNumber

_AWAY = frozenset({Move.GIVE_BACK, Move.QUARANTINE, Move.RETIRE, Move.UNLINK})
"""Moves that take a number from its plan."""
_FOR_SOMEBODY = frozenset({Move.RESERVE, Move.REQUEST, Move.RECALL})


def same_revision(number: InventoryNumber, revision: int | None) -> None:
    if revision is not None and revision != number.revision:
        raise StaleNumber(f"Otra persona cambió {written(number.e164)} antes que usted: mire cómo quedó.")


def may_leave(number: InventoryNumber, move: Move, standing: InPlan | None) -> None:
    """No number is taken from a plan that has it in the PBX (`standing`)."""
    if move in _AWAY and standing is not None:
        raise NumberRefused(
            f"El plan «{standing.plan.plan}» tiene {written(number.e164)} en la central: "
            "quítelo antes del plan."
        )


def carrier_allows(number: InventoryNumber, move: Move) -> bool:
    """Whether what the carrier did so far leaves room for the move, whatever stands in the PBX."""
    if move is Move.REQUEST:
        return number.granted_at is None
    if move is Move.CALL_OFF:
        return number.asked_at is not None and number.granted_at is None
    return move is not Move.UNLINK or number.granted_at is not None


def carrier_is_there(number: InventoryNumber, move: Move) -> None:
    """Raises where `carrier_allows` says no."""
    if carrier_allows(number, move):
        return
    shown = written(number.e164)
    if number.granted_at is not None:
        raise NumberRefused(f"{shown}: el operador ya respondió; no hay nada que pedir ni de qué desistir.")
    if move is Move.UNLINK:
        raise NumberRefused(f"{shown}: el operador todavía no dio ni vinculó ningún número.")
    raise NumberRefused(f"{shown}: al operador todavía no se le pidió nada.")


def quarantine_over(number: InventoryNumber, move: Move, now: datetime) -> None:
    if move is Move.FREE and number.until is not None and number.until > now:
        raise NumberRefused(
            f"{written(number.e164)} está en cuarentena hasta el {number.until:%d/%m/%Y}: "
            "todavía puede llamar quien lo conoció con otro plan."
        )


def for_somebody(number: InventoryNumber, move: Move, holder: Holder | None) -> None:
    """Who takes a number says for which plan; who calls one back needs a plan that had it."""
    if move in _FOR_SOMEBODY and number.plan is None and holder is None:
        raise NumberRefused(f"Diga para qué plan es {written(number.e164)}.")
    if holder is not None and holder.subsidiary != number.subsidiary:
        raise NumberRefused(
            f"{written(number.e164)} es de {number.subsidiary} y el plan, de {holder.subsidiary}."
        )


def can_be_linked(header: InventoryNumber, public: InventoryNumber) -> None:
    """Raises `NumberTaken`, which is one, when the public number is another plan's."""
    if header.kind is not NumberKind.HEADER or public.kind is not NumberKind.PUBLIC:
        raise NumberRefused("Se vincula un número público con uno de cabecera.")
    if header.subsidiary != public.subsidiary:
        raise NumberRefused(
            f"{written(public.e164)} es de {public.subsidiary} y la cabecera, de {header.subsidiary}."
        )
    if public.state in HELD and public.plan != header.plan:
        raise conflicts.taken_in_inventory(public)
    if header.linked and public.e164 not in header.linked:
        by_carrier = header.granted_at is not None
        how = (
            "desvincúlelo antes" if by_carrier else "así está en la central: publique antes el plan con este"
        )
        raise NumberRefused(f"{written(header.e164)} ya tiene montado {written(header.linked[0])}: {how}.")


def has_public(header: InventoryNumber) -> None:
    if header.kind is not NumberKind.HEADER or not header.linked:
        raise NumberRefused(f"{written(header.e164)} no tiene ningún número público montado.")
    carrier_is_there(header, Move.UNLINK)


def holder_of(header: InventoryNumber) -> Holder | None:
    """For whom a number is."""
    if header.plan is None:
        return None
    return Holder(header.plan, header.subsidiary, header.account, header.alta)
