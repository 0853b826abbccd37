"""A dossier to be read, as a page and as PDF, and as the file that verifies elsewhere."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from provisioning.release.dossier import NotADossier
from provisioning.release.store import Kept
from web import refusals
from web.keys import person, services
from web.pages import full_names, render
from web.papers import paper

LISTED = 50


@dataclass(frozen=True)
class Read:
    """A dossier as it was read and verified just now; `problem` is why it does not hold."""

    kept: Kept
    told: dict[str, Any]
    titles: dict[str, str]
    key: str
    problem: str = ""


async def index(request: web.Request) -> web.Response:
    """All that the person sees, the newest first."""
    before = request.query.get("before", "")
    store, scope = services(request).office.line_releases.store, person(request).scope
    found = await store.dossiers_seen(scope, int(before) if before.isdecimal() and len(before) < 10 else None)
    more = found[LISTED - 1].id if len(found) >= LISTED else None
    return render(request, "release/dossiers.html", dossiers=found, more=more)


async def page(request: web.Request) -> web.Response:
    names = await full_names(request)
    return render(request, "release/dossier.html", dossier=await _read(request), names=names)


async def as_pdf(request: web.Request) -> web.Response:
    read = await _read(request)
    said = {"dossier": read, "names": await full_names(request)}
    return await paper(request, "release/dossier_paper.html", f"{_name(read.kept)}.pdf", **said)


async def as_file(request: web.Request) -> web.FileResponse:
    """The very bytes that were signed."""
    kept = await _find(request)
    path = services(request).office.line_releases.dossiers.path(kept.head)
    if not path.is_file():
        raise refusals.not_found("El archivo de este expediente ya no está en el disco")
    disposition = f'attachment; filename="{_name(kept)}.json"'
    headers = {"Content-Disposition": disposition, "Content-Type": "application/json"}
    return web.FileResponse(path, headers=headers)


def _name(kept: Kept) -> str:
    return f"expediente-{kept.id}-{kept.plan}"


async def _find(request: web.Request) -> Kept:
    id = request.match_info["id"]
    store = services(request).office.line_releases.store
    kept = await store.dossier(int(id)) if id.isdecimal() and len(id) < 10 else None
    if kept is None or not person(request).scope.covers(kept.subsidiary, kept.account):
        raise refusals.not_found("Ese expediente no existe")
    return kept


async def _read(request: web.Request) -> Read:
    kept = await _find(request)
    try:
        found = await services(request).office.line_releases.dossiers.read(kept.head)
    except (NotADossier, OSError) as error:
        return Read(kept, {}, {}, "", str(error))
    told = {section.name: dict(section.body) for section in found.sections}
    return Read(kept, told, {section.name: section.title for section in found.sections}, found.key)
