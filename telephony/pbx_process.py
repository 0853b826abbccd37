"""The PBX as a process: begun in a session of its own, found again, ended by its id."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FILES = 65_536


def begin(command: tuple[str, ...], output: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Starts `command` apart from us: our end, however it comes, is not its end."""
    with output.open("wb") as log, _many_files():
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"} | _kept("TZ"),
            start_new_session=True,
        )


def _kept(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


@contextmanager
def _many_files() -> Iterator[None]:
    """A call takes several descriptors; the usual limit of 1,024, inherited, would end at some 150 calls."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def find(pid_file: Path, main_conf: Path) -> int | None:
    """The id of the Asterisk that runs with `main_conf`; a left-over or foreign id counts for nothing."""
    try:
        pid = int(pid_file.read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(main_conf) in words else None


def send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
