"""Where a call stands: its phases, the table of steps between them, and how it ends. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto

from telephony.facts import CallEnded, OpenCall


class Phase(StrEnum):
    """Where a caller is; the words of `CallEnded.phase`."""

    GREETING = auto()
    MENU = auto()
    QUEUE = auto()
    RINGING = auto()
    TALKING = auto()
    CALLBACK = auto()


class Step(StrEnum):
    """What moves a caller on."""

    ASKED = auto()
    QUEUED = auto()
    RANG = auto()
    WENT_SILENT = auto()
    ANSWERED = auto()
    PROMISED = auto()


TRANSITIONS: dict[Phase, dict[Step, Phase]] = {
    Phase.GREETING: {
        Step.ASKED: Phase.MENU,
        Step.QUEUED: Phase.QUEUE,
        Step.RANG: Phase.RINGING,
        Step.ANSWERED: Phase.TALKING,
        Step.PROMISED: Phase.CALLBACK,
    },
    Phase.MENU: {
        Step.QUEUED: Phase.QUEUE,
        Step.RANG: Phase.RINGING,
        Step.ANSWERED: Phase.TALKING,
        Step.PROMISED: Phase.CALLBACK,
    },
    Phase.QUEUE: {
        Step.RANG: Phase.RINGING,
        Step.ANSWERED: Phase.TALKING,
        Step.PROMISED: Phase.CALLBACK,
    },
    Phase.RINGING: {
        Step.QUEUED: Phase.QUEUE,
        Step.WENT_SILENT: Phase.QUEUE,
        Step.ANSWERED: Phase.TALKING,
        Step.PROMISED: Phase.CALLBACK,
    },
    Phase.TALKING: {
        Step.QUEUED: Phase.QUEUE,
        Step.PROMISED: Phase.CALLBACK,
    },
    Phase.CALLBACK: {
        Step.QUEUED: Phase.QUEUE,
    },
}
"""A step that a phase does not list changes nothing: events of a gap are missing, and a phone may still ring
while another already talks."""


def after(phase: Phase, step: Step) -> Phase:
    return TRANSITIONS[phase].get(step, phase)


class By(StrEnum):
    """Who ended a call; the words of `CallEnded.by`."""

    CALLER = auto()
    COORDINATOR = auto()
    PBX = auto()


@dataclass(slots=True)
class LiveCall:
    """What the tracker remembers of a call while it lasts. `uniqueid` is that of the trunk channel.

    `legs`, `ringing` and `talking` hold uniqueids of the other channels: all, those that ring, the one that
    answered. `duty` is the outside number being dialled.
    """

    id: str
    uniqueid: str
    phase: Phase = Phase.GREETING
    answered: bool = False
    promised: bool = False
    closed: bool = False
    priority: int = 0
    duty: str | None = None
    legs: set[str] = field(default_factory=set)
    ringing: set[str] = field(default_factory=set)
    talking: str | None = None
    ended_by: By | None = None
    cause: int = 0

    @classmethod
    def resumed(cls, call: OpenCall, uniqueid: str) -> "LiveCall":
        return cls(
            call.call,
            uniqueid,
            phase=Phase(call.phase) if call.phase in set(Phase) else Phase.GREETING,
            answered=call.answered,
            promised=call.callback,
            closed=call.closed,
        )

    def step(self, step: Step) -> None:
        self.phase = after(self.phase, step)

    def goes_on(self, step: Step) -> None:
        """A step of the caller's own: whoever had left, the call did not end with it."""
        self.ended_by = self.talking = None
        self.ringing.clear()
        self.step(step)

    def falls_silent(self, leg: str) -> None:
        """Phones that stop ringing because the caller left leave the phase as it was."""
        self.ringing.discard(leg)
        if not self.ringing and self.ended_by is None:
            self.step(Step.WENT_SILENT)

    def hangs_up(self, by: By) -> None:
        """The first who hangs up ends the call."""
        self.ended_by = self.ended_by or by

    def end(self, at: datetime, cause: int) -> CallEnded:
        by = self.ended_by or By.PBX
        return CallEnded(self.id, at, self._outcome(by), self.phase.value, by.value, cause or self.cause)

    def _outcome(self, by: By) -> str:
        if self.answered:
            return "answered"
        if self.promised:
            return "callback"
        if self.closed:
            return "closed"
        return "abandoned" if by is By.CALLER else "unserved"
