from dataclasses import replace

from ivr_audio.speech import VOICE, Speech, spoken_name


def test_a_sound_is_named_by_its_text_and_language(greeting: Speech) -> None:
    assert spoken_name(greeting) == spoken_name(Speech(greeting.text, "es-AR"))
    assert spoken_name(greeting) != spoken_name(Speech(greeting.text + ".", "es-AR"))
    assert spoken_name(greeting) != spoken_name(Speech(greeting.text, "es-MX"))


def test_a_name_is_twenty_hex_digits_of_our_folder(greeting: Speech) -> None:
    folder, _, digits = spoken_name(greeting).partition("/")
    assert folder == "altavoz"
    assert len(digits) == 20
    assert set(digits) <= set("0123456789abcdef")


def test_another_voice_makes_other_names(greeting: Speech) -> None:
    assert spoken_name(greeting) != spoken_name(greeting, replace(VOICE, words_per_minute=140))
    assert spoken_name(greeting) != spoken_name(greeting, replace(VOICE, revision=VOICE.revision + 1))


def test_an_accent_typed_in_two_characters_is_the_same_text() -> None:
    assert spoken_name(Speech("Ñandú", "es-AR")) == spoken_name(Speech("N\u0303andu\u0301", "es-AR"))


def test_text_and_language_do_not_run_into_each_other() -> None:
    assert spoken_name(Speech("a", "es-AR")) != spoken_name(Speech('a", "es-AR', ""))
