"""A dossier to be read, as a page and as PDF, and as the file that verifies elsewhere; its sounds."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from aiohttp import web

from provisioning.alta.request import ORIGINS, SCOPES
from provisioning.numbers.words import ITSELF
from provisioning.release.dossier import NotADossier, Section
from provisioning.release.store import Kept
from web import refusals
from web.keys import person, services
from web.pages import full_names, render
from web.papers import paper

LISTED = 50


@dataclass(frozen=True)
class Read:
    """A dossier as it was read and verified just now; `problem` is why it does not hold.

    `kept` is None for one that nobody signed yet.
    """

    kept: Kept | None
    told: dict[str, Any]
    titles: dict[str, str]
    key: str
    problem: str = ""

    @property
    def tests(self) -> list[str]:
        """The sections of tests, by name."""
        return [name for name in self.titles if name.startswith("test-")]


async def index(request: web.Request) -> web.Response:
    """All that the person sees, the newest first."""
    before = request.query.get("before", "")
    store, scope = services(request).office.line_releases.store, person(request).scope
    found = await store.dossiers_seen(scope, int(before) if before.isdecimal() and len(before) < 10 else None)
    more = found[LISTED - 1].id if len(found) >= LISTED else None
    return render(request, "release/dossiers.html", dossiers=found, more=more)


async def page(request: web.Request) -> web.Response:
    kept = await _find(request)
    return render(
        request, "release/dossier.html", kept=kept, **await shown(request, await _read(request, kept))
    )


async def as_pdf(request: web.Request) -> web.Response:
    kept = await _find(request)
    said = await shown(request, await _read(request, kept))
    return await paper(
        request, "release/dossier_paper.html", f"{_name(kept)}.pdf", kept=kept, **said | {"on_paper": True}
    )


async def shown(request: web.Request, read: Read) -> dict[str, Any]:
    """What the body of a dossier is made with: people are called as they were when it was signed."""
    people = read.told.get("signatures", {}).get("people", {})
    return {
        "dossier": read,
        "names": await full_names(request) | people,
        "on_paper": False,
        "limit": _limit,
        "origins": ORIGINS,
        "scopes": SCOPES,
        "itself": ITSELF,
    }


def unsigned(sections: Sequence[Section]) -> Read:
    return Read(None, *_told(sections), "")


def _told(sections: Sequence[Section]) -> tuple[dict[str, Any], dict[str, str]]:
    told = {section.name: dict(section.body) for section in sections}
    return told, {section.name: section.title for section in sections}


def _limit(plain: Mapping[str, Any] | None) -> SimpleNamespace | None:
    """A limit as the file has it, to be said like one of the plan."""
    return SimpleNamespace(**plain) if plain else None


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


async def _read(request: web.Request, kept: Kept) -> Read:
    try:
        found = await services(request).office.line_releases.dossiers.read(kept.head)
    except (NotADossier, OSError) as error:
        return Read(kept, {}, {}, "", str(error))
    return Read(kept, *_told(found.sections), found.key)


async def attached(request: web.Request) -> web.Response:
    """A sound that the dossier holds, by its SHA-256, as it was signed."""
    read = await _read(request, await _find(request))
    wanted = request.match_info["sha256"]
    data = next((file["data"] for file in _files(read.told) if file["sha256"] == wanted), None)
    if data is None:
        raise refusals.not_found("Este expediente no tiene ese archivo")
    return _part(request, base64.b64decode(data))


def _part(request: web.Request, sound: bytes) -> web.Response:
    """The sound, or the part of it that a player asks for (RFC 9110 §14)."""
    try:
        asked = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
    start, stop, _ = asked.indices(len(sound))
    if (start, stop) == (0, len(sound)):
        return web.Response(body=sound, content_type="audio/wav", headers={"Accept-Ranges": "bytes"})
    if start >= stop:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(sound)}"})
    part = {"Content-Range": f"bytes {start}-{stop - 1}/{len(sound)}"}
    return web.Response(status=206, body=sound[start:stop], content_type="audio/wav", headers=part)


def _files(value: Any) -> Iterator[Mapping[str, str]]:
    """The files within plain JSON."""
    if isinstance(value, Mapping):
        if value.keys() == {"name", "type", "sha256", "data"}:
            yield value
        for each in value.values():
            yield from _files(each)
    elif isinstance(value, list):
        for each in value:
            yield from _files(each)
