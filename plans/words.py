"""Small words of problems: what was written, kept short, and what was probably meant."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

LONGEST = 60
MOST_NAMES = 200
"""Of a plan's own names: among more of them what a slip of the pen meant is not looked for."""


def shown(written: str) -> str:
    """What was written, in one line and not too long."""
    line = " ".join(written.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def near(word: str, known: Iterable[str]) -> str:
    """A suggestion («; ¿quiso decir «cat»?») when a known word looks like this one, else nothing."""
    found = nearest(word, known)
    return f"; ¿quiso decir «{found}»?" if found else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like this one, if any does."""
    found = get_close_matches(word[:LONGEST], list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def few(names: Collection[str]) -> Collection[str]:
    """A plan's own names to look among: none when they are too many."""
    return names if len(names) <= MOST_NAMES else ()
