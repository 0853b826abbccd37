"""The engine, moved at random: whatever people do, these things hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from plans.model import Account
from provisioning.alta import moves
from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.engine import Facts, before, guarded, lost, undone_by, view
from provisioning.alta.events import Event, Happened
from provisioning.alta.evidence import Found
from provisioning.alta.ledger import Doing
from provisioning.alta.load import SHIPPED, load_procedure
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaState, AltaView, StepState
from provisioning.release.gate import leading_to

WRITTEN = load_procedure(SHIPPED)
PROCEDURE = WRITTEN.procedure
ARGENTINA = BusinessCalendar("AR", ZoneInfo("America/Argentina/Buenos_Aires"))
BEGAN = datetime(2026, 3, 30, 13, 0, tzinfo=UTC)
"""Holy Week and two public holidays are near."""
NAMES = sorted({name for step in PROCEDURE.steps for name in step.evidence})
REOPENED = Happened.REOPENED
STEPS = [step.id for step in PROCEDURE.of("alta")]


class Alta(RuleBasedStateMachine):
    """An alta in memory, its clock and the evidence that is there."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGAN
        self.there: set[str] = set()
        account = Account(name="Seguros Ñandú", type="aseguradora")
        self.request = AltaRequest(plan="x", name="X", account=account, subsidiary="AR", sold_by=("tmk",))
        self.events = (Event(1, BEGAN, "clara", Happened.STARTED),)
        self.rounds: dict[str, int] = {}
        self.kept: tuple[object, AltaView] | None = None

    def seen(self) -> AltaView:
        """As it stands; kept until something changes, because every invariant asks."""
        key = (len(self.events), self.now, frozenset(self.there))
        if self.kept is None or self.kept[0] != key:
            self.kept = (key, self.made())
        return self.kept[1]

    def made(self) -> AltaView:
        facts = Facts(1, self.request, PROCEDURE, WRITTEN.hash, self.events)
        found = {name: Found(name in self.there, f"{name}.") for name in NAMES}
        return view(facts, self.now, ARGENTINA, found)

    def happens(self, doing: Doing) -> None:
        event = Event(len(self.events) + 1, self.now, "ana", doing.kind, doing.step, doing.reason, doing.data)
        self.events = (*self.events, event)

    def tried(self, move: object) -> None:
        """Do it, or be refused; who is refused changed nothing."""
        try:
            self.happens(move(self.seen()))  # type: ignore[operator]
        except AltaRefused as refused:
            assert str(refused)

    @rule(hours=some.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(names=some.sets(some.sampled_from(NAMES)))
    def facts_change(self, names: set[str]) -> None:
        self.there = names

    @rule(step=some.sampled_from(STEPS))
    def papers_come(self, step: str) -> None:
        for wanted in PROCEDURE.step(step).documents:
            data = {"document": 1, "name": wanted.name, "title": wanted.title, "revision": 1}
            self.happens(Doing(Happened.ATTACHED, step, "", data))

    @rule()
    def the_request_is_signed(self) -> None:
        version = len(self.events)
        told = {"form": "number-request", "version": version}
        self.happens(Doing(Happened.FORM_CHANGED, "solicitud-de-numero", "", told))
        for area in ("commercial", "operations"):
            signed = told | {"area": area, "decision": "approved"}
            self.happens(Doing(Happened.SIGNED, "solicitud-de-numero", "", signed))

    @rule()
    def the_plan_is_signed(self) -> None:
        for area, by in (("commercial", "ana"), ("operations", "olga")):
            self.tried(lambda alta: moves.signing(alta, "plan-cargado", area, by, True, "", None))  # noqa: B023
        if (doing := moves.closing_itself(self.seen(), "plan-cargado", self.now)) is not None:
            self.happens(doing)

    @rule(step=some.sampled_from(STEPS), reason=some.sampled_from(["", "porque sí"]))
    def somebody_closes(self, step: str, reason: str) -> None:
        answers = {question.name: "dicho" for question in PROCEDURE.step(step).questions}
        self.tried(lambda alta: moves.finishing(alta, step, answers, reason, None))

    @rule(names=some.just(set(NAMES)))
    def all_goes_on(self, names: set[str]) -> None:
        """The open steps close, one after another, so that the later ones are reached too."""
        self.there = names
        for step in self.seen().open:
            self.papers_come(step.id)
            self.the_plan_is_signed()
            self.somebody_closes(step.id, "sigue")

    @rule(step=some.sampled_from(STEPS))
    def somebody_skips(self, step: str) -> None:
        self.tried(lambda alta: moves.skipping(alta, step, "", None))

    @rule(step=some.sampled_from(STEPS), to=some.sampled_from(STEPS))
    def it_goes_back(self, step: str, to: str) -> None:
        self.tried(lambda alta: moves.sending(alta, step, to, "otra ronda", None))

    @precondition(lambda self: any(each.state is StepState.DONE for each in self.seen().steps))
    @rule(data=some.data())
    def it_is_undone(self, data: some.DataObject) -> None:
        closed = [each.id for each in self.seen().steps if each.state is StepState.DONE]
        step = data.draw(some.sampled_from(closed))
        opens = {each.id for each in undone_by(self.seen(), step)}
        over = {each.id for each in self.seen().steps if each.state in (StepState.DONE, StepState.SKIPPED)}
        if self.seen().state is not AltaState.SUSPENDED:
            self.happens(moves.reopening(self.seen(), step, "por error", None))
            after = {
                each.id for each in self.seen().steps if each.state in (StepState.DONE, StepState.SKIPPED)
            }
            assert after == over - opens

    @rule()
    def it_is_suspended(self) -> None:
        self.tried(lambda alta: moves.suspending(alta, "pausa"))

    @rule()
    def it_is_resumed(self) -> None:
        self.tried(lambda alta: moves.resuming(alta, ""))

    @rule(step=some.sampled_from(STEPS))
    def it_closes_by_itself(self, step: str) -> None:
        alta = self.seen()
        if (doing := moves.closing_itself(alta, step, self.now)) is not None:
            assert alta.state is AltaState.RUNNING
            self.happens(doing)

    def teardown(self) -> None:
        """The same events make the same alta, whoever looks, and however often."""
        assert self.made() == self.made()

    @precondition(lambda self: any(self.seen().step(id).closed for id in ("plan-cargado", "coberturas")))
    @rule(data=some.data())
    def evidence_is_lost(self, data: some.DataObject) -> None:
        """The gate that it had closed opens again, and it alone."""
        closed = sorted({name for step in guarded(self.seen()) for name in step.step.evidence})
        self.there = set(NAMES) - {data.draw(some.sampled_from(closed))} if closed else self.there
        for step in lost(self.seen()):
            before = self.seen()
            self.happens(moves.reopening_itself(before, step))
            closed = {each.id for each in before.steps if each.state.over}
            assert {each.id for each in self.seen().steps if each.state.over} == closed - {step}
        assert not lost(self.seen())

    @invariant()
    def a_step_is_open_exactly_when_nothing_that_it_stands_on_is_missing(self) -> None:
        alta = self.seen()
        present = {each.id: each for each in alta.steps if each.state is not StepState.NOT_NEEDED}
        lost_some = any(event.data.get("itself") and event.kind is REOPENED for event in self.events)
        for each in present.values():
            stands_on = leading_to(alta, each)
            ready = all(present[need].state.over for need in stands_on)
            if each.state.over:
                assert ready or lost_some, "what is closed stands on what is closed, or was"
            else:
                assert each.open == ready and (each.since is not None) == ready
                assert set(each.waits_for) <= {id for id in stands_on if not present[id].state.over}

    @invariant()
    def nothing_opens_by_itself_once_released(self) -> None:
        if self.seen().step("liberado").state.over:
            assert not lost(self.seen())

    @invariant()
    def no_gate_closed_without_its_evidence(self) -> None:
        for event in self.events:
            step = PROCEDURE.step(event.step or "")
            if event.kind is Happened.FINISHED and step and step.gate:
                assert set(step.evidence) <= set(event.data["evidence"])

    @invariant()
    def suspended_days_do_not_count(self) -> None:
        alta = self.seen()
        for each in alta.open:
            day, runs = ARGENTINA.local(each.since), 0
            while day < ARGENTINA.local(each.due):
                day += timedelta(days=1)
                paused = any(ARGENTINA.local(a) <= day < ARGENTINA.local(b) for a, b in alta.pauses)
                runs += ARGENTINA.is_business(day) and not paused
            assert runs == each.step.days

    @invariant()
    def rounds_only_grow_and_what_waits_says_for_what(self) -> None:
        alta = self.seen()
        for each in alta.steps:
            assert each.round >= self.rounds.get(each.id, 1)
            self.rounds[each.id] = each.round
            if each.state is StepState.WAITING:
                assert each.waits_for and each.missing
            assert not {other.id for other in before(alta, each.id)} & {each.id}

    @invariant()
    def it_is_done_when_every_step_is_over(self) -> None:
        alta = self.seen()
        over = all(each.state.over for each in alta.steps)
        assert (alta.state is AltaState.DONE) == (over and alta.state is not AltaState.SUSPENDED)


Alta.TestCase.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAlta = Alta.TestCase


def test_a_carriers_usual_delay_is_the_due_day_of_the_step_that_waits_for_it() -> None:
    """That of the procedure where nobody knows it; a day that somebody set holds."""
    procedure = WRITTEN.procedure.model_copy(
        update={"steps": tuple(step for step in PROCEDURE.steps if step.id == "numero-publico")}
    )
    account = Account(name="Seguros Ñandú", type="aseguradora")
    request = AltaRequest(plan="x", name="X", account=account, subsidiary="AR", sold_by=("tmk",))
    monday = datetime(2026, 6, 22, 15, 0, tzinfo=UTC)
    facts = Facts(1, request, procedure, WRITTEN.hash, (Event(1, monday, "ivan", Happened.STARTED),))

    def due(facts: Facts, usual: int | None) -> date:
        return ARGENTINA.local(view(facts, monday, ARGENTINA, usual=usual).steps[0].due)

    assert due(facts, 3) == date(2026, 6, 25)
    assert due(facts, None) == date(2026, 7, 6)
    moved = Event(2, monday, "ivan", Happened.DUE_SET, "numero-publico", "", {"due": "2026-07-01"})
    assert due(replace(facts, events=(*facts.events, moved)), 3) == date(2026, 7, 1)
    pause = (
        Event(3, datetime(2026, 6, 23, 15, 0, tzinfo=UTC), "ivan", Happened.SUSPENDED),
        Event(4, datetime(2026, 6, 25, 15, 0, tzinfo=UTC), "ivan", Happened.RESUMED),
    )
    moved_on = due(replace(facts, events=(*facts.events, moved, *pause)), 3)
    assert moved_on == date(2026, 7, 3), "two days of a pause move it on, too"


def test_what_a_step_needs_is_not_skipped_nor_left_out_without_a_reason() -> None:
    account = Account(name="Seguros Ñandú", type="aseguradora")
    request = AltaRequest(plan="x", name="X", account=account, subsidiary="AR", sold_by=("tmk",))
    began = (Event(1, BEGAN, "clara", Happened.STARTED),)
    alta = view(Facts(1, request, PROCEDURE, WRITTEN.hash, began), BEGAN, ARGENTINA)
    with pytest.raises(AltaRefused, match="no es optativo"):
        moves.skipping(alta, "prospecto", "", None)
    for name, other in (("plan", "y"), ("subsidiary", "CO"), ("kind", "otro-si")):
        with pytest.raises(AltaRefused, match="no cambian"):
            moves.changing(alta, request.model_copy(update={name: other}), "Otro.", None)
    open_gate = PROCEDURE.step("numero-publico").model_copy(update={"gate": False, "documents": ()})
    facts = Facts(1, request, PROCEDURE.model_copy(update={"steps": (open_gate,)}), WRITTEN.hash, began)
    alta = view(facts, BEGAN, ARGENTINA)
    with pytest.raises(AltaRefused) as refused:
        moves.finishing(alta, "numero-publico", {}, "\u200b \u00a0", None)
    assert "Falta evidencia" in refused.value.problems["reason"]
    assert moves.finishing(alta, "numero-publico", {}, "Vino por teléfono.", None).kind is Happened.FINISHED
