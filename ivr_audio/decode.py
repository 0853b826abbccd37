"""The one door for sound files that people bring: any kind, rate and number of channels in, samples out.

The file is opened by a process of its own (`ivr_audio.decoding`) that may use so much memory, processor and
time and no more: a bomb, a header that lies or a fault in a decoder ends that process, and nothing else.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr_audio.containers import HEAD, Container, container_of
from ivr_audio.telephone import Samples

LARGEST = 96 * 2**20
"""Bytes of a file: five minutes of studio sound (48 kHz, 24 bit, stereo) and some room."""
LONGEST = 600
"""Seconds that are ever decoded."""
MOST_CHANNELS = 8

_PATIENCE = 60.0
_ROOT = str(Path(__file__).parents[1])

KINDS = "WAV, FLAC, MP3, OGG o M4A"
REASONS = {
    "kind": f"no es un archivo de audio que Altavoz lea; guárdelo como {KINDS}",
    "empty": "está vacío; grábelo o expórtelo de nuevo",
    "large": f"pesa más de {LARGEST // 2**20} MB; guárdelo como FLAC o MP3",
    "broken": "está dañado o incompleto; expórtelo de nuevo y vuelva a enviarlo",
    "no-audio": "no contiene sonido; expórtelo de nuevo desde el programa con que se grabó",
    "codec": f"usa una compresión que Altavoz no lee; guárdelo como {KINDS}",
    "rate": "tiene una frecuencia de muestreo fuera de lo común; guárdelo a 44.100 o 48.000 Hz",
    "channels": f"tiene más de {MOST_CHANNELS} canales; guárdelo en mono o estéreo",
    "changes": "cambia de formato a la mitad; únalo y expórtelo de nuevo en un solo archivo",
    "too-long": f"dura más de {LONGEST // 60} minutos; acórtelo",
    "heavy": "exige demasiado trabajo para abrirse; guárdelo como WAV de 16 bits",
}


class BadRecording(Exception):
    """A recording cannot be a prompt; the message names the file and says in Spanish what to change."""


@dataclass(frozen=True)
class Sound:
    """A sound as decoded: `samples` at 8 kHz in one channel; the rest is about the file as it came.

    `declared` is how long its header says it is, None where headers do not tell; `peak` and `clipped` (the
    share of samples cut off) are of the samples before conversion.
    """

    samples: Samples
    kind: str
    codec: str
    rate: int
    channels: int
    seconds: float
    declared: float | None
    peak: float
    clipped: float


def decode(path: Path, name: str | None = None) -> Sound:
    """The sound of a file; `name` is what people call it. Blocks. Raises `BadRecording` and OSError."""
    called = name or path.name
    container = _container(path, called)
    answer = _answer(path, container, called)
    line, _, content = answer.partition(b"\n")
    told = json.loads(line)
    if "reason" in told:
        raise _bad(called, told["reason"])
    samples = np.frombuffer(content, "<f4").astype(np.float64)
    told["declared"] = told["declared"] if container.tells else None
    return Sound(samples=samples, kind=container.name, **told)


def _bad(name: str, reason: str) -> BadRecording:
    return BadRecording(f"«{name}» {REASONS[reason]}")


def _container(path: Path, name: str) -> Container:
    with path.open("rb") as file:
        head, size = file.read(HEAD), os.fstat(file.fileno()).st_size
    if not size:
        raise _bad(name, "empty")
    if size > LARGEST:
        raise _bad(name, "large")
    container = container_of(head)
    if container is None:
        raise _bad(name, "kind")
    return container


def _answer(path: Path, container: Container, name: str) -> bytes:
    command = [sys.executable, "-P", "-m", "ivr_audio.decoding"]
    arguments = [str(path.resolve()), container.reader, str(LONGEST), str(MOST_CHANNELS)]
    environment = {"PYTHONPATH": _ROOT, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _bad(name, "heavy") from None
    if done.returncode != 0 or not done.stdout:
        raise _bad(name, "heavy" if done.returncode < 0 or b"MemoryError" in done.stderr else "broken")
    return done.stdout
