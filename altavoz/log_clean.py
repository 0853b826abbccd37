"""What no line of the log may hold: secrets, and more of a caller than finding a call needs.

Telephone numbers keep their last three digits and callers' names are left out: the call's id finds the rest,
for those who may read it. Secrets are left out by the name of their field, by their shape, and by themselves
when they are known (`hide`).
"""

import re
from collections.abc import Mapping
from typing import Any

import structlog

HIDDEN = "••••••"
SHORTEST_SECRET = 6

_SECRET_FIELD = re.compile(
    r"secret|passw|contrase|clave|token|cookie|authorization|csrf|credential|one_time|otp", re.IGNORECASE
)
_PERSONAL_FIELDS = frozenset({"caller_name", "document", "digits", "affiliate", "beneficiary"})
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://[^/\s:@]+:)[^@\s/]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(r"(?i)\b((?:\w*secret|password|\w*token|csrf|altavoz-\d+)['\"]?\s*[=:]\s*)[^\s,;)}]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?<![\w-])[a-z0-9]{4}(?:-[a-z0-9]{4}){3}(?![\w-])"), HIDDEN),
)
"""Passwords of addresses, authorization headers, `secret=…`, cookies of sessions, one-time passwords."""

_NUMBER = re.compile(r"(?<![\w.-])(\+?)\d{6,12}(\d{3})(?![\w.])")

_known: set[str] = set()


def hide(*secrets: str) -> None:
    """From now on these stand in no line, wherever they come up."""
    _known.update(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def cleaned(_logger: object, _method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """The processor: the last before a line is rendered."""
    return {key: _field(key, value) for key, value in line.items()}


def _field(key: str, value: Any) -> Any:
    told = isinstance(value, bool | int | float) or not value
    if not told and (_SECRET_FIELD.search(key) or key in _PERSONAL_FIELDS):
        return HIDDEN
    return _value(value)


def _value(value: Any) -> Any:
    match value:
        case str():
            return clean_text(value)
        case Mapping():
            return {key: _field(str(key), each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_value(each) for each in value]
        case _:
            return value


def clean_text(text: str) -> str:
    """The same without what looks like a secret, and with telephone numbers cut to their end."""
    for secret in _known:
        text = text.replace(secret, HIDDEN)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return _NUMBER.sub(r"\1…\2", text)
