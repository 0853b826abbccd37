from telephony.base_modules import MODULES
from telephony.modules_needed import _BY_MODULE, modules_for


def test_an_application_names_its_module() -> None:
    assert modules_for({"Queue", "Playback", "Hangup"}) == ({"app_queue", "app_playback"}, set())


def test_an_application_is_known_in_any_writing_as_it_is_to_asterisk() -> None:
    assert modules_for({"noop", "GOSUB"}) == ({"app_stack"}, set())


def test_an_application_that_nothing_brings_is_named() -> None:
    assert modules_for({"Nope", "System", "NoOp"}) == (set(), {"Nope", "System"})


def test_what_our_own_pbx_loads_serves_what_routines_need() -> None:
    needed = {"app_queue", "app_dial", "app_read", "app_stack", "app_userevent", "app_celgenuserevent"}
    assert needed <= set(MODULES) & set(_BY_MODULE)
