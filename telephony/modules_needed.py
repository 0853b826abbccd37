"""What a dialplan needs of Asterisk beyond its core. Pure.

The PBX loads a call of an unknown application or function without a word, and fails who reaches it.
"""

import re
from collections.abc import Iterable

from dialplan.language import APPLICATIONS, CORE, FUNCTIONS, WRITABLE
from telephony.dialplan_text import DialplanLine

_FUNCTION = re.compile(r"\b([A-Z][A-Z_]+)\(")


def modules_needed(lines: Iterable[DialplanLine]) -> frozenset[str]:
    """The modules that bring the applications and functions of the lines."""
    modules = {module for line in lines for module in _modules(line)}
    return frozenset(modules - {CORE})


def _modules(line: DialplanLine) -> set[str]:
    named = _FUNCTION.findall(line.data)
    functions = {FUNCTIONS.get(name, WRITABLE.get(name, CORE)) for name in named}
    return functions | {APPLICATIONS.get(line.application, CORE)}


def unknown_applications(lines: Iterable[DialplanLine]) -> frozenset[str]:
    """The applications called that a generated dialplan may not use."""
    called = {line.application for line in lines if line.priority.isdecimal()}
    return frozenset(called - APPLICATIONS.keys())
