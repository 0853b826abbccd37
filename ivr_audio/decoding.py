"""The process that opens a stranger's file: `python -m ivr_audio.decoding FILE READER SECONDS CHANNELS`.

It limits itself, and writes one line of JSON and then the sound as 8 kHz float samples to its standard
output, or one line that says why not. It never holds more than the sound at 8 kHz, whatever the file claims.
"""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import av
import numpy as np
import soxr
from numpy.typing import NDArray

from ivr_audio.telephone import RATE

Block = NDArray[np.float32]
"""Channels × samples, between -1 and 1."""
Mono = NDArray[np.float32]

CODECS = frozenset(
    {
        "aac", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb", "amrwb", "amr_nb", "amr_wb", "flac", "gsm_ms",
        "mp3", "mp3float", "opus", "pcm_alaw", "pcm_f32le", "pcm_f64le", "pcm_mulaw", "pcm_s16be",
        "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32le", "pcm_u8", "vorbis",
    }
)  # fmt: skip
SLOWEST, FASTEST = 4000, 384_000
"""Samples a second."""

_LOUDEST = 0.985
_FLAT = 0.998
_MOST_BROKEN = 3


LIMITS = {
    resource.RLIMIT_AS: 1024 * 2**20,
    resource.RLIMIT_CPU: 30,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NOFILE: 64,
}
"""What the process may use at most: bytes of memory, seconds of the processor, and no file to write."""


class CannotDecode(Exception):
    """The file is no sound of ours; the text is the code of `ivr_audio.decode.REASONS`."""


@dataclass
class Measured:
    """What only the sound as it came can tell: `peak` of its samples, `clipped` the share of them cut off."""

    rate: int
    channels: int
    codec: str
    declared: float | None
    seconds: float = 0.0
    peak: float = 0.0
    clipped: float = 0.0


class _Tops:
    """Counts samples that were cut off: at the limit of numbers, or in a row at the file's own highest."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._over = self._flat = self._all = 0

    def see(self, block: Block) -> None:
        size = np.abs(block)
        top = float(size.max(initial=0.0))
        if top > self.peak:
            self._flat = 0 if top * _FLAT > self.peak else self._flat
            self.peak = top
        self._all += size.size
        self._over += int(np.count_nonzero(size >= _LOUDEST))
        self._flat += _in_a_row(size >= self.peak * _FLAT) if self.peak else 0

    def share(self) -> float:
        return max(self._over, self._flat) / self._all if self._all else 0.0


def _in_a_row(high: NDArray[np.bool_]) -> int:
    """How many samples are the middle one of three that are all at the top."""
    return int(np.count_nonzero(high[:, :-2] & high[:, 1:-1] & high[:, 2:]))


def decoding(path: str, reader: str, longest: float, most_channels: int) -> tuple[Measured, Block]:
    """The sound at 8 kHz, a row a channel, and what it was. Raises `CannotDecode`."""
    try:
        with av.open(path, format=reader, options={"protocol_whitelist": "file"}) as container:
            return _taken(container, longest, most_channels)
    except (av.FFmpegError, ValueError, OSError) as error:
        raise CannotDecode("broken") from error


def _taken(container: Any, longest: float, most_channels: int) -> tuple[Measured, Block]:
    if not container.streams.audio:
        raise CannotDecode("no-audio")
    stream = container.streams.audio[0]
    measured = _about(stream, most_channels)
    tops, pieces, frames = _Tops(), [], 0
    resampler = _resampler(measured)
    for block in _blocks(container, stream, measured):
        frames += block.shape[1]
        if frames > longest * measured.rate:
            raise CannotDecode("too-long")
        tops.see(block)
        pieces.append(resampler(block, False))
    pieces.append(resampler(np.zeros((measured.channels, 0), np.float32), True))
    measured.seconds, measured.peak, measured.clipped = frames / measured.rate, tops.peak, tops.share()
    return measured, np.concatenate(pieces, axis=1)


def _about(stream: Any, most_channels: int) -> Measured:
    codec = stream.codec_context
    if codec is None or codec.name not in CODECS:
        raise CannotDecode("codec")
    if not SLOWEST <= codec.rate <= FASTEST:
        raise CannotDecode("rate")
    if not 1 <= codec.channels <= most_channels:
        raise CannotDecode("channels")
    declared = float(stream.duration * stream.time_base) if stream.duration else None
    return Measured(codec.rate, codec.channels, codec.name, declared)


def _blocks(container: Any, stream: Any, about: Measured) -> Iterator[Block]:
    """The sound piece by piece. A few broken packets are passed over, as players do."""
    broken = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError as error:
            broken += 1
            if broken > _MOST_BROKEN:
                raise CannotDecode("broken") from error
            continue
        for frame in frames:
            if (frame.sample_rate, len(frame.layout.channels)) != (about.rate, about.channels):
                raise CannotDecode("changes")
            yield floats(frame)


def floats(frame: Any) -> Block:
    """The samples of a frame, whatever their form; what is no number is silence."""
    array: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        array = array.reshape(-1, len(frame.layout.channels)).T
    if array.dtype.kind == "f":
        return np.nan_to_num(array.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
    offset, whole = (128, 128.0) if array.dtype == np.uint8 else (0, 2.0 ** (8 * array.dtype.itemsize - 1))
    return ((array.astype(np.float32) - offset) / whole).astype(np.float32)


def _resampler(about: Measured) -> Any:
    """Takes a block and whether it is the last one. A sound that has the telephone's rate stays as it is."""
    if about.rate == RATE:
        return lambda block, _last: block
    stream = soxr.ResampleStream(about.rate, RATE, about.channels, dtype="float32", quality="VHQ")
    return lambda block, last: stream.resample_chunk(np.ascontiguousarray(block.T), last=last).reshape(
        -1, about.channels
    ).T  # fmt: skip


def mixed(channels: Block) -> Mono:
    """One channel of those that hold the voice: silent ones, and ones that cancel it out, do not count."""
    levels = np.array([_level(channel) for channel in channels])
    loudest = int(levels.argmax())
    alone: Mono = channels[loudest]
    if len(channels) == 1 or not levels[loudest]:
        return alone
    together: Mono = channels[levels > levels[loudest] / 10].mean(axis=0)
    return together if _level(together) > levels[loudest] / 2 else alone


def _level(channel: Mono) -> float:
    return float(np.sqrt(np.dot(channel, channel) / len(channel))) if len(channel) else 0.0


def main(arguments: list[str]) -> int:
    for what, most in LIMITS.items():
        resource.setrlimit(what, (most, most))
    path, reader, longest, most_channels = arguments
    try:
        measured, channels = decoding(path, reader, float(longest), int(most_channels))
    except CannotDecode as error:
        sys.stdout.write(json.dumps({"reason": str(error)}))
        return 0
    sys.stdout.buffer.write(json.dumps(asdict(measured)).encode() + b"\n")
    sys.stdout.buffer.write(mixed(channels).astype("<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
