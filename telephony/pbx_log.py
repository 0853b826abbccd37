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

from dialplan.routines import NAMES_CALL

_LEVELS = {"ERROR": "error", "WARNING": "warning"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_LONGEST = 500
_PAUSE = 0.5
_PIECE = 256 * 1024
_NAMES = re.compile(rf"{NAMES_CALL} (\d+\.\d+)")
_LOGGED_BY_DIALPLAN = "Ext. "
_MOST_CALLS = 10_000


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
            call=str(entry["identifiers"]["callid"]).strip("[]"),
        )
    except (ValueError, KeyError, TypeError):
        return PbxMessage("info", _clean(line.decode(errors="replace")), "", "")


def _clean(text: str) -> str:
    """Callers' names stand in some messages: no control character of theirs reaches a terminal,
    and a name without end does not fill the log."""
    clean = _CONTROL.sub(" ", text).strip()
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"


def named_call(message: PbxMessage) -> str | None:
    """The uniqueid of the call that bears the message's tag, when the dialplan says it in this message."""
    if not message.source.startswith(_LOGGED_BY_DIALPLAN):
        return None
    found = _NAMES.fullmatch(message.text)
    return found[1] if found else None


class CallNames:
    """Which call is meant by a tag of a PBX that has not been started anew meanwhile; the latest are kept."""

    def __init__(self, pbx: str) -> None:
        self._pbx = pbx
        self._calls: dict[str, str] = {}

    def learn(self, tag: str, uniqueid: str) -> None:
        """A call that comes by the same way twice keeps its first name."""
        self._calls.setdefault(tag, f"{self._pbx}-{uniqueid}")
        if len(self._calls) > _MOST_CALLS:
            del self._calls[next(iter(self._calls))]

    def of(self, tag: str) -> str:
        """The call's id; empty when it is not known."""
        return self._calls.get(tag, "")


class LogFollower:
    """Reads `path` of the PBX called `pbx` from its end of now on, or from its beginning when it is not there
    yet.
    """

    def __init__(self, path: Path, pbx: str) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._pending = b""
        self._names = CallNames(pbx)
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
        if (uniqueid := named_call(message)) is not None:
            self._names.learn(message.call, uniqueid)
            return
        self.recent.append(message.text)
        write = getattr(self._log, message.level)
        call = self._names.of(message.call)
        given = _only_given(source=message.source, call=call, pbx_call=message.call)
        write("pbx", text=message.text, **given)


def _only_given(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}
