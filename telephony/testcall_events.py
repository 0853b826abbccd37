"""What the PBX tells of test calls, understood: its events in, what was observed out. Pure.

A test call's events are turned into those of a real one and go through the live tracker's own kind, so that
what a test proves is what happens to a stranger.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from dialplan.names import TEST_QUEUES
from dialplan.routines import MARKS as KINDS
from dialplan.routines import TEST_EVENT
from dialplan.testcalls import CALL, DESK, DESK_ENDPOINT, HEADERS, SHOWN
from telephony.events import AmiEvent
from telephony.facts import CallAnswered, CallFact, CallRinging
from telephony.testcall_values import Delivered, Heard, Moment, PhoneShown, TestCall
from telephony.tracker import MARKS, CallTracker

_BEGINS = ("arrived", "unknown", "inactive")
"""Marks that say which line a call came to."""
_DESK_CHANNEL = re.compile(rf"PJSIP/{DESK_ENDPOINT}\b")
_QUOTED = re.compile(rb'\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_URI = re.compile(r"(?:sips?|tel):([^@;>]*)")


def as_real(event: AmiEvent) -> AmiEvent | None:
    """The event as it would be were no call a test; None for what real calls tell of themselves."""
    headers = dict(event.headers)
    if event.name == "UserEvent":
        if headers.get("UserEvent") != TEST_EVENT or headers.get("Mark") not in KINDS:
            return None
        headers["UserEvent"] = MARKS
    if headers.get("Queue", "").startswith(TEST_QUEUES):
        headers["Queue"] = headers["Queue"].removeprefix(TEST_QUEUES)
    for name in ("Interface", "DestChannel"):
        if name in headers:
            headers[name] = _DESK_CHANNEL.sub(f"PJSIP/{DESK}", headers[name])
    return AmiEvent(event.name, MappingProxyType(headers), event.at)


@dataclass
class Witness:
    """What was heard of one test call so far; `moved` is told how far it is.

    `came` is when it could go to its plan: its INVITE was there, or its digits were keyed.
    `open` are the uniqueids of its channels that live. `channel` is the one that came in; by their names,
    `half` is the one that hears and is recorded, `hears` the one of SIP by which sound comes to it. A call
    that is awaited by its code is recognised once `keyed`; `undecided` are the calls to its line, by
    uniqueid, that may still be it, and when they came. `wrong` counts those that keyed another code, `spent`
    says that they were too many. `asked`: the line was not active, and asked for the code after saying so.
    """

    call: TestCall
    moved: Callable[[Moment], None]
    began: datetime | None = None
    ended: datetime | None = None
    answered: datetime | None = None
    came: datetime | None = None
    arrived: datetime | None = None
    channel: str = ""
    half: str = ""
    hears: str = ""
    keyed: bool = False
    wrong: int = 0
    spent: bool = False
    asked: bool = False
    undecided: dict[str, datetime] = field(default_factory=dict)
    refused: str = ""
    line: str = ""
    caller: str = ""
    open: set[str] = field(default_factory=set)
    facts: list[CallFact] = field(default_factory=list)
    marks: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    sent: Delivered | None = None
    phone: PhoneShown | None = None
    _moments: set[Moment] = field(default_factory=set)

    @property
    def over(self) -> bool:
        return self.ended is not None

    def tells(self, event: AmiEvent) -> None:
        """An event that the dialplan sent of this call."""
        kind = event.get("Mark")
        if kind in KINDS:
            self._marked(kind, event)
        elif kind in _TOLD:
            _TOLD[kind](self, event)

    def dial_begins(self, event: AmiEvent) -> None:
        """The caller's side dials by this channel."""
        self.hears = event.get("DestChannel")

    def dial_ended(self, event: AmiEvent) -> None:
        """How the dialling of the caller's side ended."""
        status = event.get("DialStatus")
        if status == "ANSWER":
            self.answered = self.answered or event.at
        else:
            self.refused = status

    def hung_up(self, uniqueid: str, at: datetime) -> None:
        self.undecided.pop(uniqueid, None)
        if uniqueid not in self.open:
            return
        self.open.discard(uniqueid)
        if self.open:
            return
        self.ended = at
        self._at(Moment.ENDED)

    def takes(self, fact: CallFact) -> None:
        self.facts.append(fact)
        if isinstance(fact, CallRinging):
            self._at(Moment.RINGING)
        elif isinstance(fact, CallAnswered):
            self._at(Moment.ANSWERED)

    def after(self, at: datetime) -> int:
        """Milliseconds since the beginning."""
        return _milliseconds(self.began, at)

    def to_its_plan(self) -> int | None:
        """Milliseconds that the way to the plan took."""
        return _milliseconds(self.came, self.arrived) if self.arrived else None

    def heard(self) -> Iterator[Heard]:
        for fact in self.facts:
            yield Heard(self.after(fact.at), fact)

    def delivered(self) -> Delivered | None:
        if self.sent is None:
            return None
        return Delivered(self.sent.user, self.sent.headers, self.line, self.caller)

    def _at(self, moment: Moment) -> None:
        if moment not in self._moments:
            self._moments.add(moment)
            self.moved(moment)

    def _marked(self, kind: str, event: AmiEvent) -> None:
        self.marks.append((kind, {name: event.get(name) for name in KINDS[kind]}))
        if kind in _BEGINS:
            self.line, self.caller = event.get("Line"), _number(event.get("CallerIDNum"))
            self.arrived = self.arrived or event.at
            self._at(Moment.ARRIVED)

    def _calling(self, event: AmiEvent) -> None:
        """The half that dials was made by the other one, whose name its `Linkedid` is."""
        self.began, self.half = event.at, event.get("Channel").removesuffix(";2") + ";1"
        self.open |= {event.get("Uniqueid"), event.get("Linkedid")}
        self._at(Moment.PLACED)

    def _came(self, event: AmiEvent) -> None:
        self.undecided[event.get("Uniqueid")] = event.at
        self._at(Moment.PLACED)

    def _passed(self, event: AmiEvent) -> None:
        """Nobody's test: the wait goes on."""
        self.undecided.pop(event.get("Uniqueid"), None)

    def _delivered(self, event: AmiEvent) -> None:
        found = {name: text for name in HEADERS if (text := _decoded(event, name).decode(errors="replace"))}
        user = _URI.match(_decoded(event, "User").decode(errors="replace"))
        self.sent = Delivered(user[1] if user else "", found, "", "")
        self.channel, self.came = event.get("Uniqueid"), event.at
        self.open.add(self.channel)
        if self.began is None:
            self.began = self.undecided.get(self.channel, event.at)
            self._at(Moment.PLACED)

    def _keyed(self, event: AmiEvent) -> None:
        self.keyed, self.came = True, event.at

    def _wrong(self, _: AmiEvent) -> None:
        self.wrong += 1

    def _spent(self, _: AmiEvent) -> None:
        self.spent = True

    def _waits(self, _: AmiEvent) -> None:
        self.asked = True

    def _shown(self, event: AmiEvent) -> None:
        self.open.add(event.get("Uniqueid"))
        raw = {name: _decoded(event, name) for name in SHOWN}
        lines = (f"{name}: {text.decode(errors='replace')}" for name, text in raw.items() if text)
        self.phone = PhoneShown(
            display=display(raw["From"]),
            asserted=display(raw["P-Asserted-Identity"]),
            party=display(raw["Remote-Party-ID"]),
            lines=(f"INVITE sip:{DESK} SIP/2.0", *lines),
            after_ms=self.after(event.at),
        )


