"""What an unquoted YAML scalar is. Text only when YAML 1.1 and YAML 1.2 agree that it can be nothing else."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from plans.words import shown

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YES_NO = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false"])
_MOMENT = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt]|[ \t]+)\d{1,2}:\d{2}.*", re.ASCII)
_WRITTEN_OUT = re.compile(r"[-+]?[0-9][0-9_]*", re.ASCII)
_NUMBERISH = re.compile(
    r"""[-+]?( [0-9][0-9_]*                                  # 0123, 1_000, very long ones
             | 0b[01_]+ | 0o[0-7]+ | 0x[0-9a-fA-F_]+
             | [0-9_]*\.[0-9_]+ ([eE][-+]?[0-9]+)?           # .5, 1.5e3
             | [0-9][0-9_]*\.? ([eE][-+]?[0-9]+)?            # 1., 1e3
             | [1-9][0-9_]* (:[0-5]?[0-9])+ (\.[0-9_]*)?     # 22:30, in base sixty
             | [0-9][0-9_]* (:[0-5]?[0-9])+ \.[0-9_]*
             | \.inf | \.Inf | \.INF ) | \.nan | \.NaN | \.NAN""",
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A scalar that one YAML reads as one thing and another as another; `advice` says how to write it."""

    written: str
    advice: str


Scalar = str | int | float | bool | date | None | Doubtful
EMPTY: Final = frozenset(["", "~", "null", "Null", "NULL"])


def plain(written: str) -> Scalar:
    """The value of an unquoted scalar, or Doubtful."""
    if written in EMPTY:
        return None
    if written in ("true", "false"):
        return written == "true"
    if _INTEGER.fullmatch(written):
        return int(written)
    if _DECIMAL.fullmatch(written):
        return float(written)
    if _DATE.fullmatch(written):
        return _date(written)
    advice = _doubt(written)
    return Doubtful(written, advice) if advice else written


def needs_quotes(text: str) -> bool:
    """Whether `text` written without quotes would be read as anything else."""
    return not isinstance(plain(text), str)


def _date(written: str) -> Scalar:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return Doubtful(written, f"«{written}» no es un día del calendario; corrija la fecha")


def _doubt(whole: str) -> str:
    written = shown(whole)
    if whole.lower() in _YES_NO:
        quoted = f'"{written}" entre comillas'
        return f"«{written}» se lee como sí o no; escriba {quoted} si es un texto, o true o false"
    if _MOMENT.fullmatch(whole):
        return f"«{written}» se lee como fecha con hora; escriba solo la fecha, como 2026-03-01"
    if _WRITTEN_OUT.fullmatch(whole):
        bare = int(whole.replace("_", "")) if len(whole) < 20 else "sus cifras"
        quoted = f'"{written}" entre comillas'
        return f"«{written}» se lee como un número; escriba {quoted} si es un texto, o {bare} si es un número"
    if _NUMBERISH.fullmatch(whole):
        return f'«{written}» sin comillas se lee como un número; escriba "{written}" entre comillas'
    return f'escriba "{written}" entre comillas' if written in ("=", "<<") else ""
