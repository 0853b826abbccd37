"""Two texts of a plan, line by line, with the words that differ marked. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 3
"""Lines that are the same on both sides of a change; the rest is folded."""
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """`old` and `new` are its numbers on either side; a `gap` stands for lines that are the same."""

    kind: Literal["same", "added", "removed", "gap"]
    old: int | None
    new: int | None
    words: tuple[Words, ...] = ()


def differences(old: str, new: str) -> tuple[Line, ...]:
    """What is different, with a few lines around; empty when nothing is."""
    before, after = old.splitlines(), new.splitlines()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    groups = list(matcher.get_grouped_opcodes(AROUND)) if before != after else []
    lines: list[Line] = []
    for group in groups:
        if lines or group[0][1] > 0:
            lines.append(Line("gap", None, None))
        for tag, a, b, c, d in group:
            lines += _block(tag, before[a:b], after[c:d], a + 1, c + 1)
    return tuple(lines)


def _block(tag: str, old: Sequence[str], new: Sequence[str], at: int, to: int) -> Iterator[Line]:
    if tag == "equal":
        for n, text in enumerate(old):
            yield Line("same", at + n, to + n, (Words(text),))
        return
    pairs = [_words(a, b) for a, b in zip(old, new, strict=False)]
    for n, text in enumerate(old):
        yield Line("removed", at + n, None, pairs[n][0] if n < len(pairs) else (Words(text),))
    for n, text in enumerate(new):
        yield Line("added", None, to + n, pairs[n][1] if n < len(pairs) else (Words(text),))


def _words(old: str, new: str) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """A line and what became of it; two that have little in common are shown as they are."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.quick_ratio() < 0.4:
        return (Words(old),), (Words(new),)
    left: list[Words] = []
    right: list[Words] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        changed = tag != "equal"
        left += [Words("".join(before[a:b]), changed)] if b > a else []
        right += [Words("".join(after[c:d]), changed)] if d > c else []
    return tuple(left), tuple(right)
