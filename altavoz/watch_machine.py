"""What this machine says of itself: its disks, its clock, the console's certificate, the PBX's journal."""

import ctypes
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from cryptography import x509

from altavoz.watch_seen import DiskSeen, MachineSeen
from telephony.journal import Journal, NoJournal

_UNSYNCHRONIZED = 0x40  # STA_UNSYNC of adjtimex(2)


class Machine:
    """Looks when asked; `folders` are what it holds of ours, by what a person calls it.

    `certificate` and `journal` are files, None when there is none to look at. A look blocks: call it in a
    thread.
    """

    def __init__(self, folders: Mapping[str, Path], certificate: Path | None, journal: Path | None) -> None:
        self._folders = folders
        self._certificate = certificate
        self._journal = journal
        self._once = False

    def look(self) -> MachineSeen:
        synchronized = clock_synchronized()
        self._once = self._once or synchronized is True
        return MachineSeen(
            disks=disks(self._folders),
            synchronized=synchronized,
            once=self._once,
            certificate=valid_until(self._certificate) if self._certificate else None,
            journal=unreadable(self._journal) if self._journal else None,
        )


def disks(folders: Mapping[str, Path]) -> tuple[DiskSeen, ...]:
    """One a volume, by what the first of its folders holds; a folder that is not there yet is left out."""
    volumes: dict[int, DiskSeen] = {}
    for holds, folder in folders.items():
        try:
            volume, usage = folder.stat().st_dev, shutil.disk_usage(folder)
        except OSError:
            continue
        volumes.setdefault(volume, DiskSeen(holds, usage.free, usage.total))
    return tuple(volumes.values())


def clock_synchronized() -> bool | None:
    """Whether the kernel's clock is kept by NTP or PTP; None where the kernel does not say."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        answer = _Timex()
        failed = libc.adjtimex(ctypes.byref(answer)) < 0
    except (OSError, AttributeError):
        return None
    return None if failed else not answer.status & _UNSYNCHRONIZED


class _Timex(ctypes.Structure):
    """`struct timex` as far as we read it; the kernel writes the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("most_error", ctypes.c_long),
        ("error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def valid_until(certificate: Path) -> datetime | None:
    """When the first to end of a PEM file's certificates ends; None for a file that cannot be read."""
    try:
        found = x509.load_pem_x509_certificates(certificate.read_bytes())
    except (OSError, ValueError):
        return None
    return _earliest(each.not_valid_after_utc for each in found)


def _earliest(instants: Iterable[datetime]) -> datetime | None:
    return min(instants, default=None)


def unreadable(journal: Path) -> str:
    """Why the PBX's journal cannot be read; empty when it can."""
    try:
        Journal(journal).last()
    except NoJournal as error:
        return str(error)
    return ""
