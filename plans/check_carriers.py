"""What a site says of its carriers besides addresses: prefixes, contacts, the letter asking for numbers."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import phonenumbers

from plans.raw import Fault
from plans.site import PLACEHOLDERS, Carrier, Site
from plans.strict_yaml import Path
from plans.words import near, shown

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_BRACED = re.compile(r"\{([^{}]*)\}")


def letters_can_be_filled_in(site: Site) -> Iterator[Fault]:
    for name, carrier in site.carriers.items():
        if carrier.request is None:
            continue
        for key in ("subject", "body"):
            place: Path = ("carriers", name, "request", key)
            yield from ((place, "119", said) for said in _faults(getattr(carrier.request, key)))
        if "\n" in carrier.request.subject:
            place = ("carriers", name, "request", "subject")
            yield place, "119", "el asunto va en una sola línea; quite los saltos de línea"


def _faults(text: str) -> Iterator[str]:
    known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
    for found in dict.fromkeys(_BRACED.findall(text)):
        if found not in PLACEHOLDERS:
            yield f"no existe «{{{shown(found)}}}»{near(found, PLACEHOLDERS) or f'; hay: {known}'}"
    if "{" in _BRACED.sub("", text) or "}" in _BRACED.sub("", text):
        yield f"hay una llave suelta; las llaves encierran un nombre: {known}"


def contacts_can_be_written_to(site: Site) -> Iterator[Fault]:
    for name, carrier in site.carriers.items():
        for at, contact in enumerate(carrier.contacts):
            if contact.email is not None and not _EMAIL.fullmatch(contact.email):
                place: Path = ("carriers", name, "contacts", at, "email")
                hint = "escriba una como altas@operador.com"
                yield place, "120", f"«{shown(contact.email)}» no es una dirección de correo; {hint}"


def prefixes_tell_themselves_apart(site: Site) -> Iterator[Fault]:
    """A prefix that numbers begin with, too, would be taken off them."""
    for name, carrier in site.carriers.items():
        place: Path = ("carriers", name, "prefixes")
        for prefix, times in Counter(carrier.prefixes).items():
            if times > 1:
                yield place, "115", f"«{prefix}» está {times} veces; deje una"
            if clash := _beginning_like(prefix, carrier):
                yield place, "121", f"«{prefix}» es también el comienzo de {clash}; pida otro al operador"
        for short, long in pairwise(sorted(set(carrier.prefixes))):
            if long.startswith(short):
                yield place, "121", f"«{short}» es el comienzo de «{long}»; deje uno de los dos"


def _beginning_like(prefix: str, carrier: Carrier) -> str:
    """Which numbers of the carrier's own writing begin like the prefix, or are begun by it."""
    if carrier.delivers.number == "national":
        return ""
    code = str(phonenumbers.country_code_for_region(carrier.subsidiary))
    same = prefix.startswith(code) or code.startswith(prefix)
    return f"los números con «{code}»" if same else ""


CHECKS = (letters_can_be_filled_in, contacts_can_be_written_to, prefixes_tell_themselves_apart)
