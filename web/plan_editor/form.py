"""The fields of a plan as a form over its text: what stands at each place, what is wrong there. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, get_args

from plans.examine import Examined
from plans.model import AccountType
from plans.problems import Problem
from plans.site import Site
from plans.strict_yaml import Path
from provisioning.alta.request import SCOPES
from web.words import KINDS

BARE = frozenset(
    (
        "starts", "ends", "scope", "type", "record", "hours", "wait", "tries", "max", "limit", "priority",
        "kind", "carrier", "queue", "say",
    )
)  # fmt: skip
"""Keys whose values are words or numbers of the format, never texts."""
YES = {"true": "Sí", "false": "No"}
Options = Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """A value of the text; `options` are those to choose from, `long` ones take several lines."""

    path: Path
    label: str
    value: str
    problems: tuple[Problem, ...]
    options: Options | None = None
    long: bool = False
    date: bool = False

    @property
    def id(self) -> str:
        """Of its element in the page: no other place has the same."""
        signs = "-".join(map(str, self.path))
        return "f-" + "".join(sign if sign.isalnum() or sign == "-" else f"_{ord(sign)}" for sign in signs)


@dataclass(frozen=True)
class Row:
    """Fields that belong together. `path` is what «Quitar» takes away, None for what always is there."""

    label: str
    fields: tuple[Field, ...]
    path: Path | None = None


@dataclass(frozen=True)
class Section:
    """`name` says which form for another row stands below."""

    title: str
    rows: tuple[Row, ...]
    name: str = ""


@dataclass(frozen=True)
class Form:
    """The form of a text that can be read. What is a list of things in the format is rows here."""

    read: Examined
    site: Site

    def sections(self) -> tuple[Section, ...]:
        """Empty when the text cannot be read at all."""
        if not isinstance(self.read.document.data, dict):
            return ()
        return (
            Section("El plan", (Row("", tuple(self._plan())),)),
            Section("La cuenta", (Row("", tuple(self._account())),)),
            Section("Líneas", tuple(self._lines()), "line"),
            Section("Mensajes", tuple(self._prompts()), "prompt"),
            Section("Menús", tuple(self._menus()), "choice"),
            Section("En las colas", tuple(self._waiting())),
            Section("Coberturas", tuple(self._coverages()), "coverages"),
            Section("Para el coordinador", (Row("", tuple(self._texts())),)),
        )

    @property
    def menus(self) -> tuple[str, ...]:
        return tuple(map(str, _keys(self._at(("menus",)))))

    def _plan(self) -> Iterator[Field]:
        yield self._field(("name",), "Nombre del plan")
        yield self._field(("fantasy_name",), "Nombre de fantasía")
        yield self._field(("starts",), "Empieza", date=True)
        yield self._field(("ends",), "Termina", date=True)
        yield self._field(("scope",), "Alcance", SCOPES)
        yield self._field(("record",), "Se graban las llamadas", YES)
        calendars = _keys(self._at(("calendars",)))
        yield self._field(("hours",), "Horario", {"always": "Siempre", **{each: each for each in calendars}})

    def _account(self) -> Iterator[Field]:
        yield self._field(("account", "name"), "Nombre")
        types = {each: each.capitalize() for each in get_args(AccountType)}
        yield self._field(("account", "type"), "Tipo", types)
        yield self._field(("account", "tax_id"), "Identificación fiscal")

    def _lines(self) -> Iterator[Row]:
        carriers = {slug: each.name or slug for slug, each in self.site.carriers.items()}
        for at, _ in enumerate(_items(self._at(("lines",)))):
            place: Path = ("lines", at)
            fields = (
                self._field((*place, "header"), "Cabecera"),
                self._field((*place, "public"), "Número público"),
                self._field((*place, "carrier"), "Operador", carriers),
            )
            yield Row(f"Línea {at + 1}", fields, place)

    def _prompts(self) -> Iterator[Row]:
        for name in _keys(self._at(("prompts",))):
            text = self._field(("prompts", name, "text"), f"«{name}»", long=True)
            yield Row(str(name), (text,), ("prompts", name))

    def _menus(self) -> Iterator[Row]:
        prompts = {name: name for name in _keys(self._at(("prompts",)))}
        for name in self.menus:
            place: Path = ("menus", name)
            own = (
                self._field((*place, "say"), "Mensaje", prompts),
                self._field((*place, "wait"), "Espera"),
                self._field((*place, "tries"), "Veces"),
            )
            yield Row(f"Menú «{name}»", own)
            for digit in _keys(self._at((*place, "choices"))):
                yield self._choice((*place, "choices", digit))

    def _choice(self, place: Path) -> Row:
        choice = self._at(place)
        fields = [self._field((*place, "label"), "Para qué")] if isinstance(choice, dict) else []
        if isinstance(choice, dict) and "queue" in choice:
            queues = {slug: each.name for slug, each in self.site.queues.items()}
            fields += [
                self._field((*place, "queue"), "Cola", queues),
                self._field((*place, "kind"), "Tipo de caso", KINDS),
                self._field((*place, "priority"), "Prioridad"),
            ]
        return Row(f"Tecla {place[-1]}", tuple(fields), place)

    def _waiting(self) -> Iterator[Row]:
        for queue in _keys(self._at(("waiting",))):
            known = self.site.queues.get(str(queue))
            label = known.name if known else str(queue)
            yield Row(label, (self._field(("waiting", queue, "max"), "Se espera hasta"),))

    def _coverages(self) -> Iterator[Row]:
        for at, each in enumerate(_items(self._at(("coverages",)))):
            place: Path = ("coverages", at)
            fields = [self._field((*place, "name"), "Cobertura")]
            for key, label in (("events", "Eventos"), ("amount", "Tope")):
                if isinstance(each, dict) and isinstance(each.get(key), dict):
                    fields.append(self._field((*place, key, "limit"), label))
            yield Row(str(each.get("code", "")) if isinstance(each, dict) else "", tuple(fields), place)

    def _texts(self) -> Iterator[Field]:
        yield self._field(("guide",), "Guía del coordinador", long=True)
        yield self._field(("conditions",), "Condiciones generales", long=True)

    def _field(
        self,
        path: Path,
        label: str,
        options: Options | None = None,
        *,
        long: bool = False,
        date: bool = False,
    ) -> Field:
        value = _text(self._at(path), self.read.document.written.get(path))
        if options is not None and value and value not in options:
            options = {**options, value: value}
        problems = tuple(self._problems.get(path, ()))
        return Field(path, label, value, problems, options, long, date)

    @cached_property
    def _problems(self) -> Mapping[Path, list[Problem]]:
        """Those at a place and within it."""
        found: defaultdict[Path, list[Problem]] = defaultdict(list)
        for each in self.read.problems:
            for n in range(1, len(each.path) + 1):
                found[each.path[:n]].append(each)
        return found

    def _at(self, path: Path) -> Any:
        data = self.read.document.data
        for part in path:
            try:
                data = data[part]
            except (KeyError, IndexError, TypeError):
                return None
        return data


def _text(value: Any, written: str | None) -> str:
    if isinstance(value, dict | tuple):
        return ""
    if isinstance(value, str | date):
        return str(value)
    return written or ""


def _keys(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def _items(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()
