"""What an alta's letter carries besides what happened: a short sheet of the plan, as far as known. Pure."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from plans.limits import amount_limit, events_limit
from plans.model import Coverage
from plans.numbers import written
from provisioning.alta.coverage_list import Coverages
from provisioning.alta.number_request import NumberRequest
from provisioning.alta.procedure import Carried
from provisioning.alta.request import SCOPES, AltaRequest

MOST_COVERAGES = 120
LONGEST_TEXT = 3000
"""What is longer is read in Altavoz."""
_REST = "Sigue en Altavoz."


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an alta's plan; what nobody said is empty. Numbers are E.164, `subsidiary` a name."""

    request: AltaRequest
    subsidiary: str
    name: str
    starts: date | None = None
    fantasy_name: str = ""
    headers: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    form: NumberRequest | None = None
    coverages: Coverages | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """A coverage as it is read: `limits` are its events and its amount."""

    name: str
    kind: str
    limits: str
    excludes: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the sheet: rows of a label and what is said, coverages, or a text. `rest` says what lacks."""

    title: str
    rows: tuple[tuple[str, str], ...] = ()
    coverages: tuple[Covered, ...] = ()
    text: str = ""
    rest: str = ""


Parts = Mapping[Carried, Part]
NOTHING: Parts = {}


def parts_of(known: Known) -> Parts:
    """The parts that have something to say, in the order in which they are read."""
    possible: dict[Carried, Part | None] = {
        "plan": _rows("El plan", _plan(known)),
        "requirements": _rows("Qué requiere el cliente", _requirements(known.request)),
        "number-request": _rows("Solicitud de número", _request(known.form)),
        "numbers": _rows("Números", _numbers(known)),
        "coverages": _coverages(known.coverages),
        "conditions": _text("Condiciones generales", known.coverages.conditions if known.coverages else ""),
    }
    return {name: part for name, part in possible.items() if part is not None}


def sheet(parts: Parts, wanted: Container[str]) -> tuple[Part, ...]:
    """The parts that a letter carries; what one of them said no other says again."""
    said: set[tuple[str, str]] = set()
    found = []
    for part in (part for name, part in parts.items() if name in wanted):
        rows = tuple(row for row in part.rows if row not in said)
        said.update(rows)
        if rows or part.coverages or part.text:
            found.append(replace(part, rows=rows))
    return tuple(found)


def as_text(parts: tuple[Part, ...]) -> str:
    """The sheet in plain text; empty without parts."""
    return "\n\n".join("\n".join(_lines(part)) for part in parts)


def _lines(part: Part) -> Iterator[str]:
    yield part.title.upper()
    yield from (f"{label}: {said}" for label, said in part.rows)
    for each in part.coverages:
        excludes = f" No cubre: {each.excludes}" if each.excludes else ""
        yield f"- {each.name} ({each.kind}): {each.limits}.{excludes}"
    yield from filter(None, (part.text, part.rest))


def _rows(title: str, rows: Iterator[tuple[str, str]]) -> Part | None:
    said = tuple((label, text.strip()) for label, text in rows if text.strip())
    return Part(title, said) if said else None


def _plan(known: Known) -> Iterator[tuple[str, str]]:
    request = known.request
    yield "Cliente", f"{request.account.name} ({request.account.type})"
    yield "Plan", known.name
    yield "Empieza el", f"{known.starts:%d/%m/%Y}" if known.starts else ""
    yield "Lo atiende", known.subsidiary
    yield "Lo vende", ", ".join("TMK" if way == "tmk" else way.capitalize() for way in request.sold_by)
    yield "Alcance", SCOPES[request.scope] if request.scope else ""


def _requirements(request: AltaRequest) -> Iterator[tuple[str, str]]:
    yield "Tipo de servicio", request.service
    if level := request.service_level:
        yield (
            "Nivel de servicio",
            f"{level.share} % de las llamadas atendidas en {level.answer_within} segundos",
        )
    yield "Niveles y calidad", clipped(request.levels)
    yield "Propósito", clipped(request.purpose)


def _request(form: NumberRequest | None) -> Iterator[tuple[str, str]]:
    if form is None:
        return
    yield "Línea que se pide", form.line
    yield "Cabecera que se prefiere", form.header or "Cualquiera"
    yield "Nombre de fantasía", form.fantasy_name
    yield "Empieza el", f"{form.starts:%d/%m/%Y}"
    yield "Opciones del menú", ", ".join(f"{option.digit} {option.label}" for option in form.options)
    yield "Aviso de privacidad", form.notice_text
    yield "Observaciones", clipped(form.remarks)


def _numbers(known: Known) -> Iterator[tuple[str, str]]:
    country = known.request.subsidiary
    yield "Número que marca el afiliado", ", ".join(written(each, country) for each in known.publics)
    yield "Número de cabecera", ", ".join(written(each, country) for each in known.headers)
    yield "Nombre de fantasía", known.fantasy_name


def _coverages(found: Coverages | None) -> Part | None:
    if found is None or not found.coverages:
        return None
    shown, more = found.coverages[:MOST_COVERAGES], len(found.coverages) - MOST_COVERAGES
    title = f"Coberturas y eventos ({len(found.coverages)})"
    rest = f"Hay {more} más: léalas en Altavoz." if more > 0 else ""
    return Part(title, coverages=tuple(map(_covered, shown)), rest=rest)


def _covered(coverage: Coverage) -> Covered:
    return Covered(coverage.name, coverage.kind, limits_of(coverage), coverage.excludes or "")


def limits_of(coverage: Coverage) -> str:
    """`3 eventos por año, hasta ARS 80.000 por evento`."""
    events, amount = coverage.events, coverage.amount
    word = "evento" if events and events.limit == 1 else "eventos"
    said = events_limit(events).replace(" ", f" {word} ", 1) if events else "sin tope de eventos"
    return f"{said}, hasta {amount_limit(amount)}" if amount else said


def _text(title: str, text: str) -> Part | None:
    whole = text.strip()
    if not whole:
        return None
    shown = clipped(whole)
    return Part(title, text=shown, rest=_REST if len(shown) < len(whole) else "")


def clipped(text: str) -> str:
    """As much of a long text as stands in a letter, whole words."""
    whole = text.strip()
    if len(whole) <= LONGEST_TEXT:
        return whole
    return whole[:LONGEST_TEXT].rsplit(None, 1)[0] + " …"
