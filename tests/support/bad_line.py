"""A carrier to whom every call out is one in, by a line that loses packets and keeps others back."""

import itertools
import queue
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.support.sip_message import read
from tests.support.trunk import Trunk

_AT, _PORT = re.compile(r"(?m)^c=IN IP4 \S+"), re.compile(r"m=audio (\d+)")


@dataclass
class BadLine(Trunk):
    """Of what is heard every `loses`-th packet is lost, and before every `waits`-th sound stops for 60 ms."""

    media: socket.socket = field(kw_only=True)
    loses: int = 20
    waits: int = 5
    hears: int = 0
    speaks: int = 0
    sound: queue.Queue[bytes] = field(default_factory=queue.Queue)

    def _answered(self, data: bytes) -> bytes:
        """Both sides are told to send their sound by us; the call's offer comes first."""
        data = super()._answered(data)
        if b"m=audio" not in data:
            return data
        message = read(data)
        port = int(_PORT.findall(message.body)[0])
        if message.status is None:
            self.hears = port
        else:
            self.speaks = port
        host, own = self.media.getsockname()
        body = _PORT.sub(f"m=audio {own}", _AT.sub(f"c=IN IP4 {host}", message.body))
        return type(message)(message.first, message.headers, body).text.encode("latin-1")

    def carry(self, over: threading.Event) -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                data, (_, port) = self.media.recvfrom(2000)
                if port == self.hears:
                    self.media.sendto(data, (self.pbx[0], self.speaks))
                else:
                    self.sound.put(data)

    def spoil(self, over: threading.Event) -> None:
        """Keys that the caller presses are not kept back meanwhile."""
        for count in itertools.count(1):
            data = self._next(over)
            if data is None:
                return
            if count % self.waits == 0:
                time.sleep(0.06)
            if count % self.loses:
                self.media.sendto(data, (self.pbx[0], self.hears))

    def _next(self, over: threading.Event) -> bytes | None:
        while not over.is_set():
            with suppress(queue.Empty):
                return self.sound.get(timeout=0.1)
        return None


@contextmanager
def bad_line(host: str, pbx: tuple[str, int]) -> Iterator[BadLine]:
    """Serving on the SIP port of `host` until the end of the block."""
    over = threading.Event()
    kind = (socket.AF_INET, socket.SOCK_DGRAM)
    with socket.socket(*kind) as sip, socket.socket(*kind) as media:
        sip.bind((host, 5060))
        media.bind((host, 0))
        for each in (sip, media):
            each.settimeout(0.1)
        made = BadLine(sip, pbx, media=media)
        threads = [threading.Thread(target=run, args=(over,)) for run in (made.relay, made.carry, made.spoil)]
        for thread in threads:
            thread.start()
        try:
            yield made
        finally:
            over.set()
            for thread in threads:
                thread.join()
