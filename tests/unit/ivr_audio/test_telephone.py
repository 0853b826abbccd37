import numpy as np
import pytest

from ivr_audio.telephone import framed, levelled, speech_level, wav_bytes


@pytest.mark.parametrize("loudness", [0.02, 0.1, 0.9])
def test_speech_of_any_loudness_comes_to_the_same_level(loudness: float) -> None:
    tone = loudness * np.sin(np.arange(8000) / 5)
    assert 20 * np.log10(speech_level(levelled(tone))) == pytest.approx(-20, abs=0.2)


def test_pauses_do_not_make_speech_louder() -> None:
    tone = 0.3 * np.sin(np.arange(8000) / 5)
    with_pauses = np.concatenate([tone, np.zeros(32000), tone])
    assert speech_level(levelled(with_pauses)) == pytest.approx(speech_level(levelled(tone)), rel=0.01)


def test_silence_stays_silence() -> None:
    assert not levelled(np.zeros(8000)).any()
    assert len(framed(np.zeros(8000), lead=100, tail=50)) == 1200


def test_a_peak_is_bent_not_cut() -> None:
    sound = 0.05 * np.sin(np.arange(8000) / 5)
    sound[4000] = 0.9
    peaks = np.sort(np.abs(levelled(sound)))[-2:]
    assert 0.6 < peaks[1] <= 0.7


def test_the_loudest_sample_does_not_wrap_round() -> None:
    assert wav_bytes(np.array([1.0, -1.0]))[-4:] == b"\xff\x7f\x00\x80"
