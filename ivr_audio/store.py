"""The folder of sounds that the PBX plays as `altavoz/<name>`."""

import asyncio
import hashlib
import itertools
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from ivr_audio.durable import make_folder, write_durably
from ivr_audio.recordings import BadRecording, telephone_recording
from ivr_audio.speech import Speech
from ivr_audio.voice import speak

Progress = Callable[[int, int], None]
"""Called with how many of how many are there."""

_OURS = re.compile(r"altavoz/([0-9a-f]{20})")


class SoundStore:
    """Sounds by name, each made once: a name stands for its content.

    `folder` is what the PBX sees as `sounds/altavoz`. `at_once` bounds how many texts are spoken at a time.
    """

    def __init__(
        self,
        folder: Path,
        speaker: Callable[[Speech, Path], Awaitable[None]] = speak,
        at_once: int | None = None,
    ) -> None:
        self._folder = folder
        self._speaker = speaker
        self._turns = asyncio.Semaphore(at_once or os.cpu_count() or 1)
        self._under_way: dict[str, asyncio.Task[None]] = {}

    def path(self, name: str) -> Path:
        """The file of a sound of ours. Raises ValueError for a name that cannot be one."""
        match = _OURS.fullmatch(name)
        if match is None:
            raise ValueError(f"not a sound of ours: {name!r}")
        return self._folder / f"{match[1]}.wav"

    def missing(self, names: Iterable[str]) -> set[str]:
        """Those of our sounds that have no file. Names outside `altavoz/` are the PBX's; they are passed."""
        ours = {name for name in names if name.startswith("altavoz/")}
        return {name for name in ours if not self.path(name).is_file()}

    async def ensure(self, speeches: Iterable[tuple[str, Speech]], progress: Progress | None = None) -> None:
        """Speak what has no file yet; a name that somebody else is having spoken is waited for.

        `progress` counts what had to be spoken. When one fails the others go on, and then the first failure
        is raised as `speak` raises it.
        """
        wanted = dict(speeches)
        absent = sorted(self.missing(wanted))
        make_folder(self._folder)
        done = itertools.count(1)

        async def spoken(name: str) -> None:
            await asyncio.shield(self._task(name, wanted[name]))
            if progress is not None:
                progress(next(done), len(absent))

        results = await asyncio.gather(*map(spoken, absent), return_exceptions=True)
        for failure in filter(None, results):
            raise failure

    def _task(self, name: str, speech: Speech) -> asyncio.Task[None]:
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.create_task(self._spoken(name, speech))
            self._under_way[name] = task
            task.add_done_callback(lambda done: self._forget(name, done))
        return task

    def _forget(self, name: str, task: asyncio.Task[None]) -> None:
        del self._under_way[name]
        if not task.cancelled():
            task.exception()

    async def _spoken(self, name: str, speech: Speech) -> None:
        async with self._turns:
            await self._speaker(speech, self.path(name))

    def import_recording(self, path: Path) -> str:
        """Keep a recording as telephone audio and answer its name, `altavoz/<20 hex of the file's sha256>`.

        One of another kind, rate or with more channels is converted. Raises `BadRecording`; OSError when the
        sound cannot be written.
        """
        sound = telephone_recording(path)
        name = "altavoz/" + hashlib.sha256(path.read_bytes()).hexdigest()[:20]
        make_folder(self._folder)
        write_durably(self.path(name), sound)
        return name

    def keep(self, sound: bytes) -> str:
        """Keep telephone audio and answer its name, `altavoz/<20 hex of its own sha256>`. Raises OSError."""
        name = "altavoz/" + hashlib.sha256(sound).hexdigest()[:20]
        if self.missing([name]):
            make_folder(self._folder)
            write_durably(self.path(name), sound)
        return name


__all__ = ["BadRecording", "Progress", "SoundStore"]
