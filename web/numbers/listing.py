"""The inventory as a list: counted by state, searched in any writing, moved by several."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from provisioning.numbers.states import Move, NumberKind, NumberState
from provisioning.numbers.store import Numbers
from provisioning.numbers.values import InventoryNumber, NumberFilter, NumberRefused
from provisioning.numbers.words import KINDS, MOVES, STATES
from provisioning.numbers.writing import service
from staff.permissions import Permission
from staff.scope import EVERYTHING
from web import lists, refusals
from web.asked import is_htmx
from web.keys import person, services, session
from web.pages import render
from web.person_form import text

SEVERAL = (Move.GIVE_BACK, Move.QUARANTINE, Move.FREE, Move.RETIRE, Move.RESTORE)
"""What can be done to several numbers at once."""
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Outcome:
    """What became of a number that was moved with others; `refused` is why it was not."""

    number: InventoryNumber
    refused: str = ""


def numbers(request: web.Request) -> Numbers:
    return services(request).office.numbers


async def index(request: web.Request) -> web.Response:
    """Numbers in the order of E.164, in pages by key; htmx asks for the rows that follow."""
    typed, scope = typed_of(request), session(request).person.scope
    wanted = filter_of(typed)
    after = lists.text(request.query, "after", 16) or None
    page = await numbers(request).page(wanted, after=after, scope=scope)
    more = lists.next_address("/numbers", typed, page.next)
    if is_htmx(request):
        return render(request, "numbers/rows.html", numbers=page.items, more=more, **_words(request))
    return render(
        request,
        "numbers/index.html",
        numbers=page.items,
        more=more,
        counts=await numbers(request).counts(wanted, scope),
        links={state: _link(typed, state) for state in ("", *NumberState)},
        typed=typed,
        filtered=any(typed.values()),
        partly=scope != EVERYTHING,
        exports={form: f"/numbers/export/{form}?{urlencode(typed)}" for form in ("csv", "xlsx")},
        moves={move: MOVES[move] for move in SEVERAL},
        done=lists.text(request.query, "done"),
        **_words(request),
    )


def _words(request: web.Request) -> dict[str, Any]:
    site = services(request).site
    return {
        "states": STATES,
        "kinds": KINDS,
        "service": service,
        "subsidiaries": site.subsidiaries,
        "carriers": {slug: each.name or slug for slug, each in site.carriers.items()},
        "may_write": session(request).person.may(Permission.NUMBER_WRITE),
    }


def _link(typed: Mapping[str, str], state: str) -> str:
    """The same list with this state alone."""
    wanted = {name: value for name, value in (*typed.items(), ("state", state)) if value}
    if not state:
        wanted.pop("state", None)
    return f"/numbers?{urlencode(wanted)}" if wanted else "/numbers"


def typed_of(request: web.Request) -> dict[str, str]:
    """The filters as they stand in the address."""
    site, query = services(request).site, request.query
    return {
        "text": lists.text(query, "text"),
        "kind": lists.one_of(query, "kind", tuple(NumberKind)),
        "state": lists.one_of(query, "state", tuple(NumberState)),
        "subsidiary": lists.one_of(query, "subsidiary", tuple(site.subsidiaries)),
        "carrier": lists.one_of(query, "carrier", tuple(site.carriers)),
        "plan": lists.text(query, "plan", 40),
    }


def filter_of(typed: Mapping[str, str]) -> NumberFilter:
    return NumberFilter(
        typed["text"],
        NumberKind(typed["kind"]) if typed["kind"] else None,
        NumberState(typed["state"]) if typed["state"] else None,
        typed["subsidiary"],
        typed["carrier"],
        typed["plan"],
    )


async def move_several(request: web.Request) -> web.Response:
    """The same move for all that are marked, each by itself; the page says which were refused, and why."""
    given = await request.post()
    marked = [str(each)[:16] for each in given.getall("number", [])][:MOST_AT_ONCE]
    name, reason = text(given, "move"), text(given, "reason")
    if name not in SEVERAL or not marked:
        raise refusals.bad_request("Marque los números y elija qué hacer con ellos.")
    if not reason:
        said = "Escriba por qué: queda en el historial de cada número."
        raise refusals.bad_request(said, "Falta el motivo")
    outcomes = [await moved(request, e164, Move(name), reason) for e164 in marked]
    return render(
        request,
        "numbers/moved.html",
        outcomes=[each for each in outcomes if each is not None],
        move=MOVES[Move(name)],
        **_words(request),
    )


async def moved(request: web.Request, e164: str, move: Move, reason: str) -> Outcome | None:
    """What became of a number; None for one that is out of sight."""
    number = await numbers(request).get(e164, person(request).scope)
    if number is None:
        return None
    try:
        return Outcome(await numbers(request).move(number.e164, move, reason, number.revision))
    except NumberRefused as refused:
        return Outcome(number, str(refused))
