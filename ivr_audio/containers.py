"""What kind of sound file some bytes begin. Pure.

Nobody's word is believed: neither the file's name nor the type that a browser sent. Only kinds listed here
are ever opened, each by its own reader, so that no play list or script in a sound's clothes leads elsewhere.
"""

from dataclasses import dataclass

HEAD = 64
"""How many bytes from the beginning tell."""


@dataclass(frozen=True, slots=True)
class Container:
    """`name` is what people call it, `reader` FFmpeg's demuxer; `tells` how long it lasts in its header."""

    name: str
    reader: str
    tells: bool


_WAV = Container("WAV", "wav", True)
_W64 = Container("WAV", "w64", True)
_FLAC = Container("FLAC", "flac", True)
_OGG = Container("OGG", "ogg", False)
_MP3 = Container("MP3", "mp3", False)
_MP4 = Container("M4A", "mov", True)
_WEBM = Container("WebM", "matroska", False)

CONTAINERS = (_WAV, _FLAC, _OGG, _MP3, _MP4, _WEBM)


def container_of(head: bytes) -> Container | None:
    """The kind that these first bytes (`HEAD` of them) are; None for anything else."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return _WAV
    if head[4:8] == b"ftyp":
        return _MP4
    starts = {b"riff": _W64, b"fLaC": _FLAC, b"OggS": _OGG, b"\x1aE\xdf\xa3": _WEBM}
    return starts.get(head[:4]) or (_MP3 if _is_mp3(head) else None)


def _is_mp3(head: bytes) -> bool:
    """A tag, or the first frame of MPEG audio layer III (ISO 11172-3 §2.4.1.3)."""
    if head[:3] == b"ID3":
        return True
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 not in (0, 15)
