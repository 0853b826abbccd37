"""The plans in memory: by the line that is dialled, and former versions while calls are on them."""

from dataclasses import replace
from datetime import UTC, datetime

from plans.book import PlanBook, StoredPlan
from plans.model import Plan
from plans.write import version_of

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def stored(plan: Plan, number: int = 1) -> StoredPlan:
    return StoredPlan(version_of(plan, {}), number, "t", True, NOON, "ana")


def test_a_plan_is_found_by_its_header_number(plans: dict[str, Plan]) -> None:
    book = PlanBook()
    kept = [stored(plan) for plan in plans.values()]
    book.replace(kept)
    assert book.by_line("+541143218765") is kept[0]
    assert book.by_line("+548005551234") is None
    assert book.live() == tuple(kept)


def test_a_plan_that_is_no_longer_live_answers_no_line_but_its_calls_find_it(plans: dict[str, Plan]) -> None:
    book = PlanBook()
    old = stored(plans["hogar-nandu"])
    new = stored(plans["hogar-nandu"].model_copy(update={"name": "Otro"}), 2)
    book.replace([old])
    book.replace([new])
    assert book.by_line("+541143218765") is new
    assert book.find("hogar-nandu", old.version.short) is old
    assert book.find("hogar-nandu", new.version.short) is new
    book.replace([])
    assert (book.by_line("+541143218765"), book.live()) == (None, ())


def test_a_former_version_is_remembered_without_being_live(plans: dict[str, Plan]) -> None:
    book = PlanBook()
    former = stored(plans["vial-condor"])
    book.remember(former)
    assert book.find("vial-condor", former.version.short) is former
    assert (book.by_line("+576015551234"), book.live()) == (None, ())
    assert book.find("vial-condor", "000000000000") is None


def test_remembering_does_not_replace_what_is_live(plans: dict[str, Plan]) -> None:
    book = PlanBook()
    live = stored(plans["vial-condor"])
    book.replace([live])
    book.remember(StoredPlan(live.version, 1, "t", False, NOON, "ana"))
    assert book.find("vial-condor", live.version.short) is live


def test_test_calls_reach_the_candidate_else_what_is_suspended_else_what_is_live(
    plans: dict[str, Plan],
) -> None:
    book, line = PlanBook(), "+541143218765"
    old = stored(plans["hogar-nandu"])
    new = replace(stored(plans["hogar-nandu"].model_copy(update={"name": "Otro"}), 2), live=False)
    candidate = replace(new, candidate=True)
    book.replace([old])
    assert (book.by_test(line), book.of("hogar-nandu").tested) == (old, old)
    book.replace([old, candidate])
    assert (book.by_line(line), book.by_test(line)) == (old, candidate)
    assert (book.live(), book.candidates()) == ((old,), (candidate,))
    assert book.find("hogar-nandu", new.version.short) == candidate
    waiting = replace(old, live=False, suspended=True)
    book.replace([waiting])
    assert (book.by_line(line), book.by_test(line)) == (None, waiting)
    assert (book.live(), book.standing(), book.of("hogar-nandu").suspended) == ((), (waiting,), waiting)
    assert [plan.name for plan in book.plans()] == [old.version.plan.name]
    assert book.of("nada").tested is None
