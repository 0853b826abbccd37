"""What a telephone line does to sound: its coding, noise, lost packets, a clock that differs."""

import io

import numpy as np
import soundfile
import soxr

from ivr_audio.telephone import RATE, Samples

PACKET = RATE // 50


def coded(samples: Samples, law: str = "ALAW") -> Samples:
    """There and back through `ALAW` or `ULAW`."""
    target = io.BytesIO()
    soundfile.write(target, samples, RATE, subtype=law, format="WAV")
    target.seek(0)
    read: Samples = soundfile.read(target, dtype="float64")[0]
    return read


def noisy(samples: Samples, below: float, seed: int = 1) -> Samples:
    """With hiss `below` decibels under the mean level of the sound."""
    power = float(np.sqrt(np.mean(samples**2)))
    hiss = np.random.default_rng(seed).standard_normal(len(samples))
    return samples + hiss * power * 10 ** (-below / 20)


def losing(samples: Samples, share: float, seed: int = 1, shrinks: bool = True) -> Samples:
    """Without a share of its packets of 20 ms: what follows moves up, or there is silence instead."""
    packets = samples[: len(samples) // PACKET * PACKET].reshape(-1, PACKET)
    kept = np.random.default_rng(seed).random(len(packets)) >= share
    return packets[kept].reshape(-1) if shrinks else (packets * kept[:, None]).reshape(-1)


def skewed(samples: Samples, by: float) -> Samples:
    """By a clock that differs by a share (`1e-4` is much)."""
    changed: Samples = soxr.resample(samples, RATE, RATE * (1 + by))
    return changed


def hold_music(seconds: float, seed: int = 1) -> Samples:
    """Chords that change, a little like the music that who waits hears."""
    dice = np.random.default_rng(seed)
    instants = np.arange(RATE // 2) / RATE
    bars = []
    for _ in range(int(seconds * 2)):
        notes = 220 * 2 ** (dice.integers(0, 24, 3) / 12)
        chord = sum(np.sin(2 * np.pi * note * instants) for note in notes) * np.exp(-2 * instants)
        bars.append(0.08 * chord)
    return np.concatenate(bars)


def silence(seconds: float) -> Samples:
    return np.zeros(int(RATE * seconds))
