"""Every way of writing a number comes back to the one number."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType as Kind

from dialplan import countries
from dialplan.countries import home, tables, world, write
from dialplan.numbers import trunk_for
from dialplan.patterns import Rule, read

AR_AREAS = ("11", "220", "341", "351", "387", "2202", "2221", "2966", "3327", "3541", "3894")


def _like(country: str, kind: int) -> st.SearchStrategy[str]:
    """Valid national significant numbers of a kind: the example of the library with other last digits."""
    example = str(phonenumbers.example_number_for_type(country, kind).national_number)
    changed = st.text("0123456789", min_size=5, max_size=5).map(lambda tail: example[:-5] + tail)
    return changed.filter(lambda number: _valid(country, number))


def _valid(country: str, number: str) -> bool:
    code = phonenumbers.country_code_for_region(country)
    parsed = phonenumbers.PhoneNumber(country_code=code, national_number=int(number))
    return phonenumbers.is_valid_number(parsed)


ar_subscribers = st.sampled_from(AR_AREAS).flatmap(
    lambda area: st.text("0123456789", min_size=9 - len(area), max_size=9 - len(area)).map(
        lambda rest: (area, "4" + rest)
    )
)


def _both(country: str, digits: str) -> None:
    """As E.164 in every guise, whatever the carrier declares."""
    for table in (home(country), world(country)):
        for written in (f"+{digits}", f"00{digits}", digits):
            assert read(tables(country), table, written) == digits, (table, written)


@given(ar_subscribers)
def test_an_argentine_fixed_number_is_known_in_every_writing(number):
    area, rest = number
    _both("AR", f"54{area}{rest}")
    for written in (f"{area}{rest}", f"0{area}{rest}", f"540{area}{rest}", f"+540{area}{rest}"):
        assert read(tables("AR"), home("AR"), written) == f"54{area}{rest}"


@given(ar_subscribers)
def test_an_argentine_mobile_is_known_by_its_fifteen_or_its_nine(number):
    area, rest = number
    mobile = f"549{area}{rest}"
    _both("AR", mobile)
    at_home = (f"0{area}15{rest}", f"{area}15{rest}", f"9{area}{rest}", f"09{area}{rest}")
    for written in (*at_home, f"54{area}15{rest}", f"+54{area}15{rest}", f"0054{area}15{rest}"):
        assert read(tables("AR"), home("AR"), written) == mobile, written
    for written in (f"54{area}15{rest}", f"+540{area}15{rest}"):
        assert read(tables("AR"), world("AR"), written) == mobile, written


@given(_like("AR", Kind.TOLL_FREE) | _like("AR", Kind.UAN))
def test_an_argentine_service_number_is_known_with_its_zero_and_without(number):
    for written in (number, f"0{number}", f"54{number}", f"+54{number}"):
        assert read(tables("AR"), home("AR"), written) == f"54{number}"


@given(_like("MX", Kind.FIXED_LINE) | _like("MX", Kind.TOLL_FREE))
def test_a_mexican_number_is_known_with_every_old_prefix(number):
    _both("MX", f"52{number}")
    for before in ("", "01", "044", "045", "1", "521", "+521", "00521", "+5201"):
        assert read(tables("MX"), home("MX"), before + number) == f"52{number}", before
    for before in ("521", "+521", "5201", "01"):
        assert read(tables("MX"), world("MX"), before + number) == f"52{number}", before


@given(st.sampled_from("1245678"), st.text("0123456789", min_size=6, max_size=6))
def test_a_colombian_fixed_number_is_known_by_its_old_and_its_new_writing(area, rest):
    number = f"60{area}5{rest}"
    _both("CO", f"57{number}")
    old = f"{area}5{rest}"
    for written in (number, f"0{number}", old, f"0{old}", f"57{old}", f"+57{old}", f"05{old}", f"09{old}"):
        assert read(tables("CO"), home("CO"), written) == f"57{number}", written
    assert read(tables("CO"), world("CO"), f"57{old}") == f"57{number}"


@given(_like("CO", Kind.MOBILE))
def test_a_colombian_mobile_is_known_with_and_without_what_fixed_lines_dial_before_it(number):
    _both("CO", f"57{number}")
    for written in (number, f"0{number}", f"03{number}"):
        assert read(tables("CO"), home("CO"), written) == f"57{number}", written


@given(_like("CO", Kind.TOLL_FREE))
def test_a_colombian_toll_free_number_is_known_with_its_zero(number):
    _both("CO", f"57{number}")
    assert read(tables("CO"), home("CO"), f"0{number}") == f"57{number}"


@pytest.mark.parametrize("country", ["CL", "PE", "UY", "EC", "BR", "ES", "US"])
def test_any_other_country_is_read_by_its_code_and_trunk_prefix(country):
    number = phonenumbers.example_number(country)
    digits = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")
    national = phonenumbers.national_significant_number(number)
    trunk = phonenumbers.PhoneMetadata.metadata_for_region(country).national_prefix or ""
    _both(country, digits)
    for written in (national, trunk + national):
        assert read(tables(country), home(country), written) == digits, written


def test_what_the_carrier_declares_decides_an_ambiguous_number():
    assert read(tables("MX"), world("MX"), "13055551234") == "13055551234"
    assert read(tables("MX"), home("MX"), "13055551234") == "523055551234"


def test_a_number_of_another_country_stays_as_it_is():
    for country in ("AR", "CO", "MX", "CL"):
        for written in ("+13055551234", "0013055551234"):
            assert read(tables(country), home(country), written) == "13055551234"


@pytest.mark.parametrize("country", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_no_two_rules_of_a_table_match_the_same_digits(country):
    for table in tables(country).values():
        assert list(table.clashes()) == []


@given(ar_subscribers, st.booleans())
def test_what_is_written_the_national_way_is_read_back(number, mobile):
    area, rest = number
    digits = f"54{'9' if mobile else ''}{area}{rest}"
    written = read(tables("AR"), write("AR"), digits)
    assert written == (f"{area}15{rest}" if mobile else f"{area}{rest}")
    assert read(tables("AR"), home("AR"), written) == digits


@pytest.mark.parametrize(
    ("country", "digits", "written"),
    [
        ("CO", "576015551234", "6015551234"),
        ("CO", "573001234567", "3001234567"),
        ("MX", "525541239876", "5541239876"),
        ("AR", "548005551234", "8005551234"),
        ("CL", "56221234567", "221234567"),
        ("AR", "13055551234", "0013055551234"),
        ("MX", "541143218765", "00541143218765"),
    ],
)
def test_a_foreign_number_is_written_with_two_zeros(country, digits, written):
    assert read(tables(country), write(country), digits) == written


def test_the_areas_of_three_digits_are_those_of_the_numbering_plan():
    def as_area(area: int, rest: str) -> bool:
        number = phonenumbers.PhoneNumber(country_code=54, national_number=int(f"9{area}{rest}"))
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        return phonenumbers.is_valid_number(number) and national.split()[0] == f"0{area}"

    found = {str(area) for area in range(200, 400) if as_area(area, "4234567") or as_area(area, "5512345")}
    ours = {start + last for start, lasts in countries._AR_THREE_DIGIT_AREAS.items() for last in lasts}
    assert ours == found


def test_two_patterns_overlap_only_when_some_digits_match_both():
    assert Rule("0(1X)", "{}").overlaps(Rule("0([12].)", "{}"))
    assert not Rule("0(1X)", "{}").overlaps(Rule("0([2-9].)", "{}"))
    assert not Rule("(XX)", "{}").overlaps(Rule("(XXX)", "{}"))
    assert not Rule("(XX)", "{}").overlaps(Rule("(XX.)", "{}"))


def test_a_duty_number_goes_out_where_it_belongs(site):
    assert trunk_for("+541140009999", site) == "telecom-ar"
    assert trunk_for("+576015551234", site) == "claro-co"
    assert trunk_for("+13055551234", site) is None
