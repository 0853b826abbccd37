"""What is wrong with the data of a file before it meets the models: signs, units, empty destinations."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from plans.strict_yaml import Path

Fault = tuple[Path, str, str]
"""Where, the number of the problem's code, and its message."""

WITH_UNIT: Mapping[str, str] = {
    "wait": "su tiempo, como 5s",
    "max": "su tiempo, como 180s",
    "ring": "su tiempo, como 15s",
    "wrap_up": "su tiempo, como 20s",
    "answer_within": "su tiempo, como 20s",
    "share": "su porcentaje, como 80%",
    "from": 'la hora entre comillas, como "08:00"',
    "to": 'la hora entre comillas, como "18:00"',
}
"""What to write for the keys whose values are not bare numbers."""
_DESTINATIONS = ("queue", "menu", "callback", "dial", "repeat", "hangup")
_ONE_LINE = ("name", "fantasy_name", "label", "tax_id", "audio", "timezone")
_JOINERS = "\u200c\u200d"


def look(data: Any) -> Iterator[Fault]:
    """All that is wrong, in the order of the text."""
    for path, value in walk(data):
        if isinstance(value, dict):
            yield from (((*path, key), "016", _UNSEEN) for key in value if _unseen(key))
        elif isinstance(value, str):
            yield from _text(path, value)
        elif isinstance(value, bool):
            yield from _not_true(path, value)
        elif isinstance(value, int):
            yield from _number(path, value)
        elif value is None and path and path[-1] in _DESTINATIONS:
            yield path, "022", f"«{path[-1]}» está sin valor; escríbalo o quite la clave"


def walk(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, outer ones first."""
    yield path, data
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    for part, value in inner:
        yield from walk(value, (*path, part))


def with_dates(data: dict[str, Any]) -> dict[str, Any]:
    """A plan's dates written between quotes are dates too."""
    return {key: _date(value) if key in ("starts", "ends") else value for key, value in data.items()}


_UNSEEN = "hay un carácter que no se ve (de control, de ancho cero o de dirección); bórrelo"


def _text(path: Path, value: str) -> Iterator[Fault]:
    if _unseen(value):
        yield path, "016", _UNSEEN
    elif "\n" in value and path[-1] in _ONE_LINE:
        yield path, "029", f"«{path[-1]}» va en una sola línea; quite el «|» o los saltos de línea"
    elif value and not value.strip():
        yield path, "022", f"«{path[-1]}» tiene solo espacios; escriba su valor"


def _not_true(path: Path, value: bool) -> Iterator[Fault]:
    if path == ("altavoz",):
        yield path, "025", "«altavoz» solo puede valer 1"


def _number(path: Path, value: int) -> Iterator[Fault]:
    key = path[-1] if path else ""
    if key in ("repeat", "hangup"):
        yield path, "025", f"«{key}» solo puede valer true"
    elif key in WITH_UNIT:
        yield path, "026", f"«{key}» no va como un número solo; escriba {WITH_UNIT[str(key)]}"


def _unseen(text: str) -> bool:
    return any(_hidden(sign) for sign in text if sign not in "\n\t")


def _hidden(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or (kind == "Cf" and sign not in _JOINERS)


def _date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value
