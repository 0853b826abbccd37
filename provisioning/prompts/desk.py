"""What people do with recordings of prompts, and what the publication asks of them."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from ivr_audio.decode import BadRecording
from ivr_audio.durable import make_folder, write_durably
from ivr_audio.prompts import prompt_sound
from ivr_audio.speech import Speech, spoken_name
from ivr_audio.store import SoundStore
from ivr_audio.telephone import as_heard, wav_bytes, wav_samples
from plans.model import Plan
from provisioning.prompts.originals import Originals
from provisioning.prompts.states import RecordingState, Step
from provisioning.prompts.store import RecordingStore, columns
from provisioning.prompts.values import PromptRefused, Recording, same_words
from provisioning.prompts.waivers import Waivers

log = structlog.get_logger(__name__)
_AT_ONCE = 2


class PromptDesk:
    """`store` and `waivers` are for those who only read or waive."""

    def __init__(
        self, engine: AsyncEngine, clock: Callable[[], datetime], sounds: SoundStore, folder: Path
    ) -> None:
        self.store = RecordingStore(engine, clock)
        self.waivers = Waivers(engine, clock)
        self.originals = Originals(folder)
        self._sounds = sounds
        self._heard = folder / "heard"
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def bring(self, plan: str, prompt: str, said: str, path: Path, name: str, source: str) -> Recording:
        """A new recording of a prompt that says `said`, from the file at `path`, called `name`.

        `source` is `file`, `microphone` or `command`. Raises `BadRecording` with all that is wrong; OSError.
        """
        async with self._turns:
            made = await asyncio.to_thread(prompt_sound, path, name, said)
            original = await asyncio.to_thread(self.originals.keep, path)
            sound = await asyncio.to_thread(self._sounds.keep, made.telephone)
        size = self.originals.path(original).stat().st_size
        return await self.store.add(plan, prompt, said, columns(made, name, source, size, original, sound))

    async def approve(self, recording: Recording, says_now: str | None, reason: str = "") -> Recording:
        """Somebody else than who recorded it says that this is to be heard; `says_now` is the prompt's text.

        Raises `PromptRefused`.
        """
        if not same_words(recording.said, says_now):
            raise PromptRefused("El texto del mensaje cambió después de esta grabación: grábelo de nuevo.")
        if not await self.restore(recording):
            raise PromptRefused("Falta el archivo de esta grabación en el disco: envíela de nuevo.")
        return await self.store.take(recording, Step.APPROVE, reason)

    async def restore(self, recording: Recording) -> bool:
        """Whether the sound is there for the PBX; one that is lost is made anew from what came."""
        if not self._sounds.missing([recording.sound]):
            return True
        try:
            made = await asyncio.to_thread(
                prompt_sound, self.originals.path(recording.original), recording.file_name
            )
            return await asyncio.to_thread(self._sounds.keep, made.telephone) == recording.sound
        except (BadRecording, OSError) as error:
            log.warning("recording_lost", plan=recording.plan, prompt=recording.prompt, reason=str(error))
            return False

    def lost(self, recording: Recording) -> bool:
        """Whether neither the telephone's version nor the file that came is on the disk any more."""
        gone = self._sounds.missing([recording.sound])
        return bool(gone) and not self.originals.path(recording.original).is_file()

    async def heard(self, sound: str) -> Path:
        """The file of a sound of ours as who calls hears it, after A-law. Raises FileNotFoundError."""
        name = self._sounds.path(sound).name
        target = self._heard / name
        if not target.is_file():
            await asyncio.to_thread(_write_heard, self._sounds.path(sound), target)
        return target

    async def spoken(self, text: str, language: str) -> Path:
        """A text in the built-in voice, as who calls hears it. Raises what `speak` raises."""
        speech = Speech(text, language)
        name = spoken_name(speech)
        await self._sounds.ensure([(name, speech)])
        return await self.heard(name)

    async def approved(self, plan: Plan) -> Mapping[str, str]:
        """The approved recordings of a plan that still say its texts: prompt → sound in the PBX.

        One whose text changed after it was approved would tell callers something else: it is left out.
        """
        found = {}
        for each in await self.store.in_states([plan.plan], [RecordingState.APPROVED]):
            prompt = plan.prompts.get(each.prompt)
            fits = prompt is not None and same_words(each.said, prompt.text)
            if fits and await self.restore(each):
                found[each.prompt] = each.sound
        return found


def _write_heard(sound: Path, target: Path) -> None:
    heard = wav_bytes(as_heard(wav_samples(sound.read_bytes())))
    make_folder(target.parent)
    write_durably(target, heard)
