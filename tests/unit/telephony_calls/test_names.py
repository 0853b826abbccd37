import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.names import LONGEST_NAME, caller_name, e164, extension, phone


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("María Peña", "María Peña"),
        ("<unknown>", ""),
        (r"D\'Angelo", "D'Angelo"),
        (r"\\\"x\\\", Plan: z", '"x", Plan: z'),
        (r"back\\\\slash", r"back\slash"),
        (r"a\r\nEvent: Hangup", "a\ufffd\ufffdEvent: Hangup"),
        ("tab\there\x85", "tab\ufffdhere\ufffd"),
        ("  Ana  ", "Ana"),
        ("\\", "\\"),
    ],
)
def test_a_name_is_shown_as_the_carrier_sent_it(written: str, name: str) -> None:
    assert caller_name(written) == name


@given(st.text() | st.text(min_size=LONGEST_NAME + 1))
def test_no_name_is_long_or_has_a_control_character(written: str) -> None:
    name = caller_name(written)
    assert len(name) <= LONGEST_NAME
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in name)


@pytest.mark.parametrize(
    "digits", ["", "0800555", "12345", "5411432187651234", "+541143218765", "54 11", "１２３４５６７"]
)
def test_what_is_not_a_whole_number_is_none(digits: str) -> None:
    assert e164(digits) is None


def test_a_number_gets_its_plus() -> None:
    assert e164("541143218765") == "+541143218765"


def test_an_interface_names_its_extension() -> None:
    assert [
        extension(interface) for interface in ("PJSIP/101", "Local/102@from-queue/n", "PJSIP/103-0000002a")
    ] == [
        "101",
        "102",
        "103",
    ]


def test_only_the_phones_of_people_are_phones() -> None:
    devices = ["PJSIP/101", "PJSIP/telecom-ar", "Queue:cat", "Queue:cat_avail", "PJSIP/101x"]
    assert [phone(device) for device in devices] == ["101", None, None, None, None]
