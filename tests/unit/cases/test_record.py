from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.fold import fold
from cases.intake import Known, Unplaced, corrections, decide, draft_of, wants_case
from cases.record import printable
from telephony.facts import CallAnswered, CallbackOwed, CallEnded, CallFact, CallQueued, RingUnanswered

NAMES = {"101": "ana", "102": "beto"}


def known_after(facts: list[CallFact], plan) -> Known:
    known = None
    for fact in facts:
        known = decide(fact, known, plan, NAMES.get) or known
    return known


def test_a_whole_call_makes_a_whole_record(told, plan):
    record = known_after(told("pbx1-1").served().facts, plan).record
    assert record.public == "+548005551234"
    assert record.fantasy_name == "ASISTENCIA ÑANDÚ"
    assert record.choices == (("principal", "1", "Emergencia"),)
    assert (record.kind, record.priority, record.queue) == ("emergencia", 10, "cat")
    assert record.digits == {"documento": "20123456"}
    assert (record.extension, record.coordinator) == ("101", "ana")
    assert record.queued - record.started == timedelta(seconds=3)
    assert record.answered - record.queued == timedelta(seconds=2)
    assert record.ended - record.answered == timedelta(seconds=1)
    assert (record.outcome, record.phase) == ("answered", "talking")


@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_facts_of_a_call_give_the_same_record_in_any_order(seed):
    from tests.unit.cases.conftest import Story, make_plan

    plan, story = make_plan(), Story("pbx1-1").arrives().presses("principal", "3").presses("consultas", "2")
    story.waits("sac", 0).rings("101").tell(RingUnanswered, queue="sac", extension="101")
    facts = story.rings("102").is_answered("102").ends().facts
    straight = known_after(facts, plan)
    shuffled = facts[1:] * 2
    Random(seed).shuffle(shuffled)
    assert known_after([facts[0], *shuffled], plan) == straight


def test_a_fact_fed_twice_changes_nothing(told, plan):
    facts = told("pbx1-1").served().facts
    known = known_after(facts, plan)
    assert [decide(fact, known, plan, NAMES.get) for fact in facts] == [None] * len(facts)


def test_a_second_arrival_of_the_same_call_changes_nothing(told, plan):
    known = known_after(told("pbx1-1").served().facts, plan)
    again = replace(known.facts[0], caller="+5491199999999", at=known.facts[0].at + timedelta(seconds=9))
    assert decide(again, known, plan, NAMES.get) is None


def test_a_fact_of_a_call_that_has_not_arrived_is_not_placed(told, plan):
    for fact in told("pbx1-1").served().facts[1:]:
        try:
            decide(fact, None, plan, NAMES.get)
        except Unplaced:
            continue
        raise AssertionError(fact)


def test_an_answer_heard_of_after_the_end_still_counts_and_durations_stay_positive(told, plan):
    story = told("pbx1-1").arrives().waits().ends("abandoned", "queue")
    late = CallAnswered("pbx1-1", story.at + timedelta(seconds=5), "cat", "101")
    record = known_after([*story.facts, late], plan).record
    assert record.coordinator == "ana"
    assert record.started <= record.queued <= record.answered <= record.ended


def test_the_first_end_of_a_call_is_the_one_that_counts(told, plan):
    story = told("pbx1-1").arrives().waits().ends("abandoned", "queue")
    first = known_after(story.facts, plan).record
    assert known_after(story.ends("unserved", "menu").facts, plan).record == first


def test_the_path_shows_where_the_caller_went_and_repeating_adds_nothing(told, plan):
    story = told("pbx1-1").arrives().presses("principal", "9").presses("principal", "3")
    story.presses("consultas", "1").presses("consultas", "2")
    record = known_after(story.facts, plan).record
    assert [label for _, _, label in record.choices] == ["Consultas y reclamos", "Reclamo"]
    assert record.kind == "reclamo"


def test_a_choice_of_a_version_that_is_not_in_memory_keeps_the_key(told):
    record = known_after(told("pbx1-1").arrives().presses("principal", "1").facts, None).record
    assert record.choices == (("principal", "1", "principal 1"),)


def test_a_call_that_rings_nowhere_any_more_waits_again(told, plan):
    story = told("pbx1-1").arrives().waits().rings("101").rings("102")
    story.tell(RingUnanswered, queue="cat", extension="101")
    record = known_after(story.facts, plan).record
    assert (record.ringing, record.phase) == ({"102"}, "ringing")
    story.tell(RingUnanswered, queue="cat", extension="102")
    record = known_after(story.facts, plan).record
    assert (record.ringing, record.phase) == (frozenset(), "queue")


def test_the_name_of_the_one_who_answered_stays_when_the_phone_changes_hands(told, plan):
    story = told("pbx1-1").arrives().waits().is_answered("101")
    known = known_after(story.facts, plan)
    after = decide(story.ends().facts[-1], known, plan, {"101": "carla"}.get)
    assert after.record.coordinator == "ana"


def test_answered_calls_and_promised_call_backs_want_a_case_and_no_others(told, plan):
    def wants(story):
        return wants_case(known_after(story.facts, plan).record)

    assert not wants(told("a").arrives().waits().rings())
    assert wants(told("b").arrives().waits().is_answered())
    assert wants(told("c").arrives().tell(CallbackOwed, queue="cat"))
    assert not wants(told("d").arrives().waits().ends("abandoned", "queue"))
    assert wants(told("e").arrives().waits().ends("answered", "talking"))


def test_an_anonymous_caller_is_called_back_at_the_number_typed(told, plan):
    story = told("pbx1-1", caller=None).arrives().types("telefono", "01143218765")
    draft = draft_of(known_after(story.tell(CallbackOwed, queue="cat").facts, plan).record, plan)
    assert (draft.telephone, draft.callback_queue, draft.owner) == ("+541143218765", "cat", None)


def test_digits_that_are_no_number_are_kept_as_typed(told, plan):
    story = told("pbx1-1", caller=None).arrives().types("telefono", "123")
    assert draft_of(known_after(story.facts, plan).record, plan).telephone == "123"


def test_corrections_are_the_fields_that_a_later_fact_changes(told, plan):
    story = told("pbx1-1").arrives().waits().is_answered("101")
    former = draft_of(known_after(story.facts, plan).record, plan)
    now = draft_of(known_after(story.is_answered("102").ends().facts, plan).record, plan)
    assert corrections(former, now) == {"owner": ("ana", "beto")}


def test_a_callers_name_is_kept_without_what_could_break_a_page_or_a_row():
    assert printable("Peña <b>") == "Peña <b>"
    assert printable("a\x00b\r\nc\ud800 ") == "abc"
    assert len(printable("🙂" * 200)) == 80


def test_the_record_must_begin_with_the_arrival(told, plan):
    facts = [
        CallQueued("a", told("a").at, "cat", 0),
        CallEnded("a", told("a").at, "closed", "menu", "pbx", 16),
    ]
    try:
        fold(facts, plan)
    except ValueError as error:
        assert "arrival" in str(error)
    else:
        raise AssertionError
