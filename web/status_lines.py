"""How everything stands, as values: lines in sections, each with its state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from web.alarm import Alarm


class State(StrEnum):
    """How something stands. Shown by colour, sign and word."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def sign(self) -> str:
        return _SIGNS[self]


_LABELS = {State.GOOD: "Bien", State.WARNING: "Atención", State.BAD: "Mal", State.UNKNOWN: "Sin datos"}
_SIGNS = {State.GOOD: "✓", State.WARNING: "!", State.BAD: "✗", State.UNKNOWN: "?"}
_WORST = (State.BAD, State.WARNING, State.GOOD, State.UNKNOWN)


def worst(states: Iterable[State]) -> State:
    """The state of a whole by those of its parts; what is not known of a part says nothing of the whole."""
    return min(states, key=_WORST.index, default=State.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: its name, how it stands, and that in words; `note` is smaller print."""

    name: str
    state: State
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]

    @property
    def state(self) -> State:
        return worst(line.state for line in self.lines)


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `at` an instant; `ready`: calls can be attended."""

    at: datetime
    ready: bool
    alarms: tuple[Alarm, ...]
    sections: tuple[Section, ...]
