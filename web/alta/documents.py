"""The papers of an alta: attached to a step, reviewed and approved by somebody else, read again (P7, P12)."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from provisioning.alta.documents import LABELS, Control, Document
from provisioning.alta.files import LARGEST as LARGEST_FILE
from provisioning.alta.refusals import AltaRefused, NotYours
from provisioning.alta.views import AltaView
from web import refusals
from web.alta.coverages import drawn_up
from web.alta.find import altas, find, number_of
from web.alta.moves import back_to
from web.alta.page import Attempt, Told, show
from web.keys import person
from web.person_form import text
from web.refusals import Refusal
from web.uploads import File, upload

LARGEST = LARGEST_FILE + 2**20
"""Bytes of a form with a document."""


async def attach(request: web.Request) -> web.Response:
    """A document, or a further revision of one: what has the same name is the same document."""
    alta, came = await find(request), upload(request)
    given = {name: value.strip() for name, value in came.fields.items()}
    try:
        await take(request, alta, given, came.file("file"))
    except AltaRefused as refused:
        return await _refused(request, refused, given | {"form": "attached"})
    return back_to(alta.id, "attached", given.get("step", ""))


async def take(request: web.Request, alta: AltaView, given: Mapping[str, str], file: File | None) -> Document:
    """The file as the next revision of what was said of it. Raises `AltaRefused`."""
    if file is None:
        raise AltaRefused("Elija el archivo.")
    label = next((each for each in LABELS if each == given.get("label")), None)
    control = Control(given.get("title", "")[:200], label, given.get("drew_up", ""))
    step, name = given.get("step", ""), given.get("name", "")[:40]
    documents = altas(request).documents
    return await documents.attach(alta.id, step, name, file.name, file.path, person(request), control)


async def archive(request: web.Request) -> web.Response:
    """The document of the last coverages, as Altavoz draws it up."""
    alta, given = await find(request), await request.post()
    step = text(given, "step")
    try:
        await put_away(request, alta, step, text(given, "name")[:40])
    except AltaRefused as refused:
        return await _refused(request, refused, {"form": "archived"})
    return back_to(alta.id, "archived", step)


async def put_away(request: web.Request, alta: AltaView, step: str, name: str) -> Document:
    """The document that Altavoz draws up, as the next revision of a step's. Raises `AltaRefused`."""
    file, body = await drawn_up(request)
    return await altas(request).documents.attach(alta.id, step, name, file, body, person(request))


async def sign_off(request: web.Request) -> web.Response:
    """Somebody else's word on a document: reviewed, or approved."""
    alta, given = await find(request), await request.post()
    document = await find_document(request, alta)
    try:
        await altas(request).documents.sign_off(document.id, person(request), text(given, "what"))
    except AltaRefused as refused:
        return await _refused(request, refused, {"form": "reviewed"})
    return back_to(alta.id, "reviewed")


async def download(request: web.Request) -> web.StreamResponse:
    """The file as a download: nothing of it is shown by the console itself."""
    alta = await find(request)
    try:
        found = await altas(request).documents.open(number_of(request, "document"), person(request))
    except NotYours as refused:
        raise Refusal(403, "label", "Ese documento no es para todos", str(refused)) from refused
    if found is None or found[0].alta != alta.id:
        raise refusals.not_found("Ese documento no existe")
    document, path = found
    disposition = f"attachment; filename*=UTF-8''{quote(document.file, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Type": document.type}
    return web.FileResponse(path, headers=headers)


async def find_document(request: web.Request, alta: AltaView) -> Document:
    """The document of the alta that the address names."""
    id = number_of(request, "document")
    for document in await altas(request).documents.of_alta(alta.id):
        if document.id == id:
            return document
    raise refusals.not_found("Ese documento no existe")


async def _refused(request: web.Request, refused: AltaRefused, typed: dict[str, str]) -> web.Response:
    told = Told("problem", " ".join(refused.problems.values()))
    return await show(request, await find(request), Attempt(typed, refused.problems, told), 422)
