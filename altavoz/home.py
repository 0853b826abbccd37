"""The data folder of one instance, claimed while it runs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from altavoz.settings import DATABASE
from altavoz.startup import StartupFailed


@contextmanager
def claimed(home: Path) -> Iterator[None]:
    """Make the folder and hold it until the end. Raises StartupFailed when another instance has it."""
    home.mkdir(parents=True, exist_ok=True)
    lock = os.open(home / "altavoz.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StartupFailed(
            f"ya hay un Altavoz en marcha en «{home}»; deténgalo o elija otra carpeta con ALTAVOZ_HOME"
        ) from None
    try:
        yield
    finally:
        os.close(lock)


def private_database(home: Path) -> None:
    """The embedded database belongs to its owner alone, for it holds the phones' secrets."""
    os.close(os.open(home / DATABASE, os.O_RDWR | os.O_CREAT, 0o600))
    (home / DATABASE).chmod(0o600)
