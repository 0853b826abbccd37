import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr_audio.recordings import BadRecording
from ivr_audio.store import SoundStore

Recording = Callable[..., Path]


@pytest.fixture
def store(tmp_path: Path) -> SoundStore:
    return SoundStore(tmp_path / "sounds")


def test_a_telephone_recording_keeps_its_samples(store: SoundStore, recording: Recording) -> None:
    path = recording(subtype="PCM_16")
    kept = store.path(store.import_recording(path))
    assert np.array_equal(soundfile.read(kept, dtype="int16")[0], soundfile.read(path, dtype="int16")[0])


@pytest.mark.parametrize(
    "how",
    [
        {"rate": 44100, "channels": 2, "subtype": "PCM_24"},
        {"rate": 16000, "subtype": "FLOAT"},
        {"rate": 8000, "subtype": "ALAW"},
        {"rate": 48000, "subtype": "PCM_16", "format": "WAVEX"},
        {"rate": 48000, "name": "a.flac"},
        {"rate": 44100, "name": "a.mp3"},
    ],
)
def test_other_recordings_are_converted(store: SoundStore, recording: Recording, how: dict) -> None:
    kept = store.path(store.import_recording(recording(**how)))
    with wave.open(str(kept)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    assert len(samples) / 8000 == pytest.approx(0.5, abs=0.01)
    spectrum = np.abs(np.fft.rfft(samples))
    assert np.fft.rfftfreq(len(samples), 1 / 8000)[spectrum.argmax()] == pytest.approx(440, abs=3)


def test_what_the_telephone_cannot_carry_leaves_no_alias(store: SoundStore, tmp_path: Path) -> None:
    instants = np.arange(44100) / 44100
    sound = 0.3 * np.sin(2 * np.pi * 5000 * instants) + 0.1 * np.sin(2 * np.pi * 440 * instants)
    soundfile.write(tmp_path / "a.wav", sound, 44100)
    samples, _ = soundfile.read(store.path(store.import_recording(tmp_path / "a.wav")))
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    at = np.fft.rfftfreq(len(samples), 1 / 8000)
    assert spectrum[(at > 2900) & (at < 3100)].max() < spectrum.max() / 1000


def test_a_recording_has_one_name_however_often_it_comes(store: SoundStore, recording: Recording) -> None:
    assert store.import_recording(recording("a.wav")) == store.import_recording(recording("b.wav"))
    assert store.import_recording(recording("c.wav", seconds=0.6)) != store.import_recording(
        recording("a.wav")
    )


def test_a_recording_with_other_chunks_is_written_plainly(store: SoundStore, recording: Recording) -> None:
    path = recording(subtype="PCM_16")
    content = bytearray(path.read_bytes())
    content[12:12] = b"LIST\x04\x00\x00\x00junk"
    path.write_bytes(content)
    assert store.path(store.import_recording(path)).read_bytes()[36:40] == b"data"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda record, path: path / "nada.wav", "no existe el archivo «nada.wav»"),
        (lambda record, path: path, "no se puede leer|no es un archivo de audio"),
        (lambda record, path: _written(path / "x.wav", b"hola, no soy audio"), "no es un archivo de audio"),
        (lambda record, path: _written(path / "x.wav", b""), "está vacío"),
        (lambda record, path: record(seconds=0), "no contiene sonido"),
        (lambda record, path: record(seconds=601), "dura más de 10 minutos; acórtelo"),
    ],
)
def test_what_cannot_be_a_prompt_is_refused_with_what_to_change(
    store: SoundStore, recording: Recording, tmp_path: Path, make: Callable[..., Path], words: str
) -> None:
    with pytest.raises(BadRecording, match=words):
        store.import_recording(make(recording, tmp_path))
    assert not (tmp_path / "sounds").exists()


def test_a_silent_recording_is_refused(store: SoundStore, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", np.zeros(8000), 8000)
    with pytest.raises(BadRecording, match="está en silencio"):
        store.import_recording(tmp_path / "x.wav")


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
