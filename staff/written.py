"""What people write, as it is kept and as it is shown: nothing in it that nobody can see."""

import re
import unicodedata

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the text after them round: a name with one would rewrite the page that shows it."""
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing."""


def said(written: str) -> str:
    """A text without spaces around it and without signs that cannot be seen; empty when none can."""
    signs = (" " if unicodedata.category(sign) == "Zs" else sign for sign in written)
    kept = "".join(sign for sign in signs if sign in "\n\t" or sign.isprintable()).strip()
    return kept if any(_seen(sign) for sign in kept) else ""


def unturned(text: str) -> str:
    """A text in the order in which it stands, of the type that it is."""
    return text.translate(_NOTHING) if _TURNING.search(text) else text


_NOTHING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def _seen(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LNPS" and sign not in _BLANK
