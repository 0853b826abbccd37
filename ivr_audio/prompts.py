"""A recording that somebody brings for a prompt: opened, judged, and made what the PBX plays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr_audio.decode import BadRecording, Sound, decode
from ivr_audio.quality import Quality, judge, speech_in
from ivr_audio.telephone import RATE, Samples, levelled, wav_bytes, without_rumble

_BEFORE, _AFTER = 0.15, 0.25
"""Seconds that are kept before the first word and after the last one."""
_FADE = RATE // 100


@dataclass(frozen=True)
class PromptSound:
    """The recording as it came (`sound`), how it measures, and `telephone`: the WAV file for the PBX."""

    sound: Sound
    quality: Quality
    telephone: bytes


def prompt_sound(path: Path, name: str, text: str | None = None) -> PromptSound:
    """Opens the recording at `path`, called `name`, that should say `text`. Blocks.

    Raises `BadRecording` with everything that is wrong, and OSError.
    """
    sound = decode(path, name)
    quality = judge(sound, text)
    if quality.problems:
        raise BadRecording(f"«{name}» {'; además '.join(quality.problems)}")
    return PromptSound(sound, quality, wav_bytes(for_telephone(sound.samples)))


def for_telephone(samples: Samples) -> Samples:
    """The speech at the level of the PBX's own prompts, without rumble, idle beginning or idle end. Pure."""
    clean = without_rumble(samples)
    speech = speech_in(clean)
    if not speech.frames:
        return clean
    first, last = speech.frames[0] * RATE // 50, (speech.frames[-1] + 1) * RATE // 50
    start, end = first - int(_BEFORE * RATE), last + int(_AFTER * RATE)
    piece = _faded(levelled(clean[max(0, start) : end], speech.level))
    return np.concatenate([np.zeros(max(0, -start)), piece, np.zeros(max(0, end - len(clean)))])


def _faded(samples: Samples) -> Samples:
    slope = np.linspace(0.0, 1.0, min(_FADE, len(samples)))
    faded = samples.copy()
    faded[: len(slope)] *= slope
    faded[len(faded) - len(slope) :] *= slope[::-1]
    return faded
