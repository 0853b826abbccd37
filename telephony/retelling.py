"""The journal's rows told again as the events that AMI sent: what the tracker hears, late. Pure.

So there is one understanding of calls, the tracker's. What the journal does not have (hold) is not told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from dialplan.routines import MARKS as FIELDS
from telephony.events import AmiEvent
from telephony.journal import MARK, CelRow
from telephony.queue_log import QueueLine
from telephony.tracker import MARKS

_LINE_LATE = 2.0
"""Seconds by which a line of the queue log, cut to whole seconds, may differ from the journal's instant."""
_JOINT = "Local/_attended@"
"""A channel that Asterisk itself puts between two bridges; nobody dialled it."""
_CLEARING = "16"
"""What AMI says of whoever hangs up; the journal has any cause for one who leaves before an answer."""
_INTERWORKING = 127
_REQUEST = "HANGUP_REQUEST"
_ENDING = timedelta(seconds=0.5)
_ENDS = ("HANGUP", "BRIDGE_EXIT", "APP_END")
_STATUS = {17: "BUSY", 26: "CANCEL", 34: "CONGESTION"}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "'": "\\'", "\r": "\\r", "\n": "\\n", "\t": "\\t"})

Events = Iterable[AmiEvent]


@dataclass(slots=True)
class _Leg:
    """A channel that an application of a caller's dialled. `queue` is None when that was no queue.

    `over` says that the dialling has ended, answered or not.
    """

    caller: str
    row: CelRow
    queue: str | None
    answered: bool = False
    connected: bool = False
    over: bool = False

    @property
    def interface(self) -> str:
        return self.row.channel.rpartition("-")[0]


def retell(rows: Sequence[CelRow], lines: Iterable[QueueLine]) -> Iterator[AmiEvent]:
    """The events of channels that are linked, whose rows stand in order of their instants.

    `lines` are the queue log's of that time.
    """
    retelling = _Retelling(lines, {row.uniqueid: _cause(row) for row in rows if row.event == "HANGUP"})
    for row in sorted((*_requests(rows), *rows), key=lambda row: (row.at, row.event != _REQUEST, row.row)):
        yield from retelling.events(row)


def _requests(rows: Sequence[CelRow]) -> Iterator[CelRow]:
    """Who hung up, as a row of its own before what followed from it: the journal says it only afterwards."""
    named = {row.channel: row for row in rows}
    told: set[str] = set()
    for place, row in enumerate(rows):
        source = str(row.extra.get("hangupsource") or "") if row.event == "HANGUP" else ""
        if source in named and source not in told:
            told.add(source)
            yield replace(named[source], event=_REQUEST, at=_begins(rows, place), extra=row.extra)


def _begins(rows: Sequence[CelRow], place: int) -> datetime:
    """When the end that is written at `place` began: phones fall silent and bridges empty before it."""
    end = rows[place]
    at = end.at
    for row in reversed(rows[:place]):
        if end.at - row.at > _ENDING:
            break
        if row.linkedid == end.linkedid and row.event in _ENDS:
            at = row.at
    return at


