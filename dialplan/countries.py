"""How numbers are written in each country and by each carrier, as data.

Three tables a country: `world` reads what a carrier declares as E.164 (with the plus or without it),
`home` reads national writing, both into E.164 digits; `write` turns E.164 digits into national writing.
Which one reads decides the ambiguous: `13055551234` is Miami in `world`, an old Mexican mobile in `home`.
Sources: the numbering plans of ENACOM (AR), IFT (MX) and CRC resolution 5826 (CO, 60x since 2021).
"""

from collections.abc import Iterator
from functools import cache

import phonenumbers

from dialplan.errors import CannotBuild
from dialplan.patterns import Rule, Table

_SIX, _SEVEN, _EIGHT, _NINE = "X" * 6, "X" * 7, "X" * 8, "X" * 9
_AR_THREE_DIGIT_AREAS = {
    "22": "013",
    "23": "067",
    "24": "9",
    "26": "01346",
    "28": "0",
    "29": "14789",
    "33": "6",
    "34": "12358",
    "35": "138",
    "36": "24",
    "37": "069",
    "38": "013578",
}
"""Areas of three digits: their first two, and the third of each. All others but 11 have four, so has 2202."""


def world(country: str) -> str:
    return f"altavoz-number-{country}-world"


def home(country: str) -> str:
    return f"altavoz-number-{country}-home"


def write(country: str) -> str:
    return f"altavoz-write-{country}"


@cache
def tables(country: str) -> dict[str, Table]:
    """The three tables of a country (ISO code), by name."""
    abroad = (Rule("+(X.)", "{}", world(country)), Rule("00(X.)", "{}", world(country)))
    trunk = Rule("(0[1-9].)", "{}", home(country))
    rules = _COUNTRIES.get(country) or _Plain(country)
    found = (
        Table(world(country), (*abroad, trunk, *rules.world())),
        Table(home(country), (*abroad, *rules.home())),
        Table(write(country), tuple(rules.write()), prefix="00"),
    )
    return {table.name: table for table in found}


class _Argentina:
    """Mobiles are 15 after the area at home, 9 before it abroad; area (2 to 4 digits) and number make 10."""

    def world(self) -> Iterator[Rule]:
        yield from _fifteen("54")
        yield Rule("54(0[1-9].)", "{}", home("AR"))

    def home(self) -> Iterator[Rule]:
        for trunk in ("0", ""):
            yield from _fifteen(trunk)
            yield Rule(f"{trunk}(9[123]{_NINE})", "54{}")
            yield Rule(f"{trunk}(11{_EIGHT})", "54{}")
            yield Rule(f"{trunk}([2368]{_NINE})", "54{}")
        yield Rule("(54[0-9].)", "{}", world("AR"))

    def write(self) -> Iterator[Rule]:
        yield Rule(f"549(11)({_EIGHT})", "{}15{}")
        yield Rule(f"549(2202)({_SIX})", "{}15{}")
        for start in (f"{first}{second}" for first in "23" for second in "0123456789"):
            short = _AR_THREE_DIGIT_AREAS.get(start, "")
            long = "".join(digit for digit in "0123456789" if digit not in short)
            for third in short:
                subscriber = "[013-9]" + _SIX if start + third == "220" else _SEVEN
                yield Rule(f"549({start}{third})({subscriber})", "{}15{}")
            yield Rule(f"549({start}{_one_of(long)}X)({_SIX})", "{}15{}")
        yield Rule(f"54([1-8]{_NINE})", "{}")


def _one_of(digits: str) -> str:
    return digits if len(digits) == 1 else "X" if len(digits) == 10 else f"[{digits}]"


def _fifteen(before: str) -> Iterator[Rule]:
    yield Rule(f"{before}(11)15({_EIGHT})", "549{}{}")
    yield Rule(f"{before}([23]XX)15({_SEVEN})", "549{}{}")
    yield Rule(f"{before}([23]XXX)15({_SIX})", "549{}{}")


