"""Releases of lines and their dossiers in the database: asked for, claimed, ended, each with its deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.release.dossier import GENESIS
from provisioning.release.tables import dossiers, line_releases
from staff import audit
from staff.audit import Deed
from staff.scope import Scope

UNDER_WAY = ("scheduled", "releasing")


class ReleaseRefused(ValueError):
    """The line is not released; the text says why and what to do."""


class AlreadyUnderWay(ReleaseRefused):
    """Somebody asked for it before; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("La liberación de este plan ya está pedida: anúlela antes de pedir otra.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be released, asked `by` an account for `reason`, `due` at an instant.

    `hash` and `fingerprint` name the version: what is another one by then is not released.
    """

    plan: str
    subsidiary: str
    account: str
    hash: str
    fingerprint: str
    due: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LineRelease:
    """`state` is a word of `tables.STATES`; `said` is why it was refused or cancelled."""

    id: int
    asked_for: Asked
    state: str
    asked: datetime
    ended: datetime | None
    said: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A dossier that was written: `head` names its file; `previous` is the one that it stands on."""

    id: int
    line_release: int
    plan: str
    subsidiary: str
    account: str
    at: datetime
    by: str
    previous: str
    head: str
    size: int


class ReleaseStore:
    """Every method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def ask(self, wanted: Asked, now: datetime) -> LineRelease:
        """Raises AlreadyUnderWay."""
        row = _columns(wanted) | {"state": "scheduled", "asked": now, "said": ""}
        try:
            async with writing(self._engine) as connection:
                made = await connection.execute(
                    insert(line_releases).values(row).returning(line_releases.c.id)
                )
                id = int(made.scalar_one())
                await audit.write(connection, _deed("line.release-asked", wanted, due=wanted.due))
        except IntegrityError as error:
            raise AlreadyUnderWay from error
        return LineRelease(id, wanted, "scheduled", now, None, "")

    async def claim(self, id: int) -> bool:
        """Whether this caller alone carries it out from now on."""
        async with writing(self._engine) as connection:
            return await _moved(connection, id, "scheduled", {"state": "releasing"})

    async def refuse(self, found: LineRelease, said: str, now: datetime) -> None:
        """It was not carried out; the reason stays with it."""
        await self._end(found, "releasing", "refused", said, now)

    async def cancel(self, found: LineRelease, reason: str, now: datetime) -> bool:
        """Whether it had not begun yet."""
        return await self._end(found, "scheduled", "cancelled", reason, now)

    async def _end(self, found: LineRelease, before: str, after: str, said: str, now: datetime) -> bool:
        values = {"state": after, "said": said, "ended": now}
        async with writing(self._engine) as connection:
            moved = await _moved(connection, found.id, before, values)
            if moved:
                await audit.write(connection, _deed(f"line.release-{after}", found.asked_for, said))
        return moved

    async def head(self) -> str:
        """What the next dossier stands on."""
        query = select(dossiers.c.head).order_by(dossiers.c.id.desc()).limit(1)
        async with self._engine.connect() as connection:
            return str(await connection.scalar(query) or GENESIS)

    async def done(self, found: LineRelease, previous: str, head: str, size: int, now: datetime) -> bool:
        """Strangers are let in and the dossier is written; False when another dossier came in between."""
        wanted = found.asked_for
        row = {
            "line_release": found.id,
            "plan": wanted.plan,
            "subsidiary": wanted.subsidiary,
            "account": wanted.account,
            "at": now,
            "by": wanted.by,
            "previous": previous,
            "head": head,
            "size": size,
        }
        try:
            async with writing(self._engine) as connection:
                if await _moved(connection, found.id, "releasing", {"state": "done", "ended": now}):
                    await connection.execute(insert(dossiers).values(row))
                    await audit.write(connection, _deed("line.released", wanted, dossier=head))
        except IntegrityError:
            return False
        return True

    async def under_way(self, plan: str) -> LineRelease | None:
        found = await self._read(
            select(line_releases).where(line_releases.c.plan == plan, line_releases.c.state.in_(UNDER_WAY))
        )
        return found[0] if found else None

    async def due(self, now: datetime) -> tuple[LineRelease, ...]:
        """Those whose day has come, the earliest first."""
        waiting = (line_releases.c.state == "scheduled") & (line_releases.c.due <= now)
        return await self._read(select(line_releases).where(waiting).order_by(line_releases.c.due))

    async def begun(self) -> tuple[LineRelease, ...]:
        """Those that a process began and did not end."""
        return await self._read(select(line_releases).where(line_releases.c.state == "releasing"))

    async def refused(self, since: datetime) -> tuple[LineRelease, ...]:
        """What was to be released since then and was not, the newest first."""
        late = (line_releases.c.state == "refused") & (line_releases.c.due >= since)
        return await self._read(select(line_releases).where(late).order_by(line_releases.c.due.desc()))

    async def history(self, plan: str) -> tuple[LineRelease, ...]:
        """The newest first."""
        wanted = select(line_releases).where(line_releases.c.plan == plan)
        return await self._read(wanted.order_by(line_releases.c.id.desc()).limit(100))

    async def scheduled(self) -> tuple[LineRelease, ...]:
        """All that is under way, the earliest first."""
        wanted = select(line_releases).where(line_releases.c.state.in_(UNDER_WAY))
        return await self._read(wanted.order_by(line_releases.c.due, line_releases.c.id))

    async def last(self, plan: str) -> LineRelease | None:
        """The newest that was carried out."""
        done = (line_releases.c.plan == plan) & (line_releases.c.state == "done")
        found = await self._read(
            select(line_releases).where(done).order_by(line_releases.c.id.desc()).limit(1)
        )
        return found[0] if found else None

    async def dossier(self, id: int) -> Kept | None:
        found = await self._kept(select(dossiers).where(dossiers.c.id == id))
        return found[0] if found else None

    async def dossiers_of(self, plan: str = "", limit: int = 50) -> tuple[Kept, ...]:
        """The newest first, of one plan or of all."""
        wanted = select(dossiers).order_by(dossiers.c.id.desc()).limit(limit)
        return await self._kept(wanted.where(dossiers.c.plan == plan) if plan else wanted)

    async def dossiers_seen(
        self, scope: Scope, before: int | None = None, limit: int = 50, plan: str = ""
    ) -> tuple[Kept, ...]:
        """Those in sight, of one plan or of all, the newest first; `before` is the id to go on from."""
        wanted = select(dossiers).order_by(dossiers.c.id.desc()).limit(limit)
        if plan:
            wanted = wanted.where(dossiers.c.plan == plan)
        if scope.subsidiaries:
            wanted = wanted.where(dossiers.c.subsidiary.in_(sorted(scope.subsidiaries)))
        if scope.accounts:
            wanted = wanted.where(dossiers.c.account.in_(sorted(scope.accounts)))
        return await self._kept(wanted.where(dossiers.c.id < before) if before is not None else wanted)

    async def _read(self, query: Any) -> tuple[LineRelease, ...]:
        async with self._engine.connect() as connection:
            rows: Sequence[Any] = (await connection.execute(query)).mappings().all()
        return tuple(_release(row) for row in rows)

    async def _kept(self, query: Any) -> tuple[Kept, ...]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(Kept(**row) for row in rows)


async def _moved(connection: AsyncConnection, id: int, before: str, values: dict[str, Any]) -> bool:
    wanted = update(line_releases).where(line_releases.c.id == id, line_releases.c.state == before)
    return (await connection.execute(wanted.values(values))).rowcount == 1


def _columns(wanted: Asked) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in Asked.__dataclass_fields__}


def _release(row: Any) -> LineRelease:
    wanted = Asked(**{name: row[name] for name in Asked.__dataclass_fields__})
    return LineRelease(row["id"], wanted, row["state"], row["asked"], row["ended"], row["said"])


def _deed(action: str, wanted: Asked, reason: str = "", **after: Any) -> Deed:
    told = {"version": wanted.hash[:12], "by": wanted.by} | after
    return Deed(action, wanted.plan, after=told, reason=reason or wanted.reason)
