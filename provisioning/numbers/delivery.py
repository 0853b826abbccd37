"""What a carrier's INVITE carried, against what the site file says of it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dialplan import countries
from dialplan.numbers import reading_table
from dialplan.patterns import read
from plans.site import Carrier, Header, NumberForm
from plans.words import shown

FORMS: Mapping[NumberForm, str] = {
    "e164": "internacional con «+»",
    "e164-no-plus": "internacional sin «+»",
    "national": "nacional",
}
PARTS: Mapping[Header, str] = {
    "request-uri": "Request-URI",
    "to": "To",
    "p-called-party-id": "P-Called-Party-ID",
    "diversion": "Diversion",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """`matches`: the PBX understands it as the line, as the site file has the carrier. `value` stood where
    the file says, `expected` should have; `differences` say what to write instead, in Spanish.
    """

    matches: bool
    value: str
    expected: str
    differences: tuple[str, ...]


def judge(carrier: Carrier, line: str, parts: Mapping[Header, str]) -> Judged:
    """`line` is E.164; `parts` are the user parts as they came, of those that came."""
    place = carrier.delivers.into
    value = parts.get(place, "")
    wanted = written_by(carrier, line)
    said = tuple(_differences(carrier, line, parts))
    return Judged(_is_line(carrier, line, value), value, wanted, said)


def written_by(carrier: Carrier, line: str) -> str:
    """The line as the site file says that the carrier writes it."""
    return _written(line, carrier.subsidiary, carrier.delivers.number)


def _written(line: str, country: str, form: NumberForm) -> str:
    digits = line.removeprefix("+")
    if form == "e164":
        return f"+{digits}"
    return (
        digits
        if form == "e164-no-plus"
        else read(countries.tables(country), countries.write(country), digits)
    )


def _is_line(carrier: Carrier, line: str, value: str) -> bool:
    """Whether the PBX reads the value as the line."""
    bare = _without_prefix(_telephone(value), carrier.prefixes)
    return bool(bare) and _read(carrier.subsidiary, carrier.delivers.number, bare) == line.removeprefix("+")


def _read(country: str, form: NumberForm, digits: str) -> str:
    return read(countries.tables(country), reading_table(country, form), digits)


def _telephone(value: str) -> str:
    return "".join(sign for sign in value.split(";")[0] if sign in "+0123456789")


def _without_prefix(digits: str, prefixes: tuple[str, ...]) -> str:
    return next((digits[len(each) :] for each in prefixes if digits.startswith(each)), digits)


def _differences(carrier: Carrier, line: str, parts: Mapping[Header, str]) -> Iterator[str]:
    place = carrier.delivers.into
    value = parts.get(place, "")
    if _is_line(carrier, line, value):
        yield from _same_number_otherwise(carrier, line, value)
        return
    if not value:
        yield f"No vino «{PARTS[place]}», donde el archivo del sitio dice que viene el número."
    elsewhere = next((each for each in PARTS if _explained(carrier, line, parts.get(each, ""))), None)
    if elsewhere is None:
        if value:
            yield f"En «{PARTS[place]}» llegó «{shown(value)}», que no es esta línea en ninguna escritura."
        return
    if elsewhere != place:
        yield f"El número vino en «{PARTS[elsewhere]}»: escriba «delivers: {{in: {elsewhere}}}»."
    yield from _explained(carrier, line, parts[elsewhere])


def _same_number_otherwise(carrier: Carrier, line: str, value: str) -> Iterator[str]:
    """Understood, but not as written in the file."""
    bare = _without_prefix(_telephone(value), carrier.prefixes)
    if bare != written_by(carrier, line):
        form = _form_of(carrier, line, bare)
        told = f"en formato {FORMS[form]}" if form else "con otros dígitos delante"
        yield f"Se entiende, pero lo escribe {told}: «{shown(value)}» y no «{written_by(carrier, line)}»."


def _explained(carrier: Carrier, line: str, value: str) -> tuple[str, ...]:
    """How the value is the line after all: in another form, after a prefix; empty when it is not."""
    digits = _telephone(value)
    bare = _without_prefix(digits, carrier.prefixes)
    for form in FORMS:
        wanted = _written(line, carrier.subsidiary, form)
        if bare.endswith(wanted):
            return tuple(_advice(carrier, form, bare.removesuffix(wanted), value))
    return ()


def _advice(carrier: Carrier, form: NumberForm, before: str, value: str) -> Iterator[str]:
    if form != carrier.delivers.number:
        yield (
            f"Lo escribe en formato {FORMS[form]} («{shown(value)}») y el archivo dice "
            f"{FORMS[carrier.delivers.number]}: escriba «delivers: {{number: {form}}}»."
        )
    elif not before:
        yield f"Lo escribe como dice el archivo: «{shown(value)}»."
    if before:
        yield f'Antepone «{before}»: agregue «prefixes: ["{before}"]».'


def _form_of(carrier: Carrier, line: str, bare: str) -> NumberForm | None:
    return next((form for form in FORMS if _written(line, carrier.subsidiary, form) == bare), None)
