"""What an event of an alta is worth telling, and to whom. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.engine import closes_itself
from provisioning.alta.events import Event, Happened
from provisioning.alta.procedure import COORDINATORS, Carried, NoticeRule
from provisioning.alta.views import AltaView, StepState, StepView

SHEET = "Lea y confirme la ficha del plan"


class Kind(StrEnum):
    """TURN: it is theirs to do. TOLD: they should know. SHEET: theirs to read. The others are reminders."""

    TURN = "turn"
    TOLD = "told"
    SHEET = "sheet"
    SOON = "soon"
    LATE = "late"
    ESCALATION = "escalation"

    @property
    def urgent(self) -> bool:
        """Whether it is told at once, however somebody likes to be told."""
        return self is Kind.ESCALATION


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing to tell; within its alta nobody is told it twice under one `key`.

    It goes to the `people` by account name, and to the `areas` (or whom these words of a procedure mean:
    `everybody`, `coordinators`). `owner` takes an area's turn, when a step has one. `carries` is what of the
    plan its letter carries.
    """

    key: str
    kind: Kind
    title: str
    detail: str = ""
    step: str = ""
    areas: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    owner: str | None = None
    carries: tuple[Carried, ...] = ()


def occasions(alta: AltaView, event: Event, calendar: BusinessCalendar) -> tuple[Occasion, ...]:
    """What is worth telling of one event, what somebody must do first; `alta` is as it stands after it."""
    fresh = (view for view in alta.open if view.since == event.at)
    # What closes by itself in the next moment is nobody's turn.
    opened = tuple(view for view in fresh if closes_itself(alta, view, event.at) != "evidence")
    closed = tuple(view for view in alta.steps if view.state is StepState.DONE and view.closed == event.at)
    turns = (turn(view, calendar) for view in opened)
    return (*turns, *_of_the_event(alta, event), *_by_rules(alta, event, opened, closed))


def turn(view: StepView, calendar: BusinessCalendar) -> Occasion:
    """Whose turn it is now."""
    return Occasion(
        f"turn:{view.id}:{view.round}",
        Kind.TURN,
        f"Es su turno: {view.step.title}",
        _turn_detail(view, calendar),
        view.id,
        areas=view.step.areas,
        owner=view.owner,
        carries=view.step.carries,
    )


def _turn_detail(view: StepView, calendar: BusinessCalendar) -> str:
    """Why a step is back, what it asks for, until when."""
    back = f"Vuelve porque: {view.back}" if view.back else ""
    until = until_words(view.due, calendar) if view.due else ""
    return "\n".join(part for part in (back, view.step.help or "", until) if part)


def until_words(due: datetime, calendar: BusinessCalendar) -> str:
    return f"Vence el {calendar.local(due):%d/%m/%Y}."


def _of_the_event(alta: AltaView, event: Event) -> Iterator[Occasion]:
    match event.kind:
        case Happened.ASSIGNED if event.data.get("owner"):
            yield _assigned(alta, event)
        case Happened.COMMENTED if not event.data.get("itself"):
            yield _comment(alta, event)
        case Happened.SIGNED if event.data.get("decision") == "rejected":
            yield _rejected(alta, event)
        case Happened.REOPENED if event.data.get("itself"):
            yield from _waiting_again(alta, event)
        case Happened.SUSPENDED | Happened.RESUMED | Happened.CANCELLED:
            yield _standing(alta, event)


def _assigned(alta: AltaView, event: Event) -> Occasion:
    title, step = f"Queda a su cargo: {_title(alta, event.step)}", event.step or ""
    return Occasion(f"{event.revision}", Kind.TURN, title, event.reason, step, people=(event.data["owner"],))


def _comment(alta: AltaView, event: Event) -> Occasion:
    """Who asked for the alta and who has a step of it in hand are told; areas read it on the page."""
    owners = (view.owner for view in alta.open if view.owner and event.step in (None, view.id))
    title = f"Comentario sobre «{_title(alta, event.step)}»" if event.step else "Comentario"
    said, people = str(event.data.get("text", "")), tuple(dict.fromkeys((alta.asked_by, *owners)))
    return Occasion(f"{event.revision}", Kind.TOLD, title, said, event.step or "", people=people)


def _rejected(alta: AltaView, event: Event) -> Occasion:
    """What one area does not sign is everybody's again who works on it."""
    view = alta.step(event.step or "")
    title = f"No se firmó: {view.step.title if view else alta.request.name}"
    areas, step = (view.step.areas, view.id) if view else ((), "")
    people = (alta.asked_by,)
    return Occasion(f"{event.revision}", Kind.TOLD, title, event.reason, step, areas=areas, people=people)


def _waiting_again(alta: AltaView, event: Event) -> Iterator[Occasion]:
    """Whose turn it was is told that it waits for what opened again."""
    for view in alta.steps:
        if view.state is StepState.WAITING and view.revision == event.revision and view.id != event.step:
            title, key = f"Espera otra vez: {view.step.title}", f"{event.revision}:{view.id}"
            yield Occasion(
                key, Kind.TOLD, title, event.reason, view.id, areas=view.step.areas, owner=view.owner
            )


_STANDINGS = {
    Happened.SUSPENDED: "Alta suspendida",
    Happened.RESUMED: "Alta reanudada",
    Happened.CANCELLED: "Alta cancelada",
}


def _standing(alta: AltaView, event: Event) -> Occasion:
    """Whose turn it is, or was, is told that the alta stands still or goes on."""
    turns = (view for view in alta.steps if view.since is not None and not view.state.over)
    areas = tuple(dict.fromkeys(area for view in turns for area in view.step.areas))
    title, people = _STANDINGS[event.kind], (alta.asked_by,)
    return Occasion(f"{event.revision}", Kind.TOLD, title, event.reason, areas=areas, people=people)


def _by_rules(
    alta: AltaView, event: Event, opened: tuple[StepView, ...], closed: tuple[StepView, ...]
) -> Iterator[Occasion]:
    for view in opened:
        yield from _told(view, "opened", f"Comienza: {view.step.title}", "")
    for view in closed:
        yield from _told(view, "closed", f"Hecho: {view.step.title}", _answers(view))
    if event.kind is Happened.SENT_BACK:
        back = alta.step(str(event.data.get("from", "")))
        if back is not None:
            yield from _told(back, "sent-back", f"Devuelto: {back.step.title}", event.reason)


def _told(view: StepView, when: str, title: str, detail: str) -> Iterator[Occasion]:
    """What the procedure has others know of a step."""
    for place, rule in enumerate(view.step.notices):
        if rule.when == when:
            yield by_rule(rule, f"{when}:{place}", view.id, view.round, title, detail)


def by_rule(rule: NoticeRule, key: str, step: str, round: int, title: str, detail: str) -> Occasion:
    kind = Kind.SHEET if COORDINATORS in rule.to else Kind.TOLD
    title = SHEET if kind is Kind.SHEET else title
    return Occasion(f"{key}:{step}:{round}", kind, title, detail, step, areas=rule.to, carries=rule.carries)


def _answers(view: StepView) -> str:
    """What was written when the step was closed."""
    titles = {question.name: question.title for question in view.step.questions}
    return "\n".join(f"{titles.get(name, name)}: {said}" for name, said in view.answers.items() if said)


def _title(alta: AltaView, step: str | None) -> str:
    view = alta.step(step) if step else None
    return view.step.title if view else alta.request.name
