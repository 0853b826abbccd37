"""What the line did to what was heard, and what can no longer be told then. Pure."""

from dataclasses import dataclass, replace

import numpy as np

from ivr_audio.compare import BAD, CLEAN, FAIR, Match, Spoils, Verdict, compare, level
from ivr_audio.telephone import RATE, Samples

LOSES, TREMBLES = 0.01, 30
"""The share of packets lost, and the milliseconds of jitter, from which a line is bad."""

HOPELESS = 0.1
"""The share of packets lost from which a right prompt can look like any other one."""

MAYBE = 0.5
"""The share of a prompt from which it may be the right one: a bad line leaves 0.8 of those that it spoils;
another prompt of the same voice has 0.4 at most (`bench/prompts_apart.py`)."""

_SHORTEST, _LONGEST = RATE // 100, RATE // 5
_EDGE, _ABRUPT, _BESIDE = RATE // 1000, 0.1, 2
_FRAME, _SOUNDS = RATE // 50, 0.003


@dataclass(frozen=True, slots=True)
class Reception:
    """How sound came: `packets` received and `lost`, `jitter_ms`, and the `gaps` that the recording shows.

    No packets: the PBX did not tell.
    """

    packets: int = 0
    lost: int = 0
    jitter_ms: int = 0
    gaps: int = 0

    @property
    def loss(self) -> float:
        """The share of packets that were lost, 0 to 1."""
        return self.lost / (self.packets + self.lost) if self.lost else 0.0

    @property
    def spoils(self) -> Spoils:
        """How much of a prompt the line may have spoilt."""
        if self.bad:
            return BAD
        return CLEAN if self.packets and not self.lost else FAIR

    @property
    def bad(self) -> bool:
        return self.loss >= LOSES or self.jitter_ms >= TREMBLES or self.gaps > 0

    def compare(self, heard: Samples, prompt: Samples) -> Match:
        """Look for `prompt` in what came by this line. Another prompt, or this one spoilt by a bad line: who
        has only the recording cannot tell, and the verdict says so."""
        match = compare(heard, prompt, self.spoils)
        maybe = match.share >= MAYBE or self.loss >= HOPELESS
        if match.verdict is Verdict.ANOTHER and self.bad and maybe:
            return replace(match, verdict=Verdict.UNCLEAR)
        return match


def gaps(heard: Samples) -> int:
    """How often sound stops dead for a moment and goes on as abruptly: packets that came to nothing.

    They last as long as some packets do. The stops of a voice fade out first, and last as they like.
    """
    frames = heard[: len(heard) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loud = frames[np.sqrt(np.mean(frames**2, axis=1)) > _SOUNDS]
    floor = max(level(loud.reshape(-1)), _SOUNDS) * _ABRUPT
    changes = np.flatnonzero(np.diff(heard)) + 1
    lasts = np.diff(changes)
    dead = np.flatnonzero((lasts >= _SHORTEST) & (lasts <= _LONGEST) & (lasts % _SHORTEST <= _BESIDE))
    edges = ((heard[max(changes[at] - _EDGE, 0) : changes[at]], changes[at + 1]) for at in dead)
    return sum(level(before) > floor and level(heard[end : end + _EDGE]) > floor for before, end in edges)
