"""How a text is written so that espeak-ng says what a person would read aloud. Pure.

espeak-ng takes `[[…]]` for phonemes and control characters for commands, and leaves out or misreads signs
that plans use. Nothing of that reaches it.
"""

import re
import unicodedata
from collections.abc import Callable

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _digit_by_digit(match: re.Match[str]) -> str:
    groups = re.split(r"[- ]", match[0])
    return ", ".join(" ".join(group) for group in groups)


_RULES: tuple[_Rule, ...] = (
    (re.compile(r"\d+(?:-\d+)+|(?<![\d.,])0\d{3,}(?: \d+)*"), _digit_by_digit),
    (re.compile(r"\$\s?(\d[\d.,]*\d|\d)"), r"\1 pesos"),
    (re.compile(r"\b[Nn]\.?\s?[°º]"), "número"),
    (re.compile(r"<"), " menor que "),
    (re.compile(r">"), " mayor que "),
    (re.compile(r"&"), " y "),
    (re.compile(r"[\[\]{}|\\^~`_]"), " "),
    (re.compile(r"#"), " numeral "),
    (re.compile(r"\s+"), " "),
)


def as_said(text: str) -> str:
    """The text on one line, numbers of telephones digit by digit, signs as words. May come out empty."""
    plain = unicodedata.normalize("NFC", text)
    spoken = "".join(" " if unicodedata.category(char).startswith("C") else char for char in plain)
    for pattern, words in _RULES:
        spoken = pattern.sub(words, spoken)
    return spoken.strip()
