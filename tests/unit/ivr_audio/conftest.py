import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from ivr_audio.speech import Speech


@pytest.fixture
def greeting() -> Speech:
    return Speech("Gracias por comunicarse con Asistencia Ñandú.", "es-AR")


@pytest.fixture
def recording(tmp_path: Path) -> Callable[..., Path]:
    """Writes a tone as a person's recording and answers its path."""

    def write(
        name: str = "saludo.wav", rate: int = 8000, channels: int = 1, seconds: float = 0.5, **how: str
    ) -> Path:
        instants = np.arange(int(rate * seconds)) / rate
        tone: NDArray[np.float64] = 0.3 * np.sin(2 * np.pi * 440 * instants)
        path = tmp_path / name
        soundfile.write(path, np.tile(tone[:, None], (1, channels)), rate, **how)
        return path

    return write


@pytest.fixture(autouse=True)
def _the_voice_is_installed() -> None:
    if shutil.which("espeak-ng") is None:
        pytest.fail("these tests speak: apt-get install espeak-ng")
