"""What pydantic finds wrong, said in Spanish: which problem it is and what to write instead."""

import re
from collections.abc import Callable, Mapping

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from plans.fields import slug_of
from plans.help import help_of
from plans.raw import WITH_UNIT
from plans.shape import keys_of, models_at
from plans.strict_yaml import Document, Path
from plans.words import near, shown

Said = tuple[str, str]
"""The number of a problem's code, and its message."""

FORMS: Mapping[str, str] = {
    r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$": "use minúsculas sin acento, dígitos y guiones (40 como mucho)",
    r"^[A-Z]{2}$": "escriba el país con dos letras mayúsculas, como AR",
    r"^[A-Z]{3}$": "escriba la moneda con tres letras mayúsculas, como ARS",
    r"^[0-9*#]$": 'una opción es una sola tecla entre comillas: "0" a "9", "*" o "#"',
    r"^\d{1,2}(-\d{1,2})?$": 'escriba cuántos dígitos, como "8", o de cuántos a cuántos, como 7-8',
    r"^(mon|tue|wed|thu|fri|sat|sun)([-,](mon|tue|wed|thu|fri|sat|sun))*$": (
        "escriba los días en inglés abreviado, como mon-fri, sat o mon,wed,fri"
    ),
    r"^[A-Z0-9]{2,12}$": "use de 2 a 12 letras mayúsculas sin acento o dígitos, como PLOM",
    r"^[a-z]{2}-[A-Z0-9]{2,3}$": "escriba el idioma y el país, como es-AR",
    r"^\+\d{1,14}$": 'escriba el prefijo con «+» y entre comillas, como "+54 11"',
    r"^[*#0-9]{2,6}$": 'escriba de 2 a 6 dígitos entre comillas, como "911"',
    r"^[0-9]{2,6}$": 'escriba de 2 a 6 dígitos entre comillas, como "701"',
    r"^[0-9]{1,8}$": 'escriba de 1 a 8 dígitos entre comillas, como "99"',
}


def explain(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    """The problem that `error` is, at `path` of the document's data."""
    if error["input"] is None and error["type"] not in ("missing", "value_error", "extra_forbidden"):
        return _empty(error, path, document, model)
    if error["input"] == "" and error["type"] == "string_pattern_mismatch":
        return _empty(error, path, document, model)
    say = _SAY.get(error["type"], _of_another_type)
    return say(error, path, document, model)


def _name(path: Path) -> str:
    """The last part of a path that has a name."""
    return next((part for part in reversed(path) if isinstance(part, str)), "el archivo")


def _or_remove(path: Path, model: type[BaseModel]) -> str:
    """«o quite la clave», where the place can do without it."""
    fields = [m.model_fields for m in models_at(model, path[:-1])]
    infos = [info for known in fields for name, info in known.items() if (info.alias or name) == path[-1]]
    return " o quite la clave" if infos and not any(info.is_required() for info in infos) else ""


def _unknown(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    key, keys = str(path[-1]), keys_of(models_at(model, path[:-1]))
    if ":" in key and key.split(":")[0] in keys:
        return "020", f"clave desconocida «{shown(key)}»; deje un espacio después de los dos puntos"
    hint = near(key, keys) or f"; aquí van: {', '.join(keys)}"
    return "020", f"clave desconocida «{shown(key)}»{hint}"


def _missing(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    key = str(path[-1])
    helped = [help_of(m, key) for m in models_at(model, path[:-1])]
    hint = next((f": {text[0].lower()}{text[1:].rstrip('.')}" for text in helped if text), "")
    return "021", f"falta la clave «{key}»{hint}"


def _text(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    if isinstance(error["input"], dict | tuple):
        return _of_another_type(error, path, document, model)
    written = _written(error, path, document)
    return "023", f'en «{_name(path)}» va un texto; escriba "{written}" entre comillas'


def _written(error: ErrorDetails, path: Path, document: Document) -> str:
    """What stands in the text, for a single value."""
    if isinstance(error["input"], dict | tuple):
        return "{…}" if isinstance(error["input"], dict) else "[…]"
    return document.written.get(path, str(error["input"]))


def _of_another_type(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    wanted = WITH_UNIT.get(str(path[-1])) if error["type"] == "int_type" else None
    wanted = wanted or _WANTED.get(error["type"], "otro valor")
    if error["type"] == "model_type" and "hangup" in keys_of(models_at(model, path)):
        wanted = "un destino, como {queue: cat}, o la palabra hangup"
    return "024", f"«{_name(path)}» no admite este valor; escriba {wanted}"


def _choice(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    possible = re.findall(r"'([^']*)'", error.get("ctx", {}).get("expected", ""))
    if possible:
        written = _written(error, path, document)
        hint = near(written, possible) or f"; escriba {_or(possible)}"
        return "025", f"«{_name(path)}»: «{shown(written)}» no vale{hint}"
    only = "1" if path[-1:] == ("altavoz",) else "true"
    return "025", f"«{_name(path)}» solo puede valer {only}; escríbalo así{_or_remove(path, model)}"


def _or(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} o {words[-1]}" if len(words) > 1 else words[0]


def _form(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    pattern, written = error.get("ctx", {}).get("pattern", ""), str(error["input"])
    hint = FORMS.get(pattern, "revise cómo está escrito")
    slug = slug_of(written) if pattern.startswith("^[a-z0-9](") else ""
    return "026", f"«{shown(written)}» no sirve en «{_name(path)}»; {hint}" + (f": «{slug}»" if slug else "")


def _bounds(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    context = error.get("ctx", {})
    for key, words in _BOUNDS.items():
        if key in context:
            return "027", f"«{_name(path)}» {words.format(context[key])}"
    return "027", f"«{_name(path)}» está fuera de sus límites"


def _too_short(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    return "027", f"«{_name(path)}» está vacío; escriba al menos un elemento"


def _empty(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    return "022", f"«{_name(path)}» está sin valor; escríbalo{_or_remove(path, model)}"


def _ours(error: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> Said:
    """The models' own messages are Spanish already."""
    number = "028" if isinstance(error["input"], dict) else "026"
    return number, f"«{_name(path)}»: {error.get('ctx', {}).get('error', '')}"


_BOUNDS: Mapping[str, str] = {
    "gt": "debe ser mayor que {}",
    "ge": "debe ser {} o más",
    "lt": "debe ser menor que {}",
    "le": "debe ser {} como mucho",
    "max_length": "es demasiado largo; deje {} letras como mucho",
}
_WANTED: Mapping[str, str] = {
    "int_type": "un número entero, como 3",
    "int_from_float": "un número entero, como 3",
    "bool_type": "true o false, sin comillas",
    "date_type": "una fecha, como 2026-03-01",
    "tuple_type": "una lista, como [a, b] o una línea con «- » para cada elemento",
    "dict_type": "claves con su valor, como {clave: valor}",
    "mapping_type": "claves con su valor, como {clave: valor}",
    "model_type": "claves con su valor, como {clave: valor}",
    "string_type": "un texto",
}
_SAY: Mapping[str, Callable[[ErrorDetails, Path, Document, type[BaseModel]], Said]] = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "string_type": _text,
    "literal_error": _choice,
    "string_pattern_mismatch": _form,
    "string_too_short": _empty,
    "string_too_long": _bounds,
    "too_short": _too_short,
    "greater_than": _bounds,
    "greater_than_equal": _bounds,
    "less_than": _bounds,
    "less_than_equal": _bounds,
    "value_error": _ours,
}
