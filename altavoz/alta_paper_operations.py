"""What the command line may ask about the papers of altas: coverages, letters, clients' folders."""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic_core import to_jsonable_python

from altavoz.control import Handler
from altavoz.house import House
from altavoz.in_name_of import person_of, standing_for
from altavoz.known_alta import alta_of
from provisioning.alta.coverage_list import from_yaml, to_yaml
from provisioning.alta.coverages import CoverageVersion
from provisioning.alta.documents import Document
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.views import AltaView
from provisioning.notices.drafts import NO_SERVER, Draft
from staff.actor import acting
from staff.audit import Deed
from staff.permissions import Permission
from web.alta.coverages import drawn_of
from web.notices.words import LETTERS, TO_EVERYBODY

Arguments = Mapping[str, Any]


class AltaPaperOperations:
    """The handlers, a method each. Letters go in the name of a person, by whose hands their step is in."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._altas = house.office.altas

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "alta/coverages": self.coverages,
            "alta/compare": self.compare,
            "alta/archive": self.archive,
            "alta/letter": self.letter,
            "folder/list": self.folders,
            "folder/find": self.documents,
            "folder/show": self.document,
        }

    async def coverages(self, arguments: Arguments) -> Any:
        """A version of the coverages, the last one if none is named; `text` (YAML) makes another first. With
        `pdf` also the document, in Base64.
        """
        alta, coverages = await alta_of(self._altas, arguments["id"]), self._altas.coverages
        if text := arguments.get("text"):
            content = from_yaml(text, arguments.get("file") or "coberturas.yaml")
            await coverages.save(alta.id, content, None, arguments.get("note") or "")
            alta = await self._altas.need(alta.id, None)
        found = await self._version(alta, arguments.get("version"))
        said = to_jsonable_python(asdict(found)) | {"yaml": to_yaml(found.content)}
        if not arguments.get("pdf"):
            return said
        name, body = await drawn_of(self._house.app, alta, found)
        return said | {"file": name, "pdf": base64.b64encode(body).decode()}

    async def compare(self, arguments: Arguments) -> Any:
        """Two versions, the last one with the one before if none are named."""
        alta = await alta_of(self._altas, arguments["id"])
        new = arguments.get("new") or alta.coverages
        old = arguments.get("old") or alta.coverages - 1
        if alta.coverages < 2:
            raise AltaRefused(f"{alta.number} tiene menos de dos versiones de sus coberturas.")
        found = to_jsonable_python(asdict(await self._altas.coverages.between(alta.id, int(old), int(new))))
        return {"old": int(old), "new": int(new)} | found

    async def archive(self, arguments: Arguments) -> Any:
        """The document of the last version, as the next revision of what a step files."""
        alta, step = await alta_of(self._altas, arguments["id"]), arguments["step"]
        file, body = await drawn_of(self._house.app, alta, await self._version(alta, None))
        name = arguments.get("name") or self._altas.documents.filed_by(alta, step)
        return _document(await self._altas.documents.attach(alta.id, step, name, file, body, None))

    async def letter(self, arguments: Arguments) -> Any:
        """As the facts write it, with what is given instead; to whom it goes and what stands against it. With
        `send` it goes.
        """
        kind, by = arguments["kind"], arguments["by"]
        if kind not in LETTERS:
            raise AltaRefused(f"No hay un correo «{kind}»; hay: {', '.join(LETTERS)}.")
        person = await person_of(self._house.people, by, Permission.ALTA_WRITE)
        alta, drafts = await alta_of(self._altas, arguments["id"], person.scope), self._drafts
        draft = _changed(kind, await drafts.write(kind, alta, person), arguments)
        if arguments.get("send"):
            with acting(standing_for(person)):
                sent = await drafts.send(kind, alta, person, draft, secrets.token_urlsafe(12))
            return to_jsonable_python(asdict(sent)) | {"sent": True}
        problems, recipients = await drafts.checked(draft)
        refusal = await drafts.may_send(kind, alta, person)
        against = [said for said in (*problems.values(), refusal, "" if drafts.sends else NO_SERVER) if said]
        written = {"subject": draft.subject, "text": draft.text, "recipients": recipients}
        return {"sent": False, "kind": kind, "everybody": draft.everybody, "against": against} | written

    async def folders(self, _arguments: Arguments) -> Any:
        return [asdict(each) for each in await self._altas.documents.folders()]

    async def documents(self, arguments: Arguments) -> Any:
        account, text = arguments.get("account") or "", arguments.get("text") or ""
        found, _ = await self._altas.documents.folder(
            account, arguments.get("year"), text, arguments["limit"]
        )
        return [_document(each) for each in found]

    async def document(self, arguments: Arguments) -> Any:
        """Where its file lies; that it was read is noted."""
        found = await self._altas.documents.open(int(arguments["id"]), None)
        if found is None:
            raise AltaRefused(f"No hay un documento {arguments['id']}: «altavoz folder find» los busca.")
        document, path = found
        await self._house.readings.note(Deed("document.read", f"ALTA-{document.alta} {document.id}"))
        return _document(document) | {"path": str(path)}

    async def _version(self, alta: AltaView, number: int | None) -> CoverageVersion:
        versions = {each.number: each for each in await self._altas.coverages.versions(alta.id)}
        if not versions:
            raise AltaRefused(f"{alta.number} todavía no tiene coberturas: cárguelas con «--load ARCHIVO».")
        found = versions.get(int(number or max(versions)))
        if found is None:
            raise AltaRefused(f"No hay una versión {number}: las hay de la 1 a la {max(versions)}.")
        return found

    @property
    def _drafts(self) -> Any:
        return self._house.office.notices.drafts


def _changed(kind: str, draft: Draft, arguments: Arguments) -> Draft:
    """To whom a letter to everybody goes is nobody's to change."""
    to = tuple(arguments.get("to") or ())
    if to and kind in TO_EVERYBODY:
        raise AltaRefused("Ese correo va a todo el personal: quite «--to».")
    subject, text = arguments.get("subject") or draft.subject, arguments.get("text") or draft.text
    return Draft(subject, text, to or draft.to, draft.everybody)


def _document(document: Document) -> dict[str, Any]:
    plain: dict[str, Any] = to_jsonable_python(asdict(document))
    return plain | {"number": f"ALTA-{document.alta}"}
