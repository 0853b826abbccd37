"""Sound files of every kind, made for tests, and a voice to put into them."""

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr_audio.prompts import PromptSound, prompt_sound

Samples = NDArray[np.float64]
TEXT = "Gracias por comunicarse con Asistencia Ñandú. Para una emergencia en su hogar, marque uno."
KINDS = {
    "wav": ("wav", "pcm_s24le"),
    "flac": ("flac", "flac"),
    "mp3": ("mp3", "libmp3lame"),
    "ogg": ("ogg", "libopus"),
    "m4a": ("ipod", "aac"),
    "mp4": ("mp4", "aac"),
    "webm": ("webm", "libopus"),
}
"""By suffix: FFmpeg's container and the codec in it."""


@cache
def voice(rate: int = 48000) -> Samples:
    """Five seconds of the built-in voice at -20 dBFS, in a room that is nearly silent (-70 dBFS)."""
    with TemporaryDirectory() as folder:
        raw = Path(folder, "raw.wav")
        subprocess.run(["espeak-ng", "-v", "es-419", "-w", str(raw), TEXT], check=True)
        samples, found = soundfile.read(raw, dtype="float64")
    spoken = soxr.resample(samples, found, rate)
    spoken *= 0.1 / np.sqrt(np.mean(spoken[np.abs(spoken) > 0.005] ** 2))
    padded = np.concatenate([np.zeros(rate // 5), spoken, np.zeros(rate // 5)])
    return padded + np.random.default_rng(7).normal(0, 0.0003, len(padded))


def write(path: Path, samples: Samples, rate: int = 48000, layout: str = "mono") -> Path:
    """Samples (or channels × samples) as a file of the kind its suffix says."""
    container, codec = KINDS[path.suffix[1:]]
    channels = np.atleast_2d(samples)
    with av.open(str(path), "w", format=container) as file:
        stream: Any = file.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(channels.astype(np.float32), format="fltp", layout=layout)
        frame.sample_rate = rate
        for piece in _fitting(stream, frame):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


def _fitting(stream: Any, frame: Any) -> Any:
    stream.codec_context.open()
    size = stream.codec_context.frame_size or 1024
    resampler = av.AudioResampler(stream.format.name, stream.layout.name, stream.rate, frame_size=size)
    return [*resampler.resample(frame), *resampler.resample(None)]


_OPENED: dict[tuple[bytes, str, str | None], PromptSound] = {}


def opened_once(path: Path, name: str, text: str | None = None) -> PromptSound:
    """`prompt_sound` itself, which remembers the same file: for tests of what becomes of it afterwards."""
    key = (path.read_bytes(), name, text)
    if key not in _OPENED:
        _OPENED[key] = prompt_sound(path, name, text)
    return _OPENED[key]
