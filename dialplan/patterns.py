"""Rules over digits that read the same in Python and in Asterisk.

A rule is written with groups, `0(11)15(XXXXXXXX)` → `549{}{}`: what stands in brackets is kept and put into
the result. `X` is any digit, `[2-9]` a set, a final `.` one or more characters, everything else itself.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

_ELEMENT = re.compile(r"\[[^\]]+\]|.")
_ANY = "0123456789"


@dataclass(frozen=True)
class Rule:
    """`then` names the table that goes on reading the result; without it the result is final."""

    written: str
    result: str
    then: str | None = None

    @cached_property
    def elements(self) -> tuple[str, ...]:
        return tuple(_ELEMENT.findall(self.written.replace("(", "").replace(")", "")))

    @property
    def pattern(self) -> str:
        """The rule as the pattern of an Asterisk extension."""
        return "_" + "".join(self.elements)

    @cached_property
    def slices(self) -> tuple[tuple[int, int | None], ...]:
        """Of each group, where it starts and how long it is; None is up to the end."""
        found, start, place = [], 0, 0
        for element in _ELEMENT.findall(self.written):
            if element == "(":
                start = place
            elif element == ")":
                found.append((start, None if self.elements[place - 1] == "." else place - start))
            else:
                place += 1
        return tuple(found)

    def matches(self, digits: str) -> bool:
        return self._regex.fullmatch(digits) is not None

    def apply(self, digits: str) -> str:
        return self.result.format(*(digits[at : None if n is None else at + n] for at, n in self.slices))

    @cached_property
    def _regex(self) -> re.Pattern[str]:
        return re.compile("".join(_REGEX.get(element, _literal(element)) for element in self.elements))

    def overlaps(self, other: "Rule") -> bool:
        """True when some digits match both."""
        ours, theirs = self.elements, other.elements
        shared = min(_fixed(ours), _fixed(theirs))
        if not all(
            _characters(a) & _characters(b) for a, b in zip(ours[:shared], theirs[:shared], strict=True)
        ):
            return False
        return _may_be(ours, len(theirs)) or _may_be(theirs, len(ours)) or (ours[-1] == theirs[-1] == ".")


_REGEX = {"X": "[0-9]", ".": ".+"}


def _literal(element: str) -> str:
    return element if element.startswith("[") else re.escape(element)


def _fixed(elements: tuple[str, ...]) -> int:
    return len(elements) - (elements[-1] == ".")


def _may_be(elements: tuple[str, ...], length: int) -> bool:
    return length >= len(elements) if elements[-1] == "." else length == len(elements)


def _characters(element: str) -> frozenset[str]:
    if element == "X":
        return frozenset(_ANY)
    if not element.startswith("["):
        return frozenset(element)
    spans = re.findall(r"(.)-(.)|(.)", element[1:-1])
    return frozenset("".join(alone or _between(first, last) for first, last, alone in spans))


def _between(first: str, last: str) -> str:
    return "".join(chr(code) for code in range(ord(first), ord(last) + 1))


@dataclass(frozen=True)
class Table:
    """Rules of which at most one matches; what none matches stays as it is, after `prefix`."""

    name: str
    rules: tuple[Rule, ...]
    prefix: str = ""

    def clashes(self) -> Iterator[tuple[Rule, Rule]]:
        for position, rule in enumerate(self.rules):
            yield from ((rule, other) for other in self.rules[position + 1 :] if rule.overlaps(other))


def read(tables: Mapping[str, Table], name: str, digits: str) -> str:
    """What the PBX makes of `digits` (`+` and figures) with these tables, starting at the named one."""
    table = tables[name]
    rule = next((rule for rule in table.rules if rule.matches(digits)), None)
    if rule is None:
        return table.prefix + _figures(digits)
    result = rule.apply(digits)
    return read(tables, rule.then, _figures(result)) if rule.then else result


def _figures(digits: str) -> str:
    return "".join(character for character in digits if character in _ANY)
