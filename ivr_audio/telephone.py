"""Samples of any rate in, telephone audio out: 8 kHz, mono, 16 bit, its level and edges right. Pure.

Samples are one-dimensional float64 arrays between -1 and 1.
"""

import io
import wave

import numpy as np
import soxr
from numpy.typing import NDArray

RATE = 8000
"""Samples a second of everything a PBX plays here."""

Samples = NDArray[np.float64]

_LEVEL = 0.1
"""RMS of the speech itself, -20 dBFS: what Asterisk's own Spanish prompts measure."""

_KNEE, _CEILING = 0.45, 0.7
"""Peaks bend from -7 dBFS on and never pass -3 dBFS, the room that A-law and µ-law need."""

_FRAME = RATE // 50
_AUDIBLE = 0.01
_FADE = RATE // 200


def resampled(samples: Samples, rate: int) -> Samples:
    """The same sound at `RATE`, by a filter that leaves no aliases."""
    return samples if rate == RATE else soxr.resample(samples, rate, RATE, quality="VHQ")


def _frame_levels(samples: Samples) -> Samples:
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels: Samples = np.sqrt(np.mean(whole**2, axis=1))
    return levels


def speech_level(samples: Samples) -> float:
    """RMS over the frames of 20 ms in which something is heard; 0.0 when there are none."""
    levels = _frame_levels(samples)
    heard = levels[levels > _AUDIBLE]
    return float(np.sqrt(np.mean(heard**2))) if len(heard) else 0.0


def _bent(samples: Samples) -> Samples:
    room = _CEILING - _KNEE
    over = np.maximum(np.abs(samples) - _KNEE, 0.0)
    bent: Samples = np.sign(samples) * np.minimum(np.abs(samples), _KNEE) + np.sign(samples) * (
        room * np.tanh(over / room)
    )
    return bent


def levelled(samples: Samples) -> Samples:
    """The same speech at the level of the PBX's own prompts, peaks bent rather than cut."""
    level = speech_level(samples)
    return _bent(samples * (_LEVEL / level)) if level else samples


def framed(samples: Samples, lead: int, tail: int) -> Samples:
    """The heard part, its edges faded over 5 ms, between `lead` and `tail` milliseconds of silence."""
    heard = np.flatnonzero(np.abs(samples) > _AUDIBLE / 4)
    speech = samples[heard[0] : heard[-1] + 1].copy() if len(heard) else samples[:0]
    fade = np.linspace(0.0, 1.0, min(_FADE, len(speech)))
    if len(fade):
        speech[: len(fade)] *= fade
        speech[-len(fade) :] *= fade[::-1]
    return np.concatenate([np.zeros(lead * RATE // 1000), speech, np.zeros(tail * RATE // 1000)])


def wav_bytes(samples: Samples) -> bytes:
    """A WAV file as Asterisk reads it: PCM, 16 bit, mono, 8 kHz, no chunk but format and data."""
    whole = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2")
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(whole.tobytes())
    return target.getvalue()
