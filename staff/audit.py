"""The audit trail: who changed or read what, when, from where; append-only and hash-chained (G18).

One chain a database: each row holds the hash of the one before it, so that nothing can be altered, taken out
or put in between without every later hash changing. `staff.audit_verify` walks it.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from staff.actor import Actor, current
from staff.audit_table import GENESIS, audit

HASHED = (
    "id", "at", "actor", "via", "address", "action", "subject", "before", "after", "reason", "previous",
)  # fmt: skip
"""The columns that a row's hash covers."""

_HIDDEN = "(secreto)"
_SECRET = frozenset({"password", "sip_secret", "secret", "csrf", "token", "totp"})
_LOCKS = {
    # Matches no row, and yet takes SQLite's one write lock before the last row is read.
    "sqlite": "DELETE FROM audit WHERE 0",
    "postgresql": "SELECT pg_advisory_xact_lock(474817)",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: `action` is `<what>.<verb>` (`user.changed`, `case.read`), `subject` what it was done to
    (an account's name, a case's number, a plan). `before` and `after` are plain JSON values, never secrets.
    """

    action: str
    subject: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


async def write(
    connection: AsyncConnection, deed: Deed, at: datetime | None = None, by: Actor | None = None
) -> None:
    """Add a deed of the current actor (`staff.actor`), within the transaction of the change itself.

    Other writers of deeds wait from here until this transaction ends: write the deed after the change, and
    commit soon. `at` is when it was done, `by` who did it, where that is not now and the current actor.
    """
    await connection.execute(text(_LOCKS[connection.dialect.name]))
    last = select(audit.c.id, audit.c.at, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    head = (await connection.execute(last)).one_or_none()
    when = at or datetime.now(UTC)
    place = {
        "id": head.id + 1 if head else 1,
        "at": max(when, head.at) if head else when,  # a clock set back does not turn the trail around
        "previous": head.hash if head else GENESIS,
    }
    await connection.execute(insert(audit).values(row_of(deed, by or current(), place)))


def row_of(deed: Deed, actor: Actor, place: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a deed. `place` is its `id`, `at` and the hash of the `previous` row. Pure."""
    after = {**deed.after, "by_token": actor.by_token} if actor.by_token else deed.after
    row = dict(place) | {
        "actor": actor.name,
        "via": actor.via,
        "address": actor.address,
        "action": deed.action,
        "subject": _kept(deed.subject),
        "before": canonical(hidden(deed.before)),
        "after": canonical(hidden(after)),
        "reason": _kept(deed.reason),
    }
    said = (actor.name, deed.action, deed.subject, *_values(deed.before), *_values(after), deed.reason)
    return row | {"words": folded(" ".join(said)), "hash": hash_of(row)}


def hash_of(row: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of a row's `HASHED` columns."""
    return hashlib.sha256(canonical({name: row[name] for name in HASHED}).encode()).hexdigest()


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with one way of writing: keys in order, no spaces, instants in UTC to the microsecond."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return _kept(written)


def folded(written: str) -> str:
    """Text as it is searched: without case or accents."""
    plain = unicodedata.normalize("NFKD", " ".join(written.casefold().split()))
    return "".join(sign for sign in plain if not unicodedata.combining(sign) and sign.isprintable())


def hidden(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with those under a secret's name covered: what slips in here could never be taken out."""
    return {name: _HIDDEN if name in _SECRET and value else value for name, value in values.items()}


def _kept(written: str) -> str:
    """Half a surrogate pair, which no database takes, is written out; nobody types a null character."""
    return written.replace("\0", "").encode(errors="backslashreplace").decode()


def _values(values: Mapping[str, Any]) -> list[str]:
    return [str(_plain(value)) for value in hidden(values).values() if value not in (None, "")]


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case set() | frozenset():
            return sorted(str(each) for each in value)
        case Mapping():
            return dict(value)
        case _:
            return str(value)
