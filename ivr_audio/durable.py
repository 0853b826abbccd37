"""Files that another program reads: whole or not at all, and still there after a power cut."""

import os
import secrets
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def beside(target: Path) -> Path:
    """A name in the same folder that no reader looks at, for what will be renamed to `target`."""
    return target.with_name(f".{target.name}.{secrets.token_hex(6)}")


def write_durably(target: Path, content: bytes) -> None:
    """Put `content` at `target` in one step, readable by everyone (0644). Raises OSError."""
    temporary = beside(target)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def make_folder(folder: Path) -> None:
    """`folder` and its parents; itself readable by everyone (0755) whatever the umask says."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o755 != 0o755:
        folder.chmod(0o755)
