"""Any sound file in, samples out; what is none ends in a clear refusal, whatever it claims to be."""

import io
import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ivr_audio import decode as door
from ivr_audio.containers import container_of
from ivr_audio.decode import BadRecording, decode
from ivr_audio.decoding import CannotDecode, decoding, mixed
from ivr_audio.telephone import without_rumble
from tests.unit.ivr_audio.sounds import KINDS, voice, write


def here(path: Path, longest: float = 600):
    """Decoded in this process, for what needs no process of its own to be seen."""
    container = container_of(path.read_bytes()[:64])
    assert container is not None
    return decoding(str(path), container.reader, longest, 8)


def opened(path: Path, name: str) -> None:
    """What `decode` refuses, without its process."""
    container = door._container(path, name)
    try:
        decoding(str(path), container.reader, 600, 8)
    except CannotDecode as error:
        raise door._bad(name, str(error)) from error


def alike(one, other) -> float:
    """The highest correlation of two sounds, moved against each other by up to 60 ms."""
    size = min(len(one), len(other))
    a, b = one[:size] - one[:size].mean(), other[:size] - other[:size].mean()
    spectrum = np.fft.rfft(a, 2 * size) * np.conj(np.fft.rfft(b, 2 * size))
    return float(np.fft.irfft(spectrum).max() / np.sqrt((a**2).sum() * (b**2).sum()))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_the_voice_that_was_put_in(tmp_path, kind):
    measured, channels = here(write(tmp_path / f"x.{kind}", voice()))
    assert measured.channels == 1 and measured.seconds == pytest.approx(len(voice()) / 48000, abs=0.1)
    assert alike(without_rumble(mixed(channels)), without_rumble(voice(8000))) > 0.95


def test_a_file_is_opened_by_a_process_of_its_own(tmp_path):
    sound = decode(write(tmp_path / "x.flac", voice(44100), 44100), "saludo.flac")
    assert (sound.kind, sound.codec, sound.rate, sound.channels) == ("FLAC", "flac", 44100, 1)
    assert len(sound.samples) == pytest.approx(len(voice(8000)), abs=8)
    assert sound.clipped == 0 and sound.declared == pytest.approx(sound.seconds, abs=0.01)


@pytest.mark.parametrize(("layout", "count"), [("stereo", 2), ("5.1", 6)])
def test_a_voice_in_one_of_many_channels_keeps_its_level(tmp_path, layout, count):
    channels = np.zeros((count, len(voice())))
    channels[-1] = voice()
    measured, found = here(write(tmp_path / "x.wav", channels, layout=layout))
    assert measured.channels == count
    assert np.std(mixed(found)) == pytest.approx(np.std(voice()), rel=0.05)


def test_channels_that_cancel_each_other_do_not_end_in_silence(tmp_path):
    _, found = here(write(tmp_path / "x.wav", np.stack([voice(), -voice()]), layout="stereo"))
    assert np.std(mixed(found)) == pytest.approx(np.std(voice()), rel=0.05)


@pytest.mark.parametrize(
    "subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"]
)
@pytest.mark.parametrize("rate", [8000, 11025, 96000])
def test_every_form_of_samples_comes_to_the_same(tmp_path, subtype, rate):
    soundfile.write(tmp_path / "x.wav", voice(rate), rate, subtype=subtype)
    _, found = here(tmp_path / "x.wav")
    assert alike(mixed(found), voice(8000)) > 0.98


def test_samples_that_are_no_numbers_are_silence(tmp_path):
    samples = voice(8000).astype(np.float32)
    samples[100:110], samples[200] = np.nan, np.inf
    soundfile.write(tmp_path / "x.wav", samples, 8000, subtype="FLOAT")
    _, found = here(tmp_path / "x.wav")
    assert np.isfinite(found).all()


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("saludo.wav", b"x" * 1000)
    return target.getvalue()


def wav(size: int, rate: int = 8000, channels: int = 1, form: int = 1, data: bytes = b"") -> bytes:
    """A WAV header that claims what it likes."""
    how = struct.pack("<4sIHHIIHH", b"fmt ", 16, form, channels, rate, rate * channels * 2, channels * 2, 16)
    return b"RIFF" + struct.pack("<I", size) + b"WAVE" + how + b"data" + struct.pack("<I", size) + data


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "está vacío"),
        (b"hola, no soy audio", "no es un archivo de audio"),
        (zipped(), "no es un archivo de audio"),
        (b"%PDF-1.7\n" + b"x" * 500, "no es un archivo de audio"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "no es un archivo de audio"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "no es un archivo de audio"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no es un archivo de audio"),
        (b"RIFF\xff\xff\xff\xffWAVE", "dañado"),
        (wav(100, channels=0, data=bytes(100)), "dañado|canales"),
        (wav(100, channels=200, data=bytes(100)), "dañado|canales"),
        (wav(100, rate=1, data=bytes(100)), "frecuencia"),
        (wav(100, rate=2**31 - 1, data=bytes(100)), "frecuencia|dañado"),
        (wav(100, form=0x7777, data=bytes(100)), "compresión"),
        (b"fLaC" + bytes(200), "dañado|frecuencia|no contiene"),
        (b"OggS" + bytes(200), "dañado|no contiene"),
        (b"\x1aE\xdf\xa3" + bytes(200), "dañado|no contiene"),
        (b"\0\0\0\x18ftypM4A " + bytes(200), "dañado|no contiene"),
        (b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(200), "dañado|no contiene"),
    ],
)  # fmt: skip
def test_what_is_no_sound_is_refused_with_what_to_do(tmp_path, content, words):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(BadRecording, match=f"«saludo.wav» .*({words})"):
        opened(tmp_path / "x", "saludo.wav")