class _Retelling:
    """`causes` are the Q.850 numbers with which channels (uniqueids) will have ended."""

    def __init__(self, lines: Iterable[QueueLine], causes: Mapping[str, int]) -> None:
        self._lines = tuple(lines)
        self._causes = causes
        self._last: dict[str, CelRow] = {}
        self._apps: dict[str, tuple[str, str]] = {}
        self._legs: dict[str, _Leg] = {}
        self._bridges: dict[str, set[str]] = {}
        self._left: set[str] = set()

    def events(self, row: CelRow) -> Iterator[AmiEvent]:
        """What AMI said of this row."""
        if row.event != _REQUEST:
            self._last[row.uniqueid] = row
        tell = _ROWS.get(row.event)
        if tell is not None:
            yield from tell(self, row)

    def _mark(self, row: CelRow) -> Events:
        kind, *pairs = str(row.extra.get("extra", "")).split(";")
        names = {name.lower(): name for name in FIELDS.get(kind, ())}
        said = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        fields = {names.get(key, key.capitalize()): value for key, value in said.items()}
        yield _event("UserEvent", row, UserEvent=MARKS, Mark=kind, **fields)

    def _app_begins(self, row: CelRow) -> Events:
        queue = row.data.split(",")[0] if row.app == "Queue" else ""
        self._apps[row.uniqueid] = (row.app, queue)
        if queue and self._line(row, "ENTERQUEUE", queue):
            yield _event("QueueCallerJoin", row, Queue=queue)

    def _app_ends(self, row: CelRow) -> Events:
        """Whoever dialled waits no longer: what still rings falls silent a moment later."""
        self._apps.pop(row.uniqueid, None)
        for leg in tuple(self._legs.values()):
            if leg.caller == row.uniqueid and bool(leg.queue) == (row.app == "Queue"):
                yield from self._unanswered(leg, replace(leg.row, at=row.at))

    def _channel_begins(self, row: CelRow) -> Events:
        yield from self._paired(row)
        caller = self._dials(row)
        if caller is None or row.channel.startswith(_JOINT) or row.channel.endswith(";2"):
            return
        queue = self._apps[caller][1]
        leg = self._legs[row.uniqueid] = _Leg(caller, row, queue or None)
        if leg.queue:
            yield self._of_leg("AgentCalled", leg, row, Queue=queue, Interface=leg.interface)
        yield self._of_leg("DialBegin", leg, row, DialString=leg.interface)

    def _paired(self, row: CelRow) -> Events:
        """The second end of a Local channel: `Local/101@phones-member-00000001;2`."""
        name, _, end = row.channel.rpartition(";")
        one = next((each for each in self._last.values() if each.channel == f"{name};1"), None)
        if end == "2" and one is not None:
            yield _event("LocalBridge", one, LocalOneUniqueid=one.uniqueid, LocalTwoUniqueid=row.uniqueid)

    def _dials(self, row: CelRow) -> str | None:
        """Whose application made this channel: of those linked with it the one that began last."""
        linked = (
            caller
            for caller in reversed(self._apps)
            if caller != row.uniqueid and self._last[caller].linkedid == row.linkedid
        )
        return next(linked, None) if row.uniqueid != row.linkedid else None

    def _picked_up(self, row: CelRow) -> Events:
        """Another phone's channel stands in the place of the one that rang."""
        leg = self._legs.pop(row.uniqueid, None)
        taking = self._last.get(str(row.extra.get("pickup_channel_uniqueid", "")))
        if leg is not None and taking is not None:
            leg.row = taking
            leg.answered = leg.over = True
            self._legs[taking.uniqueid] = leg
        return ()

    def _answered(self, row: CelRow) -> Events:
        leg = self._legs.get(row.uniqueid)
        if leg is not None and not leg.over:
            leg.answered = leg.over = True
            yield self._of_leg("DialEnd", leg, row, DialStatus="ANSWER")

    def _enters(self, row: CelRow) -> Events:
        leg = self._legs.get(row.uniqueid)
        if leg is not None and leg.queue and not leg.connected:
            leg.connected = True
            yield self._of_leg("AgentConnect", leg, row, Queue=leg.queue, Interface=leg.interface)
        bridge = str(row.extra.get("bridge_id", ""))
        members = self._bridges.setdefault(bridge, set())
        members.add(row.uniqueid)
        yield _event("BridgeEnter", row, BridgeUniqueid=bridge, BridgeNumChannels=str(len(members)))

    def _leaves(self, row: CelRow) -> Events:
        bridge = str(row.extra.get("bridge_id", ""))
        members = self._bridges.setdefault(bridge, set())
        members.discard(row.uniqueid)
        yield _event("BridgeLeave", row, BridgeUniqueid=bridge, BridgeNumChannels=str(len(members)))

    def _passed_on(self, row: CelRow) -> Events:
        """What the phone's second call was dialling, if it still was, the caller waits for from now on."""
        extra = {key: str(value) for key, value in row.extra.items()}
        own, caller = extra.get("channel2_uniqueid"), extra.get("transferee_channel_uniqueid", "")
        for leg in self._legs.values() if "app" in extra else ():
            leg.caller = caller if leg.caller == own else leg.caller
        yield _event(
            "AttendedTransfer",
            row,
            Result="Success",
            DestType="App" if "app" in extra else "Bridge",
            OrigTransfererChannel=row.channel,
            OrigTransfererUniqueid=row.uniqueid,
            SecondTransfererUniqueid=extra.get("channel2_uniqueid", ""),
            TransfereeUniqueid=extra.get("transferee_channel_uniqueid", ""),
            TransferTargetUniqueid=extra.get("transfer_target_channel_uniqueid", ""),
        )

    def _hangs_up(self, row: CelRow) -> Events:
        leg = self._legs.pop(row.uniqueid, None)
        if leg is not None:
            yield from self._unanswered(leg, row)
        if row.uniqueid in self._left:
            yield _event("SoftHangupRequest", row, Cause=_CLEARING)
        yield _event("Hangup", row, Cause=str(_cause(row)))

    def _requested(self, row: CelRow) -> Events:
        self._left.add(row.uniqueid)
        yield _event("HangupRequest", row)

    def _unanswered(self, leg: _Leg, row: CelRow) -> Events:
        """The end of a dialling that nobody answered; told once."""
        if leg.over:
            return
        leg.over = True
        if leg.queue and self._rang_in_vain(leg, row):
            yield self._of_leg("AgentRingNoAnswer", leg, row, Queue=leg.queue, Interface=leg.interface)
        elsewhere = any(other.answered and other.caller == leg.caller for other in self._legs.values())
        given_up = "CANCEL" if elsewhere or leg.caller in self._left else "NOANSWER"
        status = _STATUS.get(self._causes.get(row.uniqueid, 0), given_up)
        yield self._of_leg("DialEnd", leg, row, DialStatus=status)

    def _rang_in_vain(self, leg: _Leg, row: CelRow) -> bool:
        return self._line(replace(row, uniqueid=leg.caller), "RINGNOANSWER", leg.queue or "")

    def _line(self, row: CelRow, event: str, queue: str) -> bool:
        at = row.at.timestamp()
        return any(
            (line.event, line.uniqueid, line.queue) == (event, row.uniqueid, queue)
            and abs(line.at - at) <= _LINE_LATE
            for line in self._lines
        )

    def _of_leg(self, name: str, leg: _Leg, row: CelRow, **headers: str) -> AmiEvent:
        """An event of the caller's channel about another one."""
        caller = replace(self._last[leg.caller], at=row.at)
        dest = {"DestChannel": row.channel, "DestUniqueid": row.uniqueid, "DestLinkedid": row.linkedid}
        return _event(name, caller, **dest, DestCallerIDNum=row.number, **headers)


