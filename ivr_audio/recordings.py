"""Recordings that a plan's file names: checked, and made telephone audio."""

from pathlib import Path

import numpy as np

from ivr_audio.decode import BadRecording, decode
from ivr_audio.telephone import wav_bytes

_SILENT = 0.001


def telephone_recording(path: Path) -> bytes:
    """The recording at `path` as a WAV file for the PBX (8 kHz, mono, 16 bit).

    One that is so already keeps its samples as they are: who names a file in a plan made it as it shall be.
    Raises `BadRecording`.
    """
    try:
        sound = decode(path)
    except FileNotFoundError:
        raise BadRecording(
            f"no existe el archivo «{path.name}»; cópielo junto al plan o corrija «audio»"
        ) from None
    except OSError as error:
        raise BadRecording(f"no se puede leer «{path.name}»: {error.strerror}") from None
    if not len(sound.samples):
        raise BadRecording(f"«{path.name}» no contiene sonido; grábelo de nuevo o quite «audio»")
    if np.max(np.abs(sound.samples)) < _SILENT:
        raise BadRecording(f"«{path.name}» está en silencio; revise el micrófono y grábelo de nuevo")
    return wav_bytes(sound.samples)


__all__ = ["BadRecording", "telephone_recording"]
