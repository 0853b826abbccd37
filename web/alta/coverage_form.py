"""The coverages of a plan as a form: rows as they are typed, and as a plan has them. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from plans.fields import slug_of
from plans.model import Coverage
from web.person_form import Given

MOST_ROWS = 100
LONGEST = 4000
CELLS = (
    "code",
    "name",
    "service",
    "kind",
    "events",
    "events_per",
    "amount",
    "currency",
    "amount_per",
    "excludes",
)
EVENTS_PER = {"year": "por año", "month": "por mes", "contract": "por contrato"}
AMOUNT_PER = {"event": "por evento", "year": "por año", "month": "por mes", "contract": "por contrato"}
_DIGITS = re.compile(r"\d{1,12}")
_SAID = {
    "code": "De 2 a 12 letras mayúsculas o cifras: «PLOM».",
    "name": "Escriba cómo se llama.",
    "service": "Letras minúsculas, cifras y guiones: «plomeria».",
    "kind": "Elija si es emergencia o programada.",
    "events": "Un número de eventos, o nada si no hay tope.",
    "amount": "Un monto sin centavos, o nada si no hay tope.",
    "currency": "Tres letras: «ARS».",
}


@dataclass(frozen=True)
class Row:
    """One coverage as typed; `problems` are by cell."""

    cells: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def blank(self) -> bool:
        """Whether nothing was typed that says something."""
        return not any(self.get(name) for name in ("code", "name", "service", "events", "amount", "excludes"))


def row_of(coverage: Coverage) -> Row:
    events, amount = coverage.events, coverage.amount
    cells = {
        "code": coverage.code,
        "name": coverage.name,
        "service": coverage.service,
        "kind": coverage.kind,
        "events": str(events.limit) if events else "",
        "events_per": events.per if events else "",
        "amount": str(amount.limit) if amount else "",
        "currency": amount.currency if amount else "",
        "amount_per": amount.per if amount else "",
        "excludes": coverage.excludes or "",
    }
    return Row(cells)


def read_rows(given: Given) -> tuple[Row, ...]:
    """The rows as sent: each cell's name comes once a row, in the rows' order."""
    columns = [[str(value).strip()[:LONGEST] for value in given.getall(name, [])] for name in CELLS]
    together = list(zip(*columns, strict=False))[:MOST_ROWS]
    return tuple(Row(dict(zip(CELLS, cells, strict=True))) for cells in together)


def arranged(rows: Sequence[Row], act: str) -> tuple[tuple[Row, ...], int | None]:
    """The rows after `add`, `up:2`, `down:2` or `remove:2`, and which of them was touched."""
    what, _, written = act.partition(":")
    at = int(written) if _DIGITS.fullmatch(written) else -1
    listed = list(rows)
    if what == "add":
        return (*rows, Row()), len(rows)
    if not 0 <= at < len(rows):
        return tuple(rows), None
    row = listed.pop(at)
    if what == "remove":
        return tuple(listed), min(at, len(listed) - 1) if listed else None
    to = max(0, at - 1) if what == "up" else min(len(listed), at + 1)
    listed.insert(to, row)
    return tuple(listed), to


class WrongRows(ValueError):
    """Some row is no coverage; `rows` are those typed, with what is wrong at its cell."""

    def __init__(self, rows: tuple[Row, ...]) -> None:
        super().__init__("No se guardó: corrija lo que está marcado.")
        self.rows = rows


def coverages_of(rows: Sequence[Row]) -> tuple[Coverage, ...]:
    """What the rows say, the blank ones left out. Raises `WrongRows`."""
    filled = _coded([row for row in rows if not row.blank])
    tried = [_coverage(row) for row in filled]
    good = tuple(each for each in tried if isinstance(each, Coverage))
    codes = [row.get("code") for row in filled]
    if len(good) == len(tried) and len(set(codes)) == len(codes):
        return good
    again = [each if isinstance(each, Row) else row for each, row in zip(tried, filled, strict=True)]
    raise WrongRows(tuple(_marked(row, codes) for row in again))


def _coded(rows: Sequence[Row]) -> list[Row]:
    """A code for each coverage that has none: the first letters of its name."""
    taken = {row.get("code").upper() for row in rows}
    coded = []
    for row in rows:
        code = row.get("code").upper() or _code(row.get("name"), taken)
        taken.add(code)
        coded.append(replace(row, cells={**row.cells, "code": code}))
    return coded


def _code(name: str, taken: Collection[str]) -> str:
    plain = slug_of(name).replace("-", "").upper()[:4]
    free = (f"{plain}{number or ''}" for number in range(MOST_ROWS + 1))
    return next(code for code in free if code not in taken)


def _marked(row: Row, codes: Sequence[str]) -> Row:
    if row.get("code") and codes.count(row.get("code")) > 1:
        return replace(row, problems={**row.problems, "code": "Otra cobertura tiene este código."})
    return row


def _coverage(row: Row) -> Coverage | Row:
    try:
        return Coverage.model_validate(dict(_data(row)))
    except ValidationError as error:
        places = {_place(each["loc"]) for each in error.errors()}
        return replace(row, problems={place: _SAID.get(place, "Revise este dato.") for place in places})


def _place(place: tuple[Any, ...]) -> str:
    return "currency" if "currency" in place else str(place[0])


def _data(row: Row) -> Iterator[tuple[str, Any]]:
    yield "code", row.get("code")
    yield "name", row.get("name")
    yield "service", row.get("service") or slug_of(row.get("name"))
    yield "kind", row.get("kind")
    yield "excludes", row.get("excludes") or None
    if row.get("events"):
        yield "events", {"limit": _number(row.get("events")), "per": row.get("events_per") or "year"}
    if row.get("amount"):
        per, currency = row.get("amount_per") or "event", row.get("currency").upper()
        yield "amount", {"limit": _number(row.get("amount")), "currency": currency, "per": per}


def _number(written: str) -> int | str:
    """`60.000` and `60,000` are sixty thousand: no amount here has cents."""
    plain = re.sub(r"[.,\s](?=\d{3}(\D|$))", "", written)
    return int(plain) if _DIGITS.fullmatch(plain) else written
