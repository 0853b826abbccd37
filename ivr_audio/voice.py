"""The built-in voice: espeak-ng, until a recording is approved."""

import asyncio
import contextlib
import io
import signal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from ivr_audio.durable import write_durably
from ivr_audio.speech import LONGEST_TEXT, VOICE, Speech, Voice
from ivr_audio.telephone import Samples, framed, levelled, resampled, wav_bytes
from ivr_audio.wording import as_said

PROGRAM = "espeak-ng"
_VOICES = {"es": "es-419", "pt": "pt-br", "en": "en-us"}
_PATIENCE = 30.0


class SpeechError(Exception):
    """A text could not be spoken; the message says in Spanish which and what to do."""


class NoVoice(SpeechError):
    """The program that speaks is not installed."""


async def speak(speech: Speech, target: Path, program: str = PROGRAM) -> None:
    """Say `speech` into a WAV file (8 kHz, mono, 16 bit) at `target`, whole or not at all.

    Raises `NoVoice` when the program is missing, `SpeechError` when the text or language cannot be spoken or
    the program fails or takes over 30 s, OSError when `target` cannot be written.
    """
    voice, text = _voice_of(speech.language), _sayable(speech.text)
    with TemporaryDirectory(prefix="altavoz-voice-") as folder:
        raw = Path(folder, "raw.wav")
        await _run((program, *_arguments(voice, VOICE, raw)), text)
        await asyncio.to_thread(_finish, raw, target, speech.text)


def _voice_of(language: str) -> str:
    voice = _VOICES.get(language.partition("-")[0].lower())
    if voice is None:
        known = ", ".join(_VOICES)
        raise SpeechError(f"no hay voz para el idioma «{language}»; escriba uno de estos: {known}")
    return voice


def _sayable(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise SpeechError(f"el texto tiene {len(text)} caracteres y la voz dice {LONGEST_TEXT} como máximo")
    said = as_said(text)
    if not any(char.isalnum() for char in said):
        raise SpeechError(f"el texto «{_excerpt(text)}» no tiene palabras que decir")
    return said


def _arguments(name: str, voice: Voice, target: Path) -> tuple[str, ...]:
    """The text goes by standard input, so that none of it can be an option; mark-up (`-m`) stays off."""
    numbers = {"-s": voice.words_per_minute, "-p": voice.pitch, "-g": voice.word_gap}
    options = [item for key, value in numbers.items() for item in (key, str(value))]
    return ("-v", name, *options, "-b", "1", "--stdin", "-w", str(target))


async def _run(command: tuple[str, ...], text: str) -> None:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError:
        raise NoVoice(
            f"falta el programa «{command[0]}», la voz de los mensajes; "
            "instálelo con: apt-get install espeak-ng"
        ) from None
    try:
        _, errors = await asyncio.wait_for(process.communicate(text.encode()), _PATIENCE)
    except TimeoutError:
        raise SpeechError(f"la voz no terminó de decir «{_excerpt(text)}» en {_PATIENCE:.0f} s") from None
    finally:
        await _end(process)
    if process.returncode != 0:
        raise SpeechError(f"la voz no pudo decir «{_excerpt(text)}»: {_why(process.returncode, errors)}")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _why(code: int | None, errors: bytes) -> str:
    words = errors.decode(errors="replace").strip().splitlines()
    if words:
        return words[-1][:200]
    return signal.Signals(-code).name if code and code < 0 else f"terminó con el código {code}"


def _finish(raw: Path, target: Path, text: str) -> None:
    samples = _spoken(raw)
    if len(samples) == 0:
        raise SpeechError(f"la voz no dijo nada de «{_excerpt(text)}»; revise el texto")
    write_durably(target, wav_bytes(samples))


def _spoken(raw: Path) -> Samples:
    content = raw.read_bytes() if raw.exists() else b""
    if not content:
        return np.zeros(0)
    samples, rate = soundfile.read(io.BytesIO(content), dtype="float64")
    return framed(levelled(resampled(samples, rate)), VOICE.lead, VOICE.tail)


def _excerpt(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
