"""What is unfit to be a prompt is refused with its reason; what is only poor is told; a good voice passes."""

import re
from dataclasses import replace

import numpy as np
import pytest

from ivr_audio.decode import BadRecording, Sound
from ivr_audio.outline import outline
from ivr_audio.prompts import for_telephone, prompt_sound
from ivr_audio.quality import hum, judge, speech_in
from ivr_audio.telephone import RATE, as_heard, speech_level, wav_samples, without_rumble
from tests.unit.ivr_audio.sounds import TEXT, voice, write


def sound(samples, **told) -> Sound:
    seconds = len(samples) / RATE
    made = Sound(samples, "WAV", "pcm_s16le", RATE, 1, seconds, None, float(np.abs(samples).max()), 0.0)
    return replace(made, **told)


def clean() -> np.ndarray:
    return voice(RATE)


def noise(level: float, size: int) -> np.ndarray:
    return np.random.default_rng(3).normal(0, level, size)


def tone(hertz: float, level: float, size: int) -> np.ndarray:
    return level * np.sin(2 * np.pi * hertz * np.arange(size) / RATE)


def test_a_good_voice_is_neither_refused_nor_warned_of():
    judged = judge(sound(clean()), TEXT)
    assert judged.problems == () and judged.warnings == ()
    assert judged.level == pytest.approx(-20, abs=2) and judged.noise < -60
    assert 0.1 < judged.lead < 0.5 and judged.silence < 0.5


def gaps(samples: np.ndarray) -> np.ndarray:
    return np.concatenate([samples[: RATE * 2], np.zeros(RATE * 20)])


@pytest.mark.parametrize(
    ("made", "told", "words"),
    [
        (lambda: np.zeros(RATE * 3), {}, "está en silencio"),
        (lambda: np.zeros(0), {"peak": 0.0}, "está en silencio"),
        (lambda: np.full(RATE * 3, 0.4), {}, "está en silencio"),
        (lambda: clean() * 0.05, {}, r"demasiado bajo \(-4\d dBFS; el mínimo es -42\)"),
        (clean, {"clipped": 0.03}, r"está saturado \(3,0 % de la señal está recortada; el máximo es 1,0 %\)"),
        (lambda: gaps(clean()), {}, "casi todo silencio"),
        (lambda: noise(0.1, RATE * 3), {}, "no contiene voz"),
        (lambda: tone(440, 0.3, RATE * 3), {}, "no contiene voz"),
        (lambda: clean()[: RATE // 2], {}, r"tiene apenas 0,\d s de voz"),
        (lambda: np.tile(clean(), 60), {}, "el máximo son 5 minutos"),
        (clean, {"declared": 60.0}, "está incompleto: contiene"),
    ],
)
def test_what_is_unfit_is_refused_with_its_reason(made, told, words):
    samples = made()
    told = {"peak": float(np.abs(samples).max(initial=0))} | told
    judged = judge(
        sound(np.concatenate([samples, np.zeros(1)]) if not len(samples) else samples, **told), TEXT
    )
    assert len(judged.problems) == 1
    assert re.search(words, judged.problems[0]), judged.problems


def test_all_that_is_wrong_is_told_at_once():
    judged = judge(sound(gaps(clean()) * 0.02, clipped=0.05))
    assert len(judged.problems) == 3


@pytest.mark.parametrize(
    ("made", "told", "words"),
    [
        (lambda: clean() * 0.13, {}, "se grabó baja"),
        (clean, {"clipped": 0.003}, "saturados"),
        (lambda: clean() + noise(0.04, len(clean())), {}, "ruido de fondo"),
        (lambda: np.concatenate([np.zeros(RATE * 2), clean()]), {}, "empieza recién a los 2,"),
        (clean, {"rate": 6000}, "6000 Hz"),
    ],
)
def test_what_is_poor_is_told(made, told, words):
    judged = judge(sound(made(), **told), TEXT)
    assert judged.problems == () and any(words in warning for warning in judged.warnings), judged


@pytest.mark.parametrize("mains", [50, 60])
def test_the_hum_of_the_mains_is_told_by_its_frequency(mains):
    size = len(clean())
    humming = clean() + tone(mains, 0.01, size) + tone(3 * mains, 0.004, size)
    assert hum(humming, speech_in(without_rumble(humming))) == mains
    assert any(f"{mains} Hz" in warning for warning in judge(sound(humming)).warnings)


def test_even_noise_is_no_hum():
    noisy = clean() + noise(0.01, len(clean()))
    assert hum(noisy, speech_in(noisy)) is None


@pytest.mark.parametrize(
    ("text", "words"), [(TEXT * 3, "faltar parte"), ("Gracias por llamar.", "decir más")]
)
def test_a_recording_that_cannot_be_of_its_text_is_told(text, words):
    assert any(words in warning for warning in judge(sound(clean()), text).warnings)


def test_a_steady_offset_changes_nothing_that_is_heard():
    judged, plain = judge(sound(clean() + 0.2)), judge(sound(clean()))
    assert judged.level == pytest.approx(plain.level, abs=0.3) and judged.problems == ()
    moved = for_telephone(clean() + 0.2)
    assert abs(moved.mean()) < 1e-4 and np.abs(moved).max() <= 0.71


@pytest.mark.parametrize("loudness", [0.06, 0.5, 3.0])
def test_every_recording_is_as_loud_as_the_pbxs_own_prompts(loudness):
    heard = for_telephone(np.clip(clean() * loudness, -1, 1))
    assert 20 * np.log10(speech_level(heard)) == pytest.approx(-20, abs=1.5)


def test_an_idle_beginning_and_end_are_cut_and_the_speech_is_whole():
    padded = np.concatenate([noise(0.0003, RATE * 3), clean(), noise(0.0003, RATE * 3)])
    heard = for_telephone(padded)
    speech = speech_in(heard)
    assert speech.frames[0] / 50 == pytest.approx(0.15, abs=0.03)
    assert (speech.of - speech.frames[-1]) / 50 == pytest.approx(0.27, abs=0.05)
    assert speech.span == pytest.approx(speech_in(clean()).span, abs=0.05)


def test_who_calls_hears_it_after_a_law():
    samples = for_telephone(clean())
    heard = as_heard(samples)
    assert len(heard) == len(samples) and not np.array_equal(heard, samples)
    difference = heard - samples
    assert 30 < 10 * np.log10((samples**2).mean() / (difference**2).mean()) < 45


def test_a_file_becomes_what_the_pbx_plays(tmp_path):
    made = prompt_sound(write(tmp_path / "x.mp3", voice(44100), 44100), "saludo.mp3", TEXT)
    assert made.sound.kind == "MP3" and made.quality.warnings == ()
    assert 4 < len(wav_samples(made.telephone)) / RATE < 8


def test_a_refusal_names_the_file(tmp_path):
    with pytest.raises(BadRecording, match=r"«saludo\.flac» no contiene voz"):
        prompt_sound(write(tmp_path / "x.flac", noise(0.1, 96000)), "saludo.flac")


def test_the_picture_of_a_sound_shows_where_it_is_loud():
    samples = np.concatenate([np.zeros(1000), np.full(1000, 0.5)])
    assert outline(samples, 4) == (0.0, 0.0, 0.5, 0.5)
    assert outline(np.zeros(0), 3) == (0.0, 0.0, 0.0)
    assert len(outline(samples[:2], 400)) == 400
