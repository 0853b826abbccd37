"""Whether a prompt is in what was heard at the end of a telephone line. Pure.

The prompt is laid over the recording by cross-correlation, then followed window by window, because a lost
packet shifts all that comes after it. Both are samples of `ivr_audio.telephone`. `bench/prompts_heard.py`
shows the figures behind `ALIKE` and `ENOUGH`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

import numpy as np

from ivr_audio.telephone import RATE, Samples

ALIKE = 0.5
"""Correlation from which a window of a quarter of a second is the same sound: lines leave 0.8 and more, noise
10 dB below the voice included; other words of the same voice have 0.2 as a rule and seldom more than 0.4."""

ENOUGH = 0.75
"""The share of a prompt that must be the same: a line that loses 5 % of its packets leaves 0.91 and more;
the wrong prompt of the same voice 0.36 at most, one that begins alike 0.52."""

_WINDOW = RATE * 6 // 25
_STRAY = RATE // 20
_FARTHEST = RATE // 4
_FOR_SURE = 0.75
_AS_WELL, _PLACES = 0.12, 6
_FRAME = RATE // 50
_SILENT = 0.003
_STEADY = 2.5
_BEGINNING = 2
"""Windows in a row that make a beginning: half a second."""

_GAP = 3
"""Windows in a row that no line loses: there, other words were said."""


class Spoils(NamedTuple):
    """Pieces of a prompt in a row, one every 20 ms, that a line may spoil, at the prompt's ends, and that may
    be away at once: a busy machine does not record some, and at an end nothing tells how many."""

    pieces: int
    ends: int
    taken: int


CLEAN, FAIR, BAD = Spoils(3, 8, 14), Spoils(8, 8, 14), Spoils(6, 6, 8)
"""A line that loses nothing, one of which nothing is known, a bad one. «Por» for «para» is 4 pieces and more
as a rule, another word or digit 7; by a bad line a shorter word may look as if pieces were away."""
_EDGES, _WHOLE = 4, 6
"""Pieces that differ where packets are away, besides these; samples by which they are no whole packets."""
_PIECE, _TREMBLES = RATE * 3 // 50, 24
_AS_ITS_LIKE = 0.6
"""The share of a prompt's usual correlation that a piece of it keeps."""


class Verdict(StrEnum):
    """What was heard where a prompt was expected. `CUT` is its beginning and then nothing, `UNCLEAR` what its
    line spoilt too much to tell (`ivr_audio.reception`)."""

    HEARD = "heard"
    ANOTHER = "another"
    SILENCE = "silence"
    NOISE = "noise"
    CUT = "cut"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Match:
    """How a prompt was found.

    `similarity` is the mean correlation of its windows (0 to 1), `offset` the second of the recording at
    which it begins (negative: its beginning was missed), `ends` that at which it ends, `share` how much of
    it was heard (0 to 1), `level` how loud, in dBFS.
    """

    verdict: Verdict
    similarity: float
    offset: float
    ends: float
    share: float
    level: float


@dataclass(frozen=True, slots=True)
class _Window:
    at: int
    lag: int
    alike: float


def compare(heard: Samples, prompt: Samples, spoils: Spoils = FAIR) -> Match:
    """Look for `prompt` in `heard`; of several times that it is there, the first one is told.

    The line `spoils` so much of it at most.
    """
    if level(heard) <= _SILENT:
        return Match(Verdict.SILENCE, 0.0, 0.0, 0.0, 0.0, decibels(level(heard)))
    best: Match | None = None
    for lag in _lags(heard, prompt):
        if windows := _followed(heard, prompt, lag):
            match = _matched(heard, prompt, windows, spoils)
            if match.verdict is Verdict.HEARD:
                return match
            best = match if best is None or match.share > best.share else best
    return best or Match(Verdict.ANOTHER, 0.0, 0.0, 0.0, 0.0, decibels(level(heard)))


def _matched(heard: Samples, prompt: Samples, windows: list[_Window], spoils: Spoils) -> Match:
    length = len(prompt)
    same = [each for each in windows if each.alike >= ALIKE]
    share = len(same) / len(windows)
    known = same or windows
    parts = [heard[max(each.at + each.lag, 0) : each.at + each.lag + _WINDOW] for each in known]
    return Match(
        _verdict(heard, prompt, windows, share, spoils),
        float(np.mean([max(each.alike, 0.0) for each in windows])),
        known[0].lag / RATE,
        (known[-1].lag + length) / RATE if known[-1] is windows[-1] else _end(known[-1]) / RATE,
        share,
        decibels(level(np.concatenate(parts))),
    )


