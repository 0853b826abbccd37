"""What a test call is, and what was observed of it. Values only; `telephony.testcalls` places them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from ivr_audio.reception import Reception
from telephony.facts import CallArrived, CallEnded, CallFact

LONGEST = 240
"""Seconds that a test call may last."""


class Way(StrEnum):
    """How a test call reaches its line.

    LOOP: out of our own PBX and back into it, as the carrier delivers it. TRUNK: out by a carrier to the
    public number and back as a stranger's. HAND: somebody calls from outside and keys a code.
    """

    LOOP = "loop"
    TRUNK = "trunk"
    HAND = "hand"


class Moment(StrEnum):
    """How far a test call is: the words that `progress` hears, each once and in this order."""

    PLACED = "placed"
    ARRIVED = "arrived"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Press:
    """A key (`0`–`9`, `*`, `#`) pressed `after_s` seconds after the one before, or after the call began."""

    digit: str
    after_s: float


@dataclass(frozen=True, slots=True)
class TestCall:
    """A call to `line` (E.164, a header number) as `carrier` delivers it.

    `at` is the instant at which opening hours look; None is now. `seconds` end the call at the latest.
    `dialled` is what a call by TRUNK or HAND dials: the public number (E.164), or the line itself when None;
    `out` is the carrier by which one by TRUNK goes out, `carrier` itself when empty. A call to what is `live`
    reaches what strangers reach, another one the candidate where there is one. `lead` is the key that is
    pressed before the digits by which a call by TRUNK or HAND is known (`dialplan.hand.lead`).
    """

    __test__: ClassVar[bool] = False  # no test class of pytest's

    id: str
    line: str
    carrier: str
    keys: tuple[Press, ...] = ()
    at: datetime | None = None
    seconds: float = 60.0
    way: Way = Way.LOOP
    dialled: str | None = None
    out: str = ""
    live: bool = False
    lead: str = "*"


@dataclass(frozen=True, slots=True)
class PhoneShown:
    """What a phone was told by its INVITE: `display` is the name in From as its bytes came.

    `asserted` and `party` are the names in P-Asserted-Identity and Remote-Party-ID. `lines` are the INVITE's
    lines as text, `after_ms` is when it came, since the call began.
    """

    display: bytes
    asserted: bytes
    party: bytes
    lines: tuple[str, ...]
    after_ms: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the carrier's INVITE held: the request's user part, and headers by name, as they came.

    `line` is what our reading made of it (E.164 digits, empty when nothing).
    """

    user: str
    headers: Mapping[str, str]
    line: str
    caller: str

    def excerpt(self) -> tuple[str, ...]:
        """As lines of SIP."""
        first = f"INVITE sip:{self.user} SIP/2.0" if self.user else "INVITE SIP/2.0"
        return (first, *(f"{name}: {value}" for name, value in self.headers.items() if value))


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact and how long after the call's beginning it was, in milliseconds by the PBX's clock."""

    after_ms: int
    fact: CallFact


@dataclass(frozen=True, slots=True)
class Observed:
    """What happened to a test call. `facts` are the live tracker's own kinds, in order; queues bear the
    names of the real ones, and the test member is the extension `desk`.

    `plan_ms`: from the INVITE's arrival (by digits: from the last of them) to the plan's `arrived`.
    `answered_ms`: from the call's beginning to the answer of the call; None when it was never answered.
    `heard` is a WAV (8 kHz, 16 bits, mono) of the caller's side from the first early media on, to be moved or
    copied by whoever keeps it; None when it cannot be had (an external PBX, a call by hand).
    `reception` is how sound came to the caller, as the PBX counted it; None of a call by hand.
    `problems` say in Spanish what kept the call from being made or observed; empty when it was.
    """

    call: TestCall
    began: datetime
    facts: tuple[Heard, ...] = ()
    heard: Path | None = None
    answered_ms: int | None = None
    plan_ms: int | None = None
    phone: PhoneShown | None = None
    delivered: Delivered | None = None
    marks: tuple[tuple[str, Mapping[str, str]], ...] = ()
    duration_ms: int = 0
    reception: Reception | None = None
    problems: tuple[str, ...] = field(default=())

    @property
    def arrived(self) -> CallArrived | None:
        """The plan that answered, its version and its line."""
        return next((each.fact for each in self.facts if isinstance(each.fact, CallArrived)), None)

    @property
    def ended(self) -> CallEnded | None:
        return next((each.fact for each in self.facts if isinstance(each.fact, CallEnded)), None)

    @property
    def sent(self) -> tuple[str, ...]:
        """What arrived, as an excerpt of SIP."""
        return self.delivered.excerpt() if self.delivered else ()


def new_id() -> str:
    """A test call's id: 16 hex digits that nobody guesses."""
    return secrets.token_hex(8)
