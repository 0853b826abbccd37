"""The PBX's messages carried into our log: a file of JSON lines followed as it grows."""

import asyncio
import json
import os
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

_LEVELS = {"ERROR": "error", "WARNING": "warning"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LONGEST = 500
_PAUSE = 0.5
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class PbxMessage:
    """`level` is ours (`error`, `warning`, `info`); `source` is Asterisk's file and line.

    `call` is Asterisk's own tag of the call (`C-0000001a`); it is empty when the message is of none.
    """

    level: str
    text: str
    source: str
    call: str


def read_lines(pending: bytes) -> tuple[list[bytes], bytes]:
    """Whole lines, and the beginning of one that is not whole yet."""
    *lines, rest = pending.split(b"\n")
    return lines, rest


def read_message(line: bytes) -> PbxMessage:
    """The message in a line. The line with which Asterisk opens its file is not JSON."""
    try:
        entry: Any = json.loads(line)
        message = entry["logmsg"]
        place = message["location"]
        return PbxMessage(
            level=_LEVELS.get(message["level"], "info"),
            text=_clean(message["message"]),
            source=f"{place['filename']}:{place['line']}",
            call=str(entry["identifiers"]["callid"]),
        )
    except (ValueError, KeyError, TypeError):
        return PbxMessage("info", _clean(line.decode(errors="replace")), "", "")


def _clean(text: str) -> str:
    """Callers' names stand in some messages: no control character of theirs reaches a terminal,
    and a name without end does not fill the log."""
    clean = _CONTROL.sub(" ", text).strip()
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"


class LogFollower:
    """Reads `path` from its end of now on, or from its beginning when it is not there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._pending = b""
        self._log = structlog.get_logger("pbx")
        self._task: asyncio.Task[None] | None = None
        self.recent: deque[str] = deque(maxlen=8)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="pbx log")

    async def stop(self) -> None:
        """Carries what is left and ends."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.carry()

    async def _run(self) -> None:
        while True:
            self.carry()
            await asyncio.sleep(_PAUSE)

    def carry(self) -> None:
        """Carries what has been written since the last time."""
        for piece in self._grown():
            lines, self._pending = read_lines(self._pending + piece)
            for line in filter(None, lines):
                self._say(read_message(line))

    def _grown(self) -> Iterator[bytes]:
        try:
            with os.fdopen(os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
                if file.seek(0, 2) < self._offset:
                    self._offset, self._pending = 0, b""
                file.seek(self._offset)
                while piece := file.read(_PIECE):
                    self._offset += len(piece)
                    yield piece
        except OSError:
            return

    def _say(self, message: PbxMessage) -> None:
        self.recent.append(message.text)
        write = getattr(self._log, message.level)
        write("pbx", text=message.text, **_only_given(source=message.source, pbx_call=message.call))


def _only_given(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
