"""What the command line may ask about numbers; see `altavoz/operations.py`."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from altavoz.control import Handler
from altavoz.house import House
from plans.numbers import BadNumber, parse, written
from provisioning.numbers.checks import carrier_allows
from provisioning.numbers.load import Defaults, Read
from provisioning.numbers.loads import NotLoaded
from provisioning.numbers.states import BY_HAND, Move, NumberKind, NumberState, legal
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import (
    Happened,
    Holder,
    InventoryNumber,
    NoSuchNumber,
    NumberFilter,
    NumberRefused,
)

Arguments = Mapping[str, Any]


class NumberOperations:
    """The handlers, a method each."""

    def __init__(self, house: House) -> None:
        self._house = house

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "number/list": self.list,
            "number/show": self.show,
            "number/load": self.load,
            "number/reserve": self.reserve,
            "number/move": self.move,
        }

    @property
    def _numbers(self) -> Numbers:
        return self._house.office.numbers

    async def list(self, arguments: Arguments) -> Any:
        wanted = NumberFilter(
            arguments.get("text") or "",
            _one_of(NumberKind, arguments.get("kind"), "tipo"),
            _one_of(NumberState, arguments.get("state"), "estado"),
            (arguments.get("subsidiary") or "").upper(),
            arguments.get("carrier") or "",
            arguments.get("plan") or "",
        )
        return [_said(number) async for number in self._numbers.stream(wanted)]

    async def show(self, arguments: Arguments) -> Any:
        number = await self._number(arguments["number"])
        history = await self._numbers.history(number)
        possible = [move for move in legal(number.kind, number.state) if move in BY_HAND]
        moves = [move for move in possible if carrier_allows(number, move)]
        return _said(number) | {"moves": moves, "history": [_happened(each) for each in history]}

    async def load(self, arguments: Arguments) -> Any:
        """A file as it lies where the instance runs; with `check` nothing is loaded."""
        file = Path(arguments["file"])
        kind = _one_of(NumberKind, arguments.get("kind"), "tipo")
        given = [arguments.get(name) or "" for name in ("subsidiary", "carrier", "area")]
        defaults = Defaults(given[0].upper(), given[1], kind, given[2])
        loads = self._house.office.number_loads
        try:
            content = file.read_bytes()
        except OSError as error:
            raise NumberRefused(f"No se puede leer «{file}»: {error.strerror}.") from error
        if arguments.get("check"):
            return _read(await loads.look(content, defaults), loaded=False)
        try:
            reason = arguments.get("reason") or ""
            return _read(await loads.load(content, file.name, defaults, reason=reason), loaded=True)
        except NotLoaded as refused:
            return _read(refused.read, loaded=False)

    async def reserve(self, arguments: Arguments) -> Any:
        """A header for an alta."""
        written = str(arguments["alta"]).upper().removeprefix("ALTA-")
        alta = await self._house.office.altas.find(int(written)) if written.isdecimal() else None
        if alta is None:
            raise NumberRefused(f"No hay un alta «{arguments['alta']}»; «altavoz alta list» las lista.")
        holder = Holder(alta.plan, alta.subsidiary, alta.account, alta.id)
        carrier = arguments.get("carrier") or alta.request.carrier or self._only_carrier(alta.subsidiary)
        wanted = await self._number(arguments["number"]) if arguments.get("number") else None
        e164 = wanted.e164 if wanted else None
        return _said(await self._numbers.reserve(holder, carrier, e164, arguments.get("reason") or ""))

    def _only_carrier(self, subsidiary: str) -> str:
        carriers = self._house.site.carriers
        mine = [slug for slug, each in carriers.items() if each.subsidiary == subsidiary]
        if len(mine) != 1:
            raise NumberRefused(f"Diga de qué operador con «--carrier»: {', '.join(mine)}.")
        return mine[0]

    async def move(self, arguments: Arguments) -> Any:
        number, move = await self._number(arguments["number"]), arguments["move"]
        if move not in BY_HAND or move == Move.RESERVE:
            by_hand = ", ".join(sorted(BY_HAND - {Move.RESERVE}))
            raise NumberRefused(f"A mano se puede: {by_hand}; lo demás sigue a la central.")
        reason = arguments.get("reason") or ""
        if move in (Move.GRANT, Move.LINK):
            return _said(await self._mount(Move(move), number, arguments.get("with") or "", reason))
        return _said(await self._numbers.move(number.e164, Move(move), reason))

    async def _mount(self, move: Move, number: InventoryNumber, other: str, reason: str) -> InventoryNumber:
        try:
            e164 = parse(other, number.subsidiary).e164
        except BadNumber as bad:
            raise NumberRefused(f"Diga el otro número con «--with»: {bad}.") from bad
        header, public = (e164, number.e164) if number.kind is NumberKind.PUBLIC else (number.e164, e164)
        noted = self._numbers.link if move is Move.LINK else self._numbers.grant
        below, above = await noted(header, public, reason)
        return above if number.kind is NumberKind.PUBLIC else below

    async def _number(self, text: str) -> InventoryNumber:
        found = await self._numbers.get(text)
        if found is None:
            raise NoSuchNumber(f"«{text}» no está en el inventario; «altavoz number list» lo muestra.")
        return found


def _one_of(kinds: Any, given: str | None, what: str) -> Any:
    if not given:
        return None
    if given not in list(kinds):
        raise NumberRefused(f"No hay un {what} «{given}»; hay: {', '.join(kinds)}.")
    return kinds(given)


def _said(number: InventoryNumber) -> dict[str, Any]:
    """A number in plain values."""
    return {
        "number": written(number.e164, number.subsidiary),
        "e164": number.e164,
        "kind": number.kind,
        "state": number.state,
        "since": number.since.isoformat(),
        "until": _when(number.until),
        "asked_at": _when(number.asked_at),
        "granted_at": _when(number.granted_at),
        "linked_at": _when(number.linked_at),
        "subsidiary": number.subsidiary,
        "carrier": number.carrier,
        "plan": number.plan,
        "account": number.account or None,
        "alta": number.alta,
        "linked": [written(each, number.subsidiary) for each in number.linked],
        "note": number.note or None,
        "revision": number.revision,
    }


def _when(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _happened(each: Happened) -> dict[str, Any]:
    return {
        "at": each.at.isoformat(),
        "by": each.actor,
        "move": each.move,
        "before": each.before,
        "after": each.after,
        "plan": each.plan,
        "alta": each.alta,
        "other": each.other,
        "reason": each.reason,
    }


def _read(read: Read, *, loaded: bool) -> dict[str, Any]:
    return {
        "loaded": loaded,
        "rows": read.rows,
        "numbers": len(read.entries),
        "problems": [{"row": each.line, "problem": each.said} for each in read.problems],
    }