_TOLD: Mapping[str, Callable[[Witness, AmiEvent], None]] = {
    "calling": Witness._calling,
    "came": Witness._came,
    "passed": Witness._passed,
    "waits": Witness._waits,
    "delivered": Witness._delivered,
    "keyed": Witness._keyed,
    "wrong": Witness._wrong,
    "spent": Witness._spent,
    "shown": Witness._shown,
}

_DIALS: Mapping[str, Callable[[Witness, AmiEvent], None]] = {
    "DialBegin": Witness.dial_begins,
    "DialEnd": Witness.dial_ended,
}


def _milliseconds(begins: datetime | None, ends: datetime) -> int:
    return round((ends - (begins or ends)).total_seconds() * 1000)


def display(header: bytes) -> bytes:
    """The name in a header of SIP that holds an address (RFC 3261 §25.1), empty without one."""
    quoted = _QUOTED.match(header)
    if quoted:
        return re.sub(rb"\\(.)", rb"\1", quoted[1], flags=re.DOTALL)
    name, found, _ = header.partition(b"<")
    return name.strip() if found else b""


def _decoded(event: AmiEvent, name: str) -> bytes:
    """What the dialplan sent in base 64, behind a colon."""
    try:
        return base64.b64decode(event.get(name), validate=True)[1:]
    except ValueError:
        return b""


def _number(text: str) -> str:
    return text if text.isascii() and text.isdigit() else ""


class Hearing:
    """All test calls that are under way on one PBX."""

    def __init__(self, pbx: str) -> None:
        self._pbx = pbx
        self._tracker = CallTracker(pbx)
        self._witnesses: dict[str, Witness] = {}

    def __len__(self) -> int:
        return len(self._witnesses)

    def add(self, witness: Witness) -> None:
        self._witnesses[witness.call.id] = witness

    def remove(self, witness: Witness) -> None:
        """Without any, what was known of channels is forgotten."""
        self._witnesses.pop(witness.call.id, None)
        if not self._witnesses:
            self._tracker = CallTracker(self._pbx)

    def take(self, event: AmiEvent) -> None:
        """An event of any call."""
        if event.get("UserEvent") == TEST_EVENT:
            witness = self._witnesses.get(event.get("Id"))
            if witness is not None:
                witness.tells(event)
        elif event.name in _DIALS:
            self._dials(event)
        self._track(event)
        if event.name == "Hangup":
            for witness in list(self._witnesses.values()):
                witness.hung_up(event.get("Uniqueid"), event.at)

    def _dials(self, event: AmiEvent) -> None:
        found = re.match(rf"Local/([0-9a-f]+)@{CALL}-", event.get("Channel"))
        witness = self._witnesses.get(found[1]) if found else None
        if witness is not None:
            _DIALS[event.name](witness, event)

    def _track(self, event: AmiEvent) -> None:
        real = as_real(event)
        for fact in self._tracker.feed(real) if real else ():
            for witness in self._witnesses.values():
                if fact.call == f"{self._pbx}-{witness.channel}":
                    witness.takes(fact)
