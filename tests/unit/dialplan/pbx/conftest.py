"""A real Asterisk with the dialplan made from the plans, and the far ends of its calls."""

import contextlib
import os
import socket
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dialplan.language import MODULES
from dialplan.render import Rendered

ROOT = Path(__file__).parents[4]
ETC = Path(__file__).parent / "etc"
SIP, AMI = 15100, 15101
PHONE = "101"
ENDS = {
    "telecom-ar": ("127.0.0.11", 15131),
    "claro-co": ("127.0.0.12", 15131),
    "telmex": ("127.0.0.13", 15131),
    "desvio-ar": ("127.0.0.14", 15131),
    "pcpid-ar": ("127.0.0.15", 15131),
    PHONE: ("127.0.0.1", 15132),
}
"""Who takes part in calls, and from which address: the carriers and a softphone."""


class Pbx:
    """An unpacked Asterisk on a configuration of its own, with a control connection that keeps all events."""

    def __init__(self, home: Path) -> None:
        self.home = home
        tree = Path(os.environ.get("ALTAVOZ_PBX_ROOT", ROOT / ".pbx")) / "root"
        library = tree / "usr/lib/x86_64-linux-gnu"
        self.tree, self.modules = tree, library / "asterisk/modules"
        if not self.modules.exists():
            pytest.skip("no Asterisk is unpacked yet: «make test» does it")
        loader = (library / "ld-linux-x86-64.so.2", "--library-path", f"{library}:{tree}/usr/lib")
        self.command = [*map(str, loader), str(tree / "usr/sbin/asterisk"), "-C", str(home / "asterisk.conf")]
        self.events: list[dict[str, str]] = []
        self.channels: set[str] = set()

    def configure(self, files: dict[str, str], sounds: list[str]) -> None:
        for name, text in files.items():
            (self.home / name).write_text(text)
        for folder in ("run", "log", "spool", "db", "keys", "data/sounds/altavoz"):
            (self.home / folder).mkdir(parents=True)
        data = self.tree / "usr/share/asterisk"
        for name in ("documentation", "moh"):
            (self.home / "data" / name).symlink_to(data / name)
        (self.home / "data/sounds/es").symlink_to(data / "sounds/es_MX_f_Allison")
        for sound in sounds:
            _silence(self.home / "data/sounds" / f"{sound}.wav")

    def start(self) -> None:
        with (self.home / "out").open("w") as out:
            self.process = subprocess.Popen(
                [*self.command, "-f"],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._connect()
        threading.Thread(target=self._listen, daemon=True).start()
        self._socket.sendall(b"Action: Login\r\nUsername: test\r\nSecret: test\r\n\r\n")
        self.until(lambda: any(event.get("Event") == "FullyBooted" for event in self.events))

    def _connect(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", AMI))
                return
            except OSError:
                assert time.monotonic() < deadline, (self.home / "out").read_text()
                time.sleep(0.1)

    def _listen(self) -> None:
        with contextlib.suppress(OSError), self._socket.makefile(encoding="utf-8", errors="replace") as lines:
            event: dict[str, str] = {}
            for line in lines:
                name, separator, value = line.strip().partition(": ")
                if separator or name.endswith(":"):
                    event[name.rstrip(":")] = value
                elif event:
                    self._told(event)
                    event = {}

    def _told(self, event: dict[str, str]) -> None:
        if event.get("Event") == "Newchannel":
            self.channels.add(event["Uniqueid"])
        elif event.get("Event") == "Hangup":
            self.channels.discard(event["Uniqueid"])
        self.events.append(event)

    def stop(self) -> None:
        self._socket.close()
        self.process.terminate()
        try:
            self.process.wait(8)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, command: str) -> str:
        return subprocess.run(
            [*self.command, "-rx", command], capture_output=True, text=True, timeout=20, check=False
        ).stdout

    def until(self, done: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, self.log()[-3000:]
            time.sleep(0.02)

    def log(self) -> str:
        return (self.home / "log/messages").read_text(errors="replace")

    def marks(self, *kinds: str) -> list[dict[str, str]]:
        told = [event for event in list(self.events) if event.get("UserEvent") == "Altavoz"]
        return [event for event in told if not kinds or event["Mark"] in kinds]

    def mark(self, kind: str) -> dict[str, str]:
        """The first mark of a kind, waited for."""
        self.until(lambda: self.marks(kind) != [])
        return self.marks(kind)[0]

    def reached(self, application: str, times: int = 1) -> None:
        """Wait until calls have come to this application so many times."""
        self.until(lambda: self.times(application) >= times)

    def times(self, application: str) -> int:
        steps = (event for event in list(self.events) if event.get("Event") == "Newexten")
        return sum(event["Application"] == application for event in steps)

    def hang_up_all(self) -> None:
        self._socket.sendall(b"Action: Hangup\r\nChannel: /.*/\r\n\r\n")
        self.until(lambda: not self.channels)
        self.events.clear()

    def originate(self, channel: str, *headers: str) -> None:
        given = "".join(f"{header}\r\n" for header in headers)
        self._socket.sendall(
            f"Action: Originate\r\nChannel: {channel}\r\nApplication: Wait\r\nData: 20\r\n"
            f"Async: true\r\n{given}\r\n".encode()
        )

    def probe(self, kind: str, asked: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """What routines return: (table, what is asked of it) → result."""
        for table, each in asked:
            self.originate(f"Local/{each}@probe-{kind}/n", f"Variable: __TABLE={table}")
        self.until(lambda: self._probes().keys() >= {*asked}, 60)
        return self._probes()

    def _probes(self) -> dict[tuple[str, str], str]:
        told = [event for event in list(self.events) if event.get("UserEvent") == "Probe"]
        return {(event["Table"], event["Asked"]): event["Result"] for event in told}


def _silence(path: Path) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 4000))


def _files(pbx: Pbx, rendered: Rendered) -> dict[str, str]:
    """The files of `etc/`, the generated dialplan, the modules it needs, and an endpoint for each end."""
    folders = {"@home@": pbx.home, "@tree@": pbx.tree, "@modules@": pbx.modules}
    files = {path.name: path.read_text() for path in ETC.iterdir()}
    for mark, folder in folders.items():
        files = {name: text.replace(mark, str(folder)) for name, text in files.items()}
    files["modules.conf"] += "".join(f"load={name}.so\n" for name in MODULES)
    files["pjsip.conf"] += "".join(_endpoint(*end) for end in ENDS.items())
    return files | {
        "generated.conf": rendered.files["extensions.conf"],
        "plans.conf": rendered.files["plans.conf"],
    }


def _endpoint(name: str, address: tuple[str, int]) -> str:
    context = "from-phones" if name == PHONE else f"from-{name}"
    host, port = address
    return (
        f"[{name}](end)\ncontext={context}\naors={name}\n"
        f"[{name}]\ntype=aor\ncontact=sip:{host}:{port}\n"
        f"[{name}]\ntype=identify\nendpoint={name}\nmatch={host}\n"
    )


@pytest.fixture(scope="session")
def pbx(running: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    pbx = Pbx(tmp_path_factory.mktemp("pbx"))
    pbx.configure(_files(pbx, running), list(running.dialplan.speech))
    pbx.start()
    yield pbx
    pbx.stop()


class Sip:
    """One end of SIP calls: it calls and, asked to, answers what is sent to it."""

    def __init__(self, address: tuple[str, int], pbx: Pbx) -> None:
        self.address, self.pbx, self.calls = address, pbx, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind((address[0], address[1] + 2))
        self.seen: list[str] = []
        self.answers = True
        threading.Thread(target=self._serve, daemon=True).start()

    def call(self, user: str, caller: str = "<sip:1143210000@red>", to: str = "", *headers: str) -> str:
        """Send an INVITE; gives its Call-ID."""
        self.calls += 1
        self.uri = f"sip:{user}@127.0.0.1:{SIP}" if user else f"sip:127.0.0.1:{SIP}"
        self.dialog = f"{self.address[0]}-{self.calls}-{time.monotonic_ns()}"
        self.sequence = 1
        self.parties = (caller, to or f"<{self.uri}>")
        self._send("INVITE", 1, *headers)
        return self.dialog

    def press(self, digit: str) -> None:
        self._request("INFO", f"Signal={digit}\r\nDuration=100\r\n", "application/dtmf-relay")

    def hang_up(self) -> None:
        self._request("BYE")

    def invited(self) -> str:
        """The first INVITE that came here, waited for."""
        self.pbx.until(lambda: any(text.startswith("INVITE") for text in list(self.seen)))
        return next(text for text in self.seen if text.startswith("INVITE"))

    def ended(self) -> None:
        self.pbx.until(
            lambda: any(text.startswith("BYE") and self.dialog in text for text in list(self.seen))
        )

    def answered(self) -> "Sip":
        self.pbx.until(lambda: 200 in self.status())
        return self

    def status(self) -> list[int]:
        """The statuses of the INVITE of this call so far."""
        mine = (text for text in list(self.seen) if self.dialog in text and "CSeq: 1 INVITE" in text)
        return [int(text.split()[1]) for text in mine if text.startswith("SIP/2.0")]

    def _request(self, method: str, body: str = "", kind: str = "") -> None:
        self.sequence += 1
        self._send(method, self.sequence, body=body, kind=kind)

    def _send(self, method: str, sequence: int, *headers: str, body: str = "", kind: str = "") -> None:
        if method == "INVITE":
            body, kind = self._sdp(), "application/sdp"
        caller, to = self.parties
        answers = (text for text in self.seen if self.dialog in text and text.startswith("SIP/2.0 200"))
        tagged = next((self._header(text, "To") for text in answers), to)
        host, port = self.address
        lines = (
            f"{method} {self.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self.dialog}-{method}-{sequence}",
            f"From: {caller};tag=t{self.calls}",
            f"To: {tagged}",
            f"Call-ID: {self.dialog}",
            f"CSeq: {sequence} {method}",
            f"Contact: <sip:x@{host}:{port}>",
            "Max-Forwards: 70",
            *headers,
            *((f"Content-Type: {kind}",) if kind else ()),
            f"Content-Length: {len(body)}",
        )
        self.socket.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), ("127.0.0.1", SIP))

    def _sdp(self) -> str:
        host, port = self.address[0], self.address[1] + 2
        return (
            f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
        )

    @staticmethod
    def _header(text: str, name: str) -> str:
        return next(line.partition(": ")[2] for line in text.split("\r\n") if line.startswith(f"{name}: "))

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                text, peer = self.socket.recvfrom(8000)
                self._received(text.decode(errors="replace"), peer)

    def _received(self, text: str, peer: tuple[str, int]) -> None:
        self.seen.append(text)
        method = text.split(" ", 1)[0]
        if method == "SIP/2.0" and "1 INVITE" in text and text.split()[1] >= "200":
            self._send("ACK", 1)
        elif method == "INVITE":
            self._reply(text, peer, "200 OK" if self.answers else "486 Busy Here", self._sdp())
        elif method in ("BYE", "CANCEL", "OPTIONS"):
            self._reply(text, peer, "200 OK", "")

    def _reply(self, text: str, peer: tuple[str, int], status: str, body: str) -> None:
        kept = [
            line for line in text.split("\r\n") if line.startswith(("Via:", "From:", "Call-ID:", "CSeq:"))
        ]
        to = self._header(text, "To")
        tagged = to if ";tag=" in to else f"{to};tag=p"
        contact = f"Contact: <sip:{self.address[0]}:{self.address[1]}>"
        kind = ["Content-Type: application/sdp"] if body else []
        lines = [f"SIP/2.0 {status}", *kept, f"To: {tagged}", contact, *kind, f"Content-Length: {len(body)}"]
        self.socket.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), peer)


@pytest.fixture(scope="session")
def ends(pbx: Pbx) -> dict[str, Sip]:
    """The far ends of the carriers' trunks, and the softphone 101."""
    return {name: Sip(address, pbx) for name, address in ENDS.items()}


@pytest.fixture
def carriers(pbx: Pbx, ends: dict[str, Sip]) -> Iterator[dict[str, Sip]]:
    """The far ends, as they are with no call up."""
    yield ends
    pbx.hang_up_all()
    for end in ends.values():
        end.seen.clear()
        end.answers = True


@pytest.fixture
def phone(carriers: dict[str, Sip]) -> Sip:
    """The softphone 101."""
    return carriers[PHONE]
