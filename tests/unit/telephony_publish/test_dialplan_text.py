import re

import pytest

from dialplan.nodes import Context, Dialplan, Extension, Step
from dialplan.render import render
from telephony.dialplan_text import (
    DialplanLine,
    Unreadable,
    changed,
    lines,
    sections,
)

# Each pair was read from an Asterisk 22: what the file says, and the listing of ShowDialPlan.
AS_ASTERISK_LISTS_IT = [
    ("exten => s,1,Hangup()", ("s", "1", "Hangup", "")),
    ("exten => s,1,Hangup", ("s", "1", "Hangup", "")),
    ("exten => _X.,1(start),NoOp(a,b)", ("_X.", "1", "NoOp", "a,b")),
    ("exten => 101,hint,PJSIP/101", ("101", "hint", "PJSIP/101", "")),
    ("exten => *43,1,Nope(unknown)", ("*43", "1", "Nope", "unknown")),
    ("exten => #,1,NoOp(hash)", ("#", "1", "NoOp", "hash")),
    ("exten => _+X!,1,NoOp(plus)", ("_+X!", "1", "NoOp", "plus")),
    ("exten => _[2-9]XX,1,NoOp(x)", ("_[2-9]XX", "1", "NoOp", "x")),
    ("exten => s,20,NoOp(with (parens) inside)", ("s", "20", "NoOp", "with (parens) inside")),
    (
        r"exten => s,1,Set(X=${FILTER(0-9\,a,${EXTEN})})",
        ("s", "1", "Set", r"X=${FILTER(0-9\,a,${EXTEN})}"),
    ),
    (r"exten => s,1,NoOp(a\\b\,c\"d)", ("s", "1", "NoOp", r"a\\b\,c\"d")),
    (r"exten=>t,1,NoOp(a\,b\;c) ; comment", ("t", "1", "NoOp", r"a\,b;c")),
    ('exten => s,1,Set(__Y=ñandú "q")', ("s", "1", "Set", '__Y=ñandú "q"')),
    (
        'exten => s,1,GotoIf($["${X}" = ""]?lab:start)',
        ("s", "1", "GotoIf", '$["${X}" = ""]?lab:start'),
    ),
    ("include => other", ("", "include", "other", "")),
]


@pytest.mark.parametrize(("written", "listed"), AS_ASTERISK_LISTS_IT)
def test_a_line_is_read_as_asterisk_lists_it(written: str, listed: tuple[str, str, str, str]) -> None:
    assert lines("forms", written) == (DialplanLine("forms", *listed),)


def test_next_counts_on_from_the_priority_before() -> None:
    body = "exten => s,1,A()\n same => n(x),B()\nsame => 20,C()\n same => n,D()\nexten => t,1,E()\n"
    assert [(line.extension, line.priority, line.application) for line in lines("c", body)] == [
        ("s", "1", "A"),
        ("s", "2", "B"),
        ("s", "20", "C"),
        ("s", "21", "D"),
        ("t", "1", "E"),
    ]


def test_everything_rendered_can_be_read_again() -> None:
    steps = (Step("NoOp", 'a;b,"c"\\d (e) ${X}', label="top"), Step("Return"))
    context = Context("uno", (Extension("_X.", steps), Extension("h", steps)), includes=("dos",))
    rendered = render(Dialplan((context, Context("dos")), {}, frozenset()))
    contexts = sections(rendered.files["extensions.conf"])
    expected = {
        DialplanLine("uno", line.extension, str(line.priority), line.step.app, line.step.data)
        for line in context.lines()
    }
    assert list(contexts) == ["uno", "dos", "altavoz-release"]
    assert set(lines("uno", contexts["uno"])) == expected | {DialplanLine("uno", "", "include", "dos", "")}


def test_a_context_in_two_pieces_is_one() -> None:
    text = "[a]\nexten => s,1,A()\n[b]\nexten => s,1,B()\n[a]\nexten => t,1,C()\n"
    assert list(sections(text)) == ["a", "b"]
    assert len(lines("a", sections(text)["a"])) == 2


def test_settings_of_the_file_are_no_context() -> None:
    assert sections("[general]\nstatic=yes\n[globals]\nX=1\n[a]\n") == {"a": "\n"}


@pytest.mark.parametrize("line", ["[cortado", "[a](!)", "[]", "[a] ; x"])
def test_a_header_that_asterisk_stops_at_is_refused(line: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(line)):
        sections(f"[x]\nexten => s,1,A()\n{line}\nsame => n,B()\n")


@pytest.mark.parametrize("line", ["exten => s,1,A()", "#include otro.conf", "basura"])
def test_nothing_but_comments_stands_before_the_first_context(line: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(line)):
        sections(f"; words\n\n{line}\n[x]\n")


def test_what_changed_says_what_is_gone() -> None:
    assert changed({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x", "d": "4"}) == {
        "b": "x",
        "d": "4",
        "c": "",
    }
