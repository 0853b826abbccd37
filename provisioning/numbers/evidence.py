"""What the inventory proves of an alta: it has a header, the carrier gave a public number and linked both."""

from collections.abc import Iterable, Sequence

from plans.numbers import written
from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.views import AltaView
from provisioning.numbers.inventory import Inventory
from provisioning.numbers.states import HELD, Move, NumberKind
from provisioning.numbers.values import Happened, InventoryNumber
from provisioning.numbers.words import STATES


def numbers_evidence(inventory: Inventory) -> dict[str, Evidence]:
    """By name of the evidence."""

    async def header(alta: AltaView) -> Found:
        """IT gave a header (P20)."""
        headers = _held(await inventory.of_plan(alta.plan), NumberKind.HEADER)
        if not headers:
            return Found(False, "Falta reservar un número de cabecera en «Números».", _page(alta))
        done = await inventory.last(headers, Move.RESERVE)
        return _yes(f"Cabecera {_listed(headers, alta)}.", headers, alta, done)

    async def public(alta: AltaView) -> Found:
        """The carrier gave a public number (P21)."""
        found = await inventory.of_plan(alta.plan)
        given = [each for each in _held(found, NumberKind.PUBLIC) if each.granted_at]
        if not given:
            return Found(False, _awaited(found), items=_items(found, alta))
        done = await inventory.last(given, Move.GRANT) or await inventory.last(given, Move.LINK)
        return _yes(f"El operador dio {_listed(given, alta)}.", given, alta, done)

    async def linked(alta: AltaView) -> Found:
        """The carrier said of every header of the plan that its public number arrives there."""
        found = await inventory.of_plan(alta.plan)
        headers = _held(found, NumberKind.HEADER)
        if missing := tuple(_unlinked(headers, alta)):
            said = f"Falta el vínculo: {', '.join(missing)}."
            return Found(False, said, _page(alta), _items(found, alta))
        pairs = (f"{_shown(each.linked[0], alta)} sobre {_shown(each.e164, alta)}" for each in headers)
        done = await inventory.last(headers, Move.LINK)
        return _yes(f"Vinculado: {', '.join(pairs)}.", headers, alta, done)

    return {"header-number": header, "public-number": public, "number-linked": linked}


def _awaited(found: Sequence[InventoryNumber]) -> str:
    if any(each.asked_at for each in _held(found, NumberKind.HEADER)):
        return "El operador todavía no respondió: anote aquí el número que dé."
    return "Falta pedir el número público al operador."


def _unlinked(headers: Sequence[InventoryNumber], alta: AltaView) -> Iterable[str]:
    if not headers:
        yield "no hay cabecera"
    for each in headers:
        if not each.granted_at:
            yield f"{_shown(each.e164, alta)} no tiene público"
        elif not each.linked_at:
            given = _shown(each.linked[0], alta)
            yield f"el operador no confirmó que {given} llega a {_shown(each.e164, alta)}"


def _held(found: Sequence[InventoryNumber], kind: NumberKind) -> list[InventoryNumber]:
    return [number for number in found if number.kind is kind and number.state in HELD]


def _yes(said: str, proving: Sequence[InventoryNumber], alta: AltaView, done: Happened | None) -> Found:
    at = done.at if done else max(number.since for number in proving)
    by = (done.actor,) if done else ()
    return Found(True, said, f"/numbers/{proving[0].e164}", _items(proving, alta), at, by)


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