def nearest(heard: Samples, prompts: Mapping[str, Samples]) -> tuple[str, Match] | None:
    """Which of several prompts was heard, if any was: the one of which most is there."""
    matches = {name: compare(heard, prompt) for name, prompt in prompts.items()}
    there = {name: match for name, match in matches.items() if match.verdict is Verdict.HEARD}
    if not there:
        return None
    name = max(there, key=lambda each: (there[each].similarity * len(prompts[each]), each))
    return name, there[name]


def level(samples: Samples) -> float:
    """RMS, 0.0 of nothing."""
    return float(np.sqrt(np.mean(samples**2))) if len(samples) else 0.0


def decibels(amplitude: float) -> float:
    """dBFS, not below -99."""
    return round(max(20 * float(np.log10(max(amplitude, 1e-9))), -99.0), 1)


def _verdict(
    heard: Samples, prompt: Samples, windows: list[_Window], share: float, spoils: Spoils
) -> Verdict:
    if share >= ENOUGH and _longest_gap(windows) < _GAP:
        return Verdict.ANOTHER if _other_words(heard, prompt, windows, spoils) else Verdict.HEARD
    beginning = _beginning(windows)
    if beginning >= _BEGINNING and _nothing(heard[_end(windows[beginning - 1]) :]):
        return Verdict.CUT
    return Verdict.NOISE if _steady(heard) else Verdict.ANOTHER


def _nothing(rest: Samples) -> bool:
    """Less than a window that could be compared, or silence."""
    return len(rest) < 2 * _WINDOW or level(rest) <= _SILENT


def _longest_gap(windows: list[_Window]) -> int:
    """The most windows in a row that differ: other words among the same ones."""
    longest = run = 0
    for each in windows:
        run = 0 if each.alike >= ALIKE else run + 1
        longest = max(longest, run)
    return longest


def _other_words(heard: Samples, prompt: Samples, windows: list[_Window], spoils: Spoils) -> bool:
    """Whether a word or a digit is another, or is missing.

    Pieces that are not silent are looked for where the windows around them are, or whole packets between. A
    line takes some away and leaves nothing in their place, which another word does not.
    """
    known = [each for each in windows if each.alike >= ALIKE]
    padded = np.concatenate([np.zeros(_FARTHEST), heard, np.zeros(_FARTHEST)])
    floor = max(level(prompt) / 4, _SILENT)
    pieces = (prompt[at : at + _PIECE] for at in range(0, len(prompt) - _PIECE + 1, _FRAME))
    loud = [place * _FRAME for place, piece in enumerate(pieces) if level(piece) > floor]
    around = {at: _around(known, at) for at in loud}
    alike = {at: _alike_at(padded, prompt[at : at + _PIECE], at, around[at]) for at in loud}
    least = _AS_ITS_LIKE * float(np.median([*alike.values()])) if alike else 0.0
    differ = [at for at in loud if alike[at] < least]
    for run in _runs(differ):
        inside = loud[0] < run[0] and run[-1] < loud[-1]
        most = spoils.pieces if inside else spoils.ends
        if _taken(len(run), around[run[-1]][1] - around[run[0]][0]):
            most = spoils.taken
        if len(run) > most:
            return True
    return False


def _taken(many: int, shift: int) -> bool:
    """Whether the line took whole packets, about as many as there are pieces that differ."""
    half = _FRAME // 2
    return many + shift / _FRAME <= _EDGES and abs((shift + half) % _FRAME - half) <= _WHOLE


def _runs(places: list[int]) -> Iterator[list[int]]:
    """Those that follow one another."""
    for _, run in groupby(enumerate(places), lambda each: each[1] - each[0] * _FRAME):
        yield [place for _, place in run]


