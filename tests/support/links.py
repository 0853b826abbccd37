"""A link to the PBX that can be broken: a proxy in front of AMI, and a service that connects through it."""

import contextlib
import itertools
import json
import os
import socket
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.instance import Instance

PROXY_PORT = "TEST_AMI_PROXY"
ONCE = ("CallArrived", "CallQueued", "CallAnswered", "CallEnded")
"""Of a call that is not passed on."""


class AmiProxy:
    """Forwards TCP from `port` to `target`, as it is told to by `mode`.

    `pass`; `refuse` (nobody listens, what was connected is cut); `swallow` (connected, and silent both ways);
    `slow` (each piece `delay` seconds late); `trickle` (`rate` bytes a second towards the service).
    """

    def __init__(self, port: int, target: int) -> None:
        self._port, self._target = port, target
        self._mode = "pass"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener: socket.socket | None = None
        self.delay, self.rate = 0.8, 400
        self._listen()

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        self._mode = mode
        if mode == "refuse":
            self._stop_listening()
            self.cut()
        elif self._listener is None:
            self._listen()

    def cut(self) -> None:
        """Ends what is connected."""
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def close(self) -> None:
        self._mode = "closed"
        self._stop_listening()
        self.cut()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._target), 2)
                    far.settimeout(None)
                except OSError:
                    near.close()
                    continue
                self._pairs.append((near, far))
                for source, sink, slowly in ((near, far, False), (far, near, True)):
                    threading.Thread(target=self._carry, args=(source, sink, slowly), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, slowly: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(4096):
                while self._mode == "swallow":
                    time.sleep(0.05)
                if slowly and self._mode == "slow":
                    time.sleep(self.delay)
                if slowly and self._mode == "trickle":
                    time.sleep(len(piece) / self.rate)
                sink.sendall(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class LinkedInstance(Instance):
    """An instance whose service reaches its PBX's AMI through a proxy on the next port."""

    proxy: AmiProxy = field(init=False)

    def __post_init__(self) -> None:
        self.proxy = AmiProxy(self.base + 3, self.base + 2)
        self.extra = {**self.extra, PROXY_PORT: str(self.base + 3)}
        self.program = [sys.executable, "-m", "tests.support.links"]

    def link_is_up(self) -> bool:
        """As a program sees it that asks whether the service is ready."""
        try:
            with urllib.request.urlopen(f"{self.http}/readyz", timeout=5) as response:
                said = json.load(response)
        except urllib.error.HTTPError as unready:
            said = json.load(unready)
        except OSError:
            return False
        return bool(said["checks"]["pbx_link"])

    def remove(self) -> None:
        self.proxy.close()
        super().remove()


@dataclass
class Ledger:
    """What the database has, read from outside: the proof of what was recorded."""

    instance: Instance

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        file = f"file:{self.instance.home / 'altavoz.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True, timeout=10)) as database:
            return list(database.execute(query, values))

    def callers(self) -> Counter[str]:
        """Caller's number → its call records."""
        return Counter(str(row[0]) for row in self.rows("SELECT caller FROM calls"))

    def open(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT id FROM calls WHERE ended IS NULL")]

    def twice(self) -> list[tuple[str, ...]]:
        """Facts that a call says twice: what it has once at most, or the same again within three seconds."""
        said: dict[tuple[str, ...], list[float]] = {}
        seconds = "CAST(strftime('%s', at) AS REAL) + CAST(substr(at, 20) AS REAL)"
        for call, kind, detail, at in self.rows(f"SELECT call, kind, detail, {seconds} FROM call_events"):
            said.setdefault((call, kind) if kind in ONCE else (call, kind, detail), []).append(at)
        return [fact for fact, times in said.items() if _again(fact[1], sorted(times))]

    def cases(self, caller: str) -> int:
        return len(
            self.rows('SELECT DISTINCT "case" FROM calls WHERE caller = ? AND "case" NOT NULL', caller)
        )

    def of(self, caller: str) -> dict[str, Any]:
        """The one record of a caller."""
        names = ("id", "queued", "answered", "ended", "outcome", "phase", "ended_by", "cause", "coordinator")
        (row,) = self.rows(f"SELECT {', '.join(names)} FROM calls WHERE caller = ?", caller)
        return dict(zip(names, row, strict=True))

    def gaps(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT lost, reason, regained, calls, facts FROM link_gaps ORDER BY id")


def _again(kind: str, times: list[float]) -> bool:
    return any(kind in ONCE or later - former < 3 for former, later in itertools.pairwise(times))


@contextlib.contextmanager
def port_taken(port: int) -> Iterator[None]:
    """Keeps a PBX from starting: its port is somebody else's."""
    deadline = time.monotonic() + 5
    while True:
        try:
            taken = socket.create_server(("127.0.0.1", port))
            break
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    with taken:
        yield


def main() -> None:
    """`altavoz`, but for the port of AMI: through the proxy."""
    import altavoz.run
    from altavoz.commands.main import main as altavoz_main

    direct, port = altavoz.run.central, int(os.environ[PROXY_PORT])

    def through_proxy(*arguments: Any) -> Any:
        made = direct(*arguments)
        return replace(made, listens=replace(made.listens, port=port), acts=replace(made.acts, port=port))

    altavoz.run.central = through_proxy
    altavoz_main()


if __name__ == "__main__":
    main()
