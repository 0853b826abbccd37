"""Each fault of a dialplan is told with its code, and what is generated has none."""

from dataclasses import replace

import pytest

from dialplan.build import build
from dialplan.check import check
from dialplan.expressions import Reference, references
from dialplan.nodes import (
    SOME,
    Context,
    Dialplan,
    Extension,
    Step,
    Target,
    assign,
    gosub,
    goto,
    goto_if,
    play,
)
from dialplan.served import all_live
from ivr_audio.speech import Speech

END = Step("Hangup")
HELLO = "altavoz/" + "0" * 20


def _codes(*steps: Step, **more: object) -> list[str]:
    """Of a dialplan of one extension with these steps."""
    dialplan = Dialplan(
        (Context("a", (Extension("s", steps),)),), {HELLO: Speech("Hola", "es-AR")}, frozenset()
    )
    return [problem.code for problem in check(replace(dialplan, **more))]


def test_what_is_generated_has_no_fault(versions, wide_version, wide_site):
    assert check(build(all_live((*versions, wide_version)), wide_site, (2026,), "pbx1")) == []


def test_a_whole_extension_has_no_fault():
    assert _codes(play(HELLO), assign("ALTAVOZ_LINE", "${FILTER(0-9,${EXTEN})}"), END) == []


@pytest.mark.parametrize(
    ("code", "steps"),
    [
        ("101", (goto(Target("b")),)),
        ("101", (goto(Target("a", "x")),)),
        ("101", (goto(Target("a", "s", "3")),)),
        ("101", (goto(Target(label="nowhere")),)),
        ("101", (goto_if("$[1]", Target(label="nowhere")), END)),
        ("101", (gosub(Target("b", "x")), END)),
        ("101", (goto(Target("b", "${ALTAVOZ_LINE}"), Target("b", SOME)),)),
        ("102", (Step("Goto", "a,s,1"),)),
        ("102", (Step("Goto", "a,s,1", jumps=(Target("a", "s", "2"),)), END)),
        ("102", (Step("GotoIf", "$[1]?a,s,1:a,s,2", jumps=(Target("a", "s", "2"),)), END)),
        ("102", (Step("Gosub", "a,s,1(x)", jumps=(Target("a", "s", "2"),)), END)),
        ("103", (Step("Answer"),)),
        ("103", ()),
        ("103", (goto_if("$[1]", Target("a")),)),
        ("106", (Step("Answer", label="x"), Step("Answer", label="x"), END)),
        ("108", (play("altavoz/" + "1" * 20), END)),
        ("108", (Step("Read", "ALTAVOZ_TYPED,altavoz/nada,4"), END)),
        ("110", (Step("System", "rm -rf"), END)),
        ("110", (Step("AGI", "x"), END)),
        ("111", (assign("ALTAVOZ_LINE", "${SHELL(id)}"), END)),
        ("111", (assign("ALTAVOZ_LINE", "${FILTER(0-9,${CURL(http://x)})}"), END)),
        ("111", (assign("ENV(PATH)", "x"), END)),
        ("112", (assign("ALTAVOZ_LINE", "${ALTAVOZ_LIN}"), END)),
        ("112", (assign("PATH", "x"), END)),
        ("113", (goto_if('$["${EXTEN}" = "1"]', Target("a")), END)),
        ("113", (assign("ALTAVOZ_LINE", "${CALLERID(num)}"), END)),
        ("113", (assign("ALTAVOZ_LINE", "${CUT(EXTEN,;,1)}"), END)),
        ("113", (Step("UserEvent", "Altavoz,Name: ${CALLERID(name)}"), END)),
        ("114", (Step("NoOp", "a\nb"), END)),
        ("114", (Step("NoOp", "${ALTAVOZ_LINE"), END)),
    ],
)
def test_a_fault_in_a_step_has_its_code(code, steps):
    assert f"DIAL-{code}" in _codes(*steps)


def _context(name: str, *patterns: str) -> Context:
    return Context(name, tuple(Extension(pattern, (END,)) for pattern in patterns))


@pytest.mark.parametrize(
    ("code", "contexts"),
    [
        ("104", (_context("a", "s"), _context("a", "s"))),
        ("105", (_context("a", "1", "1"),)),
        ("105", (_context("a", "a-b", "AB"),)),
        ("107", (_context("did-001", "54001"), _context("did-002", "54001"))),
        ("109", (Context("a", includes=("b",)),)),
        ("114", (_context("a b", "s"),)),
        ("114", (_context("a", "1,1"),)),
    ],
)
def test_a_fault_of_contexts_has_its_code(code, contexts):
    assert [problem.code for problem in check(Dialplan(contexts, {}, frozenset()))] == [f"DIAL-{code}"]


def test_the_phones_may_be_included_though_another_writes_them():
    assert check(Dialplan((Context("a", includes=("phones-internal",)),), {}, frozenset())) == []


def test_a_recording_is_a_sound_too():
    assert _codes(play("altavoz/x"), END, sounds=frozenset(("altavoz/x",))) == []


def test_a_problem_says_where_and_what():
    dialplan = Dialplan((Context("a", (Extension("s", (Step("System"), END)),)),), {}, frozenset())
    assert [str(problem) for problem in check(dialplan)] == [
        "a,s,1: DIAL-110 la aplicación «System» no está permitida"
    ]


def test_two_plans_with_one_number_are_told(versions, wide_site):
    twin = versions[0].model_copy(
        update={"plan": versions[0].plan.model_copy(update={"plan": "otro"}), "hash": "e" * 64}
    )
    faults = check(build(all_live((*versions, twin)), wide_site, (2026,), "pbx1"))
    assert {fault.code for fault in faults} == {"DIAL-105", "DIAL-107"}


def test_references_are_found_with_the_functions_around_them():
    found = list(references("x ${A} ${F(0,${B:1})} $[${C} + 1] ${D:0:${E}}"))
    assert found == [
        Reference("A", None, ()),
        Reference("F", "0,${B:1}", ()),
        Reference("B", None, ("F",)),
        Reference("C", None, ()),
        Reference("D", None, ()),
        Reference("E", None, ()),
    ]
