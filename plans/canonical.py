"""The numbers of a plan or a site, from any writing to E.164, before the models are built."""

from collections.abc import Callable, Iterator
from typing import Any

import phonenumbers

from plans.numbers import BadNumber, parse
from plans.raw import Fault
from plans.strict_yaml import Path

Rewritten = tuple[Any, tuple[Fault, ...]]
"""The data with its numbers rewritten, and the numbers that are none (left as they were)."""


def plan_numbers(data: dict[str, Any]) -> Rewritten:
    """`lines[].header`, `lines[].public` and every `dial`, read as the subsidiary's country writes them.

    Without a country that exists, which is a problem of its own, they stay as they are.
    """
    country = data.get("subsidiary")
    home = country if isinstance(country, str) else ""

    def number(path: Path) -> str | None:
        if home not in phonenumbers.SUPPORTED_REGIONS:
            return None
        if len(path) == 3 and path[0] == "lines":
            return {"header": "111", "public": "115"}.get(str(path[2]))
        return "120" if path[-1:] == ("dial",) else None

    return _rewrite(data, number, lambda written: parse(written, home).e164)


def site_numbers(data: dict[str, Any]) -> Rewritten:
    """Every `dial`, in international writing."""

    def number(path: Path) -> str | None:
        return "109" if path[-1:] == ("dial",) else None

    return _rewrite(data, number, lambda written: parse(written, "").e164)


def _rewrite(
    data: Any, number_of: Callable[[Path], str | None], canonical: Callable[[str], str]
) -> Rewritten:
    faults: list[Fault] = []

    def rewrite(path: Path, value: str) -> str:
        code = number_of(path)
        if code is None:
            return value
        try:
            return canonical(value)
        except BadNumber as bad:
            faults.append((path, code, str(bad)))
            return value

    return _map(data, rewrite), tuple(faults)


def _map(data: Any, change: Callable[[Path, str], str], path: Path = ()) -> Any:
    """The same data with every text changed."""
    if isinstance(data, dict):
        return {key: _map(value, change, (*path, key)) for key, value in data.items()}
    if isinstance(data, tuple):
        return tuple(_map(value, change, (*path, at)) for at, value in enumerate(data))
    return change(path, data) if isinstance(data, str) else data


def texts(data: Any) -> Iterator[str]:
    """Every text in the data, keys left out."""
    if isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, tuple):
        for value in data:
            yield from texts(value)
    elif isinstance(data, str):
        yield data
