"""What a step's text reads: the `${…}` in it, each with the functions it stands within."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r"\w*")
_BRACKET = re.compile(r"\$\{|\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """`${name}` or `${name(arguments)}`; `within` are the functions around it, from the outside in."""

    name: str
    arguments: str | None
    within: tuple[str, ...]


def references(text: str, within: tuple[str, ...] = ()) -> Iterator[Reference]:
    """Every variable and function that Asterisk would look up in `text`, nested ones too.

    Raises ValueError when a bracket is never closed.
    """
    place = text.find("${")
    while place >= 0:
        end = _closing(text, place)
        inside = text[place + 2 : end]
        name = _NAME.match(inside)[0]  # type: ignore[index]
        rest = inside[len(name) :]
        called = rest.startswith("(")
        yield Reference(name, rest[1:].rpartition(")")[0] if called else None, within)
        yield from references(rest, (*within, name) if called else within)
        place = text.find("${", end)


def _closing(text: str, start: int) -> int:
    depth = 0
    for bracket in _BRACKET.finditer(text, start):
        depth += 1 if bracket[0] == "${" else -1
        if not depth:
            return bracket.start()
    raise ValueError(f"«{text[start:]}» no cierra su llave")
