"""Samples of any rate in, telephone audio out: 8 kHz, mono, 16 bit, its level and edges right. Pure.

Samples are one-dimensional float64 arrays between -1 and 1.
"""

import io
import wave

import numpy as np
import soundfile
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


def without_rumble(samples: Samples) -> Samples:
    """The same sound without what no telephone carries: a steady offset, the hum of the mains, steps, wind.

    Rises from nothing at 60 Hz to everything at 120 Hz; a telephone's own band begins at 300 Hz.
    """
    if not len(samples):
        return samples
    at = np.fft.rfftfreq(len(samples), 1 / RATE)
    rising = np.clip((at - 60.0) / 60.0, 0.0, 1.0)
    return np.fft.irfft(np.fft.rfft(samples) * np.sin(rising * np.pi / 2) ** 2, len(samples))


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


def levelled(samples: Samples, level: float | None = None) -> Samples:
    """The same speech at the level of the PBX's own prompts, peaks bent rather than cut.

    `level` is the speech's, where it is known better than by what is audible at all.
    """
    level = speech_level(samples) if level is None else level
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


def wav_samples(content: bytes) -> Samples:
    """The samples of such a file."""
    with wave.open(io.BytesIO(content)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64) / 32768.0


def as_heard(samples: Samples) -> Samples:
    """The same sound after A-law (ITU-T G.711), as it reaches who calls."""
    line = io.BytesIO()
    soundfile.write(line, samples, RATE, format="WAV", subtype="ALAW")
    line.seek(0)
    heard: Samples = soundfile.read(line, dtype="float64")[0]
    return heard
