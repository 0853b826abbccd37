"""The PBX's folders, aliases and configuration files on disk, owned by the user it runs as."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from telephony import journal
from telephony.layout import PbxLayout

Account = tuple[int, int]
"""User and group id."""


def make_folders(layout: PbxLayout, account: Account | None) -> None:
    """Folders, aliases of sounds, the journal; what the PBX writes belongs to `account` if given."""
    for folder in (layout.home, layout.own, layout.conf, layout.sounds):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)
    journal.prepare(layout.cel_db)
    for folder in layout.writable():
        _own_folder(folder, account)
    for alias, target in layout.aliases().items():
        _alias(alias, target)


def remove_outside(layout: PbxLayout) -> None:
    """A run folder outside home is of no use without a running PBX."""
    if not layout.run.is_relative_to(layout.home):
        shutil.rmtree(layout.run, ignore_errors=True)


def _own_folder(folder: Path, account: Account | None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink():
        raise PermissionError(f"{folder} debe ser una carpeta, no un enlace")
    _give(folder, account)
    for entry in folder.iterdir():
        _give(entry, account)
    if account is None:
        folder.chmod(0o700)


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, *account, follow_symlinks=False)


def _alias(alias: Path, target: Path) -> None:
    if alias.is_symlink() and alias.readlink() == target:
        return
    beside = alias.with_name(f".{alias.name}.new")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(alias)


def write_files(folder: Path, files: Mapping[str, str], account: Account | None) -> frozenset[str]:
    """Writes each of `files` whole or not at all, mode 0600; the names of those whose text changed."""
    return frozenset(name for name, text in files.items() if _write(folder / name, text.encode(), account))


def _write(path: Path, content: bytes, account: Account | None) -> bool:
    try:
        if path.read_bytes() == content:
            return False
    except FileNotFoundError:
        pass
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        if account is not None:
            os.fchown(file.fileno(), *account)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return True
