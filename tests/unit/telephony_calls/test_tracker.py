"""The tracker on single events; whole calls as the PBX tells them are in test_recorded_calls."""

from datetime import UTC, datetime, timedelta

import pytest

from telephony.call_state import TRANSITIONS, Phase, Step, after
from telephony.events import AmiEvent
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallbackOwed,
    CallEnded,
    CallFact,
    CallQueued,
    CallRinging,
    ChoiceMade,
    DigitsEntered,
    OpenCall,
    RingUnanswered,
)
from telephony.tracker import CallTracker

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TRUNK = "1795294975.0"
CALL = f"pbx1-{TRUNK}"
PHONE = "1795294975.1"


class Story:
    """A call told to a tracker event by event, a second apart."""

    def __init__(self) -> None:
        self.tracker = CallTracker("pbx1")
        self.at = NOON

    def tell(self, name: str, uniqueid: str = TRUNK, **headers: str) -> list[CallFact]:
        self.at += timedelta(seconds=1)
        return self.tracker.feed(
            AmiEvent(name, {"Uniqueid": uniqueid, "Linkedid": TRUNK, **headers}, self.at)
        )

    def mark(self, mark: str, uniqueid: str = TRUNK, **headers: str) -> list[CallFact]:
        return self.tell("UserEvent", uniqueid, UserEvent="Altavoz", Mark=mark, **headers)

    def arrives(self, uniqueid: str = TRUNK, **headers: str) -> list[CallFact]:
        usual = {
            "Line": "541143218765",
            "Plan": "hogar",
            "Version": "0123456789ab",
            "Carrier": "telecom-ar",
            "CallerIDNum": "541155554444",
            "CallerIDName": "María Peña",
        }
        return self.mark("arrived", uniqueid, **{**usual, **headers})

    def rings(self, extension: str, leg: str) -> list[CallFact]:
        return self.tell("AgentCalled", Queue="cat", Interface=f"PJSIP/{extension}", DestUniqueid=leg)

    def answers(self, extension: str, leg: str) -> list[CallFact]:
        return self.tell("AgentConnect", Queue="cat", Interface=f"PJSIP/{extension}", DestUniqueid=leg)

    def ends(self, cause: str = "16") -> CallEnded:
        (fact,) = self.tell("Hangup", Cause=cause)
        assert isinstance(fact, CallEnded)
        return fact


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_call_arrives_with_its_line_plan_and_caller(story: Story) -> None:
    assert story.arrives() == [
        CallArrived(
            CALL,
            story.at,
            linkedid=TRUNK,
            line="+541143218765",
            plan="hogar",
            version="0123456789ab",
            carrier="telecom-ar",
            caller="+541155554444",
            caller_name="María Peña",
        )
    ]


@pytest.mark.parametrize("number", ["", "<unknown>", "anonymous", "12&PJSIP/x", "١٢٣٤٥٦٧٨"])
def test_a_caller_without_a_number_is_none(story: Story, number: str) -> None:
    (fact,) = story.arrives(CallerIDNum=number)
    assert isinstance(fact, CallArrived)
    assert fact.caller is None


def test_what_an_event_is_about_is_known_by_the_channel_of_either_side(story: Story) -> None:
    about = lambda uniqueid: story.tracker.call_of(AmiEvent("Hold", {"Uniqueid": uniqueid}, NOON))  # noqa: E731
    assert about(TRUNK) is None
    story.arrives()
    story.tell("DialBegin", DestUniqueid=PHONE, DestChannel="PJSIP/101-00000001", DialString="101")
    assert (about(TRUNK), about(PHONE), about("7.7")) == (CALL, CALL, None)


def test_a_channel_arrives_once(story: Story) -> None:
    assert story.arrives()
    assert story.arrives(Plan="vial") == []


@pytest.mark.parametrize("missing", ["Line", "Plan", "Version"])
def test_an_arrival_without_line_or_plan_is_no_call(story: Story, missing: str) -> None:
    assert story.arrives(**{missing: ""}) == []
    assert story.tracker.live == frozenset()


def test_a_mark_of_another_name_is_not_ours(story: Story) -> None:
    story.arrives()
    assert story.tell("UserEvent", UserEvent="Other", Mark="choice", Menu="m", Digit="1") == []
    assert story.mark("unheard-of") == []


