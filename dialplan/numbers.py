"""From what a carrier sends to the line that is called: number tables as contexts."""

from collections.abc import Iterator
from functools import cache

import phonenumbers

from dialplan import countries
from dialplan.nodes import SOME, Context, Extension, Step, Target, goto
from dialplan.patterns import Table
from plans.site import NumberForm, Site

LONGEST = 20
"""Characters of a telephone number that are looked at."""


def reading_table(country: str, form: NumberForm) -> str:
    """The table that reads what a carrier of `country` writes in `form`."""
    return countries.home(country) if form == "national" else countries.world(country)


def number_contexts(country: str) -> Iterator[Context]:
    """The tables of a country as routines: `Gosub(<table>,<digits>,1)` returns the result."""
    for table in countries.tables(country).values():
        yield Context(table.name, (*_rules(table), _untouched(table)))


def _rules(table: Table) -> Iterator[Extension]:
    for rule in table.rules:
        kept = (f"${{EXTEN:{at}{'' if length is None else f':{length}'}}}" for at, length in rule.slices)
        result = f"${{FILTER(0-9,{rule.result.format(*kept)})}}"
        if rule.then:
            step = goto(Target(rule.then, result), Target(rule.then, SOME))
        else:
            step = Step("Return", result)
        yield Extension(rule.pattern, (step,))


def _untouched(table: Table) -> Extension:
    return Extension("_[+0-9]!", (Step("Return", f"{table.prefix}${{FILTER(0-9,${{EXTEN}})}}"),))


@cache
def country_of(number: str) -> str:
    """The ISO code of the country that an E.164 number (with `+`) belongs to; `ZZ` when it is none's."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )


def trunk_for(number: str, site: Site) -> str | None:
    """The carrier whose subsidiary is in the number's country, the first one of the site's file."""
    country = country_of(number)
    return next((slug for slug, carrier in site.carriers.items() if carrier.subsidiary == country), None)


def digits(number: str) -> str:
    """E.164 as the dialplan holds it: without the plus."""
    return number.removeprefix("+")
