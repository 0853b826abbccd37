"""The letters on their way, in the database: a letter is claimed by its state, so that it goes out once."""

import asyncio
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from db.once import insert_once
from mail.letter import Letter
from mail.message import address, in_one_line
from mail.sought import sought
from mail.tables import outbox

LEASE = timedelta(minutes=10)
"""Longer than any sending takes: whoever claimed a letter and says nothing for so long is gone."""
STILL = timedelta(minutes=2)
"""A letter that is due for so long is taken by nobody: it goes out within seconds."""
_WITHDRAWN = "se anuló antes de salir"


@dataclass(frozen=True, slots=True)
class Sent:
    """How a letter fares. `state` is `pending`, `sending`, `sent`, `failed` (it did not go out) or `doubtful`
    (the link broke before the other server said whether it took it: it is never sent again by itself).
    """

    id: int
    kind: str
    recipient: str
    state: str
    tries: int
    created: datetime
    due: datetime
    ended: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A letter that this process alone may send now."""

    id: int
    message_id: str
    tries: int
    created: datetime
    letter: Letter


class Outbox:
    """The letters. `domain` is the right side of their Message-IDs."""

    def __init__(self, engine: AsyncEngine, domain: str = "altavoz.invalid") -> None:
        self._engine = engine
        self._domain = domain
        self.news = asyncio.Event()

    async def put(self, connection: AsyncConnection, letter: Letter, now: datetime) -> int:
        """Keep a letter within the transaction of what it tells; its id. Call `nudge` after the commit.

        Raises `BadLetter`.
        """
        id = await self.put_once(connection, replace(letter, key=None), now)
        assert id is not None
        return id

    async def put_once(self, connection: AsyncConnection, letter: Letter, now: datetime) -> int | None:
        """As `put`; None when a letter with its `key` was written before."""
        address(letter.recipient)
        row = {
            "message_id": f"<{uuid.uuid4().hex}@{self._domain}>",
            "kind": letter.kind,
            "recipient": letter.recipient,
            "subject": in_one_line(letter.subject)[:200],
            "text": letter.text,
            "html": letter.html,
            "confidential": letter.confidential,
            "state": "pending",
            "tries": 0,
            "created": now,
            "due": now,
            "error": "",
            "key": letter.key,
            "about": letter.about,
            "reply_to": letter.reply_to,
            "subsidiary": letter.subsidiary,
            "account": letter.account,
            "sought": sought(letter.recipient, letter.subject),
        }
        return await insert_once(connection, outbox, row, "key")

    def nudge(self) -> None:
        """There may be a new letter: whoever sends them need not wait."""
        self.news.set()

    async def claim(self, now: datetime) -> Claimed | None:
        """The letter that is due first, now nobody else's; None when none is."""
        due = (outbox.c.state == "pending") & (outbox.c.due <= now)
        first = select(outbox.c.id).where(due).order_by(outbox.c.due, outbox.c.id).limit(1)
        claimed = (
            update(outbox)
            .where(outbox.c.id == first.with_for_update(skip_locked=True).scalar_subquery())
            .values(state="sending", tries=outbox.c.tries + 1, due=now + LEASE)
            .returning(outbox)
        )
        async with writing(self._engine) as connection:
            row = (await connection.execute(claimed)).mappings().one_or_none()
        return _claimed(dict(row)) if row is not None else None

    async def sent(self, id: int, now: datetime) -> None:
        await self._end(id, "sent", now, "")

    async def failed(self, id: int, now: datetime, error: str) -> None:
        await self._end(id, "failed", now, error)

    async def doubtful(self, id: int, now: datetime, error: str) -> None:
        await self._end(id, "doubtful", now, error)

    async def retry(self, id: int, due: datetime, error: str) -> None:
        """It did not go out; it is tried again when it is due."""
        await self._move(outbox.c.id == id, {"state": "pending", "due": due, "error": error})

    async def withdraw(self, connection: AsyncConnection, id: int, now: datetime) -> bool:
        """A letter that nobody should get any more: whether it had not gone out yet."""
        waiting = update(outbox).where(outbox.c.id == id, outbox.c.state == "pending")
        withdrawn = await connection.execute(waiting.values(_ended("failed", now, _WITHDRAWN)))
        return withdrawn.rowcount == 1

    async def again(self, connection: AsyncConnection, id: int, state: str, now: datetime) -> bool:
        """Send a letter once more that is `failed` or `doubtful`: whether it is, and its text is kept."""
        ended = (outbox.c.id == id) & (outbox.c.state == state) & outbox.c.state.in_(("failed", "doubtful"))
        anew = {"state": "pending", "tries": 0, "due": now, "ended": None, "error": ""}
        moved = await connection.execute(update(outbox).where(ended, outbox.c.text != "").values(anew))
        return moved.rowcount == 1

    async def recover(self, now: datetime) -> int:
        """Nobody knows of letters whose sender never said how it went; how many there are."""
        broken = _ended("doubtful", now, "Altavoz se detuvo mientras la enviaba")
        return await self._move(outbox.c.due <= now, broken)

    async def find(self, id: int) -> Sent | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(*_SHOWN).where(outbox.c.id == id))).one_or_none()
        return Sent(*row) if row is not None else None

    async def waiting(self) -> dict[str, int]:
        """How many letters are in each state."""
        counted = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        async with self._engine.connect() as connection:
            return {row[0]: row[1] for row in await connection.execute(counted)}

    async def stuck_since(self, now: datetime) -> datetime | None:
        """When the oldest letter was written that was tried more than once in vain, or that nobody takes.

        While letters go out one after another, those that wait for their turn are not stuck.
        """
        async with self._engine.connect() as connection:
            last = (await connection.execute(_LAST_SENT)).scalar_one_or_none()
            in_vain = outbox.c.tries > 1
            idle = last is None or last < now - STILL
            stuck = (outbox.c.state == "pending") & (in_vain | ((outbox.c.due < now - STILL) & idle))
            since: datetime | None = (
                await connection.execute(select(func.min(outbox.c.created)).where(stuck))
            ).scalar_one()
        return since

    async def undelivered(self, since: datetime) -> tuple[datetime, ...]:
        """When each letter came to its end that did not arrive, or perhaps did not; the oldest first."""
        bad = outbox.c.state.in_(("failed", "doubtful")) & (outbox.c.error != _WITHDRAWN)
        wanted = select(outbox.c.ended).where(bad, outbox.c.ended >= since).order_by(outbox.c.ended)
        async with self._engine.connect() as connection:
            return tuple((await connection.execute(wanted)).scalars())

    async def _end(self, id: int, state: str, now: datetime, error: str) -> None:
        await self._move(outbox.c.id == id, _ended(state, now, error))

    async def _move(self, wanted: ColumnElement[bool], values: dict[str, Any]) -> int:
        """Only what is being sent may come to an end."""
        moved = update(outbox).where(wanted, outbox.c.state == "sending").values(values)
        async with writing(self._engine) as connection:
            return (await connection.execute(moved)).rowcount


_LAST_SENT = select(outbox.c.ended).where(outbox.c.state == "sent").order_by(outbox.c.id.desc()).limit(1)
_SHOWN = tuple(outbox.c[name] for name in Sent.__dataclass_fields__)


def _ended(state: str, now: datetime, error: str) -> dict[str, Any]:
    """The values of a letter's end: what was confidential is not kept."""
    kept = {name: case((outbox.c.confidential, ""), else_=outbox.c[name]) for name in ("text", "html")}
    return {"state": state, "ended": now, "error": error, **kept}


def _claimed(row: dict[str, Any]) -> Claimed:
    letter = Letter(
        row["kind"],
        row["recipient"],
        row["subject"],
        row["text"],
        row["html"],
        row["confidential"],
        row["about"],
        row["reply_to"],
    )
    return Claimed(row["id"], row["message_id"], row["tries"], row["created"], letter)
