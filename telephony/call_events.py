"""What the events of a call's own channel tell, one function an event; the tables are at the end. Pure."""

import re
from collections.abc import Callable

from telephony.call_state import By, LiveCall, Step
from telephony.events import AmiEvent
from telephony.facts import (
    CallAnswered,
    CallbackOwed,
    CallFact,
    CallQueued,
    CallRinging,
    CallTransferred,
    ChoiceMade,
    DigitsEntered,
    PartyJoined,
    RingUnanswered,
)
from telephony.names import e164, extension, party, phone

MARKS = "Altavoz"
"""The `UserEvent` name of our dialplan's marks."""

Facts = list[CallFact]


def mark_of(event: AmiEvent) -> str:
    return event.get("Mark") if event.get("UserEvent") == MARKS else ""


def is_number(party: str) -> bool:
    """Whether a party is an outside number, not a phone of the house."""
    return party.startswith("+")


def answered_by(call: LiveCall, event: AmiEvent, who: str, queue: str | None = None) -> CallAnswered:
    """`who` answered the call at its leg `DestUniqueid`."""
    call.goes_on(Step.ANSWERED)
    call.answered = True
    call.talking = event.get("DestUniqueid")
    call.conversation.answered(who)
    outside = is_number(who) or call.placed_by is not None
    return CallAnswered(call.id, event.at, queue, None if outside else who, who if outside else None)


def ringing(call: LiveCall, event: AmiEvent, leg: str, who: str, queue: str = "") -> Facts:
    """A leg rings at `who`; told once a phone, and of outside numbers not at all."""
    first = call.rings(leg, who)
    told = first and not is_number(who) and not call.placed_by
    return [CallRinging(call.id, event.at, queue, who)] if told else []


def is_local(event: AmiEvent) -> bool:
    """A Local channel hangs up when it is no longer needed, and those behind it go on."""
    return event.get("Channel").startswith("Local/")


def of_leg(call: LiveCall, event: AmiEvent, leg: str) -> None:
    """An event of another channel that the call rang or spoke with."""
    if event.name == "HangupRequest" and leg == call.talking and not is_local(event):
        call.hangs_up(call.far)
    elif event.name == "Hangup":
        call.falls_silent(leg)


def first_answers(call: LiveCall, facts: Facts) -> Facts:
    """Somebody speaks with a caller whom nobody was known to have answered: that was the answer."""
    call.goes_on(Step.ANSWERED)
    call.answered = True
    for place, fact in enumerate(facts):
        if isinstance(fact, PartyJoined):
            inside = not fact.party.startswith("+")
            number = None if inside else fact.party
            answer = CallAnswered(call.id, fact.at, None, fact.party if inside else None, number)
            return [*facts[:place], answer, *facts[place + 1 :]]
    return facts


def _marked(call: LiveCall, event: AmiEvent) -> Facts:
    handler = _MARKS.get(mark_of(event))
    return handler(call, event) if handler else []


def _choice(call: LiveCall, event: AmiEvent) -> Facts:
    call.step(Step.ASKED)
    return [ChoiceMade(call.id, event.at, event.get("Menu"), event.get("Digit"))]


def _digits(call: LiveCall, event: AmiEvent) -> Facts:
    call.step(Step.ASKED)
    return [DigitsEntered(call.id, event.at, event.get("Name"), event.get("Digits"))]


def _to_queue(call: LiveCall, event: AmiEvent) -> Facts:
    call.dialled = None
    call.priority = _number(event.get("Priority"))
    return []


def _callback(call: LiveCall, event: AmiEvent) -> Facts:
    call.dialled = None
    call.promised = True
    call.goes_on(Step.PROMISED)
    return [*call.conversation.goes_on(), CallbackOwed(call.id, event.at, event.get("Queue"))]


def _closed(call: LiveCall, event: AmiEvent) -> Facts:
    call.closed = True
    return []


def _duty(call: LiveCall, event: AmiEvent) -> Facts:
    call.dialled = e164(event.get("Number"))
    return []


