"""Sections of `key = value` as Asterisk's configuration files have them. Values pass `dialplan.escape`."""

from collections.abc import Iterable
from pathlib import Path

from dialplan.escape import Unwritable, setting
from dialplan.escape import name as safe_name

Pair = tuple[str, str]

_HEADER = "; Hecho por Altavoz: se escribe de nuevo en cada arranque.\n"


def section(title: str, *pairs: Pair, like: str = "") -> str:
    """One section, on top of the template `like` if given. Raises Unwritable for a title or value."""
    return _section(safe_name(title), pairs, f"({safe_name(like)})" if like else "")


def template(title: str, *pairs: Pair) -> str:
    """A section that only others build on."""
    return _section(safe_name(title), pairs, "(!)")


def file_section(path: Path, *pairs: Pair) -> str:
    """A section whose title is a file's path. Raises Unwritable."""
    title = setting(str(path))
    if set(title) & set("[]()\\"):
        raise Unwritable(f"la carpeta «{path}» no puede llevar corchetes, paréntesis ni «;»: use otra")
    return _section(title, pairs)


def _section(title: str, pairs: Iterable[Pair], kind: str = "") -> str:
    lines = [f"[{title}]{kind}", *(f"{key} = {setting(value)}" for key, value in pairs)]
    return "\n".join(lines) + "\n"


def conf(*parts: str) -> str:
    """A whole file of sections and include lines."""
    return "\n".join((_HEADER, *parts))


def includes(paths: Iterable[str]) -> str:
    """Lines that include other files of the configuration folder."""
    return "".join(f"#include {path}\n" for path in paths)
