"""Call records into rows of `calls` and back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from cases.parties import Parties, Party
from cases.record import CallRecord
from cases.tables import calls

_CHANGING = (
    "choices", "kind", "priority", "digits", "queue", "callback_queue", "ringing", "parties", "held_by",
    "passed_by", "people", "extension", "number", "coordinator", "queued", "answered", "ended", "since",
    "ivr", "waiting", "talking", "held", "outcome", "phase", "ended_by", "cause",
)  # fmt: skip
_RECORD = tuple(CallRecord.__dataclass_fields__)
UPDATE = (
    update(calls)
    .where(calls.c.id == bindparam("the_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
"""Writes what changes of a call; its parameters are `update_row`."""


def record_of(row: Mapping[str, Any]) -> CallRecord:
    values = {name: row[name] for name in _RECORD}
    values["choices"] = tuple((menu, digit, label) for menu, digit, label in row["choices"])
    values |= {name: frozenset(row[name]) for name in ("ringing", "held_by")}
    return CallRecord(**values | {"parties": parties_of(row["parties"])})


def parties_of(written: Iterable[tuple[str, str, str | None]]) -> Parties:
    return tuple(Party(party, datetime.fromisoformat(at), _instant(left)) for party, at, left in written)


def call_row(record: CallRecord, case: int | None) -> dict[str, Any]:
    return _values(record, _RECORD) | {"case": case}


def update_row(record: CallRecord) -> dict[str, Any]:
    changing = {f"new_{name}": value for name, value in _values(record, _CHANGING).items()}
    return changing | {"the_id": record.id}


def _values(record: CallRecord, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names} | {
        "ringing": sorted(record.ringing),
        "held_by": sorted(record.held_by),
        "parties": [[each.party, each.joined.isoformat(), _text(each.left)] for each in record.parties],
        "digits": dict(record.digits),
        "people": dict(record.people),
    }


def _text(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
