"""Where a call stands: its phases, the table of steps between them, and how it ends. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto

from telephony.conversation import Conversation
from telephony.facts import CallEnded, OpenCall

NORMAL_CLEARING = 16
"""Somebody hung up (Q.850)."""


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
    PASSED_ON = auto()
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
        Step.PASSED_ON: Phase.QUEUE,
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
    """Who ended a call; the words of `CallEnded.by`. Whom a coordinator called is CALLED."""

    CALLER = auto()
    COORDINATOR = auto()
    CALLED = auto()
    PBX = auto()


@dataclass(slots=True)
class LiveCall:
    """What the tracker remembers of a call while it lasts. `uniqueid` is that of the channel that names it.

    `legs`, `ringing` and `talking` hold uniqueids of the other channels: all, those that ring (with the party
    each would be), the one that answered. `dialled` is the one party being called outside of a queue: an
    extension or a number. `placed_by` is the extension that made an outgoing call.
    """

    id: str
    uniqueid: str
    phase: Phase = Phase.GREETING
    answered: bool = False
    promised: bool = False
    closed: bool = False
    priority: int = 0
    dialled: str | None = None
    placed_by: str | None = None
    legs: set[str] = field(default_factory=set)
    ringing: dict[str, str] = field(default_factory=dict)
    talking: str | None = None
    ended_by: By | None = None
    cause: int = 0
    conversation: Conversation = field(init=False)

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.id)

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

    @property
    def near(self) -> By:
        """Who is at the channel that names the call."""
        return By.COORDINATOR if self.placed_by else By.CALLER

    @property
    def far(self) -> By:
        """Who is at the other end."""
        return By.CALLED if self.placed_by else By.COORDINATOR

    def step(self, step: Step) -> None:
        self.phase = after(self.phase, step)

    def goes_on(self, step: Step) -> None:
        """A step of the caller's own: whoever had left, the call did not end with it."""
        self.ended_by = self.talking = None
        self.ringing.clear()
        self.step(step)

    def rings(self, leg: str, party: str) -> bool:
        """True when that party did not ring yet, by another device."""
        first = party not in self.ringing.values()
        self.ringing[leg] = party
        self.step(Step.RANG)
        return first

    def falls_silent(self, leg: str) -> bool:
        """True when that party has no other device that rings.

        Phones that stop ringing because the caller left leave the phase as it was.
        """
        party = self.ringing.pop(leg, None)
        if not self.ringing and self.ended_by is None and not self.placed_by:
            self.step(Step.WENT_SILENT)
        return party is not None and party not in self.ringing.values()

    def hangs_up(self, by: By) -> None:
        """The first who hangs up ends the call."""
        self.ended_by = self.ended_by or by

    def stays(self) -> None:
        """Somebody left and others stay: whoever left did not end the call."""
        if self.ended_by is not self.near:
            self.ended_by = None

    def end(self, at: datetime, cause: int) -> CallEnded:
        by = self.ended_by or By.PBX
        return CallEnded(self.id, at, self._outcome(by), self.phase.value, by.value, self._cause(cause))

    def _cause(self, last: int) -> int:
        """A channel keeps the cause of a phone that was busy before, or of the sentence heard last."""
        if self.ended_by and self.phase is Phase.TALKING:
            return NORMAL_CLEARING
        if self.placed_by and not self.answered:
            return self.cause or last
        return last or self.cause

    def _outcome(self, by: By) -> str:
        if self.answered:
            return "answered"
        if self.placed_by:
            return "unanswered"
        if self.promised:
            return "callback"
        if self.closed:
            return "closed"
        return "abandoned" if by is By.CALLER else "unserved"
