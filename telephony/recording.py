"""Recorded bytes of an AMI connection (`events.jsonl`), and the facts that they tell when told again.

A line is one read of the socket: {"at": seconds since the first, "bytes": Latin-1 text}. So cuts inside a
message and letters in any encoding come again as they came.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from telephony.events import WANTED, AmiEvent, genuine, read_event
from telephony.facts import CallFact
from telephony.framing import Framer, MessageTooLong, event_name
from telephony.tracker import CallTracker

BEFORE_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""When an event is said to be that carries no instant of its own."""


class NotARecording(ValueError):
    """A file whose line `line` is none of a recording's."""

    def __init__(self, line: int) -> None:
        super().__init__(f'la línea {line} no es de una grabación: se espera {{"at": …, "bytes": …}}')
        self.line = line


@dataclass(frozen=True, slots=True)
class Piece:
    """What one read brought, `at` seconds after the first."""

    at: float
    data: bytes

    @property
    def line(self) -> str:
        """As it stands in the file, with its line end."""
        return json.dumps({"at": round(self.at, 4), "bytes": self.data.decode("latin-1")}) + "\n"


def read_pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """The pieces of a file's lines; empty lines are passed over. Raises NotARecording."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _piece(line, number)


def _piece(line: str, number: int) -> Piece:
    try:
        read = json.loads(line)
        return Piece(float(read["at"]), read["bytes"].encode("latin-1"))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NotARecording(number) from None


def events(pieces: Iterable[bytes]) -> Iterator[AmiEvent]:
    """The events we listen to, as the link reads them. Raises MessageTooLong.

    A recording may begin in the middle of a connection, even of a message: the first whole one begins it.
    """
    framer = Framer()
    for piece in pieces:
        for raw in framer.feed(piece):
            if event_name(raw).decode("ascii", "replace") in WANTED and genuine(raw):
                yield read_event(raw, BEFORE_TIME)


def replay(pieces: Iterable[bytes], pbx: str) -> Iterator[CallFact]:
    """What the calls of a recording tell. Raises MessageTooLong."""
    tracker = CallTracker(pbx)
    for event in events(pieces):
        yield from tracker.feed(event)


__all__ = ["MessageTooLong", "NotARecording", "Piece", "events", "read_pieces", "replay"]
