"""Numbers as people write them: checked against their kind and country, told by what they are, searched."""

import re
from collections.abc import Iterable

from plans.numbers import BadNumber, Number, parse, written
from provisioning.numbers.states import NumberKind
from staff.audit import folded

_HEADERS = ("fixed", "voip")
_PUBLICS = ("toll-free", "shared-cost", "premium", "other")
_KINDS = {
    "fixed": "un fijo",
    "mobile": "un móvil",
    "toll-free": "gratuito",
    "shared-cost": "de costo compartido",
    "premium": "de tarifa especial",
    "voip": "de internet",
    "other": "de otra clase",
}
_SERVICES = (
    (r"\+54(8[01]0)\d{7}", r"0\1"),
    (r"\+57(1)(8000)\d{6}", r"01 \2"),
    (r"\+52(800)\d{7}", r"\1"),
    (r"\+1(8\d\d)\d{7}", r"\1"),
)
"""How a country calls its public numbers, by how they begin."""
_SEPARATORS = re.compile(r"[\s\-./()\u2010-\u2015]+")


def understood(text: str, kind: NumberKind, subsidiary: str) -> Number:
    """The number that a text means in the subsidiary's country. Raises BadNumber, saying what to write."""
    number = parse(text, subsidiary)
    if number.country != subsidiary:
        raise BadNumber(f"{written(number.e164)} es un número de {number.country}, no de {subsidiary}")
    if kind is NumberKind.HEADER and number.kind not in _HEADERS:
        hint = "va como público, no como cabecera" if number.kind in _PUBLICS else "una cabecera es un fijo"
        raise BadNumber(f"{written(number.e164)} es {_KINDS[number.kind]}; {hint}")
    if kind is NumberKind.PUBLIC and number.kind not in _PUBLICS:
        hint = "va como cabecera, no como público" if number.kind in _HEADERS else "no es un 0800 ni un 0810"
        raise BadNumber(f"{written(number.e164)} es {_KINDS[number.kind]}; {hint}")
    return number


def kind_of(number: Number) -> NumberKind:
    """What a number can only be in the inventory, by its numbering plan."""
    return NumberKind.PUBLIC if number.kind in _PUBLICS else NumberKind.HEADER


def service(e164: str) -> str:
    """What the country calls such numbers: `0800`, `0810`, `01 8000`, `800`; or that it is a fixed one."""
    for pattern, shape in _SERVICES:
        if re.fullmatch(pattern, e164):
            return re.sub(pattern, shape, e164)
    try:
        return _KINDS[parse(e164, "").kind].removeprefix("un ")
    except BadNumber:
        return ""


def sought(e164: str, plan: str | None, account: str, note: str) -> str:
    """What a search compares: the digits abroad and at home, and the words."""
    home = "".join(filter(str.isdigit, written(e164)))
    return folded(f"{e164[1:]} {home} {plan or ''} {account} {note}")


def candidates(text: str, countries: Iterable[str]) -> tuple[str, ...]:
    """Every number (E.164) that the text may be, written in any of these countries' ways."""
    found = []
    for country in countries:
        try:
            found.append(parse(text, country).e164)
        except BadNumber:
            continue
    return tuple(dict.fromkeys(found))


def parts(text: str) -> tuple[str, ...]:
    """The words of a search; what is only digits and what separates them is one word, without separators."""
    bare = _SEPARATORS.sub("", text).removeprefix("+")
    if bare.isascii() and bare.isdecimal():
        return (bare,)
    return tuple(_SEPARATORS.sub("", word) if _is_number(word) else word for word in folded(text).split())


def _is_number(word: str) -> bool:
    bare = _SEPARATORS.sub("", word)
    return bare.isascii() and bare.isdecimal()
