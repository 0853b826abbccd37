"""The values of this room: a plan's text as it is being written, where it began, what it was before."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan's text. `revision` grows with every change; who changes it gives back the one that they saw.

    `version` is the number of the version it began from, None for a plan that never stood; `alta` the one it
    is written for. When it is not `open` it was published or given up.
    """

    plan: str
    text: str
    revision: int
    open: bool
    by: str
    at: datetime
    version: int | None
    alta: int | None
    subsidiary: str
    account: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a draft begins from, and whose plan it is."""

    subsidiary: str
    account: str
    version: int | None = None
    alta: int | None = None


@dataclass(frozen=True, slots=True)
class FormerText:
    """What somebody wrote, as it stood at a revision."""

    revision: int
    by: str
    begun: datetime
    at: datetime


class DraftRefused(ValueError):
    """The draft was not changed; the text says why and what to do."""


class StaleDraft(DraftRefused):
    """Somebody changed it first; `now` is how it stands."""

    def __init__(self, now: PlanDraft) -> None:
        super().__init__("Otra persona cambió este plan mientras usted escribía: elija con qué texto seguir.")
        self.now = now
