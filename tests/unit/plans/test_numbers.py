"""Numbers as people and carriers write them, to E.164 and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.numbers import BadNumber, parse, written

GOOD = """
AR | +54 11 4321 8765        | +541143218765  | fixed
AR | 011 4321-8765           | +541143218765  | fixed
AR | (011) 4321.8765         | +541143218765  | fixed
AR | 1143218765              | +541143218765  | fixed
AR | 541143218765            | +541143218765  | fixed
AR | 00541143218765          | +541143218765  | fixed
AR | +54 011 4321 8765       | +541143218765  | fixed
AR | 011 15 4321-8765        | +5491143218765 | mobile
AR | 11 15 4321 8765         | +5491143218765 | mobile
AR | +54 11 15 4321 8765     | +5491143218765 | mobile
AR | +54 9 11 4321 8765      | +5491143218765 | mobile
AR | 0294 15 412-3456        | +5492944123456 | mobile
AR | 02944 15 123456         | +5492944123456 | mobile
AR | 11 4321 1500            | +541143211500  | fixed
AR | 0800-555-1234           | +548005551234  | toll-free
AR | +54 800 555 1234        | +548005551234  | toll-free
AR | 0810-222-5678           | +548102225678  | shared-cost
AR | +57 601 5551234         | +576015551234  | fixed
CO | +57 601 5551234         | +576015551234  | fixed
CO | 6015551234              | +576015551234  | fixed
CO | +57 1 5551234           | +576015551234  | fixed
CO | (1) 555 1234            | +576015551234  | fixed
CO | 031 555 1234            | +576015551234  | fixed
CO | 300 123 4567            | +573001234567  | mobile
CO | 03 300 123 4567         | +573001234567  | mobile
CO | 01 8000 912345          | +5718000912345 | toll-free
CO | 018000-912345           | +5718000912345 | toll-free
CO | 01-800-0912345          | +5718000912345 | toll-free
CO | +57 1 8000 912345       | +5718000912345 | toll-free
CO | +57 01 8000 912345      | +5718000912345 | toll-free
MX | +52 55 4123 9876        | +525541239876  | fixed
MX | 55 4123 9876            | +525541239876  | fixed
MX | +52 1 55 4123 9876      | +525541239876  | fixed
MX | 01 55 4123 9876         | +525541239876  | fixed
MX | 044 55 4123 9876        | +525541239876  | fixed
MX | 045 55 4123 9876        | +525541239876  | fixed
MX | 800 123 4567            | +528001234567  | toll-free
MX | 01 800 123 4567         | +528001234567  | toll-free
AR | +52 1 55 4123 9876      | +525541239876  | fixed
   | +54 11 4000 9999        | +541140009999  | fixed
PE | 0800 12345              | +5180012345    | toll-free
DO | 1-800-555-1234          | +18005551234   | toll-free
"""

BAD = """
AR | 0800-555-12345   | 7 dígitos
AR | 0800-555-123     | 7 dígitos
AR | 0810 222 56789   | 7 dígitos
AR | 5480055512345    | 7 dígitos
AR | 110              | +54 11 4321 8765
AR | 911              | +54 11 4321 8765
AR | *910             | +54 11 4321 8765
AR | 0800-ASISTIR     | +54 11 4321 8765
AR | 4321 8765        | +54 11 4321 8765
AR |                  | +54 11 4321 8765
AR | +54 11 4321 87٦٥ | +54 11 4321 8765
CO | 01 8000 91234    | 6 dígitos
CO | 01 8000 9123456  | 6 dígitos
CO | 01 800 1234567   | 6 dígitos
CO | 8000 912345      | 6 dígitos
CO | 5551234          | +57 601 5551234
MX | 800 123 456      | 7 dígitos
MX | +521 55 4123 987 | +52 55 4123 9876
   | 011 4000 9999    | con «+»
"""


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]


@pytest.mark.parametrize(("country", "typed", "e164", "kind"), rows(GOOD))
def test_every_writing_of_a_number_is_the_same_number(country: str, typed: str, e164: str, kind: str) -> None:
    number = parse(typed, country)
    assert (number.e164, number.kind) == (e164, kind)


@pytest.mark.parametrize(("country", "typed", "advice"), rows(BAD))
def test_what_is_no_number_is_refused_with_what_to_write(country: str, typed: str, advice: str) -> None:
    with pytest.raises(BadNumber) as refusal:
        parse(typed, country)
    assert advice in str(refusal.value)


@pytest.mark.parametrize(
    ("e164", "from_country", "expected"),
    [
        ("+541143218765", None, "011 4321-8765"),
        ("+548005551234", "AR", "0800-555-1234"),
        ("+5491143218765", "AR", "011 15-4321-8765"),
        ("+5718000912345", None, "01 8000 912345"),
        ("+576015551234", "CO", "601 555 1234"),
        ("+528001234567", "MX", "800 123 4567"),
        ("+525541239876", None, "55 4123 9876"),
        ("+541143218765", "CO", "+54 11 4321-8765"),
        ("+576015551234", "MX", "+57 601 5551234"),
        ("no es un número", "AR", "no es un número"),
        ("", None, ""),
    ],
)
def test_a_number_is_shown_as_its_country_prints_it(
    e164: str, from_country: str | None, expected: str
) -> None:
    assert written(e164, from_country) == expected


@pytest.mark.parametrize("row", rows(GOOD), ids=lambda row: row[1])
def test_a_printed_number_reads_back_as_itself(row: list[str]) -> None:
    number = parse(row[1], row[0])
    assert parse(written(number.e164), number.country).e164 == number.e164


def test_a_number_names_its_country_even_when_countries_share_a_code() -> None:
    assert parse("1-809-555-1234", "DO").country == "DO"
    assert parse("1-800-555-1234", "DO").country == "DO"
    assert parse("+57 601 5551234", "AR").country == "CO"


@given(st.text(max_size=30), st.sampled_from(["AR", "CO", "MX", "US", "XX", ""]))
def test_any_text_is_a_number_or_a_bad_one(text: str, country: str) -> None:
    try:
        number = parse(text, country)
    except BadNumber as refusal:
        assert str(refusal)
    else:
        assert number.e164.startswith("+") and number.e164[1:].isdigit()
    assert isinstance(written(text, country or None), str)
