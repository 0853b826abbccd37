"""Whose turn it is in an alta, and the one thing to do now. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from provisioning.alta.lists import Mine
from provisioning.alta.views import AltaView, StepView
from web.alta.panels import PANELS


@dataclass(frozen=True, slots=True)
class Act:
    """What to press: `address` leads to where it is done; without one, the step is closed by it."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """An open step as somebody sees it: whether it waits for them, and who can close it when they cannot.

    Administrators may close what waits for others.
    """

    step: StepView
    act: Act
    refusal: str
    mine: bool

    @property
    def may(self) -> bool:
        return not self.refusal


def turns(alta: AltaView, refusals: Mapping[str, str], whose: Mine) -> tuple[Turn, ...]:
    """The open steps: one's own first, in each the late ones first, then by when they are due.

    `refusals` says by step who can close it, empty when whoever looks can.
    """
    open_now = [
        Turn(step, act(alta, step), refusals[step.id], is_mine(whose, step.owner, step.step.areas))
        for step in alta.open
    ]
    return tuple(sorted(open_now, key=_urgency))


def is_mine(whose: Mine, owner: str | None, areas: Collection[str]) -> bool:
    """Whether a step waits for somebody: it is theirs, or nobody's of their areas."""
    return owner == whose.name or (owner is None and bool(whose.areas & set(areas)))


def _urgency(turn: Turn) -> tuple[bool, bool, float]:
    due = turn.step.due
    return not turn.mine, not turn.step.late, due.timestamp() if due else float("inf")


def act(alta: AltaView, step: StepView) -> Act:
    """The one thing to do in an open step."""
    if (name := _unproven(step)) is not None:
        panel = PANELS[name]
        if panel.here:
            return Act(panel.act, f"#step-{step.id}")
        return Act(panel.act, step.found[name].link or panel.place(alta))
    if wanted := _unattached(step):
        return Act(f"Adjuntar: {wanted}", f"#step-{step.id}")
    if step.step.signatures and not step.step.form:
        return Act("Firmar", f"#step-{step.id}")
    if step.step.questions:
        return Act("Responder y terminar el paso", f"#finish-{step.id}")
    return Act("Terminar el paso")


def _unproven(step: StepView) -> str | None:
    missing = (name for name in step.step.evidence if name in step.found and not step.found[name].ok)
    return next(missing, None)


def _unattached(step: StepView) -> str:
    lacking = (wanted.title for wanted in step.step.documents if wanted.name not in step.documents)
    return next(lacking, "")
