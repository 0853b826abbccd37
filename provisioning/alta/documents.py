"""The documents of altas: a client's folder by year, each with its label and change control (P7, P12)."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.fields import slug_of
from provisioning.alta import moves
from provisioning.alta.events import Happened
from provisioning.alta.files import Files, Kept
from provisioning.alta.ledger import Doing, Ledger, name_of
from provisioning.alta.procedure import Label
from provisioning.alta.refusals import AltaRefused, NoSuchAlta, NotYours
from provisioning.alta.tables import alta_documents
from provisioning.alta.views import AltaState, AltaView
from provisioning.alta.who import refuse
from staff import names
from staff.permissions import Permission
from staff.person import Person
from staff.roles import Role
from staff.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from provisioning.alta.store import Altas

LABELS: dict[Label, str] = {
    "public": "Público",
    "company": "Uso de la compañía",
    "confidential": "Confidencial",
    "restricted": "Restringido",
}
MOST = 500


@dataclass(frozen=True, slots=True)
class Document:
    """A revision of a document. `file` is what it was called, `path` where it lies."""

    id: int
    alta: int
    step: str
    name: str
    title: str
    file: str
    type: str
    size: int
    digest: str
    label: Label
    revision: int
    drew_up: str
    reviewed: str | None
    approved: str | None
    subsidiary: str
    account: str
    year: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Control:
    """Who made a document, where that is not whoever attaches it; the label, where it is not the step's."""

    title: str = ""
    label: Label | None = None
    drew_up: str = ""


AS_IT_IS = Control()


@dataclass(frozen=True, slots=True)
class Folder:
    """A client's documents of a year: how many."""

    account: str
    year: int
    documents: int


