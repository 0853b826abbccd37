"""An alta as it stands at an instant: what pages show and what evidence is asked about. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from provisioning.alta.procedure import Procedure, Step
from provisioning.alta.request import AltaRequest

if TYPE_CHECKING:
    from provisioning.alta.evidence import Found


class AltaState(StrEnum):
    RUNNING = "running"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    DONE = "done"


class StepState(StrEnum):
    """WAITING for what it needs; NOT_NEEDED in this alta (`only`); DROPPED with its cancelled alta."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    SKIPPED = "skipped"
    NOT_NEEDED = "not-needed"
    DROPPED = "dropped"

    @property
    def over(self) -> bool:
        """Whether those that need it may go on."""
        return self in (StepState.DONE, StepState.SKIPPED, StepState.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class Signature:
    """A person's word for an area on a version of a form."""

    form: str
    version: int
    area: str
    person: str
    at: datetime
    approved: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of an alta. Its turn is `owner`'s when somebody has it, else its areas'.

    `since` is when it opened, `due` until when (None while it waits), `closed` when it closed and `by` whom
    (`altavoz` when by itself). `round` counts from 1 and grows each time it is opened again; `back` is why it
    was sent back or opened again. `missing` says in sentences what it still needs; `closable` whether it may
    be closed now. `revision` is that of the last event that moved it: who changes the step gives it back.
    """

    step: Step
    state: StepState
    waits_for: tuple[str, ...] = ()
    since: datetime | None = None
    due: datetime | None = None
    late: bool = False
    closed: datetime | None = None
    by: str | None = None
    owner: str | None = None
    round: int = 1
    back: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    found: Mapping[str, "Found"] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    closable: bool = False
    revision: int = 0

    @property
    def id(self) -> str:
        return self.step.id

    @property
    def open(self) -> bool:
        return self.state is StepState.OPEN


@dataclass(frozen=True, slots=True)
class AltaView:
    """An alta, whole. `amends` is the alta whose plan an otro sí changes, `asked_by` who asked for it.

    `coverages` is the number of their last version, 0 when there is none; `pauses` are its suspensions.
    """

    id: int
    request: AltaRequest
    procedure: Procedure
    procedure_hash: str
    state: AltaState
    steps: tuple[StepView, ...]
    revision: int
    started: datetime
    asked_by: str
    ended: datetime | None = None
    reason: str = ""
    amends: int | None = None
    coverages: int = 0
    pauses: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def plan(self) -> str:
        return self.request.plan

    @property
    def subsidiary(self) -> str:
        return self.request.subsidiary

    @property
    def account(self) -> str:
        return self.request.account.name

    @property
    def number(self) -> str:
        """How people call it."""
        return f"ALTA-{self.id}"

    @property
    def open(self) -> tuple[StepView, ...]:
        """The steps whose turn it is."""
        return tuple(step for step in self.steps if step.open)

    @property
    def late(self) -> bool:
        return any(step.late for step in self.open)

    @property
    def done(self) -> int:
        """How many of its steps are over, for a progress bar beside `needed`."""
        return sum(step.state.over for step in self.steps if step.state is not StepState.NOT_NEEDED)

    @property
    def needed(self) -> int:
        return sum(step.state is not StepState.NOT_NEEDED for step in self.steps)

    def step(self, id: str) -> StepView | None:
        return next((step for step in self.steps if step.id == id), None)

    def step_with(self, evidence: str) -> StepView | None:
        """The last step that asks for this evidence, whatever a company calls it."""
        return next((each for each in reversed(self.steps) if evidence in each.step.evidence), None)