class _Colombia:
    """Ten digits since 2021; before, a fixed number had eight (area digit and seven), which 60 completes."""

    def world(self) -> Iterator[Rule]:
        yield Rule(f"57([124-8]{_SEVEN})", "5760{}")
        yield Rule("57(0[1-9].)", "{}", home("CO"))

    def home(self) -> Iterator[Rule]:
        for trunk in ("0", ""):
            yield Rule(f"{trunk}(3{_NINE})", "57{}")
            yield Rule(f"{trunk}(60[124-8]{_SEVEN})", "57{}")
            yield Rule(f"{trunk}([124-8]{_SEVEN})", "5760{}")
            yield Rule(f"{trunk}(1800{_SEVEN})", "57{}")
        yield Rule(f"03(3{_NINE})", "57{}")
        yield Rule(f"0[3579]([124-8]{_SEVEN})", "5760{}")
        yield from (Rule(f"(57{rest})", "{}", world("CO")) for rest in _COLOMBIA_ABROAD)

    def write(self) -> Iterator[Rule]:
        yield Rule("57(X.)", "{}")


_COLOMBIA_ABROAD = (f"[124-8]{_SEVEN}", f"3{_NINE}", f"60{_EIGHT}", f"1800{_SEVEN}")


class _Mexico:
    """Ten digits; until 2019 mobiles had 1 before them from abroad, 044 or 045 at home; distance had 01."""

    def world(self) -> Iterator[Rule]:
        yield Rule(f"521([2-9]{_NINE})", "52{}")
        yield Rule("52(0[1-9].)", "{}", home("MX"))

    def home(self) -> Iterator[Rule]:
        yield from (
            Rule(f"{before}([2-9]{_NINE})", "52{}") for before in ("", "1", "01", "044", "045", "52", "521")
        )

    def write(self) -> Iterator[Rule]:
        yield Rule("52(X.)", "{}")


class _Plain:
    """Any other country, by its calling code, its trunk prefix and the lengths of its numbers."""

    def __init__(self, country: str) -> None:
        data = phonenumbers.PhoneMetadata.metadata_for_region(country)
        if data is None:
            raise CannotBuild(f"«{country}» no es un país con numeración propia: corrija la filial")
        self.code, self.trunk = str(data.country_code), data.national_prefix or ""
        usual = _lengths(data.fixed_line) | _lengths(data.mobile)
        self.lengths = (sorted(usual), sorted(_lengths(data.general_desc) - usual))

    def world(self) -> Iterator[Rule]:
        return iter(())

    def home(self) -> Iterator[Rule]:
        """Of two rules that could both match the first stands: usual lengths first, bare numbers first."""
        kept: list[Rule] = []
        for rule in (rule for lengths in self.lengths for rule in self._rules(lengths)):
            if not any(rule.overlaps(other) for other in kept):
                kept.append(rule)
        return iter(kept)

    def _rules(self, lengths: list[int]) -> Iterator[Rule]:
        for before in dict.fromkeys(("", self.trunk, self.code)):
            for number in (number for length in lengths for number in self._numbers(length)):
                yield Rule(f"{before}({number})", f"{self.code}{{}}")

    def write(self) -> Iterator[Rule]:
        yield Rule(f"{self.code}(X.)", "{}")

    def _numbers(self, length: int) -> Iterator[str]:
        yield "[1-9]" + "X" * (length - 1)
        if not self.trunk.startswith("0"):
            yield "0[1-9]" + "X" * (length - 2)


def _lengths(kind: phonenumbers.PhoneNumberDesc | None) -> set[int]:
    return set(kind.possible_length) if kind else set()


_COUNTRIES: dict[str, "_Argentina | _Colombia | _Mexico"] = {
    "AR": _Argentina(),
    "CO": _Colombia(),
    "MX": _Mexico(),
}
