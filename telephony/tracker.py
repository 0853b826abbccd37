"""Events of the PBX in, facts of calls out. Pure: time comes from the events.

One record a trunk channel: a call begins with our dialplan's mark `arrived` and ends when that channel is
gone. What belongs to no call of ours is ignored, and a call that ended is forgotten.
"""

import re
from collections.abc import Callable, Collection
from datetime import datetime

from telephony.call_state import By, LiveCall, Step
from telephony.events import AmiEvent
from telephony.facts import (
    CallAnswered,
    CallArrived,
    CallbackOwed,
    CallFact,
    CallQueued,
    CallRinging,
    ChoiceMade,
    DigitsEntered,
    OpenCall,
    RingUnanswered,
)
from telephony.names import caller_name, e164, extension

MARKS = "Altavoz"
"""The `UserEvent` name of our dialplan's marks."""

Facts = list[CallFact]


class CallTracker:
    """Follows the calls of one PBX, named `pbx` in every call's id."""

    def __init__(self, pbx: str) -> None:
        self._pbx = pbx
        self._calls: dict[str, LiveCall] = {}
        self._legs: dict[str, LiveCall] = {}

    @property
    def live(self) -> frozenset[str]:
        """The ids of the calls that have not ended."""
        return frozenset(call.id for call in self._calls.values())

    def feed(self, event: AmiEvent) -> Facts:
        """What `event` tells, in order; mostly nothing."""
        uniqueid = event.get("Uniqueid")
        call = self._calls.get(uniqueid)
        if call is None:
            return self._beside_calls(event, uniqueid)
        handler = _CALL.get(event.name)
        facts = handler(call, event) if handler else []
        if event.name in _BEGINS_LEG:
            self._follow(call, event.get("DestUniqueid"))
        elif event.name == "Hangup":
            self._forget(call)
        return facts

    def resume(self, call: OpenCall) -> None:
        """Goes on with a call known from its record; one that is already followed stays as it is."""
        uniqueid = call.call.removeprefix(f"{self._pbx}-")
        self._calls.setdefault(uniqueid, LiveCall.resumed(call, uniqueid))

    def resync(self, live: Collection[str], at: datetime) -> Facts:
        """Ends the calls whose channel is not among the `live` uniqueids; who ended them is not known."""
        gone = [call for uniqueid, call in self._calls.items() if uniqueid not in live]
        for call in gone:
            self._forget(call)
        return [call.end(at, 0) for call in gone]

    def _beside_calls(self, event: AmiEvent, uniqueid: str) -> Facts:
        if _mark(event) == "arrived":
            return self._arrived(event, uniqueid)
        call = self._legs.get(uniqueid)
        if call is not None:
            _of_leg(call, event, uniqueid)
            if event.name == "Hangup":
                call.legs.discard(uniqueid)
                del self._legs[uniqueid]
        return []

    def _follow(self, call: LiveCall, leg: str) -> None:
        call.legs.add(leg)
        self._legs[leg] = call

    def _arrived(self, event: AmiEvent, uniqueid: str) -> Facts:
        line = e164(event.get("Line"))
        plan, version = event.get("Plan"), event.get("Version")
        if not (uniqueid and line and plan and version):
            return []
        call = self._calls[uniqueid] = LiveCall(f"{self._pbx}-{uniqueid}", uniqueid)
        return [
            CallArrived(
                call.id,
                event.at,
                linkedid=event.get("Linkedid"),
                line=line,
                plan=plan,
                version=version,
                carrier=event.get("Carrier"),
                caller=e164(event.get("CallerIDNum")),
                caller_name=caller_name(event.get("CallerIDName")),
            )
        ]

    def _forget(self, call: LiveCall) -> None:
        del self._calls[call.uniqueid]
        for leg in call.legs:
            del self._legs[leg]


def _mark(event: AmiEvent) -> str:
    return event.get("Mark") if event.get("UserEvent") == MARKS else ""


def _of_leg(call: LiveCall, event: AmiEvent, leg: str) -> None:
    if event.name == "HangupRequest" and leg == call.talking:
        call.hangs_up(By.COORDINATOR)
    elif event.name == "Hangup":
        call.falls_silent(leg)


def _marked(call: LiveCall, event: AmiEvent) -> Facts:
    handler = _MARKS.get(_mark(event))
    return handler(call, event) if handler else []


