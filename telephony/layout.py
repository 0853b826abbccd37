"""Where the PBX's program and files are, and the addresses it answers on. Values only: nothing is touched."""

import hashlib
import platform
from dataclasses import dataclass
from pathlib import Path

from dialplan.testcalls import HEARD

_MACHINES = {
    "x86_64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
    "aarch64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
    "armv7l": ("arm-linux-gnueabihf", "ld-linux-armhf.so.3"),
}
_LONGEST_SOCKET_PATH = 107
"""Bytes of a Unix socket's path that the kernel takes."""


class UnknownMachine(Exception):
    """No Asterisk is known for this kind of processor."""


@dataclass(frozen=True, slots=True)
class PbxAddresses:
    """What the PBX listens on: (host, port) of SIP by UDP and TCP, of AMI; first and last RTP port."""

    sip: tuple[str, int] = ("127.0.0.1", 5060)
    ami: tuple[str, int] = ("127.0.0.1", 5038)
    rtp: tuple[int, int] = (10000, 10999)


@dataclass(frozen=True, slots=True)
class Program:
    """An Asterisk: how it is called (without arguments), its modules, the folder of sounds and documentation.

    `spanish` and `english` are the names of its folders of prompts.
    """

    command: tuple[str, ...]
    modules: Path
    share: Path
    spanish: str = "es_MX_f_Allison"
    english: str = "en_US_f_Allison"


def unpacked(root: Path, machine: str = "") -> Program:
    """The Asterisk in the tree `root`, called by that tree's own loader. Raises UnknownMachine."""
    triplet, loader = _machine(machine or platform.machine())
    libraries = root / "usr/lib" / triplet
    command = (
        str(libraries / loader),
        "--library-path",
        f"{libraries}:{root / 'usr/lib'}",
        str(root / "usr/sbin/asterisk"),
    )
    return Program(command, libraries / "asterisk/modules", root / "usr/share/asterisk")


def _machine(name: str) -> tuple[str, str]:
    try:
        return _MACHINES[name]
    except KeyError:
        raise UnknownMachine(
            f"no hay una central para el procesador «{name}»: instale Asterisk y use ALTAVOZ_PBX=system"
        ) from None


@dataclass(frozen=True)
class PbxLayout:
    """Folders of one PBX: `root` is the unpacked tree, `home` the data folder; `program` replaces the tree's.

    Paths are made absolute. Everything that the PBX writes lies under `home/pbx`, except its run folder when
    that path is too long for a Unix socket.
    """

    root: Path
    home: Path
    program: Program | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.absolute())
        object.__setattr__(self, "home", self.home.absolute())

    @property
    def asterisk(self) -> Program:
        return self.program or unpacked(self.root)

    @property
    def own(self) -> Path:
        return self.home / "pbx"

    @property
    def conf(self) -> Path:
        return self.own / "conf"

    @property
    def published(self) -> Path:
        """What publishing writes; the base configuration includes it."""
        return self.conf / "altavoz"

    @property
    def log(self) -> Path:
        return self.own / "log"

    @property
    def spool(self) -> Path:
        return self.own / "spool"

    @property
    def astdb(self) -> Path:
        return self.own / "astdb"

    @property
    def data(self) -> Path:
        """Asterisk's data folder: aliases of sounds, music and documentation."""
        return self.own / "data"

    @property
    def sounds(self) -> Path:
        """Our prompts; the PBX sees them as `altavoz/<name>`."""
        return self.home / "sounds"

    @property
    def run(self) -> Path:
        """Control socket and process id."""
        beside = self.own / "run"
        if len(bytes(beside / "asterisk.ctl")) <= _LONGEST_SOCKET_PATH:
            return beside
        return Path("/tmp") / f"altavoz-{hashlib.sha256(bytes(self.home)).hexdigest()[:16]}"  # noqa: S108

    @property
    def control(self) -> Path:
        return self.run / "asterisk.ctl"

    @property
    def pid(self) -> Path:
        return self.run / "asterisk.pid"

    @property
    def cel_db(self) -> Path:
        return self.own / "journal" / "cel.db"

    @property
    def queue_log(self) -> Path:
        return self.log / "queue_log"

    @property
    def message_log(self) -> Path:
        """Notices, warnings and errors, one JSON object a line."""
        return self.log / "messages.json"

    @property
    def output(self) -> Path:
        """What the program itself prints, for instance that a library is missing."""
        return self.own / "output.log"

    @property
    def main_conf(self) -> Path:
        return self.conf / "asterisk.conf"

    @property
    def ami_secrets(self) -> Path:
        return self.home / "secrets" / "ami.json"

    @property
    def test_secret(self) -> Path:
        return self.home / "secrets" / "test.json"

    @property
    def heard(self) -> Path:
        """What the callers of test calls heard."""
        return self.spool / "monitor" / HEARD

    def writable(self) -> tuple[Path, ...]:
        """The folders that the PBX's own user must own."""
        return (
            self.log,
            self.spool,
            self.astdb,
            self.data,
            self.data / "sounds",
            self.run,
            self.cel_db.parent,
        )

    def aliases(self) -> dict[Path, Path]:
        """Alias in the data folder → what it stands for."""
        share = self.asterisk.share
        return {
            self.data / "sounds/es": share / "sounds" / self.asterisk.spanish,
            self.data / "sounds/en": share / "sounds" / self.asterisk.english,
            self.data / "sounds/altavoz": self.sounds,
            self.data / "moh": share / "moh",
            self.data / "documentation": share / "documentation",
        }
