"""Calls that twist: who talks, who keeps the case, what the caller's time went into."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.intake import decide, draft_of
from cases.parties import present
from telephony.facts import CallAnswered, CallEnded, CallFact
from tests.unit.cases.conftest import PHONES, START, Story, make_plan

SECOND = timedelta(seconds=1)


def known(facts: list[CallFact], plan=None):
    found = None
    for fact in facts:
        found = decide(fact, found, plan, PHONES.get) or found
    return found


def record(story: Story):
    return known(story.facts, make_plan()).record


def talking(story: Story) -> set[str]:
    return {each.party for each in present(record(story).parties)}


def keeps(story: Story) -> str | None:
    return draft_of(record(story), make_plan()).owner


def answered() -> Story:
    return Story("pbx1-1.1").arrives().waits().rings().is_answered("101")


def test_a_blind_transfer_lets_the_first_go_and_the_second_talks_once_they_answer():
    story = answered().is_passed("101", "102")
    assert (talking(story), record(story).phase, keeps(story)) == (set(), "ringing", "ana")
    story.rings("102", queue="")
    assert (record(story).ringing, record(story).coordinator) == ({"102"}, "ana")
    story.is_answered("102", queue=None)
    assert (talking(story), record(story).coordinator, keeps(story)) == ({"102"}, "beto", "beto")


def test_an_attended_transfer_passes_the_case_when_the_first_leaves():
    story = answered().is_held().is_resumed().is_passed("101", "102", "attended").joins("102")
    assert (talking(story), keeps(story)) == ({"101", "102"}, "ana")
    story.leaves("101")
    assert (talking(story), record(story).extension, keeps(story)) == ({"102"}, "102", "beto")


def test_a_consultation_that_goes_back_leaves_the_case_where_it_was():
    story = answered().joins("102").leaves("102")
    assert (record(story).coordinator, keeps(story)) == ("ana", "ana")


def test_a_transfer_that_nobody_answers_comes_back_to_who_made_it():
    story = answered().is_passed("101", "102").rings_in_vain("102", queue="").rings("101", queue="")
    story.is_answered("101", queue=None).ends()
    assert (record(story).coordinator, keeps(story)) == ("ana", "ana")


def test_a_transfer_to_a_queue_waits_anew_and_another_goes_on():
    story = answered().is_passed("101", "sac").waits("sac", 0)
    assert (record(story).phase, talking(story)) == ("queue", set())
    story.rings("103").is_answered("103").ends()
    assert (record(story).coordinator, keeps(story), record(story).queue) == ("carla", "carla", "cat")


def test_another_phone_that_picks_up_is_who_talks():
    story = Story("pbx1-1.1").arrives().waits().rings("101").is_answered("102")
    assert (talking(story), record(story).coordinator, keeps(story)) == ({"102"}, "beto", "beto")


def test_a_provider_in_a_conference_is_heard_while_the_coordinator_holds():
    story = answered().joins("+5491140000000").is_held("101").leaves("101").ends()
    assert record(story).held == timedelta()
    assert record(story).talking == 4 * SECOND


def test_two_callers_joined_stay_two_calls_and_the_coordinator_leaves():
    story = answered().is_passed("101", "pbx1-2.1", "attended").joins("pbx1-2.1").leaves("101")
    assert (talking(story), record(story).extension, keeps(story)) == ({"pbx1-2.1"}, "101", "ana")


def test_a_transfer_to_an_outside_number_keeps_who_had_the_call():
    story = answered().is_passed("101", "+5491140000000")
    story.tell(CallAnswered, queue=None, extension=None, number="+5491140000000").ends()
    assert (record(story).coordinator, record(story).number) == ("ana", "+5491140000000")


def test_the_time_on_hold_is_neither_talking_nor_waiting():
    story = Story("pbx1-1.1").arrives().presses("principal", "1").waits().rings().is_answered()
    ended = record(story.is_held().is_resumed().ends())
    assert (ended.ivr, ended.waiting, ended.talking, ended.held) == (
        2 * SECOND,
        2 * SECOND,
        2 * SECOND,
        SECOND,
    )


def test_a_call_of_ours_waits_until_it_is_answered_and_has_no_machine():
    story = Story("pbx1-3.1").is_placed("101").tell(CallAnswered, queue=None, extension=None, number="+54")
    ended = record(story.tell(CallEnded, outcome="answered", phase="talking", by="called", cause=16))
    assert (ended.direction, ended.coordinator) == ("out", "ana")
    assert (ended.ivr, ended.waiting, ended.talking) == (timedelta(), SECOND, SECOND)


PHONE = st.sampled_from(["101", "102", "103"])
PARTY = st.one_of(PHONE, st.just("+5491140000000"), st.just("pbx1-2.1"))
STEPS = st.one_of(
    st.tuples(st.just("waits"), st.sampled_from(["cat", "sac"])),
    st.tuples(st.just("rings"), PHONE),
    st.tuples(st.just("rings_in_vain"), PHONE),
    st.tuples(st.just("is_answered"), PHONE),
    st.tuples(st.just("is_held"), PHONE),
    st.tuples(st.just("is_resumed"), PHONE),
    st.tuples(st.just("is_passed"), PHONE, PHONE, st.sampled_from(["blind", "attended"])),
    st.tuples(st.just("joins"), PARTY),
    st.tuples(st.just("leaves"), PARTY),
)
PAUSES = st.sampled_from(
    [timedelta(), timedelta(microseconds=1), timedelta(milliseconds=333), SECOND, 90 * SECOND]
)


@st.composite
def stories(draw) -> Story:
    """Any course of a call, with facts at the same instant too."""
    story = Story("pbx1-1.1", START)
    story = story.arrives() if draw(st.booleans()) else story.is_placed("101")
    for name, *arguments in draw(st.lists(STEPS, max_size=12)):
        before = story.at
        getattr(story, name)(*arguments)
        story.at = before + draw(PAUSES)
    return story.ends(draw(st.sampled_from(["answered", "abandoned"])))


@settings(deadline=None)
@given(story=stories(), skew=st.integers(-5, 5))
def test_the_parts_of_a_call_add_up_to_its_length_exactly(story, skew):
    moved = [type(f)(**{n: getattr(f, n) for n in f.__dataclass_fields__} | {"at": f.at + skew * SECOND})
             for f in story.facts[1:]]  # fmt: skip
    ended = known([story.facts[0], *moved], make_plan()).record
    parts = ended.ivr + ended.waiting + ended.talking + ended.held
    assert parts == ended.ended - ended.started
    assert min(ended.ivr, ended.waiting, ended.talking, ended.held) >= timedelta()
    assert not present(ended.parties)


@settings(deadline=None)
@given(story=stories(), seed=st.integers(0, 10_000))
def test_the_record_is_the_same_in_whatever_order_its_facts_come(story, seed):
    straight = known(story.facts, make_plan())
    first, *rest = story.facts
    shuffled = rest * 2
    Random(seed).shuffle(shuffled)
    assert known([first, *shuffled], make_plan()) == straight
