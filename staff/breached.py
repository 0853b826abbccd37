"""Passwords that others tried before: the commonest leaked ones, and words with an ending stuck to them.

The list is in `staff/data`, whose README names its sources and licences. Pure.
"""

import lzma
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "breached.txt.xz"
SHORTEST_WORD = 4
_SWAPS = str.maketrans("@4031!$57", "aaoeiisst")
_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_BETWEEN = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"(.{1,5})\1+.{0,2}")
_RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkln", "zxcvbnm")


def folded(text: str) -> str:
    """Lower case, without accents or spaces at the ends: how the list is written."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def common_word(password: str) -> str | None:
    """The leaked password that this one is, or is made of with figures and signs at its ends; else None."""
    whole = folded(password)
    bare = _ENDS.sub("", whole)
    spelled = _ENDS.sub("", whole.translate(_SWAPS))
    candidates = (whole, bare, spelled, _BETWEEN.sub("", bare))
    return next((each for each in candidates if each in _words()), None)


def is_monotonous(password: str) -> bool:
    """Whether it is one piece again and again (`abcabcabc`) or a walk along the keys (`12345678`)."""
    whole = folded(password)
    return bool(_REPEATED.fullmatch(whole)) or any(whole in run or whole in run[::-1] for run in _RUNS)


def personal_word(password: str, words: Iterable[str]) -> str | None:
    """The word of the person or the house that this password leans on; None when enough else is in it."""
    rest = whole = _NOT_LETTERS.sub("", folded(password))
    used = ""
    for word in sorted({_NOT_LETTERS.sub("", folded(each)) for each in words}, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD - 1 and word in rest:
            rest, used = rest.replace(word, ""), used or word
    return used if used and len(rest) < SHORTEST_WORD and whole else None


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    return frozenset(lzma.decompress(_FILE.read_bytes()).decode().split("\n"))
