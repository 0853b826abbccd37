"""Procedure, what happened, what was found, the hour and the calendar → how each step stands. Pure.

Nothing here waits, reads a clock or a database: the same arguments give the same view for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from provisioning.alta.calendar import BusinessCalendar, Pause
from provisioning.alta.events import Event, Happened
from provisioning.alta.evidence import EVIDENCE, PUBLIC_NUMBER, RELEASED, Found
from provisioning.alta.fold import Fold, Track, fold, is_needed, tracks_of
from provisioning.alta.procedure import Procedure, Step
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaState, AltaView, Signature, StepState, StepView

_NOTHING: Mapping[str, Found] = MappingProxyType({})
_NO_LABELS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is kept of an alta; `events` in their order, the first is `STARTED`."""

    id: int
    request: AltaRequest
    procedure: Procedure
    procedure_hash: str
    events: tuple[Event, ...]
    amends: int | None = None


@dataclass(frozen=True)
class _Now:
    at: datetime
    calendar: BusinessCalendar
    found: Mapping[str, Found]
    labels: Mapping[str, str]
    fold: Fold
    pauses: tuple[Pause, ...]
    state: AltaState
    usual: int | None


def view(
    facts: Facts,
    now: datetime,
    calendar: BusinessCalendar,
    found: Mapping[str, Found] = _NOTHING,
    labels: Mapping[str, str] = _NO_LABELS,
    usual: int | None = None,
) -> AltaView:
    """The alta as it stands. `found` is the evidence by name, `labels` what areas are called.

    `usual` is in how many business days its carrier gives a number, when that is known.
    """
    folded = fold(tracks_of(facts.procedure, facts.request), facts.events)
    open_pause = ((folded.paused, now),) if folded.paused else ()
    state = _state(folded)
    at = _Now(now, calendar, found, labels, folded, (*folded.pauses, *open_pause), state, usual)
    first = facts.events[0]
    ended = folded.cancelled.at if folded.cancelled else folded.done
    return AltaView(
        id=facts.id,
        request=facts.request,
        procedure=facts.procedure,
        procedure_hash=facts.procedure_hash,
        state=state,
        steps=tuple(_step(step, facts.request, at) for step in facts.procedure.of(facts.request.kind)),
        revision=folded.revision,
        started=first.at,
        asked_by=first.by,
        ended=ended,
        reason=folded.reason,
        amends=facts.amends,
        coverages=_coverages(facts.events),
        pauses=at.pauses,
    )


def undone_by(alta: AltaView, to: str) -> tuple[StepView, ...]:
    """What opens or waits again when `to` is opened again: it, and what was built on it."""
    folded = Fold(tracks_of(alta.procedure, alta.request))
    built = folded.dependents(to)
    return tuple(step for step in alta.steps if step.id in built and step.state is not StepState.WAITING)


def before(alta: AltaView, step: str) -> tuple[StepView, ...]:
    """The closed steps that `step` is built on, near and far: those it may be sent back to."""
    tracks = tracks_of(alta.procedure, alta.request)
    found: set[str] = set()
    wanted = set(tracks[step].needs) if step in tracks else set()
    while wanted:
        found |= wanted
        wanted = {need for id in wanted for need in tracks[id].needs} - found
    closed = (StepState.DONE, StepState.SKIPPED)
    return tuple(each for each in alta.steps if each.id in found and each.state in closed)


def asked(alta: AltaView, *steps: str) -> tuple[str, ...]:
    """The evidence that judges a move of these steps: theirs, and that of steps which open once they are
    over and close by themselves.
    """
    opening = (
        each
        for each in alta.steps
        if each.step.closes == "by-evidence" and each.waits_for and set(each.waits_for) <= set(steps)
    )
    concerned = (*(each for each in alta.steps if each.id in steps), *opening)
    return tuple(dict.fromkeys(name for each in concerned for name in each.step.evidence))


def closes_itself(alta: AltaView, step: StepView, now: datetime) -> str | None:
    """`evidence` or `time` when the step closes without anybody; None when it does not, or not yet."""
    if alta.state is not AltaState.RUNNING or not step.open:
        return None
    if step.step.closes == "by-time":
        return "time" if step.due is not None and now > step.due else None
    asked = any(question.required for question in step.step.questions)
    if step.step.closes == "by-evidence" and not step.missing and not asked:
        return "evidence"
    return None


def guarded(alta: AltaView) -> tuple[StepView, ...]:
    """The closed gates that stay closed only while their evidence is there: until the release."""
    release = alta.step_with(RELEASED)
    if alta.state is not AltaState.RUNNING or (release is not None and release.state.over):
        return ()
    return tuple(step for step in alta.steps if step.step.gate and step.state is StepState.DONE)


def lost(alta: AltaView) -> dict[str, str]:
    """The steps that open again by themselves, in order, each with what is gone.

    An evidence counts for the last that closed with it, and for none while an open step asks for it, too.
    """
    asked = {name for step in alta.open for name in step.step.evidence}
    result: dict[str, str] = {}
    for step in reversed(guarded(alta)):
        mine = [step.found[name] for name in step.step.evidence if name in step.found and name not in asked]
        asked |= {*step.step.evidence}
        if gone := [found.said for found in mine if found.looked and not found.ok]:
            result[step.id] = " ".join(gone)
    return dict(reversed(result.items()))


