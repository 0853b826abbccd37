"""A model of what is right in data that is partly wrong, so that its meaning can be checked too."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from plans.strict_yaml import Path

M = TypeVar("M", bound=BaseModel)

_NOWHERE = {"hangup": True}
_NUMBER = {"number": "e164"}
_LINE = {"header": "x", "carrier": "x"}
_ROW = {"days": "mon", "from": "00:00", "to": "24:00"}
_COVERAGE = {"code": "ZZZZZZZZZZZZ", "name": "x", "service": "x", "kind": "consulta"}
_CARRIER = {"subsidiary": "ZZ", "hosts": ("x",), "delivers": _NUMBER, "caller": _NUMBER}

BLANKS: Mapping[str, Any] = {
    **_COVERAGE,
    **_LINE,
    **_ROW,
    **_CARRIER,
    **_NUMBER,
    "altavoz": 1,
    "plan": "x",
    "account": {"name": "x", "type": "otro"},
    "type": "otro",
    "fantasy_name": "x",
    "starts": date(2000, 1, 1),
    "lines": (_LINE,),
    "answer": (_NOWHERE,),
    "coverages": (_COVERAGE,),
    "say": "x",
    "digits": "1",
    "choices": {"1": {"repeat": True}},
    "otherwise": _NOWHERE,
    "week": (_ROW,),
    "closed": {"then": _NOWHERE},
    "then": _NOWHERE,
    "max": "60s",
    "answer_within": "20s",
    "share": "80%",
    "limit": 1,
    "per": "year",
    "currency": "XXX",
    "timezone": "UTC",
    "language": "es-AR",
    "nobody": _NOWHERE,
    "subsidiaries": {"ZZ": {"name": "x", "timezone": "UTC", "language": "es-AR"}},
    "carriers": {"x": _CARRIER},
    "queues": {"x": {"name": "x", "nobody": _NOWHERE}},
    "unknown_number": {"say": "x", "then": _NOWHERE},
}
"""By key: stands in for a required value that is missing or wrong. Nothing is ever told about it."""


@dataclass(frozen=True)
class Salvaged(Generic[M]):
    """`origin` leads from paths of the model's data to those of the data given, where the others are too."""

    model: M
    origin: Mapping[Path, Path]
    dropped: frozenset[Path]
    filled: frozenset[Path]


def refused(model: type[BaseModel], data: Any) -> Iterator[tuple[Path, ErrorDetails]]:
    """What the model refuses, each with its path in the data."""
    try:
        model.model_validate(data)
    except ValidationError as refusal:
        for error in refusal.errors(include_url=False):
            yield _path(error["loc"]), error


def salvage(model: type[M], data: Any, wrong: set[Path]) -> Salvaged[M] | None:
    """The model of the data without what is `wrong` and what it refuses; None when that comes to no end."""
    dropped, filled = set(wrong), dict[Path, Any]()
    for _ in range(100):
        origin: dict[Path, Path] = {}
        kept = _Keeping(dropped, _by_mapping(filled), origin).copy(data, (), ())
        found = list(refused(model, kept))
        if not found:
            return Salvaged(model.model_validate(kept), origin, frozenset(dropped), frozenset(filled))
        holders = around(path for path, _ in found)
        for path, error in found:
            if follows(path, error, holders):
                continue
            if error["type"] == "missing" and path[-1] in BLANKS:
                filled[(*origin[path[:-1]], path[-1])] = BLANKS[str(path[-1])]
            else:
                dropped.add(_nearest(path[:-1] if error["type"] == "missing" else path, origin))
    return None


def around(places: Iterable[Path]) -> frozenset[Path]:
    """Every place that holds one of these."""
    return frozenset(place[:n] for place in places for n in range(len(place)))


def follows(path: Path, error: ErrorDetails, holders: Collection[Path]) -> bool:
    """Whether this is about a list that is empty, or a destination to nowhere, for what was refused in it;
    `holders` are the places `around` all that was refused.
    """
    return error["type"] in ("too_short", "value_error") and path in holders


def _by_mapping(filled: Mapping[Path, Any]) -> Mapping[Path, Mapping[str, Any]]:
    found: defaultdict[Path, dict[str, Any]] = defaultdict(dict)
    for place, value in filled.items():
        found[place[:-1]][str(place[-1])] = value
    return found


def _path(loc: tuple[int | str, ...]) -> Path:
    """Without what pydantic adds: the kind of an `answer` step, and the mark of a key."""
    path = loc[:2] + loc[3:] if loc[:1] == ("answer",) else loc
    return path[:-1] if path[-1:] == ("[key]",) else path


def _nearest(path: Path, origin: Mapping[Path, Path]) -> Path:
    while path not in origin:
        path = path[:-1]
    return origin[path]


@dataclass(frozen=True)
class _Keeping:
    """Copies data without what was dropped and with what was filled, by the mapping it is in; `new` paths
    close the gaps in lists.
    """

    dropped: set[Path]
    filled: Mapping[Path, Mapping[str, Any]]
    origin: dict[Path, Path]

    def copy(self, data: Any, old: Path, new: Path) -> Any:
        self.origin[new] = old
        if isinstance(data, dict):
            return self._mapping(data, old, new)
        if isinstance(data, tuple):
            return self._sequence(data, old, new)
        return data

    def _mapping(self, data: dict[str, Any], old: Path, new: Path) -> dict[str, Any]:
        kept = {
            key: self.copy(value, (*old, key), (*new, key))
            for key, value in data.items()
            if (*old, key) not in self.dropped
        }
        for key, value in self.filled.get(old, {}).items():
            kept[key] = self._blank(value, (*old, key), (*new, key))
        return kept

    def _blank(self, value: Any, old: Path, new: Path) -> Any:
        self.origin[new] = old
        return value

    def _sequence(self, data: tuple[Any, ...], old: Path, new: Path) -> tuple[Any, ...]:
        kept: list[Any] = []
        for at, value in enumerate(data):
            if (*old, at) not in self.dropped:
                kept.append(self.copy(value, (*old, at), (*new, len(kept))))
        return tuple(kept)
