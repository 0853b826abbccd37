"""Rows of a file into numbers for the inventory, and every problem of them at once. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plans.numbers import BadNumber, Number, parse, written
from plans.site import Site
from plans.words import near, shown
from provisioning.numbers.sheet import Row
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import Entry, NumberTaken
from provisioning.numbers.writing import kind_of, understood
from staff.audit import folded
from staff.scope import EVERYTHING, Scope

MOST_NUMBERS = 20_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("numero", "número", "number", "telefono", "linea", "did"),
    "from": ("desde", "from", "primero", "inicio"),
    "to": ("hasta", "to", "ultimo", "fin"),
    "kind": ("tipo", "clase", "kind"),
    "carrier": ("operador", "carrier", "proveedor"),
    "subsidiary": ("filial", "pais", "subsidiary", "country"),
    "note": ("nota", "note", "observacion", "observaciones"),
}
"""What the head of a column may say, without accents or case."""
KINDS: Mapping[str, NumberKind] = {
    "cabecera": NumberKind.HEADER,
    "header": NumberKind.HEADER,
    "publico": NumberKind.PUBLIC,
    "public": NumberKind.PUBLIC,
}
_RANGE = re.compile(r"\s*(?:\.\.+|…|\s-\s|\ba\b|\bal\b)\s*")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What rows that do not say it are: `kind` None is by the number itself; `area` goes before a number that
    is none by itself.
    """

    subsidiary: str = ""
    carrier: str = ""
    kind: NumberKind | None = None
    area: str = ""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be loaded. `line` is the row's number in the file, 0 for the file as a whole."""

    line: int
    said: str


@dataclass(frozen=True, slots=True)
class Read:
    """What rows mean. `lines` says of each number in which row it stands first."""

    entries: tuple[Entry, ...]
    problems: tuple[RowProblem, ...]
    rows: int
    lines: Mapping[str, int] = field(default_factory=dict)


TEMPLATE = (
    ("número", "hasta", "tipo", "operador", "filial", "nota"),
    ("011 4000-1000", "011 4000-1099", "cabecera", "", "AR", "rango nuevo"),
    ("0800-555-0001", "", "público", "", "AR", ""),
)
"""A file to begin with: its head, a range, a number."""


class _Bad(ValueError):
    """A row cannot be understood."""


def read_rows(rows: Sequence[Row], site: Site, defaults: Defaults, scope: Scope = EVERYTHING) -> Read:
    """Numbers, ranges, what each row says or the defaults say; problems by row, all of them."""
    columns, body = _columns(rows)
    entries: list[Entry] = []
    problems: list[RowProblem] = []
    lines: dict[str, int] = {}
    for row in body:
        for made in _row(_cells(row, columns), site, defaults, scope):
            if isinstance(made, str):
                problems.append(RowProblem(row.line, made))
            elif made.e164 in lines:
                problems.append(RowProblem(row.line, _twice(made, lines[made.e164])))
            else:
                lines[made.e164] = row.line
                entries.append(made)
        if len(entries) + len(problems) > MOST_NUMBERS:
            problems.append(RowProblem(0, f"Son más de {MOST_NUMBERS} números: divida el archivo."))
            break
    return Read(tuple(entries), tuple(problems), len(body), lines)


def with_taken(read: Read, taken: Mapping[str, NumberTaken]) -> Read:
    """The same with the numbers that are somebody's already as problems, in the order of the rows."""
    more = [RowProblem(read.lines[e164], str(each)) for e164, each in taken.items()]
    problems = sorted((*read.problems, *more), key=lambda each: each.line)
    return Read(read.entries, tuple(problems), read.rows, read.lines)


def _twice(entry: Entry, line: int) -> str:
    return f"{written(entry.e164, entry.subsidiary)} ya está en la fila {line} de este archivo; quite una."


def _columns(rows: Sequence[Row]) -> tuple[Mapping[str, int], Sequence[Row]]:
    """Which column holds what, and the rows below the head; without a head the first one holds the number."""
    heads = [folded(cell).strip(" .:") for cell in rows[0].cells]
    found = {name: heads.index(head) for name, said in COLUMNS.items() for head in said if head in heads}
    if "number" in found or "from" in found:
        return found, rows[1:]
    return {"number": 0, "to": 1} if _two_numbers(rows[0]) else {"number": 0}, rows


def _two_numbers(row: Row) -> bool:
    return len(row.cells) > 1 and all(_digits(cell) >= 6 for cell in row.cells[:2])


def _digits(cell: str) -> int:
    return sum(sign.isdecimal() for sign in cell)


def _cells(row: Row, columns: Mapping[str, int]) -> Mapping[str, str]:
    return {name: row.cells[at] if at < len(row.cells) else "" for name, at in columns.items()}


