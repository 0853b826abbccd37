"""What test calls need of a PBX beyond starting a call: digits to await, a call to end, what was heard."""

import asyncio
import time
import wave
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from dialplan.hand import FAMILY, WRONG
from dialplan.testcalls import CALL, KEYS
from telephony.console import NoConsole, console
from telephony.exchange import AmiError
from telephony.queues import Actions

_LOOKS, _LOOK = 20, 0.1
_KEPT = 24 * 3600.0
"""Seconds that a recording waits for whoever wants it."""


class PortRefused(Exception):
    """The PBX did not do it; the message says why, in Spanish."""


class TestPort(Protocol):
    """`loops`: calls can leave the PBX and come back into it. What it cannot do raises PortRefused."""

    @property
    def loops(self) -> bool: ...

    async def arm(self, line: str, entry: str) -> None:
        """From now on calls to `line` (digits) may key what `entry` says (`dialplan.hand`)."""

    async def disarm(self, line: str) -> None: ...

    async def hang_up(self, id: str) -> None:
        """End the test call, if it is there."""

    async def heard(self, id: str) -> Path | None:
        """The recording of what its caller heard, once it is whole."""


class OwnPort:
    """The PBX of this machine, by its control socket; `folder` is where it records test calls."""

    def __init__(self, control: Path, folder: Path, *, loops: bool = True) -> None:
        self.loops = loops
        self._control = control
        self._folder = folder

    async def arm(self, line: str, entry: str) -> None:
        await self._said(f"database del {WRONG} {line}")
        said = await self._said(f"database put {FAMILY} {line} {entry}")
        if "successfully" not in said:
            raise PortRefused(f"la central no anotó las cifras de la prueba: {said}")

    async def disarm(self, line: str) -> None:
        for family in (FAMILY, WRONG):
            await self._said(f"database del {family} {line}")

    async def hang_up(self, id: str) -> None:
        rows = (await self._said("core show channels concise")).splitlines()
        channels = (row.partition("!")[0] for row in rows)
        for channel in channels:
            if channel.startswith((f"Local/{id}@{CALL}-", f"Local/{id}@{KEYS}-")):
                await self._said(f"channel request hangup {channel}")

    async def heard(self, id: str) -> Path | None:
        await asyncio.to_thread(_forget_old, self._folder)
        path = self._folder / f"{id}.wav"
        before = -1
        for _ in range(_LOOKS):
            size = await asyncio.to_thread(_whole, path)
            if size is not None and size == before:
                return path
            before = -1 if size is None else size
            await asyncio.sleep(_LOOK)
        return None

    async def _said(self, command: str) -> str:
        try:
            return await console(self._control, command)
        except NoConsole as error:
            raise PortRefused(str(error)) from error


def _whole(path: Path) -> int | None:
    """The file's size once its header says the same; None while it is being written, or absent."""
    try:
        with wave.open(str(path)) as sound:
            size = path.stat().st_size
            return size if size <= 44 + 2 * sound.getnframes() else None
    except (OSError, EOFError, wave.Error):
        return None


def _forget_old(folder: Path) -> None:
    """What nobody took."""
    with suppress(OSError):
        for path in folder.glob("*.wav"):
            if time.time() - path.stat().st_mtime > _KEPT:
                path.unlink(missing_ok=True)


class AmiPort:
    """A PBX that is not ours, by AMI: its account needs `system`. What was heard stays with it."""

    loops = False

    def __init__(self, link: Actions) -> None:
        self._link = link

    async def arm(self, line: str, entry: str) -> None:
        await self.disarm(line)
        await self._do("DBPut", {"Family": FAMILY, "Key": line, "Val": entry})

    async def disarm(self, line: str) -> None:
        for family in (FAMILY, WRONG):
            with suppress(PortRefused):
                await self._do("DBDel", {"Family": family, "Key": line})

    async def hang_up(self, id: str) -> None:
        with suppress(PortRefused):
            await self._do("Hangup", {"Channel": rf"/^Local\/{id}@altavoz-test-.*$/"})

    async def heard(self, id: str) -> Path | None:
        return None

    async def _do(self, name: str, headers: dict[str, str]) -> None:
        try:
            await self._link.action(name, headers)
        except AmiError as error:
            raise PortRefused(str(error)) from error
