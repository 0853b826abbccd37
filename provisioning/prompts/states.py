"""The life of a recording of a prompt. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class RecordingState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    RECONSIDER = "reconsider"


TRANSITIONS: Mapping[RecordingState, Mapping[Step, RecordingState]] = {
    RecordingState.PENDING: {
        Step.APPROVE: RecordingState.APPROVED,
        Step.REJECT: RecordingState.REJECTED,
        Step.WITHDRAW: RecordingState.WITHDRAWN,
    },
    RecordingState.APPROVED: {
        Step.REPLACE: RecordingState.REPLACED,
        Step.WITHDRAW: RecordingState.WITHDRAWN,
    },
    RecordingState.REJECTED: {Step.RECONSIDER: RecordingState.PENDING},
    RecordingState.REPLACED: {Step.APPROVE: RecordingState.APPROVED},
    RecordingState.WITHDRAWN: {Step.RECONSIDER: RecordingState.PENDING},
}
"""A recording that another one replaced can be approved again; one approved stays until it is withdrawn."""


def after(state: RecordingState, step: Step) -> RecordingState | None:
    """The state that a step leads to; None where it leads nowhere."""
    return TRANSITIONS[state].get(step)
