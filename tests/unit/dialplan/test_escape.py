"""Text enters Asterisk's files by one door, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialplan.escape import Unwritable, argument, extension, line, name, setting, value


@pytest.mark.parametrize("door", [argument, value, setting, line, name])
@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "\x1b[31m", "a\u2028b", "a\x85b"])
def test_control_characters_are_refused(door, text):
    with pytest.raises(Unwritable):
        door(text)


@pytest.mark.parametrize("text", ["${EXTEN}", "a $[1+1]", "${SHELL(id)}"])
def test_expressions_are_refused_in_the_dialplan(text):
    for door in (argument, value):
        with pytest.raises(Unwritable):
            door(text)


@pytest.mark.parametrize("text", ["a,b", 'a"b', "a\\b", "a&b", "a(b", "a)b", "a|b", "a^b"])
def test_what_would_part_an_argument_is_refused(text):
    with pytest.raises(Unwritable):
        argument(text)


def test_accents_and_common_signs_pass_unchanged():
    for text in ("ASISTENCIA ÑANDÚ", "Cóndor & Cía. (2), «x»", "100% $5"):
        assert value(text) == text


def test_a_semicolon_does_not_start_a_comment():
    assert setting("a;b") == "a\\;b"
    assert line("x;--y") == "x\\;--y"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))))
def test_a_setting_never_holds_a_bare_semicolon(text):
    written = setting(text)
    assert ";" not in written.replace("\\;", "")
    assert written.replace("\\;", ";") == text.strip()


@pytest.mark.parametrize("text", ["cat", "plan-x-1", "101", "q_cat", "a" * 79])
def test_a_name_is_letters_digits_and_hyphens(text):
    assert name(text) == text


@pytest.mark.parametrize("text", ["s", "541143218765", "_0[1-9]X.", "_[+0-9*#]!", "*", "#", "q_cat"])
def test_an_extension_is_a_name_or_a_pattern(text):
    assert extension(text) == text


@pytest.mark.parametrize("text", ["", "a,1", "a b", "_X.Y", "_[1", "_", "ñ", "1" * 80, "x(y)", "${EXTEN}"])
def test_any_other_extension_is_refused(text):
    with pytest.raises(Unwritable):
        extension(text)


@pytest.mark.parametrize("text", ["", "-a", "a b", "a]", "ñ", "a,1", "_X.", "a" * 80])
def test_any_other_name_is_refused(text):
    with pytest.raises(Unwritable):
        name(text)