def _choice(call: LiveCall, event: AmiEvent) -> Facts:
    call.step(Step.ASKED)
    return [ChoiceMade(call.id, event.at, event.get("Menu"), event.get("Digit"))]


def _digits(call: LiveCall, event: AmiEvent) -> Facts:
    call.step(Step.ASKED)
    return [DigitsEntered(call.id, event.at, event.get("Name"), event.get("Digits"))]


def _to_queue(call: LiveCall, event: AmiEvent) -> Facts:
    call.duty = None
    call.priority = _number(event.get("Priority"))
    return []


def _callback(call: LiveCall, event: AmiEvent) -> Facts:
    call.duty = None
    call.promised = True
    call.goes_on(Step.PROMISED)
    return [CallbackOwed(call.id, event.at, event.get("Queue"))]


def _closed(call: LiveCall, event: AmiEvent) -> Facts:
    call.closed = True
    return []


def _duty(call: LiveCall, event: AmiEvent) -> Facts:
    call.duty = e164(event.get("Number"))
    return []


def _joined(call: LiveCall, event: AmiEvent) -> Facts:
    call.goes_on(Step.QUEUED)
    return [CallQueued(call.id, event.at, event.get("Queue"), call.priority)]


def _rings(call: LiveCall, event: AmiEvent) -> Facts:
    call.ringing.add(event.get("DestUniqueid"))
    call.step(Step.RANG)
    return [CallRinging(call.id, event.at, event.get("Queue"), extension(event.get("Interface")))]


def _unanswered(call: LiveCall, event: AmiEvent) -> Facts:
    call.falls_silent(event.get("DestUniqueid"))
    return [RingUnanswered(call.id, event.at, event.get("Queue"), extension(event.get("Interface")))]


def _connected(call: LiveCall, event: AmiEvent) -> Facts:
    _talks(call, event)
    return [CallAnswered(call.id, event.at, event.get("Queue"), extension(event.get("Interface")))]


def _completed(call: LiveCall, event: AmiEvent) -> Facts:
    by = _COMPLETED_BY.get(event.get("Reason"))
    if by is not None:
        call.hangs_up(by)
    return []


def _dial_begins(call: LiveCall, event: AmiEvent) -> Facts:
    if call.duty:
        call.ringing.add(event.get("DestUniqueid"))
        call.step(Step.RANG)
    return []


def _dial_ends(call: LiveCall, event: AmiEvent) -> Facts:
    if not call.duty or event.get("DestUniqueid") not in call.ringing:
        return []
    if event.get("DialStatus") != "ANSWER":
        call.falls_silent(event.get("DestUniqueid"))
        return []
    _talks(call, event)
    return [CallAnswered(call.id, event.at, None, None, call.duty)]


def _talks(call: LiveCall, event: AmiEvent) -> None:
    call.goes_on(Step.ANSWERED)
    call.answered = True
    call.talking = event.get("DestUniqueid")


def _caller_hangs_up(call: LiveCall, event: AmiEvent) -> Facts:
    call.hangs_up(By.CALLER)
    return []


def _cause_told(call: LiveCall, event: AmiEvent) -> Facts:
    """A caller who leaves before an answer: the channel's own Hangup says 0, only this says 16."""
    call.cause = _number(event.get("Cause"))
    return []


def _gone(call: LiveCall, event: AmiEvent) -> Facts:
    return [call.end(event.at, _number(event.get("Cause")))]


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


Handler = Callable[[LiveCall, AmiEvent], Facts]

_CALL: dict[str, Handler] = {
    "UserEvent": _marked,
    "QueueCallerJoin": _joined,
    "AgentCalled": _rings,
    "AgentRingNoAnswer": _unanswered,
    "AgentConnect": _connected,
    "AgentComplete": _completed,
    "DialBegin": _dial_begins,
    "DialEnd": _dial_ends,
    "HangupRequest": _caller_hangs_up,
    "SoftHangupRequest": _cause_told,
    "Hangup": _gone,
}
_MARKS: dict[str, Handler] = {
    "choice": _choice,
    "digits": _digits,
    "queue": _to_queue,
    "callback": _callback,
    "closed": _closed,
    "duty": _duty,
}
_BEGINS_LEG = frozenset({"AgentCalled", "DialBegin"})
_COMPLETED_BY = {"caller": By.CALLER, "agent": By.COORDINATOR}
