"""Checks of numbers: right country and kind, a carrier that is there, each used once over all plans."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plans.draft import Draft
from plans.flow import exits
from plans.model import Line, Plan
from plans.numbers import BadNumber, Number, parse, written
from plans.problems import Problem
from plans.raw import Fault
from plans.site import Site
from plans.strict_yaml import Path
from plans.words import near


def subsidiary_exists(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    country = draft.model.subsidiary
    if country not in site.subsidiaries:
        known = ", ".join(site.subsidiaries)
        yield ("subsidiary",), "110", f"no hay una filial «{country}»; hay: {known}"


def headers_are_fixed(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    country = draft.model.subsidiary
    for at, line in enumerate(draft.model.lines):
        number, place = _number(line.header, country), ("lines", at, "header")
        if number is None or country not in site.subsidiaries:
            continue
        if number.country != country:
            yield place, "113", f"{line.header} es un número de {number.country} y el plan es de {country}"
        elif number.kind not in ("fixed", "voip"):
            hint = "escriba el número fijo sobre el que se monta"
            yield place, "112", f"{written(line.header)} es un número {_KIND_WORDS[number.kind]}; {hint}"


def publics_are_local(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    country = draft.model.subsidiary
    for at, line in enumerate(draft.model.lines):
        number = _number(line.public, country) if line.public else None
        if number is not None and number.country != country and country in site.subsidiaries:
            place: Path = ("lines", at, "public")
            yield place, "116", f"{line.public} es un número de {number.country} y el plan es de {country}"


_KIND_WORDS = {
    "mobile": "móvil",
    "toll-free": "gratuito",
    "shared-cost": "de costo compartido",
    "premium": "de tarifa especial",
    "other": "que no es fijo",
}


def _number(e164: str, country: str) -> Number | None:
    """None for what is no number; that is told already."""
    try:
        return parse(e164, country)
    except BadNumber:
        return None


def carriers_exist(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    country = draft.model.subsidiary
    for at, line in enumerate(draft.model.lines):
        carrier, place = site.carriers.get(line.carrier), ("lines", at, "carrier")
        if carrier is None:
            hint = near(line.carrier, site.carriers) or f"; hay: {', '.join(site.carriers)}"
            yield place, "118", f"no hay un operador «{line.carrier}»{hint}"
        elif carrier.subsidiary != country and country in site.subsidiaries:
            yield (
                place,
                "119",
                f"«{line.carrier}» es de la filial {carrier.subsidiary} y el plan, de {country}",
            )


def dials_are_allowed(draft: Draft[Plan], site: Site) -> Iterator[Fault]:
    prefixes = site.duty.dial_prefixes
    for path, to, _ in exits(draft.model):
        if to.dial is not None and not to.dial.startswith(prefixes):
            allowed = f"los que empiezan con {', '.join(prefixes)}" if prefixes else "ninguno"
            yield (*path, "dial"), "121", f"no se puede llamar a {to.dial}; el sitio permite {allowed}"


CHECKS = (subsidiary_exists, headers_are_fixed, publics_are_local, carriers_exist, dials_are_allowed)


@dataclass(frozen=True, slots=True)
class _Use:
    plan: str
    where: str
    as_header: bool


def numbers_are_used_once(drafts: Iterable[Draft[Plan]], others: Iterable[Plan]) -> Iterator[Problem]:
    """Over the plans given, in their order, and those live already, which count first.

    One public number may stand on several header numbers of the same plan.
    """
    used: dict[str, _Use] = {}
    for plan in others:
        for line in plan.lines:
            _note(used, line, plan.plan, "que está en servicio")
    for draft in drafts:
        for at, line in enumerate(draft.model.lines):
            yield from _line_used(draft, at, line, used)
            place = draft.document.line(draft.place(("lines", at)))
            _note(used, line, draft.model.plan, f"({draft.file}:{place})")


def _line_used(draft: Draft[Plan], at: int, line: Line, used: dict[str, _Use]) -> Iterator[Problem]:
    before = used.get(line.header)
    if before is not None:
        yield from draft.problem(("lines", at, "header"), "114", _taken(line.header, before))
    again = used.get(line.public) if line.public else None
    if line.public and again is not None and (again.as_header or again.plan != draft.model.plan):
        yield from draft.problem(("lines", at, "public"), "117", _taken(line.public, again))


def _taken(number: str, use: _Use) -> str:
    return f"{written(number)} ya es del plan «{use.plan}» {use.where}; escriba otro número"


def _note(used: dict[str, _Use], line: Line, plan: str, where: str) -> None:
    used.setdefault(line.header, _Use(plan, where, as_header=True))
    if line.public:
        used.setdefault(line.public, _Use(plan, where, as_header=False))


def plans_are_named_once(drafts: Iterable[Draft[Plan]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for draft in drafts:
        name = draft.model.plan
        if name in seen:
            message = f"el plan «{name}» ya está en {seen[name]}; dé otro nombre a uno de los dos"
            yield from draft.problem(("plan",), "101", message)
        elif draft.place(("plan",)) not in draft.broken:
            seen[name] = draft.file
