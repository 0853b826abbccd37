"""TMK learns a plan, and is given the client's database: property of the client that is kept (P10, P27)."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from provisioning.alta.files import Files
from provisioning.alta.refusals import AltaRefused
from provisioning.network.enough import PlanNeeds
from provisioning.network.tables import handed_bases, trainings
from provisioning.network.values import NetworkRefused, StaleRow
from provisioning.network.wanted import facts_of
from provisioning.numbers.sheet import MOST_BYTES, UnreadableSheet, rows_of
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope
from staff.written import said


@dataclass(frozen=True, slots=True)
class Attendee:
    """Who was there; `mark` from 0 to 100, None when there was no test."""

    name: str
    mark: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """What is written of a training."""

    held: date
    trainer: str
    attended: tuple[Attendee, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """`withdrawn` is why it does not count, None when it does."""

    id: int
    plan: str
    alta: int | None
    subsidiary: str
    account: str
    session: Session
    withdrawn: str | None
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Handing:
    """How a database was handed over. `place` is where it is kept, `until` when it goes back or is destroyed.

    Without a file, `note` says why there is none.
    """

    received_by: str = ""
    received: date | None = None
    until: date | None = None
    place: str = ""
    note: str = ""
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Base:
    """A database as it was registered. `rows` is None where the file is no table; `file` empty for none."""

    id: int
    plan: str
    alta: int | None
    subsidiary: str
    account: str
    file: str
    digest: str
    size: int
    rows: int | None
    stored: bool
    place: str
    received_by: str
    received: date | None
    until: date | None
    note: str
    at: datetime
    actor: str
    ended: datetime | None
    ended_by: str | None
    ending: str


_BASE = select(*(handed_bases.c[name] for name in Base.__dataclass_fields__))


class Trainings:
    """What is refused (`NetworkRefused`) changes nothing."""

    def __init__(self, engine: AsyncEngine, clock: Clock, files: Files) -> None:
        self._engine = engine
        self._clock = clock
        self._files = files
        self._keeping = asyncio.Lock()
        """One file may be several databases: none is handed in while another's file is thrown away."""

    async def hold(self, wanted: PlanNeeds, session: Session, today: date) -> Training:
        """Write down a session that took place."""
        if problems := _against(session, today):
            raise NetworkRefused(problems=problems)
        row = facts_of(wanted) | {
            "held": session.held,
            "trainer": session.trainer[:120],
            "attended": [{"name": each.name, "mark": each.mark} for each in session.attended],
            "note": session.note[:2000],
            "at": self._clock(),
            "actor": current().name,
        }
        async with writing(self._engine) as connection:
            made = await connection.execute(insert(trainings).values(row).returning(trainings.c.id))
            id: int = made.scalar_one()
            told = {name: row[name] for name in ("attended", "trainer")} | {"held": session.held.isoformat()}
            await audit.write(connection, Deed("training.held", wanted.plan, after=told))
        found = await self.find(id)
        assert found is not None
        return found

    async def withdraw(self, id: int, reason: str) -> None:
        """It was written down by mistake: it stays, and does not count."""
        if not said(reason):
            raise NetworkRefused(problems={"reason": "Escriba por qué no cuenta."})
        found = await self.find(id)
        mine = (trainings.c.id == id) & trainings.c.withdrawn.is_(None)
        async with writing(self._engine) as connection:
            changed = await connection.execute(
                update(trainings).where(mine).values(withdrawn=said(reason)[:500])
            )
            if changed.rowcount != 1 or found is None:
                raise StaleRow("Esa capacitación ya no cuenta.")
            before = {"held": found.session.held.isoformat(), "trainer": found.session.trainer}
            await audit.write(connection, Deed("training.withdrawn", found.plan, before, reason=reason))

    async def find(self, id: int, scope: Scope = EVERYTHING) -> Training | None:
        found = await self._trainings(trainings.c.id == id)
        return found[0] if found and scope.covers(found[0].subsidiary, found[0].account) else None

    async def of_plan(self, plan: str) -> tuple[Training, ...]:
        """The newest first."""
        return await self._trainings(trainings.c.plan == plan)

    async def hand(
        self, wanted: PlanNeeds, handing: Handing, file: str = "", body: Path | bytes = b""
    ) -> Base:
        """Register a client's database, or that there is none. The file is counted and hashed; it is
        kept only when `handing.stored`.
        """
        if problems := _against_handing(handing, file):
            raise NetworkRefused(problems=problems)
        row = facts_of(wanted) | {
            "place": handing.place[:500],
            "received_by": handing.received_by[:120],
            "received": handing.received,
            "until": handing.until,
            "note": handing.note[:2000],
            "at": self._clock(),
            "actor": current().name,
            "ending": "",
        }
        async with self._keeping:
            row |= await asyncio.to_thread(self._taken, file, body, handing.stored) if file else _NONE
            id = await self._register(row)
        found = await self.base(id)
        assert found is not None
        return found

    async def _register(self, row: dict[str, Any]) -> int:
        async with writing(self._engine) as connection:
            made = await connection.execute(insert(handed_bases).values(row).returning(handed_bases.c.id))
            id: int = made.scalar_one()
            told = {name: row[name] for name in ("file", "digest", "size", "rows", "place", "received_by")}
            await audit.write(connection, Deed("base.handed", row["plan"], after=told, reason=row["note"]))
        return id

    async def end(self, id: int, how: str) -> None:
        """It was given back or destroyed: the file goes, its registration stays."""
        if not said(how):
            raise NetworkRefused(problems={"ending": "Escriba si se devolvió o se destruyó, y cómo."})
        async with self._keeping:
            await self._end(id, how)

    async def _end(self, id: int, how: str) -> None:
        base = await self.base(id)
        ended = {
            "ended": self._clock(),
            "ended_by": current().name,
            "ending": said(how)[:500],
            "stored": False,
        }
        mine = (handed_bases.c.id == id) & handed_bases.c.ended.is_(None) & (handed_bases.c.file != "")
        async with writing(self._engine) as connection:
            changed = await connection.execute(update(handed_bases).where(mine).values(ended))
            if changed.rowcount != 1 or base is None:
                raise StaleRow("Esa base ya no está.")
            still = select(handed_bases.c.id).where(
                handed_bases.c.digest == base.digest, handed_bases.c.stored
            )
            shared = (await connection.execute(still)).first()
            before = {"file": base.file, "digest": base.digest}
            await audit.write(connection, Deed("base.ended", base.plan, before, reason=how))
        if shared is None and base.digest:
            await asyncio.to_thread(self.path(base).unlink, missing_ok=True)

    async def base(self, id: int, scope: Scope = EVERYTHING) -> Base | None:
        found = await self._bases(_BASE.where(handed_bases.c.id == id))
        return found[0] if found and scope.covers(found[0].subsidiary, found[0].account) else None

    async def bases(self, plan: str) -> tuple[Base, ...]:
        """The newest first."""
        return await self._bases(_BASE.where(handed_bases.c.plan == plan).order_by(handed_bases.c.id.desc()))

    def path(self, base: Base) -> Path:
        return self._files.path(base.digest)

    def _taken(self, file: str, body: Path | bytes, stored: bool) -> dict[str, Any]:
        content = body if isinstance(body, bytes) else body.read_bytes()
        if not content:
            raise NetworkRefused(problems={"file": "El archivo está vacío: elija otro."})
        try:
            if stored:
                self._files.keep(file, content)
        except AltaRefused as refused:
            raise NetworkRefused(problems=refused.problems) from refused
        digest = hashlib.sha256(content).hexdigest()
        name = Path(file).name[:200]
        return {
            "file": name,
            "digest": digest,
            "size": len(content),
            "rows": _rows(content),
            "stored": stored,
        }

    async def _trainings(self, condition: Any) -> tuple[Training, ...]:
        wanted = select(trainings).where(condition).order_by(trainings.c.held.desc(), trainings.c.id.desc())
        async with self._engine.connect() as connection:
            return tuple(_training(row) for row in await connection.execute(wanted))

    async def _bases(self, wanted: Any) -> tuple[Base, ...]:
        async with self._engine.connect() as connection:
            return tuple(Base(**row) for row in (await connection.execute(wanted)).mappings())