def _state(folded: Fold) -> AltaState:
    if folded.cancelled:
        return AltaState.CANCELLED
    if folded.paused:
        return AltaState.SUSPENDED
    return AltaState.DONE if folded.done else AltaState.RUNNING


def _coverages(events: tuple[Event, ...]) -> int:
    changed = [event for event in events if event.kind is Happened.COVERAGES_CHANGED]
    return int(changed[-1].data["version"]) if changed else 0


def _step(step: Step, request: AltaRequest, now: _Now) -> StepView:
    if not is_needed(step, request):
        return StepView(step, StepState.NOT_NEEDED)
    track = now.fold.tracks[step.id]
    state = _step_state(track, now)
    lacking = now.fold.lacking(step.id) if state is StepState.WAITING else frozenset[str]()
    waits = tuple(id for id in now.fold.tracks if id in lacking)
    due = _due(track, now)
    signatures = _signatures(track, now)
    missing = _missing(track, state, waits, signatures, now)
    running = state is StepState.OPEN and now.state is AltaState.RUNNING
    return StepView(
        step=step,
        state=state,
        waits_for=waits,
        since=track.since,
        due=due,
        late=state is StepState.OPEN and due is not None and now.at > due,
        closed=track.closed,
        by=track.by,
        owner=track.owner,
        round=max(track.round, 1),
        back=track.back,
        answers=track.answers,
        documents=tuple(track.documents),
        signatures=signatures,
        found=_found(track, now),
        missing=missing,
        closable=running and not _in_the_way(step, track, signatures, now),
        revision=track.revision,
    )


def _found(track: Track, now: _Now) -> Mapping[str, Found]:
    """What is there now; for a closed step that nobody asked about again, what it closed with."""
    asked = {name: now.found[name] for name in track.step.evidence if name in now.found}
    proved = track.proved if track.over else {}
    return {name: Found(True, said, at=track.closed) for name, said in proved.items()} | asked


def _step_state(track: Track, now: _Now) -> StepState:
    if track.over:
        return StepState.DONE if track.over is Happened.FINISHED else StepState.SKIPPED
    if now.state is AltaState.CANCELLED:
        return StepState.DROPPED
    return StepState.WAITING if track.since is None else StepState.OPEN


def _due(track: Track, now: _Now) -> datetime | None:
    if track.since is None:
        return None
    if track.due is None:
        waits = PUBLIC_NUMBER in track.step.evidence and now.usual
        return now.calendar.due(track.since, waits or track.step.days, now.pauses)
    set_at, day = track.due
    wanted = now.calendar.end_of(day)
    later = [pause for pause in now.pauses if pause[1] > set_at]
    days = now.calendar.count(set_at, wanted)
    return max(wanted, now.calendar.due(set_at, days, later)) if later and days > 0 else wanted


def _signatures(track: Track, now: _Now) -> tuple[Signature, ...]:
    """Those that hold: on the form as it stands now; on a step in this round, the last of each area on what
    its evidence still finds.
    """
    step = track.step
    signed, version = step.form or step.id, now.fold.forms.get(step.form) if step.form else track.round
    held = [each for each in now.fold.signatures if (each.form, each.version) == (signed, version)]
    if step.form or track.over:
        return tuple(held)
    found = (now.found.get(name) for name in step.evidence)
    changed = max((each.at for each in found if each and each.at), default=None)
    last = {each.area: each for each in held if changed is None or each.at >= changed}
    return tuple(last.values())


def _missing(
    track: Track, state: StepState, waits: tuple[str, ...], signatures: tuple[Signature, ...], now: _Now
) -> tuple[str, ...]:
    if state is StepState.WAITING:
        return tuple(f"Espera a «{now.fold.tracks[id].step.title}» ({_who(id, now)})." for id in waits)
    if state is not StepState.OPEN:
        return ()
    return (*_unwritten(track.step, track, signatures, now), *_unproved(track.step, now))


def _who(id: str, now: _Now) -> str:
    return " y ".join(_label(area, now) for area in now.fold.tracks[id].step.areas)


def _label(area: str, now: _Now) -> str:
    return now.labels.get(area, area.capitalize())


def _unwritten(step: Step, track: Track, signatures: tuple[Signature, ...], now: _Now) -> tuple[str, ...]:
    papers = [f"Adjunte «{each.title}»." for each in step.documents if each.name not in track.documents]
    refused = [
        f"{_label(each.area, now)} no firmó: {each.reason}" for each in signatures if not each.approved
    ]
    signed = {each.area for each in signatures}
    unsigned = [f"Falta la firma de {_label(area, now)}." for area in step.signatures if area not in signed]
    return (*papers, *refused, *unsigned)


def _unproved(step: Step, now: _Now) -> tuple[str, ...]:
    found = [(name, now.found.get(name)) for name in step.evidence]
    return tuple(
        each.said if each else f"Todavía no se comprobó: {EVIDENCE[name].lower()}."
        for name, each in found
        if not (each and each.ok)
    )


def _in_the_way(step: Step, track: Track, signatures: tuple[Signature, ...], now: _Now) -> bool:
    """Whether something keeps an open step from being closed, whoever wants to and for whatever reason."""
    proof = step.gate and bool(_unproved(step, now))
    return proof or bool(_unwritten(step, track, signatures, now))
