"""What callers of test calls heard, kept for ever: files named by their content."""

import asyncio
import hashlib
import re
from pathlib import Path

import numpy as np
import soundfile

from ivr_audio.durable import make_folder, write_durably
from ivr_audio.telephone import Samples, resampled

_NAME = re.compile(r"[0-9a-f]{64}")


class Recordings:
    """`folder` holds `<two digits>/<SHA-256>.wav`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path | None:
        """The file of a recording; None when there is none of that name."""
        if not _NAME.fullmatch(sha256):
            return None
        path = self._folder / sha256[:2] / f"{sha256}.wav"
        return path if path.is_file() else None

    async def keep(self, file: Path) -> str:
        """Take a recording in; its name. Raises OSError."""
        return await asyncio.to_thread(self._keep, file)

    def _keep(self, file: Path) -> str:
        content = file.read_bytes()
        name = hashlib.sha256(content).hexdigest()
        target = self._folder / name[:2] / f"{name}.wav"
        make_folder(target.parent)
        if not target.is_file():
            write_durably(target, content)
        file.unlink(missing_ok=True)
        return name


def samples_of(path: Path) -> Samples:
    """A sound of the PBX or a recording as telephone samples. Raises OSError, ValueError for no sound."""
    try:
        read, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path.name} is no sound") from error
    mono: Samples = read.mean(axis=1) if len(read) else np.zeros(0)
    return resampled(mono, rate)
