"""Codes by the clock, against the vectors of RFC 4226 (Appendix D) and RFC 6238 (Appendix B)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from staff import totp

SECRET = b"12345678901234567890"


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def test_codes_by_count():
    codes = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"
    assert " ".join(totp.code(SECRET, count) for count in range(10)) == codes


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_by_the_clock(seconds, code):
    assert totp.code(SECRET, totp.step_at(at(seconds)), digits=8) == code


def test_a_telephone_may_be_half_a_minute_early_or_late_and_no_more():
    now = at(1_700_000_000)
    here = totp.step_at(now)
    for steps in (-1, 0, 1):
        assert totp.matching_step(SECRET, totp.code(SECRET, here + steps), now) == here + steps
    for steps in (-2, 2):
        assert totp.matching_step(SECRET, totp.code(SECRET, here + steps), now) is None


@pytest.mark.parametrize("typed", ["", "12345", "１２３４５６", "abcdef", "\udcff", "7552241"])
def test_what_is_no_code_matches_nothing(typed):
    assert totp.matching_step(SECRET, typed, at(0) + timedelta(days=1)) is None


def test_the_secret_is_written_for_people_and_for_cameras():
    assert totp.typed_secret(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    parts = urlsplit(totp.address(SECRET, "ana.pérez", "Altavoz"))
    assert (parts.scheme, parts.netloc, parts.path) == ("otpauth", "totp", "/Altavoz%3Aana.p%C3%A9rez")
    assert parse_qs(parts.query) == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": ["Altavoz"]}