_NONE: dict[str, Any] = {"file": "", "digest": "", "size": 0, "rows": None, "stored": False}


def _training(row: Any) -> Training:
    attended = tuple(Attendee(each["name"], each["mark"]) for each in row.attended)
    session = Session(row.held, row.trainer, attended, row.note)
    return Training(
        row.id, row.plan, row.alta, row.subsidiary, row.account, session, row.withdrawn, row.at, row.actor
    )


def _against(session: Session, today: date) -> dict[str, str]:
    problems = {}
    if session.held > today:
        problems["held"] = "La capacitación se anota cuando ya se dio: la fecha está por venir."
    if not session.trainer:
        problems["trainer"] = "Escriba quién capacitó."
    if not session.attended:
        problems["attended"] = "Escriba quiénes asistieron, uno por línea."
    return problems


def _against_handing(handing: Handing, file: str) -> dict[str, str]:
    if not file:
        return {} if handing.note else {"note": "Elija el archivo de la base, o escriba por qué no la hay."}
    problems = {}
    if not handing.received_by:
        problems["received_by"] = "Escriba quién la recibió."
    if handing.until is None:
        problems["until"] = "Escriba hasta cuándo se conserva: después se devuelve o se destruye."
    elif handing.received and handing.until < handing.received:
        problems["until"] = "No se puede conservar hasta antes de recibirla: corrija una de las fechas."
    if not handing.stored and not handing.place:
        problems["place"] = "Escriba dónde se guarda la base."
    return problems


def attendees_of(text: str) -> tuple[Attendee, ...]:
    """One a line, with the mark after a comma or semicolon when there was a test: `Ana Paz; 85`.

    Raises `NetworkRefused`.
    """
    found: dict[str, Attendee] = {}
    for line in text.replace(",", ";").splitlines():
        name, _, mark = (" ".join(part.split()) for part in line.partition(";"))
        if not name:
            continue
        if mark and not (mark.isascii() and mark.isdecimal() and len(mark) <= 3 and int(mark) <= 100):
            raise NetworkRefused(problems={"attended": f"La nota de {name[:60]} va de 0 a 100."})
        found[name.casefold()] = Attendee(name[:120], int(mark) if mark else None)
    return tuple(found.values())


def _rows(content: bytes) -> int | None:
    """The rows below the head, where it is a table that we read."""
    if len(content) > MOST_BYTES:
        return None
    try:
        rows: Sequence[Any] = rows_of(content)
    except UnreadableSheet:
        return None
    return max(0, len(rows) - 1)
