"""The engine, rule by rule, on a procedure of five steps: what is asked, what closes and opens by itself."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from plans.model import Account
from provisioning.alta import moves
from provisioning.alta.calendar import BusinessCalendar
from provisioning.alta.engine import Facts, asked, before, closes_itself, guarded, lost, undone_by, view
from provisioning.alta.events import Event, Happened
from provisioning.alta.evidence import Found
from provisioning.alta.load import read_procedure
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.request import AltaRequest
from provisioning.alta.views import AltaView, StepState

TEXT = """\
altavoz: 1
procedure: de-cinco
name: De cinco
areas: {it: Sistemas, operations: Operaciones}
steps:
  - {id: cabecera, title: Cabecera, areas: [it], days: 2, gate: true, evidence: [header-number]}
  - {id: consulta, title: Consulta, areas: [it], days: 2, closes: by-time, optional: true}
  - id: numero
    title: Número
    areas: [operations]
    days: 3
    needs: [cabecera, consulta]
    closes: by-evidence
    evidence: [public-number]
  - id: prueba
    title: Prueba
    areas: [it]
    days: 1
    needs: [numero]
    gate: true
    evidence: [tested-it, header-number]
  - {id: salida, title: Salida, areas: [it], days: 1, needs: [prueba], gate: true, evidence: [released]}
