"""The example plans on the example site, and a real Asterisk with the dialplan made from them."""

import contextlib
import hashlib
import os
import socket
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dialplan.build import build
from dialplan.language import MODULES
from dialplan.render import Rendered, render
from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import CallerDelivery, Delivery, Site

ROOT = Path(__file__).parents[3]
YEARS = (2026, 2027)
HOSTS = {
    "telecom-ar": "127.0.0.11",
    "claro-co": "127.0.0.12",
    "telmex": "127.0.0.13",
    "desvio-ar": "127.0.0.14",
    "pcpid-ar": "127.0.0.15",
}
SIP, AMI, RTP = 15100, 15101, (15110, 15129)


@pytest.fixture(scope="session")
def site() -> Site:
    return load_site(ROOT / "plans/example-site.yaml")


@pytest.fixture(scope="session")
def versions(site: Site) -> tuple[PlanVersion, ...]:
    loading = load_files(sorted((ROOT / "plans/examples").glob("*.yaml")), site)
    return tuple(
        PlanVersion(plan=source.plan, hash=hashlib.sha256(source.plan.plan.encode()).hexdigest())
        for source in loading.sources
    )


@pytest.fixture(scope="session")
def wide_site(site: Site) -> Site:
    """The example site with carriers that deliver in every other way."""
    known = site.carriers["telecom-ar"]
    others = {
        "desvio-ar": known.model_copy(
            update={
                "hosts": ("127.0.0.14",),
                "delivers": Delivery.model_validate({"number": "e164-no-plus", "in": "diversion"}),
                "caller": CallerDelivery(number="e164-no-plus"),
            }
        ),
        "pcpid-ar": known.model_copy(
            update={
                "hosts": ("127.0.0.15",),
                "delivers": Delivery.model_validate({"number": "national", "in": "p-called-party-id"}),
            }
        ),
    }
    return site.model_copy(update={"carriers": {**site.carriers, **others}})


@pytest.fixture(scope="session")
def wide_version(wide_site: Site) -> PlanVersion:
    loading = load_files([Path(__file__).parent / "pruebas.yaml"], wide_site)
    assert not loading.errors
    return PlanVersion(plan=loading.sources[0].plan, hash="f" * 64)


@pytest.fixture(scope="session")
def running(versions: tuple[PlanVersion, ...], wide_version: PlanVersion, wide_site: Site) -> Rendered:
    """What the real Asterisk runs: the examples and the plan of everything else."""
    return render(build((*versions, wide_version), wide_site, YEARS, "pbx1"))


@pytest.fixture(scope="session")
def rendered(versions: tuple[PlanVersion, ...], site: Site) -> Rendered:
    return render(build(versions, site, YEARS, "pbx1"))


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
                    self.events.append(event)
                    event = {}

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

    def hang_up_all(self) -> None:
        self.ask("channel request hangup all")
        self.until(lambda: "0 active channels" in self.ask("core show channels count"))
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


_BASE_MODULES = (
    *("res_pjproject", "res_pjsip", "res_pjsip_session", "res_pjsip_sdp_rtp", "res_pjsip_caller_id"),
    *("res_pjsip_dtmf_info", "res_pjsip_diversion", "res_pjsip_endpoint_identifier_ip", "res_pjsip_pubsub"),
    "res_pjsip_authenticator_digest",
    "cel_manager",
    *(
        "res_rtp_asterisk",
        "res_sorcery_config",
        "res_sorcery_memory",
        "res_sorcery_astdb",
        "res_timing_timerfd",
    ),
    *("bridge_simple", "bridge_native_rtp", "codec_alaw", "codec_resample", "format_wav", "res_musiconhold"),
)


