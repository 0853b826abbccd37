"""All altas: what waits for me first, then the others by area, by step, or as a list."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from provisioning.alta.lists import AltaFilter, AltaSummary, Turn
from staff.permissions import Permission
from web import lists, refusals
from web.alta import words
from web.alta.find import altas, zone_of
from web.asked import is_htmx
from web.keys import services, session
from web.pages import full_names, render

VIEWS = {"area": "Por área", "step": "Por paso", "list": "Lista"}
STATES = {"": "En curso", "done": "Terminadas", "cancelled": "Canceladas", "all": "Todas"}
A_LANE = 10
A_PAGE = 50
MINE = 30


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the board; `more` is the address of what follows."""

    name: str
    title: str
    tickets: tuple[tuple[AltaSummary, Turn], ...]
    count: int
    more: str | None


async def index(request: web.Request) -> web.Response:
    """The board; htmx asks for what follows in a lane or in the list."""
    typed = _typed(request)
    if typed["state"]:
        typed["view"] = "list"
    wanted = _filter(typed)
    shared = await _shared(request, typed)
    if typed["view"] == "list":
        return await _list(request, wanted, typed, shared)
    if is_htmx(request):
        lane = await _lane(request, wanted, typed, typed["lane"], "")
        return render(request, "alta/lane_rows.html", lane=lane, **shared)
    lanes = [await _lane(request, wanted, typed, *each) for each in await _columns(request, typed["view"])]
    return render(
        request,
        "alta/board.html",
        lanes=[lane for lane in lanes if lane.count],
        empty=[lane.title for lane in lanes if not lane.count],
        mine=await mine(request),
        **shared,
    )


async def mine(request: web.Request) -> tuple[tuple[AltaSummary, Turn], ...]:
    """The open steps that wait for whoever looks: late ones first, then by when they are due."""
    whose = await altas(request).mine(session(request).person)
    page = await altas(request).turns(AltaFilter(mine=whose), MINE, scope=session(request).person.scope)
    return page.turns


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {
        "view": lists.one_of(query, "view", tuple(VIEWS)) or "area",
        "text": lists.text(query, "text"),
        "subsidiary": lists.text(query, "subsidiary"),
        "account": lists.text(query, "account"),
        "carrier": lists.text(query, "carrier"),
        "area": lists.text(query, "area"),
        "late": lists.one_of(query, "late", ("yes",)),
        "state": lists.one_of(query, "state", tuple(STATES)),
        "lane": lists.text(query, "lane"),
    }


def _filter(typed: dict[str, str]) -> AltaFilter:
    return AltaFilter(
        area=typed["area"],
        late=bool(typed["late"]),
        subsidiary=typed["subsidiary"],
        account=typed["account"],
        carrier=typed["carrier"],
        state={"": "under-way", "all": ""}.get(typed["state"], typed["state"]),
        text=typed["text"],
    )


def after(request: web.Request) -> int | None:
    written = request.query.get("after", "")
    if not written:
        return None
    if not (written.isascii() and written.isdecimal() and len(written) < 10):
        raise _no_such_page()
    return int(written)


def _no_such_page() -> Exception:
    return refusals.bad_request("Esa página no existe: vuelva a la primera.")


async def _list(
    request: web.Request, wanted: AltaFilter, typed: dict[str, str], shared: dict[str, Any]
) -> web.Response:
    page = await altas(request).page(wanted, A_PAGE, after(request), session(request).person.scope)
    return render(
        request,
        "alta/list_rows.html" if is_htmx(request) else "alta/list.html",
        found=page.items,
        more=_next(typed, page.next),
        mine=() if is_htmx(request) else await mine(request),
        **shared,
    )


async def _lane(
    request: web.Request, wanted: AltaFilter, typed: dict[str, str], name: str, title: str
) -> Lane:
    of_lane = replace(wanted, step=name) if typed["view"] == "step" else replace(wanted, area=name)
    found, scope = altas(request), session(request).person.scope
    try:
        page = await found.turns(of_lane, A_LANE, lists.text(request.query, "after"), scope)
    except ValueError as error:
        raise _no_such_page() from error
    count = await found.count(of_lane, scope) if title else 0
    return Lane(name, title, page.turns, count, _next(typed | {"lane": name}, page.next))


async def _columns(request: web.Request, view: str) -> list[tuple[str, str]]:
    procedure = altas(request).written.procedure
    if view == "step":
        return [(step.id, step.title) for step in procedure.steps]
    labels = await services(request).areas.labels()
    inside = dict.fromkeys(area for step in procedure.steps for area in step.areas)
    return [(area, labels.get(area, area)) for area in inside]


def _next(typed: dict[str, str], after: object) -> str | None:
    return lists.next_address("/altas", typed, None if after is None else str(after))


async def _shared(request: web.Request, typed: dict[str, str]) -> dict[str, Any]:
    served, person = services(request), session(request).person
    site, labels = served.site, await served.areas.labels()
    kept = {name: value for name, value in typed.items() if value and name not in ("view", "lane")}
    return {
        "typed": typed,
        "views": {
            view: (label, f"/altas?{urlencode(kept | {'view': view})}") for view, label in VIEWS.items()
        },
        "states": STATES,
        "filtered": any(kept.values()),
        "names": await full_names(request),
        "areas": labels,
        "area_words": lambda named: " y ".join(labels.get(area, area) for area in named),
        "subsidiaries": site.subsidiaries,
        "carriers": sorted(site.carriers),
        "zone_of": zone_of(request),
        "words_of": words,
        "may_write": person.may(Permission.ALTA_WRITE),
    }
