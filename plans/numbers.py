"""Telephone numbers as a country writes them, to E.164 and back (ASTERISK.md, "Numbers").

phonenumbers knows the world's numbering plans; what it does not know stands here as data: prefixes that a
country has abolished but people still write, and how its toll-free numbers really look.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from plans.words import shown

NumberKind = Literal["fixed", "mobile", "toll-free", "shared-cost", "premium", "voip", "other"]

_SEPARATORS = re.compile(r"[\s\-./()\u2010-\u2015]+")
_NON_GEOGRAPHIC = ("toll-free", "shared-cost", "premium", "voip", "other")


class BadNumber(ValueError):
    """Not a number that can be dialled; the text says in Spanish what to write."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in E.164 (`+541143218765`), what kind it is, and the country (ISO) it belongs to."""

    e164: str
    kind: NumberKind
    country: str


_KINDS: Mapping[int, NumberKind] = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.TOLL_FREE: "toll-free",
    PhoneNumberType.SHARED_COST: "shared-cost",
    PhoneNumberType.UAN: "shared-cost",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.VOIP: "voip",
}


@dataclass(frozen=True, slots=True)
class _Rules:
    """A country's own. `undo` rewrites old national writings, `undo_abroad` old ones after `+`, into E.164.

    National numbers that begin like `reserved` must match `exact`; `printed` is how E.164 looks on paper.
    """

    undo: tuple[tuple[str, str], ...] = ()
    undo_abroad: tuple[tuple[str, str], ...] = ()
    reserved: str = ""
    exact: str = ""
    example: str = ""
    printed: tuple[tuple[str, str], ...] = ()


_RULES: Mapping[str, _Rules] = {
    "AR": _Rules(
        undo=(
            (r"0?(11)15(\d{8})", r"+549\1\2"),
            (r"0?([2368]\d\d)15(\d{7})", r"+549\1\2"),
            (r"0?([2368]\d{3})15(\d{6})", r"+549\1\2"),
        ),
        undo_abroad=((r"\+540(\d+)", r"+54\1"),),
        reserved=r"8[01]0\d*",
        exact=r"8[01]0\d{7}",
        example="un 0800 o 0810 lleva 7 dígitos más, como «0800-555-1234»",
    ),
    "CO": _Rules(
        undo=(
            (r"0[3579]?([124-8]\d{7})", r"+5760\1"),
            (r"([124-8]\d{7})", r"+5760\1"),
            (r"03(3\d{9})", r"+57\1"),
        ),
        undo_abroad=((r"\+5701(800\d+)", r"+571\1"), (r"\+57([124-8]\d{7})", r"+5760\1")),
        reserved=r"1?800\d{4,}",
        exact=r"18000\d{6}",
        example="un 01 8000 lleva 6 dígitos más, como «01 8000 912345»",
        printed=((r"\+5718000(\d{6})", r"01 8000 \1"), (r"\+5760(\d)(\d{3})(\d{4})", r"60\1 \2 \3")),
    ),
    "MX": _Rules(
        undo=((r"(?:1|01|044|045)(\d{10})", r"+52\1"),),
        undo_abroad=((r"\+52(?:1|01|044|045)(\d{10})", r"+52\1"),),
        reserved=r"800\d*",
        exact=r"800\d{7}",
        example="un 800 lleva 7 dígitos más, como «800 123 4567»",
    ),
}
_CALLING_CODES: Mapping[str, str] = {"+54": "AR", "+57": "CO", "+52": "MX"}
_NO_RULES = _Rules()
_EXAMPLES: Mapping[str, str] = {"AR": "+54 11 4321 8765", "CO": "+57 601 5551234", "MX": "+52 55 4123 9876"}


def parse(written: str, country: str) -> Number:
    """The number that `written` means in `country` (ISO code); `""` takes international writing only.

    Raises BadNumber.
    """
    digits = _digits(written, country)
    rules = _RULES.get(_CALLING_CODES.get(digits[:3], "") if digits.startswith("+") else country, _NO_RULES)
    today = _undone(digits, rules)
    _check_reserved(re.sub(r"^(\+5[247])?0?", "", today), rules, written)
    found = _parsed(today, country, written)
    _check_reserved(phonenumbers.national_significant_number(found), rules, written)
    kind = _KINDS.get(phonenumbers.number_type(found), "other")
    e164 = phonenumbers.format_number(found, PhoneNumberFormat.E164)
    return Number(e164, kind, _country_of(found, kind, country))


def written(e164: str, country: str | None = None) -> str:
    """A number as its own country prints it (`0800-555-1234`); seen from another `country`, with its `+`.

    What is no valid number comes back as it is: pages must always show something.
    """
    try:
        number = parse(e164, country or "")
        found = phonenumbers.parse(number.e164, None)
    except (BadNumber, phonenumbers.NumberParseException):
        return e164
    if country is not None and number.country != country:
        return phonenumbers.format_number(found, PhoneNumberFormat.INTERNATIONAL)
    for pattern, shape in _RULES.get(number.country, _NO_RULES).printed:
        if re.fullmatch(pattern, number.e164):
            return re.sub(pattern, shape, number.e164)
    return phonenumbers.format_number(found, PhoneNumberFormat.NATIONAL)


def _digits(written: str, country: str) -> str:
    """Digits, with a `+` first when it is written internationally."""
    bare = _SEPARATORS.sub("", written)
    if not re.fullmatch(r"\+?[0-9]{1,20}", bare):
        raise BadNumber(f"«{shown(written)}» no es un número de teléfono; {_advice(country)}")
    return "+" + bare[2:] if bare.startswith("00") else bare


def _undone(digits: str, rules: _Rules) -> str:
    """The first old writing that matches is rewritten; today's writings match none."""
    for pattern, shape in rules.undo_abroad if digits.startswith("+") else rules.undo:
        if re.fullmatch(pattern, digits):
            return re.sub(pattern, shape, digits)
    return digits


def _parsed(digits: str, country: str, written: str) -> PhoneNumber:
    if not country and not digits.startswith("+"):
        raise BadNumber(f"«{shown(written)}» va sin país; escríbalo con «+», como «+54 11 4000 9999»")
    try:
        found = phonenumbers.parse(digits, country or None)
    except phonenumbers.NumberParseException as refused:
        raise BadNumber(f"«{shown(written)}» no es un número de teléfono; {_advice(country)}") from refused
    if not phonenumbers.is_valid_number(found):
        raise BadNumber(f"«{shown(written)}» no es un número válido{_in(country)}; {_advice(country)}")
    return found


def _check_reserved(national: str, rules: _Rules, written: str) -> None:
    if rules.reserved and re.fullmatch(rules.reserved, national) and not re.fullmatch(rules.exact, national):
        raise BadNumber(f"«{shown(written)}» no es un número válido; {rules.example}")


def _country_of(found: PhoneNumber, kind: NumberKind, asked: str) -> str:
    """Non-geographic numbers of a shared country code (`+1 800`) belong to whoever of them asks."""
    shared = found.country_code == phonenumbers.country_code_for_region(asked) if asked else False
    if shared and kind in _NON_GEOGRAPHIC:
        return asked
    return phonenumbers.region_code_for_number(found) or "001"


def _advice(country: str) -> str:
    example = _EXAMPLES.get(country) or _library_example(country)
    return f"escriba solo sus dígitos, como «{example}»"


def _library_example(country: str) -> str:
    example = phonenumbers.example_number(country) if country else None
    if example is None:
        return _EXAMPLES["AR"]
    return phonenumbers.format_number(example, PhoneNumberFormat.INTERNATIONAL)


def _in(country: str) -> str:
    return f" en {country}" if country else ""
