"""Numbers by the file, or pasted: looked at with every problem first, then loaded whole."""

import asyncio
from typing import Any

from aiohttp import web

from provisioning.numbers.load import TEMPLATE, Defaults, Read
from provisioning.numbers.loads import Load, Loads, NotLoaded
from provisioning.numbers.sheet import MOST_BYTES, UnreadableSheet
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import NumberRefused
from provisioning.numbers.words import KINDS
from staff.written import said
from web import lists, refusals
from web.asked import see_other
from web.keys import person, services
from web.pages import render
from web.sheet_template import SheetTemplate
from web.uploads import upload

LARGEST = MOST_BYTES + 64 * 1024
SHOWN, MOST_PROBLEMS = 20, 500
PASTED = "números pegados"
template = SheetTemplate("plantilla-numeros", "Números", TEMPLATE)


def loads(request: web.Request) -> Loads:
    return services(request).office.number_loads


async def form(request: web.Request) -> web.Response:
    return _form(request, Defaults(_only_subsidiary(request)))


async def look(request: web.Request) -> web.Response:
    """What the file would load, and all that is wrong with it; it is kept until it is loaded."""
    came = upload(request)
    file, pasted = came.file("file"), came.fields.get("pasted", "")
    defaults = _defaults(request, came.fields)
    if not file and not pasted.strip():
        return _form(request, defaults, "Elija un archivo, o escriba los números.", "", 422)
    content = await asyncio.to_thread(file.path.read_bytes) if file else pasted.encode()
    try:
        read = await loads(request).look(content, defaults, person(request).scope)
    except UnreadableSheet as unreadable:
        return _form(request, defaults, str(unreadable), pasted, 422)
    name = file.name if file else PASTED
    if read.problems:
        return _form(request, defaults, "", pasted, 422, read=read, name=name)
    id = await loads(request).keep(content, name, defaults)
    return see_other(f"/numbers/load/{id}")


async def preview(request: web.Request) -> web.Response:
    kept = await kept_load(request)
    read = await loads(request).look(kept.content, kept.defaults, person(request).scope)
    return _preview(request, kept, read)


async def load(request: web.Request) -> web.Response:
    """Load what was looked at; what became wrong meanwhile is told."""
    kept = await kept_load(request)
    reason = said(str((await request.post()).get("reason", "")))[:300]
    scope = person(request).scope
    try:
        read = await loads(request).load(kept.content, kept.name, kept.defaults, scope, reason)
    except NotLoaded as refused:
        return _preview(request, kept, refused.read, 409)
    except NumberRefused as refused:
        raise refusals.bad_request(str(refused), "No se cargó nada") from refused
    await loads(request).drop(kept.id)
    return see_other(f"/numbers?done=loaded-{len(read.entries)}")


async def drop(request: web.Request) -> web.Response:
    await loads(request).drop((await kept_load(request)).id)
    return see_other("/numbers/load")


async def kept_load(request: web.Request) -> Load:
    """The file that the address names, for whoever looked at it."""
    found = await loads(request).get(request.match_info["load"])
    if found is None:
        raise refusals.not_found("Ese archivo ya no está: se guarda un día, para quien lo subió")
    return found


def _defaults(request: web.Request, given: Any) -> Defaults:
    site = services(request).site
    kind = lists.one_of(given, "kind", tuple(NumberKind))
    return Defaults(
        lists.one_of(given, "subsidiary", tuple(site.subsidiaries)),
        lists.one_of(given, "carrier", tuple(site.carriers)),
        NumberKind(kind) if kind else None,
        lists.text(given, "area", 20),
    )


def _only_subsidiary(request: web.Request) -> str:
    seen = _subsidiaries(request)
    return next(iter(seen)) if len(seen) == 1 else ""


def _subsidiaries(request: web.Request) -> dict[str, str]:
    scope = person(request).scope
    return {
        code: each.name
        for code, each in services(request).site.subsidiaries.items()
        if not scope.subsidiaries or code in scope.subsidiaries
    }


def _form(
    request: web.Request,
    defaults: Defaults,
    problem: str = "",
    pasted: str = "",
    status: int = 200,
    read: Read | None = None,
    name: str = "",
) -> web.Response:
    carriers = services(request).site.carriers
    return render(
        request,
        "numbers/load.html",
        status=status,
        defaults=defaults,
        problem=problem,
        pasted=pasted,
        read=read,
        name=name,
        most=MOST_PROBLEMS,
        subsidiaries=_subsidiaries(request),
        carriers={slug: each.name or slug for slug, each in carriers.items()},
        kinds=KINDS,
    )


def _preview(request: web.Request, kept: Load, read: Read, status: int = 200) -> web.Response:
    return render(
        request,
        "numbers/preview.html",
        status=status,
        load=kept,
        read=read,
        shown=read.entries[:SHOWN],
        most=MOST_PROBLEMS,
        kinds=KINDS,
    )