def test_what_belongs_to_no_call_of_ours_is_ignored(story: Story) -> None:
    for name in ("QueueCallerJoin", "AgentCalled", "AgentConnect", "HangupRequest", "Hangup", "DialBegin"):
        assert story.tell(name, DestUniqueid="9.9") == []
    assert story.mark("unknown", Line="5411000", Carrier="telecom-ar") == []
    assert story.tracker.live == frozenset()


def test_choices_and_digits_are_told_as_they_come(story: Story) -> None:
    story.arrives()
    assert story.mark("choice", Menu="principal", Digit="2") == [ChoiceMade(CALL, story.at, "principal", "2")]
    assert story.mark("digits", Name="documento", Digits="30123456") == [
        DigitsEntered(CALL, story.at, "documento", "30123456")
    ]


def test_a_queued_call_has_the_priority_of_its_mark_and_not_of_the_dialplan(story: Story) -> None:
    story.arrives()
    assert story.mark("queue", Queue="cat", Priority="7") == []
    assert story.tell("QueueCallerJoin", Queue="cat", Priority="4") == [CallQueued(CALL, story.at, "cat", 7)]


def test_a_queue_that_lets_nobody_in_is_not_told_as_waiting(story: Story) -> None:
    story.arrives()
    story.mark("queue", Queue="cat", Priority="1")
    assert story.mark("callback", Queue="cat") == [CallbackOwed(CALL, story.at, "cat")]
    assert story.ends() == CallEnded(CALL, story.at, "callback", "callback", "pbx", 16)


def test_the_phone_that_does_not_answer_is_told_and_the_next_one_rings(story: Story) -> None:
    story.arrives()
    story.tell("QueueCallerJoin", Queue="cat")
    assert story.rings("101", "1.1") == [CallRinging(CALL, story.at, "cat", "101")]
    silent = story.tell("AgentRingNoAnswer", Queue="cat", Interface="PJSIP/101", DestUniqueid="1.1")
    assert silent == [RingUnanswered(CALL, story.at, "cat", "101")]
    assert story.rings("102", "1.2") == [CallRinging(CALL, story.at, "cat", "102")]
    assert story.answers("102", "1.2") == [CallAnswered(CALL, story.at, "cat", "102")]


def test_a_phone_that_refuses_does_not_end_the_call(story: Story) -> None:
    story.arrives()
    story.tell("QueueCallerJoin", Queue="cat")
    story.rings("101", "1.1")
    story.tell("HangupRequest", "1.1", Cause="17")
    story.tell("Hangup", "1.1", Cause="17")
    assert story.ends() == CallEnded(CALL, story.at, "unserved", "queue", "pbx", 16)


def test_who_leaves_first_ends_the_call(story: Story) -> None:
    story.arrives()
    story.rings("101", "1.1")
    story.answers("101", "1.1")
    story.tell("HangupRequest", "1.1")
    story.tell("HangupRequest")
    assert story.ends() == CallEnded(CALL, story.at, "answered", "talking", "coordinator", 16)


def test_a_coordinator_who_left_did_not_end_a_call_that_went_on(story: Story) -> None:
    story.arrives()
    story.answers("101", "1.1")
    story.tell("AgentComplete", Reason="agent")
    story.tell("QueueCallerJoin", Queue="sac")
    assert story.ends() == CallEnded(CALL, story.at, "answered", "queue", "pbx", 16)


def test_the_queue_says_who_left_when_the_channel_does_not(story: Story) -> None:
    for reason, by in (("caller", "caller"), ("agent", "coordinator"), ("transfer", "pbx")):
        story.arrives()
        story.answers("101", "1.1")
        story.tell("AgentComplete", Reason=reason)
        assert story.ends().by == by


def test_a_caller_who_leaves_while_it_rings_left_while_it_rang(story: Story) -> None:
    story.arrives()
    story.tell("QueueCallerJoin", Queue="cat")
    story.rings("101", "1.1")
    story.tell("HangupRequest")
    story.tell("Hangup", "1.1", Cause="0")
    story.tell("SoftHangupRequest", Cause="16")
    assert story.ends("0") == CallEnded(CALL, story.at, "abandoned", "ringing", "caller", 16)