class Documents:
    """The documents, in the database and under `files`."""

    def __init__(self, altas: "Altas", ledger: Ledger, files: Files) -> None:
        self._altas = altas
        self._ledger = ledger
        self._files = files

    async def attach(
        self,
        alta: int,
        step: str,
        name: str,
        file: str,
        body: bytes | Path,
        by: Person | None,
        control: Control = AS_IT_IS,
    ) -> Document:
        """The next revision of a document. Without `step` it is the alta's own, without `name` it is named by
        its title. Raises `AltaRefused`.
        """
        seen = await self._altas.need(alta, by)
        await self._may_attach(by, seen, step)
        content = body if isinstance(body, bytes) else await asyncio.to_thread(body.read_bytes)
        kept = await asyncio.to_thread(self._files.keep, file, content)
        made: list[int] = []

        async def work(connection: AsyncConnection, now: AltaView) -> Doing:
            if now.state is AltaState.CANCELLED:
                raise AltaRefused("El alta está cancelada: no recibe más documentos.")
            row = self._row(now, step, name, file, kept, name_of(by), control)
            row["revision"] = await _next(connection, alta, row["name"])
            id = await connection.execute(insert(alta_documents).values(row).returning(alta_documents.c.id))
            made.append(id.scalar_one())
            told = {key: row[key] for key in ("name", "title", "revision", "label", "digest")}
            return Doing(Happened.ATTACHED, step or None, "", {"document": made[0], **told})

        await self._altas.record(alta, by, work)
        return await self._need(made[0])

    def filed_by(self, alta: AltaView, step: str) -> str:
        """The document of coverages that a step wants. Raises `AltaRefused`."""
        now = moves.named(alta, step)
        for wanted in now.step.documents:
            if wanted.of == "coverages":
                return wanted.name
        raise AltaRefused(f"«{now.step.title}» no archiva coberturas: diga con «name» qué documento es.")

    async def sign_off(self, id: int, by: Person, what: str, reason: str = "") -> Document:
        """Note that somebody else `reviewed` or `approved` a document. Raises `AltaRefused`."""
        document = await self._need(id)
        seen = await self._altas.need(document.alta, by)
        await self._may_attach(by, seen, document.step)
        if by.name in (document.drew_up, document.by):
            raise AltaRefused("Lo revisa y aprueba otra persona que quien lo elaboró.")
        column = alta_documents.c[what if what in ("reviewed", "approved") else "reviewed"]

        async def work(connection: AsyncConnection, _now: AltaView) -> Doing:
            free = update(alta_documents).where(alta_documents.c.id == id, column.is_(None))
            if (await connection.execute(free.values({column: by.name}))).rowcount != 1:
                raise AltaRefused("Ya lo hizo otra persona.")
            data = {"document": id, "name": document.name, "revision": document.revision, "as": column.name}
            return Doing(Happened.REVIEWED, document.step or None, reason, data)

        await self._altas.record(document.alta, by, work)
        return await self._need(id)

    async def open(self, id: int, by: Person | None) -> tuple[Document, Path] | None:
        """A document and its file; None when there is none in sight. Raises `NotYours` by its label."""
        found = await self._read(_SELECT.where(alta_documents.c.id == id))
        if not found or (by and not by.scope.covers(found[0].subsidiary, found[0].account)):
            return None
        refuse(await self.may_read(by, found[0]))
        return found[0], self._files.path(found[0].digest)

    async def may_read(self, by: Person | None, document: Document) -> str:
        """Empty when the label lets this person, who sees the alta, read it (P12); else why not."""
        if by is None or {Role.ADMINISTRATOR, Role.AUDITOR} & by.roles:
            return ""
        if document.label in ("public", "company"):
            return ""
        if not by.may(Permission.ALTA_WRITE):
            return f"Es un documento {LABELS[document.label].lower()}: lo lee quien participa en las altas."
        if document.label == "confidential" or document.by == by.name:
            return ""
        alta = await self._altas.need(document.alta, by)
        step = alta.step(document.step)
        return await self._altas.hands.may_begin(by, step.step.areas if step else alta.procedure.begins)

    async def of_alta(self, alta: int) -> tuple[Document, ...]:
        """Every revision of every document of an alta, the newest first."""
        return await self._read(_SELECT.where(alta_documents.c.alta == alta))

    async def folder(
        self,
        account: str = "",
        year: int | None = None,
        text: str = "",
        limit: int = 50,
        after: int | None = None,
        scope: Scope = EVERYTHING,
    ) -> tuple[tuple[Document, ...], int | None]:
        """Documents, the newest first, and what to ask for the following ones with."""
        wanted = _SELECT.where(*_in(scope))
        if account:
            wanted = wanted.where(alta_documents.c.account == account)
        if year is not None:
            wanted = wanted.where(alta_documents.c.year == year)
        for word in names.sought(text).split():
            wanted = wanted.where(alta_documents.c.sought.contains(word, autoescape=True))
        if after is not None:
            wanted = wanted.where(alta_documents.c.id < after)
        size = min(max(limit, 1), MOST)
        found = await self._read(wanted.limit(size + 1))
        return found[:size], found[size - 1].id if len(found) > size else None

    async def folders(self, scope: Scope = EVERYTHING) -> tuple[Folder, ...]:
        """The clients and years that have documents, by client, the newest year first."""
        columns = (alta_documents.c.account, alta_documents.c.year)
        wanted = select(*columns, func.count()).where(*_in(scope)).group_by(*columns)
        async with self._ledger.engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(columns[0], columns[1].desc()))
            return tuple(Folder(*row) for row in rows)

    async def _may_attach(self, by: Person | None, alta: AltaView, step: str) -> None:
        if step:
            refuse(await self._altas.hands.may_close(by, moves.named(alta, step)))
        elif by is not None and not by.may(Permission.ALTA_WRITE):
            raise NotYours("Su cuenta no participa en las altas: pídale a un administrador el permiso.")

    def _row(
        self, alta: AltaView, step: str, name: str, file: str, kept: Kept, by: str, control: Control
    ) -> dict[str, Any]:
        found = alta.step(step)
        wanted = next((each for each in (found.step.documents if found else ()) if each.name == name), None)
        called = Path(file).name[:200]
        title = control.title.strip() or (wanted.title if wanted else Path(called).stem)
        return {
            "alta": alta.id,
            "step": step,
            "name": name or slug_of(title) or "documento",
            "title": title,
            "file": called,
            "type": kept.type,
            "size": kept.size,
            "digest": kept.digest,
            "label": control.label or (wanted.label if wanted else "company"),
            "drew_up": control.drew_up.strip()[:80] or by,
            "subsidiary": alta.subsidiary,
            "account": alta.account,
            "year": self._ledger.calendar(alta.subsidiary).local(self._ledger.clock()).year,
            "at": self._ledger.clock(),
            "by": by,
            "sought": names.sought(title, called, alta.plan, alta.request.name, alta.account),
        }

    async def _need(self, id: int) -> Document:
        found = await self._read(_SELECT.where(alta_documents.c.id == id))
        if not found:
            raise NoSuchAlta(id)
        return found[0]

    async def _read(self, wanted: Select[Any]) -> tuple[Document, ...]:
        async with self._ledger.engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(alta_documents.c.id.desc()))).mappings()
            return tuple(Document(**row) for row in rows)


_SELECT = select(*(alta_documents.c[name] for name in Document.__dataclass_fields__))


def _in(scope: Scope) -> list[Any]:
    subsidiaries = alta_documents.c.subsidiary.in_(sorted(scope.subsidiaries))
    accounts = alta_documents.c.account.in_(sorted(scope.accounts))
    return [*([subsidiaries] if scope.subsidiaries else []), *([accounts] if scope.accounts else [])]


async def _next(connection: AsyncConnection, alta: int, name: str) -> int:
    """The alta is held by its writer, so that no number is given twice."""
    wanted = select(func.max(alta_documents.c.revision))
    last = await connection.scalar(wanted.where(alta_documents.c.alta == alta, alta_documents.c.name == name))
    return int(last or 0) + 1
