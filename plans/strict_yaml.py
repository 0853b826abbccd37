"""YAML read strictly: plain data and the line of every path, or all the problems.

Works on libyaml's events, so nothing is built before it was looked at: no aliases (a few of them make
millions of values), no equal keys, no tags, no YAML 1.1 surprises (`22:30` as 1350), bounded size, depth and
number of values. Texts come out in Unicode's composed form (NFC), so that one name has one writing.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

import yaml

from plans.problems import Problem
from plans.scalars import Doubtful, plain
from plans.words import shown
from plans.yaml_faults import explain_fault

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_VALUES = 10_000
"""Of a document: each may have problems of its own to be told."""

Path = tuple[str | int, ...]
"""Where a value stands: keys and positions from the root."""


class Unreadable:
    """Stands where the text had something that cannot be read; its problem is already told."""


UNREADABLE = Unreadable()


@dataclass(frozen=True)
class Document:
    """What a text says. `data` is None when nothing of it could be used.

    Mappings are dicts with text keys, sequences are tuples. `written` has unquoted scalars as they stood.
    """

    file: str
    text: str
    data: Any
    lines: Mapping[Path, int]
    written: Mapping[Path, str]
    problems: tuple[Problem, ...]
    prefix: str

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that stands in the text."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), 1)

    def problem(self, path: Path, number: str, message: str) -> Problem:
        return Problem(self.file, self.line(path), f"{self.prefix}-{number}", message, path=path)


def read_file(file: File, prefix: str) -> Document:
    """Reads a file as `read` does; what keeps it from being read at all is a problem too. Never raises."""
    name = str(file)
    try:
        if file.is_dir():
            return _refused(name, prefix, "001", "es una carpeta; indique un archivo")
        if not file.is_file():
            return _refused(name, prefix, "001", "no existe o no es un archivo; revise el nombre")
        with file.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as refused:
        reason = getattr(refused, "strerror", None) or "nombre no válido"
        return _refused(name, prefix, "001", f"el archivo no se puede leer ({reason})")
    if len(raw) > MAX_BYTES:
        return _refused(name, prefix, "004", _TOO_BIG)
    return _decoded(raw, name, prefix)


def read(text: str, file: str, prefix: str) -> Document:
    """Reads a text; `prefix` (`PLAN` or `SITE`) begins the codes of its problems. Never raises."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        return _refused(file, prefix, "002", _NOT_UTF8)
    if size > MAX_BYTES:
        return _refused(file, prefix, "004", _TOO_BIG)
    reader = _Reader(file, prefix)
    if text.startswith("\ufeff"):
        reader.report(1, "003", _BOM, "warning")
    data = reader.root(text.removeprefix("\ufeff"))
    return Document(file, text, data, reader.lines, reader.written, tuple(reader.problems), prefix)


_TOO_BIG = f"el archivo pasa de {MAX_BYTES // 1024} KiB; un plan ocupa mucho menos: quite lo que no sea suyo"
_TOO_MANY = "el archivo tiene más de 10.000 valores; un plan tiene muchos menos: quite lo que no sea suyo"
_NOT_UTF8 = "el archivo no está en UTF-8; ábralo en un editor y guárdelo como UTF-8"
_BOM = "el archivo empieza con una marca BOM; guárdelo como UTF-8 sin BOM"
_EMPTY = "el archivo está vacío; copie un ejemplo y cámbielo"
_NOT_KEYS = "el archivo debe ser una lista de claves con su valor, como «name: Asistencia Hogar»"


def _refused(file: str, prefix: str, number: str, message: str, line: int = 1) -> Document:
    return Document(file, "", None, {}, {}, (Problem(file, line, f"{prefix}-{number}", message),), prefix)


def _decoded(raw: bytes, name: str, prefix: str) -> Document:
    try:
        return read(raw.decode(), name, prefix)
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        return _refused(name, prefix, "002", _NOT_UTF8, line)


class _Stop(Exception):
    """Nothing of the document can be used; the problem is already told."""