def test_closed_hours_are_an_outcome_of_their_own(story: Story) -> None:
    story.arrives()
    assert story.mark("closed", Calendar="semana") == []
    story.tell("HangupRequest")
    assert story.ends() == CallEnded(CALL, story.at, "closed", "greeting", "caller", 16)


def test_a_duty_number_that_answers_answers_the_call(story: Story) -> None:
    story.arrives()
    story.mark("duty", Number="541140009999")
    assert story.tell("DialBegin", DestUniqueid="1.1") == []
    assert story.tell("DialEnd", DestUniqueid="1.1", DialStatus="ANSWER") == [
        CallAnswered(CALL, story.at, None, None, "+541140009999")
    ]
    story.tell("HangupRequest", "1.1")
    assert story.ends().by == "coordinator"


def test_a_duty_number_that_is_busy_leaves_the_call_unanswered(story: Story) -> None:
    story.arrives()
    story.mark("duty", Number="541140009999")
    story.tell("DialBegin", DestUniqueid="1.1")
    assert story.tell("DialEnd", DestUniqueid="1.1", DialStatus="BUSY") == []
    assert story.ends().outcome == "unserved"


def test_the_dials_of_a_queue_are_no_duty_numbers(story: Story) -> None:
    story.arrives()
    story.mark("duty", Number="541140009999")
    story.mark("queue", Queue="cat", Priority="0")
    story.tell("DialBegin", DestUniqueid="1.1")
    assert story.tell("DialEnd", DestUniqueid="1.1", DialStatus="ANSWER") == []


def test_nothing_is_kept_of_a_call_that_ended(story: Story) -> None:
    for number in range(50):
        trunk = f"{number}.0"
        story.arrives(trunk)
        story.tell("AgentCalled", trunk, Queue="cat", Interface="PJSIP/101", DestUniqueid=f"{number}.1")
        story.tell("Hangup", trunk, Cause="16")
    assert story.tracker.live == frozenset()
    assert story.tracker._legs == {}


def test_phones_that_rang_in_vain_are_forgotten_while_the_caller_waits(story: Story) -> None:
    story.arrives()
    for leg in ("1.1", "1.2", "1.3"):
        story.rings("101", leg)
        story.tell("Hangup", leg)
    assert story.tracker._legs == {}
    assert story.tracker.live == {CALL}


def test_a_call_from_its_record_goes_on(story: Story) -> None:
    story.tracker.resume(OpenCall(CALL, TRUNK, "talking", answered=True))
    story.tell("HangupRequest")
    assert story.ends() == CallEnded(CALL, story.at, "answered", "talking", "caller", 16)


def test_a_record_with_an_unheard_of_phase_goes_on_from_the_start(story: Story) -> None:
    story.tracker.resume(OpenCall(CALL, TRUNK, "closed", closed=True))
    assert story.ends() == CallEnded(CALL, story.at, "closed", "greeting", "pbx", 16)


def test_a_call_that_is_followed_already_is_not_taken_from_its_record(story: Story) -> None:
    story.arrives()
    story.rings("101", "1.1")
    story.tracker.resume(OpenCall(CALL, TRUNK, "greeting"))
    assert story.ends().phase == "ringing"


def test_calls_that_are_gone_from_the_pbx_end_and_the_others_stay(story: Story) -> None:
    story.arrives()
    story.arrives("2.0")
    assert story.tracker.resync({"2.0"}, NOON) == [CallEnded(CALL, NOON, "unserved", "greeting", "pbx", 0)]
    assert story.tracker.live == {"pbx1-2.0"}
    assert story.tracker.resync({"2.0"}, NOON) == []


def test_every_phase_is_reached_and_none_is_left_out_of_the_table() -> None:
    assert set(TRANSITIONS) == set(Phase)
    reached = {target for steps in TRANSITIONS.values() for target in steps.values()}
    assert reached | {Phase.GREETING} == set(Phase)


def test_a_step_that_a_phase_does_not_list_changes_nothing() -> None:
    assert after(Phase.TALKING, Step.WENT_SILENT) is Phase.TALKING
    assert after(Phase.CALLBACK, Step.ANSWERED) is Phase.CALLBACK
