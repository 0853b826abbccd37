"""What an alta's events make of its steps: one event after another, in order. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from provisioning.alta.events import Event, Happened
from provisioning.alta.procedure import Procedure, Step
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import Signature


@dataclass
class Track:
    """A step on its way. `over` is how it closed (`finished` or `skipped`), None until it did.

    `round` counts how often it opened; `since` is None while it waits; `proved` is what it closed with.
    """

    step: Step
    needs: frozenset[str]
    over: Happened | None = None
    since: datetime | None = None
    closed: datetime | None = None
    by: str | None = None
    owner: str | None = None
    due: tuple[datetime, date] | None = None
    round: int = 0
    back: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    proved: Mapping[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    revision: int = 0


@dataclass
class Fold:
    """`present` are the steps that this alta goes through; what happened to others is passed over."""

    tracks: dict[str, Track]
    signatures: list[Signature] = field(default_factory=list)
    forms: dict[str, int] = field(default_factory=dict)
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    paused: datetime | None = None
    cancelled: Event | None = None
    done: datetime | None = None
    reason: str = ""
    revision: int = 0

    @property
    def all_over(self) -> bool:
        return all(track.over for track in self.tracks.values())

    def take(self, event: Event) -> None:
        """One more event."""
        self.revision = event.revision
        if (take := _TAKE.get(event.kind)) is not None:
            take(self, event)
        self._settle(event)

    def lacking(self, step: str) -> frozenset[str]:
        """The steps that it waits for: those it needs, and what these stood on and is to be done again."""
        found: set[str] = set()
        wanted = set(self.tracks[step].needs)
        while wanted:
            open_again = {id for id in wanted if not self.tracks[id].over}
            found |= open_again
            wanted = {need for id in wanted - open_again for need in self.tracks[id].needs}
        return frozenset(found)

    def _settle(self, event: Event) -> None:
        """Open what lacks nothing any more, and take back what lacks something again."""
        for track in self.tracks.values():
            ready = not track.over and not self.lacking(track.step.id)
            if ready and track.since is None:
                track.since, track.round, track.revision = event.at, track.round + 1, event.revision
            elif not ready and not track.over and track.since is not None:
                track.since, track.revision = None, event.revision
        self.done = (self.done or event.at) if self.all_over else None

    def dependents(self, step: str) -> frozenset[str]:
        """The step and all that are built on it."""
        found = {step}
        while more := {id for id, track in self.tracks.items() if track.needs & found} - found:
            found |= more
        return frozenset(found)


def fold(tracks: dict[str, Track], events: Iterable[Event]) -> Fold:
    """Everything that happened, in order."""
    result = Fold(tracks)
    for event in events:
        result.take(event)
    return result


def tracks_of(procedure: Procedure, request: AltaRequest) -> dict[str, Track]:
    """The steps that an alta of this request goes through, nothing done yet."""
    steps = {step.id: step for step in procedure.of(request.kind) if is_needed(step, request)}
    return {id: Track(step, procedure.needed(step, steps)) for id, step in steps.items()}


def is_needed(step: Step, request: AltaRequest) -> bool:
    """Whether a step is part of an alta by how the plan is sold."""
    return not step.only or bool(set(step.only) & set(request.sold_by))


def _close(fold: Fold, event: Event) -> None:
    if (track := fold.tracks.get(event.step or "")) is not None:
        track.over, track.closed, track.by = event.kind, event.at, event.by
        track.since, track.back = track.since or event.at, ""
        track.answers = event.data.get("answers", {})
        track.proved = event.data.get("evidence", {})
        track.revision = event.revision


def _open_again(fold: Fold, event: Event) -> None:
    """The step, and whatever was built on it, are to be done once more; alone when its evidence is gone."""
    if event.step not in fold.tracks:
        return
    for id in {event.step} if event.data.get("itself") else fold.dependents(event.step):
        track = fold.tracks[id]
        if track.over or track.since:
            track.over = track.closed = track.by = track.since = track.due = None
            track.revision = event.revision
    fold.tracks[event.step].back = event.reason


def _assign(fold: Fold, event: Event) -> None:
    if (track := fold.tracks.get(event.step or "")) is not None:
        track.owner, track.revision = event.data.get("owner"), event.revision


def _set_due(fold: Fold, event: Event) -> None:
    if (track := fold.tracks.get(event.step or "")) is not None:
        track.due = (event.at, date.fromisoformat(event.data["due"]))
        track.revision = event.revision


def _attach(fold: Fold, event: Event) -> None:
    if (track := fold.tracks.get(event.step or "")) is not None:
        track.documents[event.data["name"]] = event.data["title"]


def _change_form(fold: Fold, event: Event) -> None:
    fold.forms[event.data["form"]] = event.data["version"]


def _sign(fold: Fold, event: Event) -> None:
    data = event.data
    approved = data["decision"] == "approved"
    signed = (data["form"], data["version"], data["area"], event.by, event.at, approved, event.reason)
    fold.signatures.append(Signature(*signed))


def _suspend(fold: Fold, event: Event) -> None:
    fold.paused, fold.reason = event.at, event.reason


def _resume(fold: Fold, event: Event) -> None:
    if fold.paused is not None:
        fold.pauses.append((fold.paused, event.at))
    fold.paused, fold.reason = None, ""


def _cancel(fold: Fold, event: Event) -> None:
    fold.cancelled, fold.reason = event, event.reason


_TAKE: Mapping[Happened, Callable[[Fold, Event], None]] = {
    Happened.FINISHED: _close,
    Happened.SKIPPED: _close,
    Happened.SENT_BACK: _open_again,
    Happened.REOPENED: _open_again,
    Happened.ASSIGNED: _assign,
    Happened.DUE_SET: _set_due,
    Happened.ATTACHED: _attach,
    Happened.FORM_CHANGED: _change_form,
    Happened.SIGNED: _sign,
    Happened.SUSPENDED: _suspend,
    Happened.RESUMED: _resume,
    Happened.CANCELLED: _cancel,
}
"""Comments, coverages, changes of the request and moves to another procedure change no step by themselves."""
