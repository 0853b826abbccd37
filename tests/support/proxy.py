"""A wire that a test can cut: TCP passed on, or swallowed without a word, as a broken network does."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Wire:
    """Listens on `port` of loopback and passes on to `target`.

    While `dead`, nothing passes either way and nobody is told: connections are half open, and new ones are
    accepted into the same silence.
    """

    port: int
    target: tuple[str, int]
    dead: bool = False
    _sockets: list[socket.socket] = field(default_factory=list)
    _listening: socket.socket = field(init=False)

    def start(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        for each in (self._listening, *self._sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                self._sockets.append(near)
                if not self.dead:
                    threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self.target)
        except OSError:
            near.close()
            return
        self._sockets.append(far)
        threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()
        self._pass_on(far, near)

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        """What is said while the wire is dead is lost, and so is this connection: it never speaks again."""
        with suppress(OSError):
            while data := source.recv(65536):
                if self.dead:
                    return
                sink.sendall(data)
            sink.close()


@contextmanager
def wire(port: int, target: tuple[str, int]) -> Iterator[Wire]:
    made = Wire(port, target)
    made.start()
    try:
        yield made
    finally:
        made.stop()
