"""The letters as the console shows them: what left, what is stuck and why, what came in; by scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, FromClause, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import Select

from db.engine import writing
from mail.outbox import Outbox
from mail.sought import sought
from mail.tables import outbox, received
from staff import audit
from staff.audit import Deed
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope

PAGE, MOST = 50, 200
Item = TypeVar("Item")


class MailRefused(ValueError):
    """It cannot be done with this letter; the text says why."""


@dataclass(frozen=True, slots=True)
class MailFilter:
    """Every word of `text` is in the address or the subject; `state` and `about` are exact, empty for any."""

    text: str = ""
    state: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A letter of the outbox; `text` is None where it is confidential."""

    id: int
    kind: str
    recipient: str
    subject: str
    about: str
    state: str
    tries: int
    created: datetime
    due: datetime
    ended: datetime | None
    error: str
    confidential: bool
    reply_to: str
    text: str | None = None

    @property
    def can_go_again(self) -> bool:
        return self.state in ("failed", "doubtful") and not self.confidential


@dataclass(frozen=True, slots=True)
class Received:
    """What came in; `reason` says why it did not land. `person` is the account that wrote it."""

    id: int
    at: datetime
    sender: str
    subject: str
    text: str
    size: int
    outcome: str
    reason: str
    about: str
    person: str | None


@dataclass(frozen=True, slots=True)
class MailPage(Generic[Item]):
    """Some, the newest first, and the mark to ask for the former ones with (None at the end)."""

    items: tuple[Item, ...]
    next: int | None


class Mailroom:
    """`outbox` is None without a mail server: nothing is sent again then."""

    def __init__(self, engine: AsyncEngine, clock: Clock, outbox: Outbox | None) -> None:
        self._engine = engine
        self._clock = clock
        self._outbox = outbox

    @property
    def sends(self) -> bool:
        return self._outbox is not None

    async def sent(
        self, filter: MailFilter, scope: Scope, before: int | None = None, limit: int = PAGE
    ) -> MailPage[Sending]:
        wanted = _page(select(*_SENDING), outbox, outbox.c.state, filter, scope, before)
        return await self._listed(wanted, Sending, limit)

    async def came(
        self, filter: MailFilter, scope: Scope, before: int | None = None, limit: int = PAGE
    ) -> MailPage[Received]:
        wanted = _page(select(*_RECEIVED), received, received.c.outcome, filter, scope, before)
        return await self._listed(wanted, Received, limit)

    async def letter(self, id: int, scope: Scope) -> Sending | None:
        """One letter with its text, unless that is confidential."""
        wanted = select(*_SENDING, outbox.c.text).where(outbox.c.id == id, *_seen(outbox, scope))
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().one_or_none()
        if row is None:
            return None
        return Sending(**dict(row) | {"text": None if row["confidential"] else row["text"]})

    async def arrival(self, id: int, scope: Scope) -> Received | None:
        wanted = select(*_RECEIVED).where(received.c.id == id, *_seen(received, scope))
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().one_or_none()
        return Received(**row) if row is not None else None

    async def again(self, letter: Sending, *, doubtful: bool = False) -> None:
        """Send it once more. Raises `MailRefused`; one that may have arrived only when `doubtful` is said."""
        if self._outbox is None:
            raise MailRefused("No hay un servidor de correo configurado (ALTAVOZ_SMTP).")
        if letter.confidential:
            raise MailRefused("Su texto ya no se guarda: haga una invitación nueva.")
        if letter.state == "doubtful" and not doubtful:
            raise MailRefused("Puede que ya haya llegado: confirme que quiere enviarlo otra vez.")
        async with writing(self._engine) as connection:
            if not await self._outbox.again(connection, letter.id, letter.state, self._clock()):
                raise MailRefused("Ese correo cambió mientras tanto: mire cómo quedó.")
            await audit.write(connection, Deed("mail.sent-again", str(letter.id), {"state": letter.state}))
        self._outbox.nudge()

    async def withdraw(self, letter: Sending) -> None:
        """It stays here. Raises `MailRefused` when it has gone out."""
        async with writing(self._engine) as connection:
            outbox = self._outbox or Outbox(self._engine)
            if not await outbox.withdraw(connection, letter.id, self._clock()):
                raise MailRefused("Ya no está esperando: no se puede anular.")
            await audit.write(connection, Deed("mail.withdrawn", str(letter.id)))

    async def _listed(self, wanted: Select[Any], item: type[Item], limit: int) -> MailPage[Item]:
        limit = min(max(limit, 1), MOST)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted.limit(limit + 1))).mappings().all()
        items = tuple(item(**row) for row in rows[:limit])
        return MailPage(items, int(rows[limit - 1]["id"]) if len(rows) > limit else None)


_SENDING = tuple(outbox.c[name] for name in Sending.__dataclass_fields__ if name != "text")
_RECEIVED = tuple(received.c[name] for name in Received.__dataclass_fields__)


def _page(
    wanted: Select[Any],
    table: FromClause,
    state: ColumnElement[str],
    filter: MailFilter,
    scope: Scope,
    before: int | None,
) -> Select[Any]:
    for word in sought(filter.text).split():
        wanted = wanted.where(table.c.sought.contains(word, autoescape=True))
    if filter.state:
        wanted = wanted.where(state == filter.state)
    if filter.about:
        wanted = wanted.where(table.c.about == filter.about)
    if before is not None:
        wanted = wanted.where(table.c.id < before)
    return wanted.where(*_seen(table, scope)).order_by(table.c.id.desc())


def _seen(table: FromClause, scope: Scope) -> Iterable[ColumnElement[bool]]:
    """What is of no subsidiary (an invitation) is seen by who sees everything."""
    if scope == EVERYTHING:
        return
    if scope.subsidiaries:
        yield table.c.subsidiary.in_(sorted(scope.subsidiaries))
    if scope.accounts:
        yield table.c.account.in_(sorted(scope.accounts))