def _row(cells: Mapping[str, str], site: Site, defaults: Defaults, scope: Scope) -> Iterator[Entry | str]:
    """The numbers of a row, or what is wrong with it."""
    try:
        subsidiary = _subsidiary(cells, site, defaults, scope)
        kind = _kind(cells, defaults)
        carrier = _carrier(cells, site, defaults, subsidiary)
        first, last = _span(cells)
        numbers = _numbers(first, last, _Reading(kind, subsidiary, defaults.area))
    except _Bad as bad:
        yield str(bad)
        return
    note = cells.get("note", "")[:200]
    for number in numbers:
        if isinstance(number, Number):
            yield Entry(number.e164, kind or kind_of(number), subsidiary, carrier, note)
        else:
            yield number


def _subsidiary(cells: Mapping[str, str], site: Site, defaults: Defaults, scope: Scope) -> str:
    typed = cells.get("subsidiary", "")
    names = {folded(each.name): code for code, each in site.subsidiaries.items()}
    code = typed.upper() if typed.upper() in site.subsidiaries else names.get(folded(typed), "")
    found = code if typed else defaults.subsidiary or _of_carrier(cells, site, defaults)
    if not found:
        hint = f"«{shown(typed)}» no es una filial" if typed else "falta la filial"
        raise _Bad(f"{hint}; escriba {' o '.join(site.subsidiaries)}")
    if scope.subsidiaries and found not in scope.subsidiaries:
        raise _Bad(f"la filial {found} no está entre las que usted ve")
    return found


def _of_carrier(cells: Mapping[str, str], site: Site, defaults: Defaults) -> str:
    carrier = site.carriers.get(cells.get("carrier") or defaults.carrier)
    return carrier.subsidiary if carrier else ""


def _kind(cells: Mapping[str, str], defaults: Defaults) -> NumberKind | None:
    typed = folded(cells.get("kind", ""))
    if not typed:
        return defaults.kind
    if typed not in KINDS:
        raise _Bad(f"«{shown(cells['kind'])}» no es un tipo; escriba cabecera o público")
    return KINDS[typed]


def _carrier(cells: Mapping[str, str], site: Site, defaults: Defaults, subsidiary: str) -> str:
    mine = {slug: each for slug, each in site.carriers.items() if each.subsidiary == subsidiary}
    typed = cells.get("carrier", "") or defaults.carrier
    names = {folded(each.name or slug): slug for slug, each in mine.items()}
    if typed in mine:
        return typed
    if folded(typed) in names:
        return names[folded(typed)]
    if not typed and len(mine) == 1:
        return next(iter(mine))
    said = f"no hay un operador «{shown(typed)}» en {subsidiary}" if typed else "falta el operador"
    raise _Bad(f"{said}{near(typed, mine) or '; hay: ' + (', '.join(mine) or 'ninguno')}")


def _span(cells: Mapping[str, str]) -> tuple[str, str]:
    """The first and the last number of a row, the last one empty when there is only one."""
    first, last = cells.get("from", "") or cells.get("number", ""), cells.get("to", "")
    if not first:
        raise _Bad("falta el número")
    if not last:
        parts = _RANGE.split(first)
        if len(parts) == 2 and _digits(parts[0]) >= 6 and _digits(parts[1]):
            return parts[0], parts[1]
    return first, last


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the numbers of a row are read."""

    kind: NumberKind | None
    subsidiary: str
    area: str

    def read(self, text: str) -> Number:
        """Raises BadNumber."""
        try:
            return self._whole(text)
        except BadNumber as bad:
            if not self.area or text.lstrip().startswith("+"):
                raise
            try:
                return self._whole(self.area + text)
            except BadNumber:
                raise bad from None

    def _whole(self, text: str) -> Number:
        kind = self.kind or kind_of(parse(text, self.subsidiary))
        return understood(text, kind, self.subsidiary)


def _numbers(first: str, last: str, reading: _Reading) -> Iterator[Number | str]:
    try:
        start = reading.read(first)
        end = reading.read(_whole(first, last)) if last else start
    except BadNumber as bad:
        raise _Bad(str(bad)) from bad
    low, high = int(start.e164[1:]), int(end.e164[1:])
    if high < low or len(start.e164) != len(end.e164):
        raise _Bad(f"el rango va de {written(start.e164)} a {written(end.e164)}; escríbalo de menor a mayor")
    if high - low >= MOST_NUMBERS:
        raise _Bad(f"el rango tiene más de {MOST_NUMBERS} números; divídalo")
    return _between(low, high, start, reading)


def _between(low: int, high: int, start: Number, reading: _Reading) -> Iterator[Number | str]:
    for digits in range(low, high + 1):
        try:
            yield start if digits == low else reading.read(f"+{digits}")
        except BadNumber as bad:
            yield str(bad)


def _whole(first: str, last: str) -> str:
    """The end of a range may be only its last digits: `011 4000-1000..4000-1099`, `011 4000-1000..99`."""
    end = "".join(sign for sign in last if sign.isdecimal())
    start = "".join(sign for sign in first if sign.isdecimal())
    if last.lstrip().startswith("+") or len(end) >= len(start) - 1:
        return last
    plus = "+" if first.lstrip().startswith("+") else ""
    return plus + start[: -len(end)] + end
