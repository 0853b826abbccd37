"""AMI messages as values: the headers of one message, and an event with its instant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from telephony.framing import RawMessage

WANTED: tuple[str, ...] = (
    "UserEvent",
    "QueueCallerJoin",
    "AgentCalled",
    "AgentRingNoAnswer",
    "AgentConnect",
    "AgentComplete",
    "DialBegin",
    "DialEnd",
    "BridgeEnter",
    "BridgeLeave",
    "LocalBridge",
    "Hold",
    "Unhold",
    "AttendedTransfer",
    "HangupRequest",
    "SoftHangupRequest",
    "Hangup",
    "DeviceStateChange",
    "Shutdown",
)
"""Names of the events the listening account asks for; its event filters are made from them."""


@dataclass(frozen=True, slots=True)
class AmiMessage:
    """One message as it came: its headers in order, equal names kept (`Output` of a command)."""

    pairs: tuple[tuple[str, str], ...]

    def get(self, header: str, default: str = "") -> str:
        """The first value of `header`, written as Asterisk writes it (`Uniqueid`)."""
        return next((value for name, value in self.pairs if name == header), default)

    def all(self, header: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.pairs if name == header)


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """An event. `at` is the PBX's instant (`Timestamp`), or that of its reading when it carries none."""

    name: str
    headers: Mapping[str, str]
    at: datetime

    def get(self, header: str, default: str = "") -> str:
        return self.headers.get(header, default)


def read_message(raw: RawMessage) -> AmiMessage:
    return AmiMessage(tuple((pair[0], pair[1]) for pair in _pairs(_text(raw)) if len(pair) == 2))


_BEGINNING = re.compile(
    rb"Event: \w+\r\nPrivilege: [\w,]+\r\n(?:SequenceNumber: \d+\r\n)?Timestamp: \d{9,11}\.\d{6}(?:\r\n|\Z)"
)
_REPEATED_BY_RIGHT = b"ChanVariable"


def genuine(raw: RawMessage) -> bool:
    """Whether the PBX itself wrote this event from its first line to its last.

    Asterisk writes a caller's number as it came, 79 bytes with line breaks in it: it can end one message and
    begin another. Such a beginning has no room for `Privilege` and `Timestamp` besides what would do harm,
    and a number that only slips in a header makes that header stand twice. Needs `timestampevents=yes`.
    """
    if not _BEGINNING.match(raw):
        return False
    channel, found, own = raw.rpartition(b"\r\nUserEvent: ")
    return all(_each_once(part) for part in ((channel, own) if found else (own,)))


def _each_once(part: bytes) -> bool:
    names = [line.partition(b":")[0] for line in part.split(b"\r\n")]
    return len(set(names)) == len(names) or all(
        name == _REPEATED_BY_RIGHT for name in names if names.count(name) > 1
    )


def read_event(raw: RawMessage, received: datetime) -> AmiEvent:
    """The event in `raw`.

    What a UserEvent says stands after its `UserEvent:` line and counts before the channel's own headers,
    which come earlier: a channel has a `Priority` (of the dialplan) and so has our mark (of the queue).
    Otherwise the first of equal headers counts; `genuine` refuses them before.
    """
    channel, found, own = _text(raw).rpartition("\r\nUserEvent: ")
    headers = _headers(channel) | _headers("UserEvent: " + own) if found else _headers(own)
    return AmiEvent(headers.get("Event", ""), MappingProxyType(headers), _instant(headers, received))


def _headers(text: str) -> dict[str, str]:
    pairs = _pairs(text)
    try:
        return dict(reversed(pairs))
    except ValueError:
        return dict(pair for pair in reversed(pairs) if len(pair) == 2)


def _pairs(text: str) -> list[list[str]]:
    """Name and value of each line; of a line without a colon only its text."""
    return [line.split(": ", 1) for line in text.split("\r\n")]


def _text(raw: RawMessage) -> str:
    """UTF-8, or Latin-1 when it is not: an old exchange sends `Peña` in one byte a letter."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "\r\n".join(_line(line) for line in raw.split(b"\r\n"))


def _line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _instant(headers: Mapping[str, str], received: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(float(headers["Timestamp"]), UTC)
    except (KeyError, ValueError, OverflowError):
        return received
