"""What the inventory proves of an alta: it has a header, a public number was given, both are linked."""

from collections.abc import Sequence

from plans.numbers import written
from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.views import AltaView
from provisioning.numbers.inventory import Inventory
from provisioning.numbers.states import HELD, NumberKind, NumberState
from provisioning.numbers.values import InventoryNumber
from provisioning.numbers.words import STATES

_GIVEN = HELD - {NumberState.RESERVED, NumberState.REQUESTED}
"""States of a public number that the carrier gave."""


def numbers_evidence(inventory: Inventory) -> dict[str, Evidence]:
    """By name of the evidence."""

    async def header(alta: AltaView) -> Found:
        return header_found(await inventory.of_plan(alta.plan), alta)

    async def public(alta: AltaView) -> Found:
        return public_found(await inventory.of_plan(alta.plan), alta)

    async def linked(alta: AltaView) -> Found:
        return linked_found(await inventory.of_plan(alta.plan), alta)

    return {"header-number": header, "public-number": public, "number-linked": linked}


def header_found(found: Sequence[InventoryNumber], alta: AltaView) -> Found:
    """IT gave a header (P20)."""
    headers = _held(found, NumberKind.HEADER)
    if not headers:
        return Found(False, "Falta reservar un número de cabecera en «Números».", _page(alta))
    return _yes(f"Cabecera {_listed(headers, alta)}.", headers, alta)


def public_found(found: Sequence[InventoryNumber], alta: AltaView) -> Found:
    """The carrier gave a public number (P21)."""
    given = [number for number in _held(found, NumberKind.PUBLIC) if number.state in _GIVEN]
    if given:
        return _yes(f"El operador dio {_listed(given, alta)}.", given, alta)
    asked = any(number.state is NumberState.REQUESTED for number in found)
    waits = (
        "El operador todavía no respondió: anote aquí el número que dé."
        if asked
        else "Falta pedir el número público al operador."
    )
    return Found(False, waits, items=_items(found, alta))


def linked_found(found: Sequence[InventoryNumber], alta: AltaView) -> Found:
    """Every header of the plan bears its public number."""
    headers = _held(found, NumberKind.HEADER)
    bare = [number for number in headers if not number.linked]
    if headers and not bare:
        pairs = (f"{_shown(each.linked[0], alta)} sobre {_shown(each.e164, alta)}" for each in headers)
        return _yes(f"Vinculado: {', '.join(pairs)}.", headers, alta)
    missing = f"{_listed(bare, alta)} no tiene público" if bare else "no hay cabecera"
    return Found(False, f"Falta el vínculo: {missing}.", _page(alta), _items(found, alta))


def _held(found: Sequence[InventoryNumber], kind: NumberKind) -> list[InventoryNumber]:
    return [number for number in found if number.kind is kind and number.state in HELD]


def _yes(said: str, proving: Sequence[InventoryNumber], alta: AltaView) -> Found:
    since = max(number.since for number in proving)
    return Found(True, said, f"/numbers/{proving[0].e164}", _items(proving, alta), since)


def _items(found: Sequence[InventoryNumber], alta: AltaView) -> tuple[Item, ...]:
    return tuple(
        Item(
            f"{_shown(each.e164, alta)}: {STATES[each.state].lower()}",
            each.state in HELD,
            f"/numbers/{each.e164}",
        )
        for each in found
    )


def _listed(found: Sequence[InventoryNumber], alta: AltaView) -> str:
    return ", ".join(_shown(number.e164, alta) for number in found)


def _shown(e164: str, alta: AltaView) -> str:
    return written(e164, alta.subsidiary)


def _page(alta: AltaView) -> str:
    return f"/numbers?plan={alta.plan}"
