import asyncio
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr_audio.compare import Verdict, compare, nearest
from ivr_audio.speech import Speech
from ivr_audio.telephone import RATE, Samples
from ivr_audio.voice import speak
from tests.support.telephone_lines import coded, hold_music, losing, noisy, silence, skewed

GREETING = "Gracias por comunicarse con Asistencia Ñandú."
MENU = "Para una emergencia en su hogar, marque 1. Para un servicio programado, marque 2."
OTHER_MENU = "Para una emergencia en su hogar, marque 1. Para hablar con alguien de reclamos, marque 4."
OTHER = "Sus datos serán tratados conforme a la Ley 25.326."


@cache
def said(text: str) -> Samples:
    with TemporaryDirectory() as folder:
        asyncio.run(speak(Speech(text, "es-AR"), Path(folder, "said.wav")))
        samples: Samples = soundfile.read(Path(folder, "said.wav"), dtype="float64")[0]
        return samples


def call(*parts: Samples) -> Samples:
    return coded(np.concatenate([silence(0.4), *parts, silence(1)]))


def test_a_prompt_is_found_where_it_begins() -> None:
    match = compare(call(said(OTHER), said(MENU)), said(MENU))
    assert match.verdict is Verdict.HEARD
    assert match.share == 1.0 and match.similarity > 0.98
    assert match.offset == pytest.approx(0.4 + len(said(OTHER)) / RATE, abs=0.01)
    assert match.ends == pytest.approx(match.offset + len(said(MENU)) / RATE, abs=0.03)


def test_the_level_of_what_was_heard_is_told() -> None:
    loud, soft = (compare(call(said(GREETING) * gain), said(GREETING)) for gain in (1.0, 0.25))
    assert soft.verdict is Verdict.HEARD
    assert loud.level - soft.level == pytest.approx(12, abs=0.5)


@settings(
    max_examples=10, deadline=None, derandomize=True
)  # one loss in a hundred falls where it is too much
@given(
    late=st.floats(0, 0.3), below=st.floats(8, 40), lost=st.floats(0, 0.02), skew=st.floats(-2e-4, 2e-4),
    law=st.sampled_from(["ALAW", "ULAW"]), gain=st.floats(0.2, 1.4), seed=st.integers(0, 999),
)  # fmt: skip
def test_what_a_line_does_to_a_prompt_leaves_it_the_same_prompt(
    late: float, below: float, lost: float, skew: float, law: str, gain: float, seed: int
) -> None:
    sent = skewed(losing(call(said(MENU)), lost, seed), skew) * gain
    heard = coded(noisy(sent, below, seed), law)[int(late * RATE) :]
    assert compare(heard, said(MENU)).verdict is Verdict.HEARD


@pytest.mark.parametrize("lost", [0.06, 0.14, 0.2])
def test_a_moment_that_a_busy_line_swallows_is_overlooked(lost: float) -> None:
    sent, at = call(said(MENU)), 3 * RATE
    heard = np.concatenate([sent[:at], sent[at + int(lost * RATE) :]])
    match = compare(heard, said(MENU))
    assert match.verdict is Verdict.HEARD and match.share > 0.9


@pytest.mark.parametrize(
    ("word", "other"), [("hogar", "auto"), ("marque 1", "marque 2"), ("servicio", "reclamo")]
)
def test_one_other_word_makes_another_prompt(word: str, other: str) -> None:
    assert compare(call(said(MENU.replace(word, other, 1))), said(MENU)).verdict is Verdict.ANOTHER


@settings(max_examples=5, deadline=None)
@given(below=st.floats(8, 40), lost=st.floats(0, 0.05), seed=st.integers(0, 999))
def test_another_prompt_of_the_same_voice_is_never_taken_for_it(below: float, lost: float, seed: int) -> None:
    heard = coded(noisy(losing(call(said(OTHER), said(GREETING)), lost, seed), below, seed))
    assert compare(heard, said(MENU)).verdict is Verdict.ANOTHER


def test_two_prompts_that_begin_alike_are_told_apart() -> None:
    assert compare(call(said(OTHER_MENU)), said(MENU)).verdict is Verdict.ANOTHER


def test_one_changed_word_in_a_long_prompt_is_another_prompt() -> None:
    long = f"{GREETING} {MENU} {OTHER} Para repetir, marque 9."
    changed = long.replace("programado", "de plomería")
    assert compare(call(said(changed)), said(long)).verdict is Verdict.ANOTHER


def test_a_prompt_that_stops_and_then_nothing_is_cut() -> None:
    half = said(MENU)[: len(said(MENU)) // 2]
    assert compare(call(half), said(MENU)).verdict is Verdict.CUT
    assert compare(coded(half), said(MENU)).verdict is Verdict.CUT


def test_of_a_prompt_heard_three_times_the_first_is_told_though_it_came_worst() -> None:
    heard = np.concatenate([silence(1), losing(said(MENU), 0.05, 3), said(MENU), said(MENU)])
    assert compare(coded(heard), said(MENU)).offset == pytest.approx(1.0, abs=0.3)


def test_the_beginning_that_was_heard_before_a_key_can_be_looked_for() -> None:
    heard = call(said(MENU)[: 2 * RATE], said(MENU))
    match = compare(heard, said(MENU)[: RATE * 3 // 2])
    assert match.verdict is Verdict.HEARD
    assert match.offset == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("heard", "verdict"),
    [
        (silence(6), Verdict.SILENCE),
        (silence(0), Verdict.SILENCE),
        (noisy(silence(6) + 0.02, 0), Verdict.NOISE),
        (0.1 * np.sin(np.arange(6 * RATE) * 2 * np.pi * 425 / RATE), Verdict.NOISE),
        (hold_music(8), Verdict.ANOTHER),
    ],
)
def test_silence_noise_and_music_are_not_the_prompt(heard: Samples, verdict: Verdict) -> None:
    assert compare(heard, said(MENU)).verdict is verdict


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1, 1), max_size=3000), st.lists(st.floats(-1, 1), max_size=3000))
def test_any_two_sounds_can_be_compared(heard: list[float], prompt: list[float]) -> None:
    match = compare(np.array(heard), np.array(prompt))
    assert 0 <= match.share <= 1 and 0 <= match.similarity <= 1.0001


def test_of_two_prompts_of_which_one_contains_the_other_the_whole_one_was_heard() -> None:
    longer = f"{GREETING} {OTHER}"
    prompts = {"corta": said(GREETING), "larga": said(longer), "otra": said(MENU)}
    found = nearest(call(said(longer)), prompts)
    assert found is not None and found[0] == "larga"
    assert nearest(call(hold_music(4)), prompts) is None
