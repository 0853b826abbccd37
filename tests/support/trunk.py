"""A carrier to whom every call out is one in: it gives back what it is sent, from its own address."""

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.support.sip_message import Message, read

_CALLED = re.compile(rb"\A([A-Z]+ sip:)(\+?[0-9]+)@")
_KEPT = ("via", "from", "call-id", "cseq")


@dataclass
class Trunk:
    """`links` says to which header a number called leads, both as the carrier writes them; a number without
    a header answers 404. With None each comes back as it was called.
    """

    socket: socket.socket
    pbx: tuple[str, int]
    links: dict[str, str] | None = None
    called: list[str] = field(default_factory=list)

    def relay(self, over: threading.Event) -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                data = self._answered(self.socket.recv(8000))
                if data:
                    self.socket.sendto(data, self.pbx)

    def _answered(self, data: bytes) -> bytes:
        """What is sent back; nothing for the ACK of a refusal."""
        asked = _CALLED.match(data)
        if asked is None or self.links is None:
            return data
        number = asked[2].decode()
        if asked[1].startswith(b"INVITE"):
            self.called.append(number)
        if number in self.links:
            return _CALLED.sub(rb"\g<1>%b@" % self.links[number].encode(), data, count=1)
        return _not_found(read(data)) if asked[1].startswith(b"INVITE") else b""


def _not_found(asked: Message) -> bytes:
    kept = tuple(pair for pair in asked.headers if pair[0].lower() in _KEPT)
    return Message("SIP/2.0 404 Not Found", (*kept, ("To", f"{asked.get('To')};tag=nadie"))).text.encode(
        "latin-1"
    )


@contextmanager
def trunk(host: str, pbx: tuple[str, int], links: Mapping[str, str] | None = None) -> Iterator[Trunk]:
    """Serving on the SIP port of `host` until the end of the block."""
    over = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sip:
        sip.bind((host, 5060))
        sip.settimeout(0.1)
        made = Trunk(sip, pbx, None if links is None else dict(links))
        thread = threading.Thread(target=made.relay, args=(over,), daemon=True)
        thread.start()
        try:
            yield made
        finally:
            over.set()
            thread.join()