"""
WITH_A_QUESTION = TEXT.replace(
    "evidence: [public-number]", "evidence: [public-number]\n    questions: [{name: como, title: Cómo vino}]"
)
ARGENTINA = BusinessCalendar("AR", ZoneInfo("America/Argentina/Buenos_Aires"))
MONDAY = datetime(2026, 6, 22, 15, 0, tzinfo=UTC)
LATE = datetime(2026, 6, 22, 2, 0, tzinfo=UTC)
REQUEST = AltaRequest(
    plan="x", name="X", account=Account(name="Seguros Ñandú", type="aseguradora"), subsidiary="AR"
)
ALL = ("header-number", "public-number", "tested-it", "released")
Happens = tuple[Any, ...]


def seen(
    *happened: Happens,
    there: tuple[str, ...] = (),
    unseen: tuple[str, ...] = (),
    since: datetime | None = None,
    now: datetime = MONDAY,
    text: str = TEXT,
) -> AltaView:
    """The alta after these (kind, step, data), the n-th at minute n + 1; `there` is the evidence that is
    found, `since` when it came true.
    """
    started = Event(1, MONDAY, "clara", Happened.STARTED)
    later = (
        Event(at, MONDAY + timedelta(minutes=at), "ana", kind, step, "porque sí", dict(*data))
        for at, (kind, step, *data) in enumerate(happened, 2)
    )
    written = read_procedure(text)
    facts = Facts(1, REQUEST, written.procedure, written.hash, (started, *later))
    found = {name: Found(name in there, f"{name}.", at=since, looked=name not in unseen) for name in ALL}
    return view(facts, now, ARGENTINA, found)


def done(*steps: str) -> tuple[Happens, ...]:
    return tuple((Happened.FINISHED, step) for step in steps)


def test_an_alta_goes_back_to_what_was_closed_and_to_what_was_skipped() -> None:
    alta = seen(*done("cabecera"), (Happened.SKIPPED, "consulta"), *done("numero"))
    assert {step.id for step in before(alta, "prueba")} == {"cabecera", "consulta", "numero"}
    assert {step.id for step in before(seen(*done("cabecera")), "numero")} == {"cabecera"}
    assert before(alta, "nadie") == ()


def test_a_move_asks_for_its_own_evidence_and_that_of_what_then_closes_by_itself() -> None:
    alta = seen((Happened.SKIPPED, "consulta"))
    assert asked(alta, "cabecera") == ("header-number", "public-number")
    assert asked(seen(), "cabecera") == ("header-number",), "the number waits for another step, too"
    assert asked(seen(), "prueba") == ("tested-it", "header-number")
    by_hand = seen(*done("cabecera", "consulta"))
    assert asked(by_hand, "numero") == ("public-number",), "the test after it is closed by a person"
    assert asked(by_hand, "prueba") == ("tested-it", "header-number"), "what is open already is not asked"


def test_what_closes_by_time_closes_once_its_last_instant_is_over() -> None:
    due = seen().step("consulta").due
    alta = seen(now=due)
    assert closes_itself(alta, alta.step("consulta"), due) is None and not alta.step("consulta").late
    later = due + timedelta(microseconds=1)
    alta = seen(now=later)
    assert closes_itself(alta, alta.step("consulta"), later) == "time" and alta.step("consulta").late


def test_what_closes_by_evidence_closes_with_it_while_the_alta_runs_and_nobody_is_asked() -> None:
    happened = done("cabecera", "consulta")
    alta = seen(*happened, there=ALL)
    assert closes_itself(alta, alta.step("numero"), MONDAY) == "evidence"
    assert closes_itself(alta, alta.step("prueba"), MONDAY) is None, "it waits"
    without = seen(*happened)
    assert closes_itself(without, without.step("numero"), MONDAY) is None
    paused = seen(*happened, (Happened.SUSPENDED, None), there=ALL)
    assert closes_itself(paused, paused.step("numero"), MONDAY) is None
    answered = seen(*happened, there=ALL, text=WITH_A_QUESTION)
    assert closes_itself(answered, answered.step("numero"), MONDAY) is None, "somebody answers the question"


def test_a_step_is_closed_by_hand_only_while_the_alta_runs() -> None:
    assert seen(there=ALL).step("cabecera").closable
    paused = seen((Happened.SUSPENDED, None), there=ALL).step("cabecera")
    assert (paused.open, paused.closable) == (True, False)
    assert not seen().step("cabecera").closable, "a gate wants its evidence"
    assert seen(*done("cabecera", "consulta")).step("numero").closable, "what is no gate wants a reason"
    assert seen((Happened.CANCELLED, None)).step("cabecera").state is StepState.DROPPED


def test_closed_gates_are_watched_while_the_alta_runs_until_the_release() -> None:
    all_but_out = done("cabecera", "consulta", "numero", "prueba")
    assert [step.id for step in guarded(seen(*all_but_out))] == ["cabecera", "prueba"]
    for ending in ((Happened.SUSPENDED, None), (Happened.CANCELLED, None), *done("salida")):
        assert guarded(seen(*all_but_out, ending)) == ()


def test_an_evidence_that_is_gone_opens_the_last_gate_that_closed_with_it() -> None:
    happened = done("cabecera", "consulta", "numero", "prueba")
    assert lost(seen(*happened, there=ALL)) == {}
    assert lost(seen(*happened, there=("tested-it",))) == {"prueba": "header-number."}
    assert lost(seen(*happened, there=())) == {"prueba": "tested-it. header-number."}
    assert lost(seen(*happened, there=(), unseen=ALL)) == {}, "who cannot look knows of nothing gone"
    assert lost(seen(*done("cabecera"), there=())) == {"cabecera": "header-number."}
    assert lost(seen(*done("cabecera", "consulta", "numero"), there=())) == {}, "the open test asks for it"


def test_gates_that_open_again_are_told_in_their_order() -> None:
    apart = TEXT.replace("[tested-it, header-number]", "[tested-it]")
    happened = done("cabecera", "consulta", "numero", "prueba")
    assert list(lost(seen(*happened, text=apart))) == ["cabecera", "prueba"]


def test_what_a_step_closed_with_stands_until_it_opens_again() -> None:
    proved = (Happened.FINISHED, "cabecera", {"evidence": {"header-number": "Cabecera 011."}})
    written = read_procedure(TEXT)
    events = (
        Event(1, MONDAY, "clara", Happened.STARTED),
        Event(2, MONDAY, "ana", *proved[:2], "", proved[2]),
    )
    closed = view(Facts(1, REQUEST, written.procedure, written.hash, events), MONDAY, ARGENTINA)
    assert closed.step("cabecera").found["header-number"].said == "Cabecera 011."
    again = (*events, Event(3, MONDAY, "ana", Happened.REOPENED, "cabecera", "por error"))
    opened = view(Facts(1, REQUEST, written.procedure, written.hash, again), MONDAY, ARGENTINA)
    assert opened.step("cabecera").found == {}


def test_a_word_given_holds_while_what_it_was_given_on_is_the_same() -> None:
    two = TEXT.replace(
        "evidence: [header-number]}", "evidence: [header-number], signatures: [it, operations]}"
    )
    signed = tuple(
        (Happened.SIGNED, "cabecera", {"form": "cabecera", "version": 1, "area": area, "decision": decision})
        for area, decision in (("it", "rejected"), ("operations", "approved"), ("it", "approved"))
    )
    found = {"there": ALL, "text": two}
    word = seen(*signed, **found).step("cabecera")
    assert [(each.area, each.approved) for each in word.signatures] == [("it", True), ("operations", True)]
    assert word.closable and not seen(*signed[:2], **found).step("cabecera").closable
    at_the_same = seen(*signed, since=MONDAY + timedelta(minutes=3), **found).step("cabecera")
    assert {each.area for each in at_the_same.signatures} == {"it", "operations"}
    changed = seen(*signed, since=MONDAY + timedelta(minutes=3, seconds=1), **found).step("cabecera")
    assert {each.area for each in changed.signatures} == {"it"} and not changed.closable
    over = seen(*signed, *done("cabecera"), since=MONDAY + timedelta(hours=1), **found).step("cabecera")
    assert len(over.signatures) == 3, "what a closed step closed with stays"


def test_what_never_opened_is_not_undone() -> None:
    alta = seen(*done("cabecera", "consulta"))
    assert [step.id for step in undone_by(alta, "cabecera")] == ["cabecera", "numero"]


def test_the_last_version_of_the_coverages_counts() -> None:
    saved = [(Happened.COVERAGES_CHANGED, None, {"version": number}) for number in (1, 2, 3)]
    assert (seen().coverages, seen(*saved).coverages) == (0, 3)


def test_a_step_is_due_on_a_day_that_is_not_before_it_began() -> None:
    """By the subsidiary's own days: late on a Sunday there it is Monday already elsewhere."""
    moves.dating(seen(), "cabecera", date(2026, 6, 22), "El cliente viaja.", None, ARGENTINA)
    with pytest.raises(AltaRefused) as refused:
        moves.dating(seen(), "cabecera", date(2026, 6, 21), "El cliente viaja.", None, ARGENTINA)
    auckland = BusinessCalendar("NZ", ZoneInfo("Pacific/Auckland"))
    with pytest.raises(AltaRefused):
        moves.dating(seen(), "cabecera", date(2026, 6, 22), "El cliente viaja.", None, auckland)
    evening = replace(seen(), steps=tuple(replace(each, since=LATE) for each in seen().steps))
    moves.dating(evening, "cabecera", date(2026, 6, 21), "El cliente viaja.", None, ARGENTINA)
    assert refused.value.problems["due"].startswith("La fecha es anterior al comienzo")


def test_a_due_day_that_was_set_is_moved_by_what_paused_after_it_and_never_before_it() -> None:
    set_to = (Happened.DUE_SET, "cabecera", {"due": "2026-06-23"})
    tuesday = ARGENTINA.end_of(date(2026, 6, 23))
    assert seen(set_to).step("cabecera").due == tuesday
    paused_before = seen((Happened.SUSPENDED, None), (Happened.RESUMED, None), set_to)
    assert paused_before.step("cabecera").due == tuesday
    over = (Happened.DUE_SET, "cabecera", {"due": "2026-06-22"})
    later = MONDAY + timedelta(days=3)
    paused_after = seen(over, (Happened.SUSPENDED, None), now=later)
    assert paused_after.step("cabecera").due == ARGENTINA.end_of(date(2026, 6, 22))
