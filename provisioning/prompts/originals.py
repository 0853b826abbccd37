"""The recordings as they came, by content; for the house's own eyes only."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from ivr_audio.durable import beside, sync_folder

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Originals:
    """A folder of files, each named by its SHA-256: one that comes twice is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, source: Path) -> str:
        """Copy a file in, and answer its SHA-256. Blocks. Raises OSError."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        target = self.path(digest)
        if not target.is_file():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy(source, target)
        return digest

    def path(self, digest: str) -> Path:
        """Where a file is, if it is still there. Raises ValueError for what is no digest."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"not a digest: {digest!r}")
        return self._folder / digest


def _copy(source: Path, target: Path) -> None:
    temporary = beside(target)
    try:
        with source.open("rb") as whole, temporary.open("wb") as copy:
            shutil.copyfileobj(whole, copy)
            copy.flush()
            os.fchmod(copy.fileno(), 0o600)
            os.fsync(copy.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)
