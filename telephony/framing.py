"""Bytes from an AMI socket into whole messages: no I/O, no decoding, no look inside.

A message ends at an empty line (CR LF CR LF); a few of Asterisk's own end in CR LF LF.
"""

from typing import NewType

RawMessage = NewType("RawMessage", bytes)
"""One message without its end: header lines joined by CR LF, in the bytes the PBX sent."""

END = b"\r\n\r\n"
SHORT_END = b"\r\n\n"
LONGEST_MESSAGE = 4 * 1024 * 1024
LONGEST_BANNER = 128
BANNER = b"Asterisk Call Manager/"


class NotAmi(Exception):
    """What answers at that address does not greet as AMI does."""


class MessageTooLong(Exception):
    """A message went on beyond LONGEST_MESSAGE bytes; the rest of the stream has no sense any more."""


class Framer:
    """Feed it what arrived; it gives the messages that are whole and keeps the rest.

    With `greeted=False` (a fresh connection) it takes the banner line first. After an exception it is of no
    more use.
    """

    def __init__(self, *, greeted: bool = True) -> None:
        self.greeted = greeted
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[RawMessage]:
        """Raises NotAmi (another greeting) and MessageTooLong."""
        looked_at = max(0, len(self._rest) - len(END) + 1)
        self._rest += data
        if not self.greeted:
            self._take_banner()
            looked_at = 0
        if not self._ends_after(looked_at):
            self._bound()
            return []
        return self._split()

    def _take_banner(self) -> None:
        line, end, rest = self._rest.partition(b"\r\n")
        if not (line.startswith(BANNER) or BANNER.startswith(line)) or len(line) > LONGEST_BANNER:
            raise NotAmi(bytes(line[:LONGEST_BANNER]))
        if end:
            self.greeted = True
            self._rest = rest

    def _ends_after(self, start: int) -> bool:
        return self._rest.find(END, start) >= 0 or self._rest.find(SHORT_END, start) >= 0

    def _bound(self) -> None:
        if len(self._rest) > LONGEST_MESSAGE:
            raise MessageTooLong(len(self._rest))

    def _split(self) -> list[RawMessage]:
        whole = bytes(self._rest)
        if SHORT_END in whole:
            whole = whole.replace(SHORT_END, END)
        *ended, rest = whole.split(END)
        self._rest = bytearray(rest.lstrip(b"\r\n"))
        return [RawMessage(message.lstrip(b"\r\n")) for message in ended if message.strip(b"\r\n")]


def event_name(raw: RawMessage) -> bytes:
    """The name of the event, or nothing when the message is an answer. Splits no headers."""
    if not raw.startswith(b"Event: "):
        return b""
    end = raw.find(b"\r\n")
    return raw[7:end] if end > 0 else raw[7:]
