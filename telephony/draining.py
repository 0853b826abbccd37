"""Contexts that no release has any more, kept while calls may still be in them. Pure.

A plan's contexts carry its version in their names, so that those of a former release stand beside the
current one's without meeting them.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT_FOR = timedelta(hours=12)
"""The longest call that may finish on the version it started with."""


@dataclass(frozen=True, slots=True)
class Draining:
    """A context's text and until when it is kept (an aware instant)."""

    body: str
    until: datetime


Pool = Mapping[str, Draining]


def drained(pool: Pool, former: Mapping[str, str], current: Collection[str], now: datetime) -> Pool:
    """The pool once the contexts of `current` take the place of those of `former` (with their texts).

    A context that comes back with `current` stays in the pool, so that a switch that is not carried out
    loses nothing.
    """
    leaving = {name: Draining(body, now + KEPT_FOR) for name, body in former.items() if name not in current}
    staying = {name: kept for name, kept in pool.items() if kept.until > now}
    return dict(sorted((staying | leaving).items()))


def to_conf(pool: Pool, current: Collection[str]) -> str:
    """The file that the PBX reads beside a release that has the contexts of `current`."""
    parts = (f"[{name}]\n{kept.body}" for name, kept in pool.items() if name not in current)
    return "\n".join(("; Planes anteriores, mientras terminan sus llamadas.\n", *parts))


def to_json(pool: Pool) -> str:
    return json.dumps(
        {name: {"until": kept.until.isoformat(), "body": kept.body} for name, kept in pool.items()},
        ensure_ascii=False,
        indent=1,
    )


def from_json(text: str) -> Pool:
    return {
        name: Draining(kept["body"], datetime.fromisoformat(kept["until"]))
        for name, kept in json.loads(text).items()
    }
