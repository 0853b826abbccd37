import asyncio
import stat
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr_audio import voice
from ivr_audio.speech import LONGEST_TEXT, VOICE, Speech
from ivr_audio.telephone import speech_level
from ivr_audio.voice import NoVoice, SpeechError, speak


async def test_a_text_becomes_telephone_audio(greeting: Speech, tmp_path: Path) -> None:
    target = tmp_path / "saludo.wav"
    await speak(greeting, target)
    about = soundfile.info(target)
    assert (about.samplerate, about.channels, about.subtype) == (8000, 1, "PCM_16")
    assert 2.5 < about.duration < 5
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


async def test_a_prompt_begins_and_ends_in_silence_without_clicks(greeting: Speech, tmp_path: Path) -> None:
    await speak(greeting, tmp_path / "s.wav")
    samples, rate = soundfile.read(tmp_path / "s.wav")
    heard = np.flatnonzero(samples)
    assert heard[0] / rate * 1000 == pytest.approx(VOICE.lead, abs=2)
    assert (len(samples) - heard[-1]) / rate * 1000 == pytest.approx(VOICE.tail, abs=2)
    assert np.abs(samples[heard[0] : heard[0] + 8]).max() < 0.02


async def test_every_prompt_is_as_loud_as_the_pbx_s_own(tmp_path: Path) -> None:
    for text in ("Sí.", "Para una emergencia en su hogar, marque 1.", "shhh, sss, fff"):
        await speak(Speech(text, "es-MX"), tmp_path / "s.wav")
        samples, _ = soundfile.read(tmp_path / "s.wav")
        assert -22 < 20 * np.log10(speech_level(samples)) < -18
        assert np.abs(samples).max() <= 0.71


async def test_a_text_that_looks_like_an_option_is_spoken(tmp_path: Path) -> None:
    await speak(Speech("--help -w otro.wav", "es-AR"), tmp_path / "s.wav")
    assert soundfile.info(tmp_path / "s.wav").duration > 1
    assert not Path("otro.wav").exists()


async def test_markup_is_words_not_commands(tmp_path: Path) -> None:
    await speak(Speech('Hola <break time="9s"/> fin', "es-AR"), tmp_path / "s.wav")
    assert soundfile.info(tmp_path / "s.wav").duration < 7


async def test_a_text_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="no tiene palabras"):
        await speak(Speech(" … ¿? \x01", "es-AR"), tmp_path / "s.wav")
    assert list(tmp_path.iterdir()) == []


async def test_a_text_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match="4000 como máximo"):
        await speak(Speech("a" * (LONGEST_TEXT + 1), "es-AR"), tmp_path / "s.wav")


async def test_an_unknown_language_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"«tlh-KX».*es, pt, en"):
        await speak(Speech("nuqneH", "tlh-KX"), tmp_path / "s.wav")


async def test_a_missing_voice_says_what_to_install(greeting: Speech, tmp_path: Path) -> None:
    with pytest.raises(NoVoice, match="apt-get install espeak-ng"):
        await speak(greeting, tmp_path / "s.wav", program="espeak-missing")


async def test_a_voice_that_fails_says_why_and_leaves_no_file(greeting: Speech, tmp_path: Path) -> None:
    program = tmp_path / "bin"
    program.write_text("#!/bin/sh\ncat > /dev/null\necho 'No existe la voz' >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(SpeechError, match="No existe la voz"):
        await speak(greeting, tmp_path / "s.wav", program=str(program))
    assert not (tmp_path / "s.wav").exists()


async def test_a_voice_that_says_nothing_is_an_error(greeting: Speech, tmp_path: Path) -> None:
    program = tmp_path / "bin"
    program.write_text("#!/bin/sh\ncat > /dev/null\n")
    program.chmod(0o755)
    with pytest.raises(SpeechError, match="no dijo nada"):
        await speak(greeting, tmp_path / "s.wav", program=str(program))


async def test_a_voice_that_hangs_is_ended(
    greeting: Speech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, alive = tmp_path / "bin", tmp_path / "alive"
    program.write_text(f"#!/bin/sh\necho $$ > {alive}\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(voice, "_PATIENCE", 0.3)
    with pytest.raises(SpeechError, match="no terminó"):
        async with asyncio.timeout(5):
            await speak(greeting, tmp_path / "s.wav", program=str(program))
    assert not Path("/proc", alive.read_text().strip()).exists()


async def test_a_folder_that_cannot_be_written_is_an_os_error(greeting: Speech, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await speak(greeting, tmp_path / "nada" / "s.wav")