def _base(pbx: Pbx, rendered: Rendered) -> dict[str, str]:
    home, tree = pbx.home, pbx.tree
    folders = {
        "astetcdir": home,
        "astmoddir": pbx.modules,
        "astvarlibdir": tree / "var/lib/asterisk",
        "astdbdir": home / "db",
        "astkeydir": home / "keys",
        "astdatadir": home / "data",
        "astspooldir": home / "spool",
        "astrundir": home / "run",
        "astlogdir": home / "log",
    }
    modules = "".join(f"load={name}.so\n" for name in dict.fromkeys((*_BASE_MODULES, *MODULES)))
    return {
        "asterisk.conf": "[directories]\n" + "".join(f"{key}={folder}\n" for key, folder in folders.items()),
        "modules.conf": f"[modules]\nautoload=no\n{modules}",
        "logger.conf": "[logfiles]\nmessages => notice,warning,error\n",
        "manager.conf": f"[general]\nenabled=yes\nbindaddr=127.0.0.1\nport={AMI}\n"
        "[test]\nsecret=test\nread=all\nwrite=all\n",
        "rtp.conf": f"[general]\nrtpstart={RTP[0]}\nrtpend={RTP[1]}\n",
        "pjsip.conf": f"[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{SIP}\n"
        + "".join(_endpoint(slug, f"from-{slug}", f"{host}:15131") for slug, host in HOSTS.items())
        + "".join(f"[{slug}]\ntype=identify\nendpoint={slug}\nmatch={host}\n" for slug, host in HOSTS.items())
        + "[101]\ntype=identify\nendpoint=101\nmatch=127.0.0.1\n"
        + _endpoint("101", "from-phones", "127.0.0.1:15132"),
        "queues.conf": "[general]\npersistentmembers=no\n"
        "[cat]\njoinempty=yes\nleavewhenempty=no\nringinuse=no\nmember => PJSIP/101\n[sac]\njoinempty=no\n",
        "cel.conf": "[general]\nenable=yes\napps=all\nevents=ALL\n[manager]\nenabled=yes\n",
        "musiconhold.conf": f"[default]\nmode=files\ndirectory={tree}/usr/share/asterisk/moh\n",
        "extensions.conf": "[general]\n[globals]\n#include generated.conf\n#include plans.conf\n"
        "[phones-internal]\nexten => 102,1,Hangup(17)\n" + _PROBES,
        "generated.conf": rendered.files["extensions.conf"],
        "plans.conf": rendered.files["plans.conf"],
    } | dict.fromkeys(_QUIET, "[general]\n")


_PROBES = """
[probe-number]
exten => _[+0-9]!,1,Set(GOSUB_RETVAL=)
same => n,Gosub(${TABLE},${EXTEN},1)
same => n,UserEvent(Probe,Asked: ${EXTEN},Table: ${TABLE},Result: ${GOSUB_RETVAL})
same => n,Hangup()
[probe-hours]
exten => _X.,1,Set(ALTAVOZ_AT=${EXTEN})
same => n,Gosub(${TABLE},s,1)
same => n,UserEvent(Probe,Asked: ${EXTEN},Table: ${TABLE},Result: ${GOSUB_RETVAL})
same => n,Hangup()
"""
"""Contexts that call a routine and tell what it returned."""

_QUIET = (
    "ccss.conf",
    "cdr.conf",
    "features.conf",
    "acl.conf",
    "udptl.conf",
    "queuerules.conf",
    "pjproject.conf",
)


def _endpoint(name: str, context: str, contact: str) -> str:
    return (
        f"[{name}]\ntype=endpoint\ncontext={context}\ndisallow=all\nallow=alaw\naors={name}\nlanguage=es\n"
        "direct_media=no\ndtmf_mode=info\ntrust_id_inbound=yes\n"
        f"[{name}]\ntype=aor\ncontact=sip:{contact}\n"
    )


@pytest.fixture(scope="session")
def pbx(running: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    pbx = Pbx(tmp_path_factory.mktemp("pbx"))
    pbx.configure(_base(pbx, running), list(running.dialplan.speech))
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
        mine = (text for text in list(self.seen) if self.dialog in text and "1 INVITE" in text)
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
    trunks = {slug: Sip((host, 15131), pbx) for slug, host in HOSTS.items()}
    return {**trunks, "101": Sip(("127.0.0.1", 15132), pbx)}


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
    return carriers["101"]
