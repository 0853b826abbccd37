"""Releases on disk, where the PBX reads them.

releases/<id>/extensions.conf, plans.conf   a release; never changes
current → releases/<id>                     what the PBX reads when it next reads
draining.conf, draining.json                former plans while their calls end, and until when
releases.jsonl                              what stood when; append-only
"""

import errno
import fcntl
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ivr_audio.durable import beside, make_folder, sync_folder, write_durably
from telephony.draining import Pool, from_json, to_conf, to_json
from telephony.release_log import Entry, from_text, to_line

FILES = ("extensions.conf", "plans.conf")
MARKER = "altavoz-release"
"""The context whose only line carries the release's id: `exten => id,1,NoOp(<id>)`."""

EMPTY = "000000000000"
"""The release before any: it answers nothing."""

_EMPTY_FILES = {
    "extensions.conf": f"[{MARKER}]\nexten => id,1,NoOp({EMPTY})\n",
    "plans.conf": "; Sin planes publicados.\n",
}
_ID = re.compile(r"[0-9a-f]{12}")


class PublicationUnderWay(Exception):
    """Another publication holds the folder."""


class Releases:
    """The folder of releases. Every method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current = folder / "current"
        self._log = folder / "releases.jsonl"
        self._draining = folder / "draining.json"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep out every other publication, of other processes too; a crash lets go. PublicationUnderWay."""
        make_folder(self._folder)
        with (self._folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise PublicationUnderWay from None
            yield

    def current(self) -> str | None:
        """The release that the PBX would read now."""
        return self._current.readlink().name if self._current.is_symlink() else None

    def text(self, release: str) -> Mapping[str, str]:
        """File name → text. Raises FileNotFoundError when there is no such release."""
        if release == EMPTY:
            return _EMPTY_FILES
        return {name: (self._path(release) / name).read_text("utf-8") for name in FILES}

    def has(self, release: str) -> bool:
        return release == EMPTY or all((self._path(release) / name).is_file() for name in FILES)

    def _path(self, release: str) -> Path:
        if not _ID.fullmatch(release):
            raise ValueError(f"not a release: {release!r}")
        return self._folder / "releases" / release

    def write(self, release: str, files: Mapping[str, str]) -> None:
        """Lay a release beside the others. Written again, only what is not as it should be is written."""
        folder = self._path(release)
        make_folder(folder.parent)
        make_folder(folder)
        for name in FILES:
            content = files.get(name, "").encode()
            path = folder / name
            if not path.is_file() or path.read_bytes() != content:
                write_durably(path, content)
        sync_folder(folder.parent)

    def switch(self, release: str) -> None:
        """Make `release` the one that the PBX reads next, in one step."""
        if release == EMPTY:
            self.write(EMPTY, _EMPTY_FILES)
        link = beside(self._current)
        try:
            link.symlink_to(Path("releases", release))
            link.replace(self._current)
        finally:
            link.unlink(missing_ok=True)
        sync_folder(self._folder)

    def entries(self) -> tuple[Entry, ...]:
        return from_text(self._log.read_text("utf-8")) if self._log.exists() else ()

    def record(self, entry: Entry) -> None:
        """Append to the log, over what a crash left of a line."""
        self._log.touch(0o644)
        with self._log.open("r+b") as log:
            log.truncate(log.read().rfind(b"\n") + 1)
            log.seek(0, os.SEEK_END)
            log.write(to_line(entry).encode())
            log.flush()
            os.fsync(log.fileno())
        sync_folder(self._folder)

    def pool(self) -> Pool:
        return from_json(self._draining.read_text("utf-8")) if self._draining.exists() else {}

    def keep(self, pool: Pool, current: Collection[str]) -> None:
        """Make `pool`, without the contexts of the `current` release, the former plans that the PBX reads."""
        write_durably(self._draining, to_json(pool).encode())
        write_durably(self._folder / "draining.conf", to_conf(pool, current).encode())


def disk_words(error: OSError) -> str:
    """What a person can do about it, in Spanish."""
    place = f" en {error.filename}" if error.filename else ""
    if error.errno == errno.ENOENT:
        return f"falta el archivo {error.filename}; publique de nuevo los planes"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"no queda espacio en el disco{place}; libere espacio y publique de nuevo"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no hay permiso para escribir{place}; dé permiso al usuario del servicio"
    return f"no se pudo escribir{place}: {error.strerror or error}"
