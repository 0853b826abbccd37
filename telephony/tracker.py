"""Events of the PBX in, facts of calls out. Pure: time comes from the events.

One record a channel that names a call: the trunk channel of one that comes in (from our dialplan's mark
`arrived`), the phone's channel of one that goes out (mark `outgoing`), until that channel is gone. What
belongs to no call of ours is ignored, and a call that ended is forgotten.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from telephony.call_events import (
    MARKS,
    OF_CALL,
    Facts,
    first_answers,
    is_local,
    mark_of,
    of_leg,
    ringing,
)
from telephony.call_state import By, LiveCall, Phase, Step
from telephony.events import AmiEvent, AmiMessage
from telephony.facts import (
    CallArrived,
    CallHeld,
    CallPlaced,
    CallQueued,
    CallResumed,
    CallTransferred,
    OpenCall,
)
from telephony.names import caller_name, e164, party, phone
from telephony.switchboard import Switchboard

__all__ = ["MARKS", "CallTracker"]


class CallTracker:
    """Follows the calls of one PBX, named `pbx` in every call's id."""

    def __init__(self, pbx: str) -> None:
        self._pbx = pbx
        self._calls: dict[str, LiveCall] = {}
        self._legs: dict[str, LiveCall] = {}
        self._board = Switchboard()

    @property
    def live(self) -> frozenset[str]:
        """The ids of the calls that have not ended."""
        return frozenset(call.id for call in self._calls.values())

    def feed(self, event: AmiEvent) -> Facts:
        """What `event` tells, in order; mostly nothing."""
        uniqueid = event.get("Uniqueid")
        facts = self._settle(event.at, uniqueid)
        begins = _BEGINS.get(mark_of(event))
        if begins and uniqueid not in self._calls:
            return facts + begins(self, event, uniqueid)
        facts += self._of_channel(event, uniqueid)
        if event.name == "Hangup":
            self._hung_up(uniqueid)
        return facts

    def _of_channel(self, event: AmiEvent, uniqueid: str) -> Facts:
        call, before, own, after = (
            self._calls.get(uniqueid),
            _BEFORE.get(event.name),
            OF_CALL.get(event.name),
            _AFTER.get(event.name),
        )
        facts = before(self, event, uniqueid) if before else []
        if call and own:
            facts += own(call, event)
        elif uniqueid in self._legs:
            of_leg(self._legs[uniqueid], event, uniqueid)
        return facts + (after(self, event, uniqueid) if after else [])

    def call_of(self, event: AmiEvent) -> str | None:
        """The call that an event is about, as far as is known."""
        uniqueid = event.get("Uniqueid")
        call = self._calls.get(uniqueid) or self._legs.get(uniqueid)
        return call.id if call else None

    def resume(self, call: OpenCall) -> None:
        """Goes on with a call known from its record; one that is already followed stays as it is."""
        uniqueid = call.call.removeprefix(f"{self._pbx}-")
        self._calls.setdefault(uniqueid, LiveCall.resumed(call, uniqueid))

    def resync(self, live: Collection[str], at: datetime) -> Facts:
        """Ends the calls whose channel is not among the `live` uniqueids; who ended them is not known."""
        gone = [call for uniqueid, call in self._calls.items() if uniqueid not in live]
        for call in gone:
            self._hung_up(call.uniqueid)
        return [call.end(at, 0) for call in gone]

    def adopt(self, channels: Iterable[AmiMessage]) -> None:
        """Takes who speaks with whom from the items of `CoreShowChannels`, and tells nothing of it."""
        self._board.adopt(channels)
        for call in self._calls.values():
            call.conversation.stands(self._parties(call))

    # what begins a call

    def _arrived(self, event: AmiEvent, uniqueid: str) -> Facts:
        line = e164(event.get("Line"))
        plan, version = event.get("Plan"), event.get("Version")
        if not (uniqueid and line and plan and version):
            return []
        call = self._begin(uniqueid)
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

    def _placed(self, event: AmiEvent, uniqueid: str) -> Facts:
        number, extension = party(event.get("Number")), phone(event.get("Channel"))
        if not (uniqueid and number and extension):
            return []
        call = self._begin(uniqueid)
        call.placed_by, call.dialled, call.phase = extension, number, Phase.RINGING
        self._board.marked(uniqueid, number)
        shown = e164(event.get("Shown")) or ""
        linkedid, carrier = event.get("Linkedid"), event.get("Carrier")
        return [CallPlaced(call.id, event.at, linkedid, extension, number, carrier, shown)]

    def _begin(self, uniqueid: str) -> LiveCall:
        call = self._calls[uniqueid] = LiveCall(f"{self._pbx}-{uniqueid}", uniqueid)
        return call

    # who speaks with whom

    def _enters(self, event: AmiEvent, uniqueid: str) -> Facts:
        self._board.enters(uniqueid, event.get("Channel"), event.get("BridgeUniqueid"))
        return self._told(self._board.bridges.reach(uniqueid), event.at)

    def _leaves(self, event: AmiEvent, uniqueid: str) -> Facts:
        touched = self._board.bridges.reach(uniqueid)
        self._board.leaves(uniqueid)
        return self._told(touched, event.at)

    def _paired(self, event: AmiEvent, uniqueid: str) -> Facts:
        """The two ends of a Local channel."""
        one, two = event.get("LocalOneUniqueid"), event.get("LocalTwoUniqueid")
        self._board.bridges.pair(one, two)
        return self._told(self._board.bridges.reach(one), event.at)

    def _settle(self, at: datetime, uniqueid: str) -> Facts:
        """Two calls that a phone has mixed for a while by now."""
        facts: Facts = []
        while mixed := self._board.mixed_before(at, uniqueid):
            channel, since = mixed
            facts += self._told(self._board.bridges.reach(channel), since)
        return facts

    def _told(self, touched: Iterable[str], at: datetime) -> Facts:
        """What changed for the calls among the touched channels."""
        calls = [self._calls[channel] for channel in sorted(touched) if channel in self._calls]
        return [fact for call in calls for fact in self._changed(call, at)]

    def _changed(self, call: LiveCall, at: datetime) -> Facts:
        parties = self._parties(call)
        facts = call.conversation.changed(parties, at)
        if parties:
            call.stays()
        if parties and call.phase is not Phase.TALKING:
            return first_answers(call, facts)
        return facts

    def _parties(self, call: LiveCall) -> list[str]:
        """A call that goes out is over with whom it called, whatever else its phone mixes it with."""
        reached = self._board.bridges.reach(call.uniqueid, mixed=not call.placed_by)
        others = (self._party(channel) for channel in reached)
        return sorted({other for other in others if other} - {call.id, call.placed_by or ""})

    def _party(self, channel: str) -> str:
        """Who is at a channel: another caller, a phone, an outside number; empty when it is none of these."""
        call = self._calls.get(channel)
        return call.id if call and not call.placed_by else self._board.party_of.get(channel, "")

    # holds

    def _holds(self, event: AmiEvent, uniqueid: str) -> Facts:
        extension = phone(event.get("Channel"))
        if extension is None or uniqueid in self._board.held:
            return []
        touched = self._board.bridges.reach(uniqueid)
        self._board.holds(uniqueid)
        held: Facts = [CallHeld(call.id, event.at, extension) for call in self._calls_of(uniqueid)]
        return held + self._told(touched, event.at)

    def _resumes(self, event: AmiEvent, uniqueid: str) -> Facts:
        extension = phone(event.get("Channel"))
        if uniqueid not in self._board.held:
            self._board.connects(uniqueid)
        if extension is None or uniqueid not in self._board.held:
            return []
        self._board.resumes(uniqueid, event.at)
        return [CallResumed(call.id, event.at, extension) for call in self._calls_of(uniqueid)]

    def _calls_of(self, leg: str) -> list[LiveCall]:
        """The call that a phone's leg is, or those that it speaks with."""
        channels = {leg} if leg in self._calls else self._board.bridges.beside(leg)
        return [self._calls[channel] for channel in sorted(channels) if channel in self._calls]

    # attended transfers

    def _attended(self, event: AmiEvent, _: str) -> Facts:
        if event.get("Result") != "Success":
            return []
        by = phone(event.get("OrigTransfererChannel")) or ""
        own = (event.get("OrigTransfererUniqueid"), event.get("SecondTransfererUniqueid"))
        for leg in own:
            if leg in self._calls:
                self._calls[leg].hangs_up(By.COORDINATOR)
        sides = event.get("TransfereeUniqueid"), event.get("TransferTargetUniqueid")
        if event.get("DestType") == "App":
            return [fact for leg in own for fact in self._connected_early(event, sides[0], leg, by)]
        told = ((one, other) for one, other in (sides, sides[::-1]) if one in self._calls)
        return [
            CallTransferred(self._calls[one].id, event.at, "attended", by, self._party(other))
            for one, other in told
        ]

    def _connected_early(self, event: AmiEvent, caller: str, consult: str, by: str) -> Facts:
        """The phone left while whom it called, by its leg `consult`, still rings: now the caller hears it."""
        call, legs = self._calls.get(caller), self._board.dials.pop(consult, {})
        queue = self._board.waits.pop(consult, "")
        if call is None or not (legs or queue):
            return []
        to = queue or next(iter(legs.values()))
        call.goes_on(Step.PASSED_ON)
        call.dialled = None if queue else to
        facts: Facts = [CallTransferred(call.id, event.at, "attended", by, to)]
        facts += call.conversation.all_leave(event.at)
        if queue:
            facts.append(CallQueued(call.id, event.at, queue, call.priority))
        for leg, who in legs.items():
            self._follow(call, leg)
            facts += ringing(call, event, leg, who, queue)
        return facts

    # who dials whom

    def _dial_begins(self, event: AmiEvent, uniqueid: str) -> Facts:
        call = self._calls.get(uniqueid)
        if call is not None:
            self._follow(call, event.get("DestUniqueid"))
        self._board.dial_begins(event)
        return []

    def _dial_ends(self, event: AmiEvent, _: str) -> Facts:
        self._board.dial_ends(event)
        return []

    def _marked(self, event: AmiEvent, uniqueid: str) -> Facts:
        number = event.get(_DIALS_OUTSIDE.get(mark_of(event), ""))
        if number.isdigit():
            self._board.marked(uniqueid, number)
        return []

    def _queue_joined(self, event: AmiEvent, uniqueid: str) -> Facts:
        if uniqueid not in self._calls and phone(event.get("Channel")):
            self._board.queue_joined(event)
        return []

    def _leg_hangs_up(self, event: AmiEvent, uniqueid: str) -> Facts:
        if uniqueid not in self._calls and not is_local(event):
            for call in self._calls_of(uniqueid):
                call.hangs_up(call.far)
        return []

    def _follow(self, call: LiveCall, leg: str) -> None:
        call.legs.add(leg)
        self._legs[leg] = call

    def _hung_up(self, uniqueid: str) -> None:
        """Forgets a channel, and the call that it names."""
        call, of = self._calls.pop(uniqueid, None), self._legs.pop(uniqueid, None)
        if of is not None:
            of.legs.discard(uniqueid)
        for leg in call.legs if call else ():
            self._legs.pop(leg, None)
        self._board.forget(uniqueid)


Handler = Callable[[CallTracker, AmiEvent, str], Facts]

_BEGINS: dict[str, Handler] = {"arrived": CallTracker._arrived, "outgoing": CallTracker._placed}
_BEFORE: dict[str, Handler] = {
    "UserEvent": CallTracker._marked,
    "DialBegin": CallTracker._dial_begins,
    "AgentCalled": CallTracker._dial_begins,
    "QueueCallerJoin": CallTracker._queue_joined,
    "HangupRequest": CallTracker._leg_hangs_up,
    "AttendedTransfer": CallTracker._attended,
    "BridgeEnter": CallTracker._enters,
    "BridgeLeave": CallTracker._leaves,
    "LocalBridge": CallTracker._paired,
    "Hold": CallTracker._holds,
    "Unhold": CallTracker._resumes,
}
"""Event of any channel → what it tells, before what the channel's own call tells."""
_AFTER: dict[str, Handler] = {"DialEnd": CallTracker._dial_ends}
_DIALS_OUTSIDE = {"outgoing": "Number", "duty": "Number", "transfer": "To"}
"""Mark → the header with the number that its channel dials next."""
