"""Recordings that people bring: checked, and made telephone audio."""

from pathlib import Path

import numpy as np
import soundfile

from ivr_audio.telephone import Samples, resampled, wav_bytes

LONGEST = 600
"""Seconds. A prompt longer than ten minutes is a mistake."""

_LARGEST = 256 * 1024 * 1024
_WAV = ("WAV", "WAVEX", "RF64", "W64")
_SILENT = 0.001


class BadRecording(Exception):
    """A recording cannot be a prompt; the message names the file and says in Spanish what to change."""


def telephone_recording(path: Path) -> bytes:
    """The recording at `path` as a WAV file for the PBX (8 kHz, mono, 16 bit).

    One that is so already keeps its samples as they are; other rates and channels are converted.
    Raises `BadRecording`.
    """
    samples, rate = _read(path)
    if not len(samples):
        raise BadRecording(f"«{path.name}» no contiene sonido; grábelo de nuevo o quite «audio»")
    if np.max(np.abs(samples)) < _SILENT:
        raise BadRecording(f"«{path.name}» está en silencio; revise el micrófono y grábelo de nuevo")
    return wav_bytes(resampled(samples.mean(axis=1), rate))


def _read(path: Path) -> tuple[Samples, int]:
    """Samples by channel (frames x channels) and their rate."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BadRecording(f"«{path.name}» pesa más de 256 MB; guárdelo como WAV mono de 8 kHz y 16 bits")
        with soundfile.SoundFile(path) as file:
            _check_form(path.name, file)
            samples: Samples = file.read(dtype="float64", always_2d=True)
            return samples, file.samplerate
    except FileNotFoundError:
        raise BadRecording(
            f"no existe el archivo «{path.name}»; cópielo junto al plan o corrija «audio»"
        ) from None
    except OSError as error:
        raise BadRecording(f"no se puede leer «{path.name}»: {error.strerror}") from None
    except soundfile.LibsndfileError:
        raise BadRecording(
            f"«{path.name}» no es un archivo de audio que se pueda leer; guárdelo como WAV de 16 bits"
        ) from None


def _check_form(name: str, file: soundfile.SoundFile) -> None:
    if file.format not in _WAV:
        raise BadRecording(f"«{name}» es un archivo {file.format}; guárdelo como WAV de 16 bits")
    if file.frames > LONGEST * file.samplerate:
        minutes = file.frames / file.samplerate / 60
        raise BadRecording(f"«{name}» dura {minutes:.0f} minutos y el máximo son {LONGEST // 60}; acórtelo")