def _around(known: list[_Window], at: int) -> tuple[int, int]:
    """The lags of the windows before and after a piece."""
    after = bisect_right(known, at - _WINDOW // 2, key=lambda each: each.at)
    return known[max(after - 1, 0)].lag, known[min(after, len(known) - 1)].lag


def _alike_at(padded: Samples, piece: Samples, at: int, around: tuple[int, int]) -> float:
    before, behind = around
    best = 0.0
    for lag in {before, behind, *range(before, behind, _FRAME if before <= behind else -_FRAME)}:
        begin = at + lag - _TREMBLES + _FARTHEST
        place = padded[max(begin, 0) : max(begin + len(piece) + 2 * _TREMBLES, 0)]
        if len(place) >= len(piece):
            best = max(best, float(_correlated(place, piece).max()))
    return best


def _beginning(windows: list[_Window]) -> int:
    """How many windows from the first one on are the same; one that is not may be a lost packet's."""
    good = [each.alike >= ALIKE for each in windows]
    count = 0
    for at, one in enumerate(good):
        if one:
            count = at + 1
        elif at - count >= 1:
            break
    return count


def _end(window: _Window) -> int:
    return window.at + window.lag + _WINDOW


def _steady(heard: Samples) -> bool:
    """Hiss, hum and tones keep their level; speech and music do not. Leading and trailing silence is out."""
    frames = heard[: len(heard) // _FRAME * _FRAME].reshape(-1, _FRAME)
    levels = np.sqrt(np.mean(frames**2, axis=1))
    loud = np.flatnonzero(levels > _SILENT)
    inside = levels[loud[0] : loud[-1] + 1] if len(loud) else levels
    return len(inside) > 0 and float(np.std(20 * np.log10(np.maximum(inside, 1e-4)))) < _STEADY


def _followed(heard: Samples, prompt: Samples, anchor: int) -> list[_Window]:
    """The prompt's windows that hold something, each at its own place in the recording, from the best one
    near `anchor` backwards and forwards."""
    starts = list(_sounding(prompt))
    if not starts:
        return []
    padded = np.concatenate([np.zeros(_FARTHEST + _WINDOW), heard, np.zeros(_FARTHEST + _WINDOW)])
    found = [_near(padded, prompt, at, anchor, _STRAY) for at in starts]
    best = max(range(len(found)), key=lambda each: found[each].alike)
    if found[best].alike < ALIKE:
        return found
    forward = _walk(padded, prompt, starts[best:], found[best].lag)
    backward = _walk(padded, prompt, starts[best::-1], found[best].lag)
    return [*backward[:0:-1], *forward]


def _sounding(prompt: Samples) -> Iterator[int]:
    floor = max(level(prompt) / 4, _SILENT)
    for at in range(0, max(len(prompt) - _WINDOW, 0) + 1, _WINDOW):
        if level(prompt[at : at + _WINDOW]) > floor:
            yield at


def _walk(padded: Samples, prompt: Samples, starts: list[int], lag: int) -> list[_Window]:
    """One window after the other, each near where the one before was, or further off if there for sure."""
    windows = []
    for at in starts:
        window = _near(padded, prompt, at, lag, _STRAY)
        if window.alike < ALIKE:
            far = _near(padded, prompt, at, lag, _FARTHEST)
            window = far if far.alike >= _FOR_SURE else _Window(at, lag, window.alike)
        lag = window.lag
        windows.append(window)
    return windows


def _near(padded: Samples, prompt: Samples, at: int, lag: int, stray: int) -> _Window:
    """Where, at most `stray` samples from `lag`, a window of the prompt is most alike."""
    window = prompt[at : at + _WINDOW]
    first = at + lag - stray + _FARTHEST + _WINDOW
    begin = min(max(first, 0), len(padded))
    piece = padded[begin : max(first + 2 * stray + len(window), begin)]
    if len(piece) < len(window):
        return _Window(at, lag, 0.0)
    alike = _correlated(piece, window)
    best = int(np.argmax(alike))
    return _Window(at, begin + best - at - _FARTHEST - _WINDOW, float(alike[best]))


def _correlated(piece: Samples, window: Samples) -> Samples:
    """Normalised correlation of the window at each place of the piece."""
    size = 1 << (len(piece) + len(window) - 1).bit_length()
    spectrum = np.fft.rfft(piece, size) * np.conj(np.fft.rfft(window, size))
    raw = np.fft.irfft(spectrum, size)[: len(piece) - len(window) + 1]
    powers = np.concatenate([[0.0], np.cumsum(piece**2)])
    energy = powers[len(window) :] - powers[: -len(window)]
    floor = len(window) * (_SILENT / 4) ** 2
    alike: Samples = raw / np.sqrt(np.maximum(energy, floor) * max(float(np.sum(window**2)), floor))
    return alike


def _lags(heard: Samples, prompt: Samples) -> list[int]:
    """The places where the prompt as a whole may begin, in their order, the one that fits best among them.

    High tones count more, for they tell places apart; lost packets make several places of one.
    """
    ours, theirs = np.diff(prompt, prepend=0.0), np.diff(heard, prepend=0.0)
    size = 1 << (len(ours) + len(theirs)).bit_length()
    spectrum = np.fft.rfft(theirs, size) * np.conj(np.fft.rfft(ours, size))
    power = np.abs(spectrum)
    sharp = np.fft.irfft(spectrum / np.sqrt(power + power.mean() * 0.01 + 1e-12), size)
    sharp = np.concatenate([sharp[size - len(ours) :], sharp[: len(theirs)]])
    places: list[int] = []
    floor = sharp.max() * _AS_WELL
    while len(places) < _PLACES and sharp.max() >= floor > 0:
        best = int(np.argmax(sharp))
        places.append(best - len(ours))
        sharp[max(best - RATE // 2, 0) : best + RATE // 2] = 0.0
    return sorted(places)
