"""libyaml's complaints, in the words of the one who writes plans."""

import re

import yaml

_SYNTAX = "005"
_TAB = "006"
_CHARACTER = "016"

_MEANINGS: tuple[tuple[str, str], ...] = (
    ("tab character", "hay un tabulador; use espacios para la sangría"),
    (
        "mapping values are not allowed",
        "no se entiende este «:»; si es parte de un texto, ponga el texto entre comillas; "
        "si no, revise la sangría",
    ),
    ("unexpected end of stream", "faltan unas comillas que cierren el texto"),
    ("unexpected document indicator", "faltan unas comillas que cierren el texto"),
    ("expected ',' or '}'", "falta una coma o una llave «}»"),
    ("expected ',' or ']'", "falta una coma o un corchete «]»"),
    ("expected '-' indicator", "esta línea no sigue la lista de arriba; revise la sangría o ponga «- »"),
    ("expected key", "no se espera esto aquí; revise la sangría y las comillas"),
    ("could not find expected ':'", "falta «:» después de la clave"),
    ("unknown escape character", "hay una «\\» que no se entiende; escriba «\\\\» o use comillas simples"),
    ("cannot start any token", "un texto no puede empezar con este signo; póngalo entre comillas"),
    ("undefined tag handle", "no use etiquetas de tipo («!»): quite la marca"),
    ("alphabetic or numeric", "un texto que empieza con «*» o «&» va entre comillas"),
    ("duplicate %yaml", "hay dos líneas «%YAML»; deje una"),
    ("incompatible yaml", "quite la línea «%YAML»"),
)


def explain_fault(fault: yaml.YAMLError, text: str) -> tuple[int, str, str]:
    """The line (from 1), the number of the problem's code, and what to do about a text that is no YAML."""
    if isinstance(fault, yaml.reader.ReaderError):
        return _place_of(fault, text), _CHARACTER, "hay un carácter de control que no se ve; bórrelo"
    mark = getattr(fault, "problem_mark", None) or getattr(fault, "context_mark", None)
    line = int(mark.line) + 1 if mark else 1
    if _tab_before(text, line):
        return line, _TAB, "la línea empieza con un tabulador; use espacios para la sangría"
    problem = str(getattr(fault, "problem", "")).lower()
    opened = getattr(fault, "context_mark", None)
    return line, _SYNTAX, _meaning(problem) + _opened(problem, opened, line)


def _meaning(problem: str) -> str:
    return next(
        (meaning for words, meaning in _MEANINGS if words in problem),
        "esto no se entiende como YAML; revise la sangría, las comillas y los dos puntos",
    )


def _opened(problem: str, mark: yaml.Mark | None, line: int) -> str:
    """Where the thing that was never closed begins, when that is another line."""
    unclosed = re.search(r"end of stream|expected ',' or|document indicator", problem)
    return f" (se abre en la línea {mark.line + 1})" if unclosed and mark and mark.line + 1 != line else ""


def _tab_before(text: str, line: int) -> bool:
    lines = text.splitlines()
    return line <= len(lines) and re.match(r" *\t", lines[line - 1]) is not None


def _place_of(fault: yaml.reader.ReaderError, text: str) -> int:
    """libyaml counts bytes of UTF-8."""
    return text.encode()[: fault.position].count(b"\n") + 1
