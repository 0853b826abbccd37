"""Recordings of prompts as values, and what may be refused about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provisioning.prompts.states import RecordingState


class PromptRefused(ValueError):
    """What was asked cannot be done; the text says why and what to do (Spanish)."""


class StaleRecording(PromptRefused):
    """Somebody else decided first."""


class OwnRecording(PromptRefused):
    """Who recorded it may not approve it."""


@dataclass(frozen=True)
class Recording:
    """A recording of a prompt. `said` is the text it was recorded for; `quality` the measures of
    `ivr_audio.quality.Quality` and the `outline`; `sound` its telephone version's name in the PBX.
    """

    id: int
    plan: str
    prompt: str
    number: int
    state: RecordingState
    said: str
    source: str
    file_name: str
    kind: str
    codec: str
    rate: int
    channels: int
    size: int
    original: str
    sound: str
    quality: Mapping[str, Any]
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self.quality.get("warnings", ()))

    @property
    def outline(self) -> tuple[float, ...]:
        """The picture of the sound: its peaks along its time, 0 to 1."""
        return tuple(self.quality.get("outline", ()))

    @property
    def seconds(self) -> float:
        return float(self.quality.get("seconds", 0.0))


@dataclass(frozen=True)
class Happened:
    """A row of a recording's history."""

    state: RecordingState
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Waiver:
    """A prompt that may do without an approved recording, as long as it says `said`."""

    plan: str
    prompt: str
    said: str
    by: str
    at: datetime
    reason: str


def same_words(one: str | None, other: str | None) -> bool:
    """Whether two texts say the same: how they are broken into lines does not count."""
    return (one or "").split() == (other or "").split()
