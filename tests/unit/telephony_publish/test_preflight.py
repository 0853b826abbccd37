import pytest

from telephony.preflight import Unfit, needs


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
    assert needs({"c": f"exten => s,1,{call}\n"}).modules == modules


def test_our_sounds_are_found_wherever_they_are_played() -> None:
    body = "exten => s,1,Background(altavoz/0123456789abcdef0123&beep&altavoz/ffffffffffffffffffff)\n"
    assert needs({"c": body}).sounds == {"altavoz/0123456789abcdef0123", "altavoz/ffffffffffffffffffff"}


@pytest.mark.parametrize(
    "line", ["", "; words", "exten => t,1,Hangup()", "same => n,Hangup()", "include => b"]
)
def test_a_line_of_ours_is_fit(line: str) -> None:
    assert needs({"c": f"exten => s,1,NoOp()\n{line}\n"}).modules == frozenset()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("esto no es nada", "«esto no es nada» de «c» no se entiende"),
        ("#include otro.conf", "no se entiende"),
        ("#exec ls", "no se entiende"),
        (";-- a comment over lines", "no se entiende"),
        ("switch => Realtime", "no se entiende"),
        ("same => n,System(ls)", "no se permite la aplicación «System»"),
        ("exten => s,1,Hangup()", "«s,1» está 2 veces en «c»"),
        (f"same => n,NoOp({'ñ' * 4000})", "ocupa más de 8000 bytes"),
    ],
)
def test_what_asterisk_would_drop_is_refused_with_its_place(line: str, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        needs({"c": f"exten => s,1,NoOp()\n{line}\n"})


def test_a_hint_is_no_call() -> None:
    assert needs({"c": "exten => 101,hint,PJSIP/101\n"}).modules == frozenset()
