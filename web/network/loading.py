"""Providers by the file: looked at with every problem first, then loaded whole."""

import asyncio

from aiohttp import web

from provisioning.network.load import TEMPLATE, Read
from provisioning.network.loads import Load, NotLoaded, ProviderLoads
from provisioning.network.values import NetworkRefused
from provisioning.numbers.sheet import MOST_BYTES, UnreadableSheet
from staff.written import said
from web import lists, refusals
from web.asked import see_other
from web.keys import services
from web.network.asking import office, scope, subsidiaries
from web.pages import render
from web.sheet_template import SheetTemplate
from web.uploads import upload

LARGEST = MOST_BYTES + 64 * 1024
SHOWN, MOST_PROBLEMS = 50, 500
template = SheetTemplate("plantilla-prestadores", "Prestadores", TEMPLATE)


def loads(request: web.Request) -> ProviderLoads:
    return office(request).provider_loads


async def form(request: web.Request) -> web.Response:
    return _form(request)


async def look(request: web.Request) -> web.Response:
    """What the file would load, and all that is wrong with it; it is kept until it is loaded."""
    came = upload(request)
    file = came.file("file")
    subsidiary = lists.one_of(came.fields, "subsidiary", tuple(subsidiaries(request)))
    if file is None:
        return _form(request, "Elija el archivo.", 422)
    content = await asyncio.to_thread(file.path.read_bytes)
    try:
        read = await loads(request).look(content, subsidiary, scope(request))
    except UnreadableSheet as unreadable:
        return _form(request, str(unreadable), 422)
    if read.problems:
        return _form(request, "", 422, read, file.name)
    return see_other(f"/providers/load/{await loads(request).keep(content, file.name, subsidiary)}")


async def preview(request: web.Request) -> web.Response:
    kept = await kept_load(request)
    read = await loads(request).look(kept.content, kept.subsidiary, scope(request))
    return _preview(request, kept, read)


async def load(request: web.Request) -> web.Response:
    """Load what was looked at; what became wrong meanwhile is told."""
    kept = await kept_load(request)
    reason = said(str((await request.post()).get("reason", "")))[:300]
    try:
        read = await loaded(request, kept, reason)
    except NotLoaded as refused:
        return _preview(request, kept, refused.read, 409)
    except NetworkRefused as refused:
        raise refusals.bad_request(str(refused), "No se cargó nada") from refused
    return see_other(f"/providers?done=loaded-{read.count}")


async def loaded(request: web.Request, kept: Load, reason: str) -> Read:
    """The whole file; gaps may be filled now, or open. Raises `NetworkRefused`."""
    read = await loads(request).load(kept.content, kept.name, kept.subsidiary, scope(request), reason)
    await loads(request).drop(kept.id)
    for subsidiary in services(request).site.subsidiaries:
        await office(request).network_checks.settle(subsidiary)
    office(request).altas.nudge()
    return read


async def drop(request: web.Request) -> web.Response:
    await loads(request).drop((await kept_load(request)).id)
    return see_other("/providers/load")


async def kept_load(request: web.Request) -> Load:
    """The file that the address names, for whoever looked at it."""
    found = await loads(request).get(request.match_info["load"])
    if found is None:
        raise refusals.not_found("Ese archivo ya no está: se guarda un día, para quien lo subió")
    return found


def _form(
    request: web.Request, problem: str = "", status: int = 200, read: Read | None = None, name: str = ""
) -> web.Response:
    return render(
        request,
        "network/load.html",
        status=status,
        problem=problem,
        read=read,
        name=name,
        most=MOST_PROBLEMS,
        subsidiaries=subsidiaries(request),
    )


def _preview(request: web.Request, kept: Load, read: Read, status: int = 200) -> web.Response:
    return render(
        request,
        "network/preview.html",
        status=status,
        load=kept,
        read=read,
        shown=SHOWN,
        most=MOST_PROBLEMS,
        name="",
    )
