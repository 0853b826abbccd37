import pytest

from telephony.dialplan_text import lines
from telephony.modules_needed import modules_needed, unknown_applications


@pytest.mark.parametrize(
    ("call", "modules"),
    [
        ("Hangup()", set()),
        ("Queue(cat,t)", {"app_queue"}),
        ("Set(LOCAL(shown)=${DB(altavoz-shows/${EXTEN})})", {"app_stack", "func_db"}),
        ('GotoIf($["${FILTER(0-9,${CALLERID(num)})}" = ""]?a:b)', {"func_strings", "func_callerid"}),
        ("Dial(PJSIP/101,20,b(routine^s^1))", {"app_dial"}),
    ],
)
def test_a_call_needs_the_modules_of_its_application_and_functions(call: str, modules: set[str]) -> None:
    assert modules_needed(lines("c", f"exten => s,1,{call}")) == modules


def test_an_application_that_a_dialplan_may_not_use_is_named() -> None:
    body = "exten => 1,hint,PJSIP/1\nexten => 1,1,Dial(x)\nsame => n,System(ls)\ninclude => b\n"
    assert unknown_applications(lines("c", body)) == {"System"}