def _cause(row: CelRow) -> int:
    """The Q.850 number; 0 where Asterisk knew none."""
    cause = int(row.extra.get("hangupcause") or 0)
    return 0 if cause == _INTERWORKING else cause


def _event(name: str, row: CelRow, **headers: str) -> AmiEvent:
    channel = {
        "Event": name,
        "Channel": row.channel,
        "CallerIDNum": row.number,
        "CallerIDName": row.name.translate(_ESCAPES),
        "Context": row.context,
        "Exten": row.exten,
        "Uniqueid": row.uniqueid,
        "Linkedid": row.linkedid,
    }
    return AmiEvent(name, MappingProxyType(channel | headers), row.at)


_ROWS: dict[str, Callable[[_Retelling, CelRow], Events]] = {
    MARK: _Retelling._mark,
    "CHAN_START": _Retelling._channel_begins,
    "APP_START": _Retelling._app_begins,
    "APP_END": _Retelling._app_ends,
    "ANSWER": _Retelling._answered,
    "BRIDGE_ENTER": _Retelling._enters,
    "BRIDGE_EXIT": _Retelling._leaves,
    "PICKUP": _Retelling._picked_up,
    "ATTENDEDTRANSFER": _Retelling._passed_on,
    _REQUEST: _Retelling._requested,
    "HANGUP": _Retelling._hangs_up,
}