def test_a_refusal_comes_out_of_the_process_in_words(tmp_path):
    (tmp_path / "x").write_bytes(b"OggS" + bytes(200))
    with pytest.raises(BadRecording, match=r"«saludo\.ogg» (está dañado|no contiene)"):
        decode(tmp_path / "x", "saludo.ogg")


def test_a_sound_that_is_a_zip_too_is_its_sound_and_nothing_else(tmp_path):
    path = write(tmp_path / "x.wav", voice())
    path.write_bytes(path.read_bytes() + zipped())
    assert mixed(here(path)[1]).size == pytest.approx(len(voice(8000)), abs=100)


def test_a_play_list_in_a_sounds_clothes_opens_no_other_file(tmp_path):
    """The kind decides which reader opens it; that of play lists is never one."""
    secret = write(tmp_path / "secret.wav", voice())
    for start in (b"ID3", b"RIFF\0\0\0\0WAVE", b"OggS", b"\0\0\0\x18ftyp"):
        (tmp_path / "x").write_bytes(start + f"\n#EXTM3U\n#EXTINF:1,\n{secret}\n".encode())
        with pytest.raises(BadRecording):
            opened(tmp_path / "x", "x")


@pytest.mark.parametrize("kind", ["wav", "flac", "m4a", "ogg", "mp3", "webm"])
def test_a_file_cut_off_is_refused_or_known_to_be_shorter(tmp_path, kind):
    path = write(tmp_path / f"x.{kind}", np.tile(voice(), 2))
    whole = 2 * len(voice()) / 48000
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 5])
    try:
        measured, _ = here(path)
    except CannotDecode:
        return
    assert measured.seconds < whole / 2


def test_a_bomb_ends_at_the_longest_that_is_decoded(tmp_path):
    """An hour of silence is a small file; no more of it is decoded than a prompt may last."""
    soundfile.write(tmp_path / "x.flac", np.zeros(8000 * 3600, np.int16), 8000)
    assert (tmp_path / "x.flac").stat().st_size < 200_000
    with pytest.raises(CannotDecode, match="too-long"):
        here(tmp_path / "x.flac")


def test_who_takes_too_much_memory_time_or_disk_is_ended(tmp_path):
    script = (
        "import resource, sys; from ivr_audio.decoding import LIMITS\n"
        "[resource.setrlimit(what, (most, most)) for what, most in LIMITS.items()]\n"
        "try: bytearray(2**31)\nexcept MemoryError: print('memory')\n"
        "try: open(sys.argv[1], 'wb').write(b'x') and open(sys.argv[1], 'ab').close()\n"
        "except OSError: print('disk')\n"
    )
    command = [
        sys.executable,
        "-c",
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + script,
    ]
    done = subprocess.run([*command, str(tmp_path / "x")], capture_output=True, text=True, check=False)
    assert "memory" in done.stdout and (tmp_path / "x").stat().st_size == 0


def test_a_process_that_hangs_or_dies_is_a_refusal(tmp_path, monkeypatch):
    path = write(tmp_path / "x.wav", voice())
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(door, "_PATIENCE", 0.2)
    with pytest.raises(BadRecording, match="demasiado trabajo"):
        decode(path)
    program.write_text("#!/bin/sh\nkill -9 $$\n")
    with pytest.raises(BadRecording, match="demasiado trabajo"):
        decode(path)
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(BadRecording, match="dañado"):
        decode(path)


def test_a_file_that_weighs_too_much_is_not_even_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(door, "LARGEST", 1000)
    with pytest.raises(BadRecording, match="pesa más"):
        decode(write(tmp_path / "x.wav", voice()))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=some.sampled_from(sorted(KINDS)), damage=some.data())
def test_a_damaged_file_is_refused_or_decoded_and_nothing_else(tmp_path_factory, kind, damage):
    content = bytearray(damaged_base(tmp_path_factory, kind))
    for _ in range(damage.draw(some.integers(1, 20))):
        at = damage.draw(some.integers(0, min(len(content), 4000) - 1))
        content[at] = damage.draw(some.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    if container_of(bytes(content[:64])) is None:
        return
    try:
        measured, channels = here(path, longest=30)
    except CannotDecode as refused:
        assert str(refused) in door.REASONS
    else:
        assert json.dumps(measured.__dict__) and np.isfinite(channels).all()


_MADE: dict[str, bytes] = {}


def damaged_base(factory, kind: str) -> bytes:
    if kind not in _MADE:
        path = write(factory.mktemp("base") / f"x.{kind}", voice()[:24000])
        _MADE[kind] = path.read_bytes()
    return _MADE[kind]


@settings(max_examples=300, deadline=None)
@given(some.binary(max_size=64))
def test_the_kind_of_any_bytes_is_one_of_ours_or_none(head):
    found = container_of(head)
    assert found is None or found.reader in {"wav", "w64", "flac", "ogg", "mp3", "mov", "matroska"}
