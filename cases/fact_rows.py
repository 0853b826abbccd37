"""Facts into rows and back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import UTC
from typing import Any

from telephony import facts as words
from telephony.facts import CallFact

_KINDS: Mapping[str, type[CallFact]] = {
    each.__name__: each
    for each in (
        words.CallArrived,
        words.ChoiceMade,
        words.DigitsEntered,
        words.CallQueued,
        words.CallRinging,
        words.RingUnanswered,
        words.CallAnswered,
        words.CallHeld,
        words.CallResumed,
        words.CallTransferred,
        words.PartyJoined,
        words.PartyLeft,
        words.CallPlaced,
        words.CallbackOwed,
        words.CallEnded,
    )
}
_DETAILS: Mapping[str, tuple[str, ...]] = {
    name: tuple(each.name for each in fields(kind) if each.name not in ("call", "at"))
    for name, kind in _KINDS.items()
}


def fact_row(fact: CallFact) -> dict[str, Any]:
    """The row of a fact; equal facts have equal keys."""
    kind, at = type(fact).__name__, fact.at.astimezone(UTC)
    detail = {name: getattr(fact, name) for name in _DETAILS[kind]}
    text = json.dumps([kind, at.isoformat(), detail], sort_keys=True, default=repr)
    key = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return {"call": fact.call, "key": key, "at": at, "kind": kind, "detail": detail}


def told_in_log(fact: CallFact) -> dict[str, Any]:
    """A fact for a line of the log, by field: the log leaves out what is personal."""
    return {"kind": type(fact).__name__, **asdict(fact)}


def fact_of(row: Mapping[str, Any]) -> CallFact:
    """Undo `fact_row`."""
    return _KINDS[row["kind"]](call=row["call"], at=row["at"], **row["detail"])
