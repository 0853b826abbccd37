"""A number: whose it is, what may be done to it now, and all that happened to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from plans.numbers import BadNumber, parse
from provisioning.alta.lists import AltaFilter, AltaSummary
from provisioning.numbers.checks import carrier_allows
from provisioning.numbers.conflicts import in_book
from provisioning.numbers.states import BY_HAND, Move, NumberKind, legal
from provisioning.numbers.values import Holder, InventoryNumber, NumberRefused, StaleNumber
from provisioning.numbers.words import HAPPENED, ITSELF, KINDS, MOVES, STATES
from provisioning.numbers.writing import service
from staff.permissions import Permission
from web import lists, refusals
from web.asked import see_other
from web.keys import person, services, session
from web.numbers.listing import numbers
from web.pages import full_names, render
from web.person_form import Given, text
from web.person_form import number as whole

UNDONE: Mapping[Move, Move] = {
    Move.RESERVE: Move.GIVE_BACK,
    Move.REQUEST: Move.CALL_OFF,
    Move.QUARANTINE: Move.RECALL,
    Move.RETIRE: Move.RESTORE,
}
"""What takes a move back."""
_OF_THEIR_OWN = frozenset({Move.RESERVE, Move.REQUEST, Move.GRANT, Move.LINK, Move.UNLINK})
"""Moves that have a form of their own on the page."""
MOST_ALTAS = 200
MOVED = BY_HAND - {Move.GRANT, Move.LINK}
"""What its buttons do."""


@dataclass(frozen=True)
class Wanted:
    """A move that somebody asked for, of the number as they saw it."""

    move: Move
    reason: str
    revision: int
    holder: Holder | None = None


@dataclass(frozen=True)
class Typed:
    """What was typed into which form (a move's name, `change`), and why it was refused."""

    form: str = ""
    values: Mapping[str, str] | None = None
    problem: str = ""

    def get(self, form: str, name: str, otherwise: str = "") -> str:
        """A field's text: as typed, in the form that was sent."""
        return (self.values or {}).get(name, "") if form == self.form else otherwise


async def page(request: web.Request) -> web.Response:
    return await _page(request, await find(request), Typed())


async def find(request: web.Request) -> InventoryNumber:
    """The number that the address names, in any writing, when who asks may see it."""
    named = request.match_info["e164"][:30]
    scope = person(request).scope
    found = await numbers(request).get(named, scope) or await numbers(request).get(f"+{named}", scope)
    if found is None:
        raise refusals.not_found("Ese número no está en el inventario")
    return found


async def move(request: web.Request) -> web.Response:
    """One of the buttons."""
    number, given = await find(request), await request.post()
    name = text(given, "move")
    if name not in MOVED:
        raise refusals.bad_request("Vuelva a la página del número y use sus botones.")
    try:
        holder = await holder_of(request, whole(given, "alta")) if "alta" in given else None
        wanted = Wanted(Move(name), text(given, "reason"), whole(given, "revision"), holder)
        await moved(request, number, wanted)
    except NumberRefused as refused:
        return await _refused(request, number, name, given, refused)
    return see_other(f"/numbers/{number.e164}?done={name}")


async def moved(request: web.Request, number: InventoryNumber, wanted: Wanted) -> None:
    """Raises `NumberRefused`."""
    move, reason = wanted.move, wanted.reason
    if not reason and move not in (Move.RESERVE, Move.REQUEST):
        raise NumberRefused("Escriba por qué: queda en el historial.")
    if move is Move.REQUEST and number.kind is NumberKind.HEADER:
        await numbers(request).request(number.e164, reason=reason)
    else:
        await numbers(request).move(number.e164, move, reason, wanted.revision, wanted.holder)


async def holder_of(request: web.Request, alta: int) -> Holder:
    """The alta that a number is reserved for. Raises `NumberRefused` when it is none in sight."""
    found = await services(request).office.altas.find(alta, person(request).scope)
    if found is None:
        raise NumberRefused("Elija para qué alta es el número.")
    return Holder(found.plan, found.subsidiary, found.account, found.id)


async def link(request: web.Request) -> web.Response:
    """The carrier's answer: which public number it gave for this header, or for which header this one; and
    whether it says that calls arrive there.
    """
    number, given = await find(request), await request.post()
    move = Move.LINK if "linked" in given else Move.GRANT
    try:
        await answered(request, number, move, text(given, "other"), text(given, "reason"))
    except BadNumber as bad:
        return await _refused(request, number, Move.LINK, given, NumberRefused(f"{bad}."))
    except NumberRefused as refused:
        return await _refused(request, number, Move.LINK, given, refused)
    return see_other(f"/numbers/{number.e164}?done={move}")


async def answered(
    request: web.Request, number: InventoryNumber, move: Move, written: str, reason: str
) -> None:
    """Note what the carrier said: GRANT or LINK. Raises `BadNumber`, `NumberRefused`."""
    noted = numbers(request).link if move is Move.LINK else numbers(request).grant
    other = parse(written, number.subsidiary).e164
    header, public = (other, number.e164) if number.kind is NumberKind.PUBLIC else (number.e164, other)
    await noted(header, public, reason)


async def change(request: web.Request) -> web.Response:
    """The note, and the carrier of a number that was ported."""
    number, given = await find(request), await request.post()
    wanted = {"note": text(given, "note"), "carrier": text(given, "carrier")}
    try:
        await numbers(request).change(
            number.e164, **wanted, revision=whole(given, "revision"), reason=text(given, "reason")
        )
    except NumberRefused as refused:
        return await _refused(request, number, "change", given, refused)
    return see_other(f"/numbers/{number.e164}?done=changed")


async def _refused(
    request: web.Request, number: InventoryNumber, form: str, given: Given, refused: NumberRefused
) -> web.Response:
    typed = Typed(form, {name: text(given, name) for name in given}, str(refused))
    status = 409 if isinstance(refused, StaleNumber) else 422
    return await _page(request, await numbers(request).get(number.e164) or number, typed, status)


async def _page(
    request: web.Request, number: InventoryNumber, typed: Typed, status: int = 200
) -> web.Response:
    served = services(request)
    may_write = session(request).person.may(Permission.NUMBER_WRITE)
    moves = offered(request, number) if may_write else ()
    standing = in_book(served.book).get(number.e164)
    done = lists.text(request.query, "done")
    return render(
        request,
        "numbers/number.html",
        status=status,
        number=number,
        service=service(number.e164),
        linked=[each for e164 in number.linked if (each := await numbers(request).get(e164))],
        history=await numbers(request).history(number),
        standing=standing.plan if standing else None,
        moves=moves,
        altas=await _altas(request, number) if Move.RESERVE in moves else (),
        carrier=served.site.carriers.get(number.carrier),
        carriers=_carriers(request, number),
        subsidiary=served.site.subsidiaries.get(number.subsidiary),
        names=await full_names(request),
        typed=typed,
        done=done,
        undo=_undo(number, done) if may_write else None,
        may_write=may_write,
        **_said(),
    )


def _said() -> dict[str, Any]:
    return {
        "states": STATES,
        "kinds": KINDS,
        "move_words": MOVES,
        "happened": HAPPENED,
        "itself": ITSELF,
        "own": _OF_THEIR_OWN,
        "Move": Move,
    }


def offered(request: web.Request, number: InventoryNumber) -> tuple[Move, ...]:
    """What the page offers: legal, by hand, and possible now."""
    possible = [move for move in legal(number.kind, number.state) if move in BY_HAND]
    if number.until is not None and number.until > services(request).clock():
        possible = [move for move in possible if move is not Move.FREE]
    if number.plan is None:
        nobodys = (Move.RECALL, Move.REQUEST, Move.GRANT, Move.LINK)
        possible = [move for move in possible if move not in nobodys]
    if number.kind is NumberKind.PUBLIC:
        possible = [move for move in possible if move not in (Move.REQUEST, Move.UNLINK)]
    elif number.linked_at:
        possible = [move for move in possible if move not in (Move.GRANT, Move.LINK)]
    return tuple(move for move in possible if carrier_allows(number, move))


def _undo(number: InventoryNumber, done: str) -> Move | None:
    """What takes back what was just done, while it still can be."""
    back = UNDONE.get(Move(done)) if done in set(Move) else None
    return back if back in legal(number.kind, number.state) else None


async def _altas(request: web.Request, number: InventoryNumber) -> tuple[AltaSummary, ...]:
    """The altas under way that may want the number."""
    wanted = AltaFilter(subsidiary=number.subsidiary, state="running")
    scope = session(request).person.scope
    return (await services(request).office.altas.page(wanted, MOST_ALTAS, scope=scope)).items


def _carriers(request: web.Request, number: InventoryNumber) -> dict[str, str]:
    carriers = services(request).site.carriers
    mine = {slug: each for slug, each in carriers.items() if each.subsidiary == number.subsidiary}
    return {number.carrier: number.carrier} | {slug: each.name or slug for slug, each in mine.items()}
