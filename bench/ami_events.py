"""What an AMI event costs: µs of this process's CPU, over a real socket, ours beside panoramisk's own path.

    python bench/ami_events.py [--events 100000]

A second process sends one recorded call again and again, as fast as it is read: everything Asterisk says
(`all`, mostly events nobody wants) or what the event filters let through (`wanted`).
"""

import argparse
import asyncio
import json
import multiprocessing
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from panoramisk import Manager

from telephony.ami import AmiAccount, AmiLink, Patience
from telephony.events import WANTED
from telephony.framing import Framer, event_name
from telephony.tracker import CallTracker

CALL = Path(__file__).parents[1] / "tests/calls/answered-caller-hangs-up"
BANNER = b"Asterisk Call Manager/11.0.0\r\n"
LAST = b"Event: BenchEnd\r\nPrivilege: system,all\r\nTimestamp: 1795296763.654620\r\n\r\n"
EIGHT = ("UserEvent", "Queue*", "Agent*", "Dial*", "HangupRequest", "SoftHangupRequest", "Hangup", "BenchEnd")


@dataclass(frozen=True)
class Stream:
    """`count` events in `data`."""

    data: bytes
    count: int


def stream(file: Path, events: int, only: Callable[[str], bool]) -> Stream:
    """One call's events that `only` lets through, again and again, at least `events` of them."""
    recorded = b"".join(json.loads(line)["bytes"].encode("latin-1") for line in file.read_text().splitlines())
    messages = Framer(greeted=False).feed(recorded)
    call = [message for message in messages if only(event_name(message).decode())]
    times = events // len(call) + 1
    return Stream(b"".join(message + b"\r\n\r\n" for message in call) * times, len(call) * times)


def serve(listening: socket.socket, data: bytes) -> None:
    """Greets, accepts whatever login comes, sends `data` and LAST; one client after another.

    What was sent stays open: a client that is left alone would dial again.
    """
    clients = []
    while True:
        client, _ = listening.accept()
        clients.append(client)
        client.sendall(BANNER)
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(4096)
        action_id = next(
            (line for line in asked.split(b"\r\n") if line.startswith(b"ActionID")), b"ActionID: 1"
        )
        client.sendall(b"Response: Success\r\n" + action_id + b"\r\n\r\n")
        time.sleep(0.3)
        client.sendall(data + LAST)


class Count(asyncio.Protocol):
    """Receives, counts ends of messages, and nothing else."""

    def __init__(self) -> None:
        self.count = 0
        self.done = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"Action: Login\r\nActionID: 1\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        self.count += data.count(b"\r\n\r\n")
        if data.endswith(LAST):
            self.done.set()


async def bare(port: int) -> float:
    _, protocol = await asyncio.get_running_loop().create_connection(Count, "127.0.0.1", port)
    await asyncio.sleep(0.2)
    started = time.process_time()
    await protocol.done.wait()
    return time.process_time() - started


async def ours(port: int, wanted: tuple[str, ...]) -> float:
    """The link, its queue, and the tracker behind it."""
    tracker = CallTracker("pbx1")
    patience = Patience(ping_every=3600, waiting_events=10_000_000)
    link = AmiLink(AmiAccount("127.0.0.1", port, "x", "y"), (*wanted, "BenchEnd"), patience=patience)
    link.start()
    await link.until_up(5)
    started = time.process_time()
    async for event in link.events():
        tracker.feed(event)
        if event.name == "BenchEnd":
            break
    spent = time.process_time() - started
    await link.close()
    return spent


async def stock(port: int, patterns: tuple[str, ...]) -> float:
    """panoramisk as it comes, with a callback that only looks for the end."""
    done = asyncio.Event()

    def seen(_: Manager, event: object) -> None:
        if event["Event"] == "BenchEnd":  # type: ignore[index]
            done.set()

    manager = Manager(host="127.0.0.1", port=port, username="x", secret="y", ping_delay=3600)
    for pattern in patterns:
        manager.register_event(pattern, seen)
    await manager.connect()
    await asyncio.sleep(0.2)
    started = time.process_time()
    await done.wait()
    spent = time.process_time() - started
    manager.reconnect_timeout = 3600
    manager.close()
    return spent


def measure(path: Callable[[int], Coroutine[None, None, float]], events: Stream) -> float:
    """µs of CPU an event, the best of three runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sender = multiprocessing.Process(target=serve, args=(listening, events.data), daemon=True)
        sender.start()
        port = listening.getsockname()[1]
        seconds = min(asyncio.run(path(port)) for _ in range(3))
        sender.terminate()
        sender.join()
    return seconds / events.count * 1e6


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--events", type=int, default=100_000, help="at least so many a run")
    count = options.parse_args().events
    noise = stream(CALL / "all-events.jsonl", count, lambda name: name not in ("", *WANTED))
    wanted = stream(CALL / "events.jsonl", count, lambda name: name in WANTED)
    everything = stream(CALL / "all-events.jsonl", count, lambda name: name != "")
    rows = [
        ("bare receive and count", "all", measure(bare, everything)),
        ("ours, unwanted events dropped", "unwanted", measure(lambda port: ours(port, WANTED), noise)),
        ("ours, everything, facts out", "all", measure(lambda port: ours(port, WANTED), everything)),
        ("ours, wanted events, facts out", "wanted", measure(lambda port: ours(port, WANTED), wanted)),
        ("panoramisk, one callback for *", "all", measure(lambda port: stock(port, ("*",)), everything)),
        ("panoramisk, eight callbacks", "all", measure(lambda port: stock(port, EIGHT), everything)),
        ("panoramisk, one callback for *", "wanted", measure(lambda port: stock(port, ("*",)), wanted)),
    ]
    _table(rows)


def _table(rows: list[tuple[str, str, float]]) -> None:
    least = rows[0][2]
    print(f"{'path':34}{'events':10}{'µs/event':>10}{'× bare':>8}{'events/s':>12}")
    for path, events, cost in rows:
        print(f"{path:34}{events:10}{cost:10.2f}{cost / least:8.1f}{1e6 / cost:12,.0f}")


if __name__ == "__main__":
    main()
