"""A real Asterisk on ports of these tests, with SIPp as carriers and phones."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from plans.site import Site
from telephony.base_config import render_base
from telephony.console import console
from telephony.embedded import EmbeddedPbx
from telephony.events import WANTED
from telephony.layout import PbxAddresses, PbxLayout
from telephony.phones import Phone, render_phones
from telephony.secrets import ami_secrets
from telephony.unpack import is_unpacked

HERE = Path(__file__).parent
ROOT = Path(os.environ.get("ALTAVOZ_PBX_ROOT", HERE.parents[2] / ".pbx")).absolute() / "root"
ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15160), ami=("127.0.0.1", 15180), rtp=(15200, 15219))
PHONES = (
    Phone("101", "clave-de-ana", "Ana Peña", ("cat",)),
    Phone("102", "clave-de-luis", 'Luis "Lucho" Gómez', ("cat", "sac")),
)
DIALPLAN = """\
[from-telecom-ar]
exten => digits,1,Answer()
 same => n,Read(TYPED,,2,,1,5)
 same => n,Set(DB(test/typed)=${TYPED})
 same => n,Hangup()
exten => prompts,1,Answer()
 same => n,Playback(digits/1)
 same => n,Set(DB(test/standard)=${PLAYBACKSTATUS} ${CHANNEL(language)})
 same => n,Playback(altavoz/saludo)
 same => n,Set(DB(test/ours)=${PLAYBACKSTATUS})
 same => n,Hangup()
exten => queue,1,Answer()
 same => n,Set(CALLERID(name)=ASISTENCIA ÑANDÚ)
 same => n,CELGenUserEvent(ALTAVOZ,queue\\;Queue=cat)
 same => n,Queue(cat,,,,4)
 same => n,Set(DB(test/queue)=${QUEUESTATUS})
 same => n,Hangup()
exten => phone,1,Set(CALLERID(name)=ASISTENCIA ÑANDÚ)
 same => n,Dial(PJSIP/101,10,S(1))
 same => n,Hangup()
exten => long,1,Answer()
 same => n,Wait(30)
[from-phones]
include => phones-internal
"""


def make_site() -> Site:
    return Site.model_validate_json((HERE / "site.json").read_text())


def publish_by_hand(layout: PbxLayout) -> None:
    """What publishing leaves: a release, `current`, `draining.conf`; and one prompt of ours."""
    release = layout.published / "releases" / "prueba"
    release.mkdir(parents=True, exist_ok=True)
    (release / "extensions.conf").write_text(DIALPLAN)
    (release / "plans.conf").write_text("")
    (layout.published / "draining.conf").write_text("")
    (layout.published / "current").unlink(missing_ok=True)
    (layout.published / "current").symlink_to("releases/prueba")
    with wave.open(str(layout.sounds / "saludo.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1600))


@dataclass
class Bench:
    """A configured PBX in `home`, ready to be started."""

    home: Path
    addresses: PbxAddresses = ADDRESSES
    said: list[str] = field(default_factory=list)

    @property
    def layout(self) -> PbxLayout:
        return PbxLayout(ROOT, self.home)

    def pbx(self) -> EmbeddedPbx:
        """An EmbeddedPbx as a start of ours makes it, configured."""
        layout = self.layout
        pbx = EmbeddedPbx(layout, self.addresses, None, self.said.append)
        secrets = ami_secrets(layout.ami_secrets)
        pbx.write_config(render_base(make_site(), layout, self.addresses, secrets, WANTED, "prueba"))
        pbx.write_config(render_phones(PHONES))
        publish_by_hand(layout)
        return pbx

    async def cli(self, command: str) -> str:
        return await console(self.layout.control, command)

    async def kept(self, key: str) -> str:
        """What the dialplan of the tests kept under `key`."""
        answer = await self.cli(f"database get test {key}")
        return answer.removeprefix("Value: ")

    def messages(self) -> str:
        return self.layout.message_log.read_text()


@dataclass
class Sipp:
    """Runs SIPp scenarios of this folder; what still runs at the end of a test is ended."""

    folder: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, scenario: str, host: str, port: int, *more: str) -> subprocess.Popen[str]:
        command = ["sipp", "-sf", str(HERE / "sipp" / f"{scenario}.xml"), "-i", host, "-p", str(port)]
        command += ["-m", "1", "-nostdin", "-timeout", "15s", "-timeout_error", *more]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "TERM": "dumb"},
        )
        self.running.append(process)
        return process

    def call(self, scenario: str, service: str, host: str = "127.0.0.11") -> subprocess.Popen[str]:
        """A carrier's call from `host`, to extension `service`."""
        target = "{}:{}".format(*ADDRESSES.sip)
        noted = ("-trace_logs", "-log_file", "call.log")
        return self.start(scenario, host, 15165, "-s", service, "-mp", "15300", *noted, target)

    async def register(self, extension: str, secret: str, phone_port: int) -> int:
        """SIPp's exit code: 0 when the PBX took the registration."""
        line = f"{extension};[authentication username={extension} password={secret}];{phone_port}\n"
        (self.folder / "phone.csv").write_text("SEQUENTIAL\n" + line)
        target = "{}:{}".format(*ADDRESSES.sip)
        process = self.start("register", "127.0.0.1", 15166, "-inf", "phone.csv", target)
        return await self.finished(process)

    async def finished(self, process: subprocess.Popen[str]) -> int:
        return await asyncio.to_thread(process.wait, 20)

    async def went_well(self, process: subprocess.Popen[str]) -> bool:
        """True when the scenario went to its end; what SIPp said stays in the test's output otherwise."""
        code = await self.finished(process)
        if code != 0 and process.stdout is not None:
            print(process.stdout.read())
        return code == 0

    async def logged(self, word: str) -> str:
        """What the running scenario noted after `word`."""
        async with asyncio.timeout(8):
            while True:
                for file in self.folder.glob("*.log"):
                    found = re.search(rf"{word} (.*)", file.read_text())
                    if found:
                        return found[1]
                await asyncio.sleep(0.05)

    def phone(self, port: int) -> subprocess.Popen[str]:
        """A phone that answers the next call and knows no other request."""
        return self.start("phone", "127.0.0.1", port, "-mp", "15310", "-trace_logs", "-log_file", "phone.log")


@contextmanager
def a_bench(addresses: PbxAddresses) -> Iterator[Bench]:
    """A home that the PBX's user can enter (pytest's own folders are closed); what runs in it is ended."""
    if not is_unpacked(ROOT) or shutil.which("sipp") is None:
        pytest.skip("needs an unpacked Asterisk (make run) and the package sip-tester")
    with tempfile.TemporaryDirectory(prefix="altavoz-pbx-") as folder:
        Path(folder).chmod(0o755)
        made = Bench(Path(folder) / "var", addresses)
        try:
            yield made
        finally:
            asyncio.run(made.pbx().stop())


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """A PBX that runs for all tests of a module."""
    with a_bench(ADDRESSES) as made:
        asyncio.run(start_and_leave(made))
        yield made


@pytest.fixture
def fresh() -> Iterator[Bench]:
    """A PBX that a test starts itself."""
    addresses = PbxAddresses(sip=("127.0.0.1", 15170), ami=("127.0.0.1", 15190), rtp=(15220, 15239))
    with a_bench(addresses) as made:
        yield made


@pytest.fixture
def sipp(tmp_path: Path) -> Iterator[Sipp]:
    made = Sipp(tmp_path)
    yield made
    for process in made.running:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()


async def start_and_leave(made: Bench) -> bool:
    pbx = made.pbx()
    adopted = await pbx.start()
    await pbx.leave()
    return adopted
