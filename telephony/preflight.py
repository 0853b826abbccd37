"""What can be told of a dialplan before the PBX reads it. Pure.

Asterisk drops what it does not understand without a word: a line too long, a second entry in the place of
another, a call of an unknown application.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dialplan.language import APPLICATIONS, CORE, FUNCTIONS, WRITABLE
from telephony.dialplan_text import DialplanLine, lines

_LONGEST = 8000
"""Bytes of a line; Asterisk skips one over 8,190."""

_OURS = re.compile(r"\s*$|;(?!--)|(?:exten|same|include) => ")
_SOUND = re.compile(r"\baltavoz/[0-9a-f]{20}\b")
_FUNCTION = re.compile(r"\b([A-Z][A-Z0-9_]+)\(")


class Unfit(Exception):
    """The PBX would not understand the dialplan; the message says in Spanish which line."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Our sounds that are played, and the modules of Asterisk beyond its core."""

    sounds: frozenset[str]
    modules: frozenset[str]


def needs(contexts: Mapping[str, str]) -> Needs:
    """What the contexts (name → text) need of the PBX. Raises `Unfit`."""
    sounds: set[str] = set()
    modules: set[str] = set()
    for name, body in contexts.items():
        _check_lines(name, body)
        entries = lines(name, body)
        _check_entries(entries)
        sounds.update(_SOUND.findall(body))
        modules.update(module for entry in entries for module in _modules(entry))
    return Needs(frozenset(sounds), frozenset(modules - {CORE}))


def _check_lines(context: str, body: str) -> None:
    for line in body.splitlines():
        if not _OURS.match(line):
            raise Unfit(f"la línea «{line[:60]}» de «{context}» no se entiende")
        if len(line) > _LONGEST // 4 and len(line.encode()) > _LONGEST:
            raise Unfit(f"la línea «{line[:60]}…» de «{context}» ocupa más de {_LONGEST} bytes")


def _check_entries(entries: Iterable[DialplanLine]) -> None:
    places = Counter((entry.context, entry.extension, entry.priority) for entry in entries if entry.extension)
    for (context, extension, priority), times in places.items():
        if times > 1:
            raise Unfit(f"«{extension},{priority}» está {times} veces en «{context}»")
    for entry in entries:
        if entry.priority.isdecimal() and entry.application not in APPLICATIONS:
            raise Unfit(f"no se permite la aplicación «{entry.application}» («{entry.context}»)")


def _modules(entry: DialplanLine) -> set[str]:
    functions = {FUNCTIONS.get(name, WRITABLE.get(name, CORE)) for name in _FUNCTION.findall(entry.data)}
    return functions | {APPLICATIONS.get(entry.application, CORE)}
