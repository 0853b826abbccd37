"""Small words of problems: what was written, kept short, and what was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 60


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