@dataclass
class _Reader:
    file: str
    prefix: str
    lines: dict[Path, int] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, line: int, number: str, message: str, severity: Any = "error") -> None:
        self.problems.append(Problem(self.file, line, f"{self.prefix}-{number}", message, severity))

    def root(self, text: str) -> Any:
        try:
            return self._root(yaml.parse(text, Loader=yaml.CSafeLoader))
        except yaml.YAMLError as wrong:
            line, number, message = explain_fault(wrong, text)
            self.report(line, number, message)
        except _Stop:  # what stopped it is among the problems
            pass
        return None

    def _root(self, events: Iterator[yaml.Event]) -> Any:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
            elif isinstance(event, yaml.NodeEvent):
                data = self._first(event, events, documents)
        if not isinstance(data, dict):
            self.report(1, "015", _EMPTY if data is None else _NOT_KEYS)
            return None
        return data

    def _first(self, event: yaml.NodeEvent, events: Iterator[yaml.Event], documents: int) -> Any:
        if documents > 1:
            self.report(_line(event), "007", "hay más de un documento («---»); deje uno por archivo")
            raise _Stop
        return self._value(event, events, ())

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Any:
        self.lines.setdefault(path, _line(event))
        if len(self.lines) > MAX_VALUES:
            self.report(_line(event), "004", _TOO_MANY)
            raise _Stop
        if len(path) > MAX_DEPTH:
            self.report(_line(event), "012", "hay demasiados niveles unos dentro de otros; revise la sangría")
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            self.report(_line(event), "008", f"no use alias («*{event.anchor}»): repita aquí el valor")
            return UNREADABLE
        self._refuse_marks(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path)
        return self._scalar(event, path)

    def _refuse_marks(self, event: yaml.Event) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            self.report(_line(event), "008", f"no use anclas («&{anchor}»): quite la marca")
        if tag:
            self.report(_line(event), "010", f"no use etiquetas de tipo («{tag}»): quite la marca")

    def _sequence(self, events: Iterator[yaml.Event], path: Path) -> tuple[Any, ...]:
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._value(event, events, (*path, len(items))))
        return tuple(items)

    def _mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event, events, path)
            if key is None:
                self._skip(events, path)
            elif key in found:
                first = self.lines[(*path, key)]
                self.report(
                    _line(event), "011", f"la clave «{shown(key)}» ya está en la línea {first}; deje una"
                )
                self._skip(events, path)
            else:
                self.lines[(*path, key)] = _line(event)
                found[key] = self._value(next(events), events, (*path, key))
        return found

    def _key(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> str | None:
        """A key's text; None for what cannot be a key, when its value is to be skipped."""
        if not isinstance(event, yaml.ScalarEvent):
            self.report(_line(event), "014", "una clave debe ser un texto simple")
            self._value(event, events, (*path, "?"))
            return None
        self._refuse_marks(event)
        value = plain(event.value) if event.implicit[0] else event.value
        if event.implicit[0] and event.value == "<<":
            self.report(_line(event), "009", "no use «<<»: copie aquí las claves que quiera repetir")
            return None
        if value is None or value == "":
            self.report(_line(event), "014", "falta el nombre de la clave antes de «:»")
            return None
        if not isinstance(value, str):
            self.report(_line(event), "013", f'ponga la clave entre comillas: "{shown(event.value)}"')
        return unicodedata.normalize("NFC", event.value)

    def _skip(self, events: Iterator[yaml.Event], path: Path) -> None:
        """Reads a value for its problems only, under a path that nothing else has."""
        self._value(next(events), events, (*path, f"?{len(self.lines)}"))

    def _scalar(self, event: yaml.Event, path: Path) -> Any:
        assert isinstance(event, yaml.ScalarEvent)
        if not event.implicit[0]:
            return unicodedata.normalize("NFC", event.value)
        value = plain(event.value)
        if isinstance(value, Doubtful):
            self.report(_line(event), "013", value.advice)
            return UNREADABLE
        self.written[path] = event.value
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _line(event: yaml.Event) -> int:
    assert event.start_mark is not None
    return int(event.start_mark.line) + 1