def _transferred(call: LiveCall, event: AmiEvent) -> Facts:
    """Blind: whoever passed it on speaks with the caller no more."""
    to = party(event.get("To"))
    call.dialled = to if to[:1] in "+0123456789" else None
    call.goes_on(Step.PASSED_ON)
    call.conversation.passed_on()
    return [CallTransferred(call.id, event.at, "blind", event.get("By"), to)]


def _joined(call: LiveCall, event: AmiEvent) -> Facts:
    call.goes_on(Step.QUEUED)
    gone = call.conversation.goes_on()
    return [*gone, CallQueued(call.id, event.at, event.get("Queue"), call.priority)]


def _rings(call: LiveCall, event: AmiEvent) -> Facts:
    who = extension(event.get("Interface"))
    return ringing(call, event, event.get("DestUniqueid"), who, event.get("Queue"))


def _unanswered(call: LiveCall, event: AmiEvent) -> Facts:
    call.falls_silent(event.get("DestUniqueid"))
    return [RingUnanswered(call.id, event.at, event.get("Queue"), extension(event.get("Interface")))]


def _connected(call: LiveCall, event: AmiEvent) -> Facts:
    """The phone that picked the call up is on the channel, not in the interface that rang."""
    who = phone(event.get("DestChannel")) or extension(event.get("Interface"))
    return [answered_by(call, event, who, event.get("Queue"))]


def _completed(call: LiveCall, event: AmiEvent) -> Facts:
    by = _COMPLETED_BY.get(event.get("Reason"))
    if by is not None:
        call.hangs_up(by)
    return []


def _dial_begins(call: LiveCall, event: AmiEvent) -> Facts:
    """Outside of a queue, whose own events tell more."""
    if call.dialled is None:
        return []
    return ringing(call, event, event.get("DestUniqueid"), call.dialled)


def _dial_ends(call: LiveCall, event: AmiEvent) -> Facts:
    leg, status = event.get("DestUniqueid"), event.get("DialStatus")
    who = call.ringing.get(leg)
    if call.dialled is None or who is None:
        return []
    if status == "ANSWER":
        return [answered_by(call, event, phone(event.get("DestChannel")) or who)]
    last = call.falls_silent(leg)
    if call.placed_by:
        call.cause = _NOT_REACHED.get(status, 0)
        if status == "BUSY":
            call.hangs_up(call.far)
    missed = last and status != "CANCEL" and not is_number(who) and not call.placed_by
    return [RingUnanswered(call.id, event.at, "", who)] if missed else []


def _near_hangs_up(call: LiveCall, event: AmiEvent) -> Facts:
    call.hangs_up(call.near)
    return []


def _cause_told(call: LiveCall, event: AmiEvent) -> Facts:
    """A caller who leaves before an answer: the channel's own Hangup says 0, only this says 16."""
    call.cause = call.cause or _number(event.get("Cause"))
    return []


def _gone(call: LiveCall, event: AmiEvent) -> Facts:
    return [call.end(event.at, _number(event.get("Cause")))]


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


Handler = Callable[[LiveCall, AmiEvent], Facts]

OF_CALL: dict[str, Handler] = {
    "UserEvent": _marked,
    "QueueCallerJoin": _joined,
    "AgentCalled": _rings,
    "AgentRingNoAnswer": _unanswered,
    "AgentConnect": _connected,
    "AgentComplete": _completed,
    "DialBegin": _dial_begins,
    "DialEnd": _dial_ends,
    "HangupRequest": _near_hangs_up,
    "SoftHangupRequest": _cause_told,
    "Hangup": _gone,
}
"""Event of the channel that names a call → what it tells."""

_MARKS: dict[str, Handler] = {
    "choice": _choice,
    "digits": _digits,
    "queue": _to_queue,
    "callback": _callback,
    "closed": _closed,
    "duty": _duty,
    "transfer": _transferred,
}
_NOT_REACHED = {"BUSY": 17, "NOANSWER": 19, "CHANUNAVAIL": 20, "CONGESTION": 34}
"""Dial's word for a call that nobody answered → its Q.850 cause; what is heard then ends it with another."""
_COMPLETED_BY = {"caller": By.CALLER, "agent": By.COORDINATOR}
