"""The fields of a case that a person may change, each with its rule, in one table."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from cases.problems import BadValue
from plans.model import CaseKind, Plan
from plans.numbers import BadNumber, parse

Value = str | int | None
KINDS: tuple[str, ...] = get_args(CaseKind)


@dataclass(frozen=True, slots=True)
class Field:
    """`label` is what a person reads; `limit` is in characters; `clean` makes the value that is kept."""

    name: str
    label: str
    limit: int
    lines: bool
    clean: Callable[[str, Plan | None], Value]


def clean(name: str, written: str, plan: Plan | None) -> Value:
    """What is kept of what was written in a field. `plan` is the case's version; raises `BadValue`."""
    field = FIELDS.get(name)
    if field is None:
        raise BadValue(name, f"El caso no tiene un campo «{name}».")
    text = unicodedata.normalize("NFC", written).replace("\r\n", "\n").strip()
    if len(text) > field.limit:
        raise BadValue(
            name, f"«{field.label}» admite hasta {field.limit} caracteres; sobran {_over(text, field)}."
        )
    if any(_forbidden(character, field.lines) for character in text):
        raise BadValue(
            name, f"«{field.label}» tiene caracteres que no se pueden guardar: escríbalo de nuevo."
        )
    return field.clean(text, plan)


def shown(value: Value) -> str:
    """A kept value as history and forms hold it."""
    return "" if value is None else str(value)


def _over(text: str, field: Field) -> int:
    return len(text) - field.limit


def _forbidden(character: str, lines: bool) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") and not (lines and character in "\n\t")


def _text(text: str, _plan: Plan | None) -> Value:
    return text


def _kind(text: str, _plan: Plan | None) -> Value:
    if text and text not in KINDS:
        raise BadValue("kind", f"El tipo «{text}» no existe: elija {_either(KINDS)}.")
    return text or None


def _coverage(text: str, plan: Plan | None) -> Value:
    codes = tuple(each.code for each in plan.coverages) if plan else ()
    if text and text not in codes:
        raise BadValue("coverage", f"La cobertura «{text}» no es de este plan: elija {_either(codes)}.")
    return text or None


def _telephone(text: str, plan: Plan | None) -> Value:
    if not text:
        return ""
    try:
        return parse(text, plan.subsidiary if plan else "").e164
    except BadNumber as error:
        raise BadValue("telephone", f"Teléfono: {error}.") from error


def _priority(text: str, _plan: Plan | None) -> Value:
    if not (text.isascii() and text.isdecimal() and int(text) <= 100):
        raise BadValue("priority", "La prioridad es un número de 0 a 100.")
    return int(text)


def _either(words: tuple[str, ...]) -> str:
    return ", ".join(words[:-1]) + f" o {words[-1]}" if len(words) > 1 else "".join(words)


FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("kind", "Tipo", 20, False, _kind),
        Field("coverage", "Cobertura", 12, False, _coverage),
        Field("who", "Quién", 120, False, _text),
        Field("address", "Domicilio o lugar", 250, False, _text),
        Field("telephone", "Teléfono", 40, False, _telephone),
        Field("notes", "Notas", 4000, True, _text),
        Field("priority", "Prioridad", 3, False, _priority),
    )
}
