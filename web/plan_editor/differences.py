"""Two texts of a plan, line by line, with the words that differ marked. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 3
"""Lines that are the same on both sides of a change; the rest is folded."""
MOST = 1_000_000
"""Lines of one text times those of the other, between their first and their last difference."""
LONGEST = 400
"""Characters of a line whose words are compared."""
Opcode = tuple[str, int, int, int, int]
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
    if before == after:
        return ()
    start = max(0, _alike(before, after) - AROUND)
    end = max(0, _alike(before[start:][::-1], after[start:][::-1]) - AROUND)
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    lines: list[Line] = []
    for group in _groups(before, after):
        if lines or start + group[0][1] > 0:
            lines.append(Line("gap", None, None))
        for tag, a, b, c, d in group:
            lines += _block(tag, before[a:b], after[c:d], start + a + 1, start + c + 1)
    return tuple(lines)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items both begin with."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _groups(before: Sequence[str], after: Sequence[str]) -> Iterable[list[Opcode]]:
    """Of two texts that have too much in them to be compared one stands whole for the other."""
    if len(before) * len(after) > MOST:
        return [[("replace", 0, len(before), 0, len(after))]]
    return SequenceMatcher(None, before, after).get_grouped_opcodes(AROUND)


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
    if max(len(old), len(new)) > LONGEST:
        return (Words(old),), (Words(new),)
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
