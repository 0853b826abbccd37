"""Records calls of a real Asterisk: `python tests/calls/recording/record.py [SCENARIO…]`, all without a name.

Starts an Asterisk of its own with the generated dialplan, has SIPp (`scenarios.py`) or telephones of our own
(`twists.py`) make each call, and writes what the listening account's AMI connection said to
`tests/calls/<scenario>/events.jsonl`. What a scenario should tell stands in its `expected.yaml`, by hand.
`--look FOLDER` keeps all that Asterisk says without filters there.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
sys.path[:0] = [str(HERE), str(PROJECT)]

from scenarios import SCENARIOS, Scenario  # noqa: E402
from sipp import registration  # noqa: E402
from stage import Stage  # noqa: E402
from twists import TWISTS, Twist  # noqa: E402

from dialplan.build import build  # noqa: E402  the paths come first
from dialplan.render import render  # noqa: E402
from dialplan.served import all_live  # noqa: E402
from ivr_audio.store import SoundStore  # noqa: E402
from plans.load import load_files, load_site  # noqa: E402
from plans.model import PlanVersion  # noqa: E402
from plans.write import content_hash  # noqa: E402
from telephony import journal  # noqa: E402
from telephony.ami import AmiAccount, AmiLink  # noqa: E402
from telephony.ami_dialplan import LocalDialplan  # noqa: E402
from telephony.base_config import render_base  # noqa: E402
from telephony.console import console  # noqa: E402
from telephony.embedded import EmbeddedPbx  # noqa: E402
from telephony.events import WANTED  # noqa: E402
from telephony.layout import PbxAddresses, PbxLayout  # noqa: E402
from telephony.phones import Phone, render_phones  # noqa: E402
from telephony.publish import Publisher  # noqa: E402
from telephony.queues import QueueDesk  # noqa: E402
from telephony.recording import Piece  # noqa: E402
from telephony.secrets import new_ami_secrets  # noqa: E402
from tests.support.softphone import Refused, Telephone  # noqa: E402

ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15500), ami=("127.0.0.1", 15520), rtp=(15540, 15639))
CARRIER, PHONES = "127.0.0.111", "127.0.0.1"
PORTS = {"101": 15511, "102": 15512, "duty": 5060, "registrar": 15505}
CALLER_PORT, MEDIA_PORT = 15506, 15640
MANY = 100
EVERYTHING = "answered-caller-hangs-up"
"""The scenario of which `all-events.jsonl` is kept too: all that Asterisk says without filters."""


class Recorder:
    """The bytes of one AMI connection, as they came."""

    def __init__(self, username: str, secret: str) -> None:
        self._login = f"Action: Login\r\nUsername: {username}\r\nSecret: {secret}\r\n\r\n".encode()
        self._lines: list[str] = []

    async def start(self) -> None:
        reader, self._writer = await asyncio.open_connection(*ADDRESSES.ami)
        self._writer.write(self._login)
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        began = time.monotonic()
        while data := await reader.read(65536):
            self._lines.append(Piece(time.monotonic() - began, data).line)

    def save(self, file: Path) -> None:
        self._reading.cancel()
        self._writer.close()
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(self._lines))


class Sipp:
    """SIPp processes in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def start(
        self, scenario: bytes, host: str, port: int, calls: int = 1
    ) -> asyncio.subprocess.Process:
        """`calls` is how many end it; the PBX's OPTIONS are calls too, which `-aa` answers."""
        self._count += 1
        file = self._folder / f"{self._count}.xml"
        file.write_bytes(scenario)
        remote = "{}:{}".format(*ADDRESSES.sip)
        media = MEDIA_PORT + 4 * (self._count % 20)
        words = ["sipp", remote, "-sf", str(file), "-i", host, "-p", str(port), "-mp", str(media)]
        return await asyncio.create_subprocess_exec(
            *words, "-m", str(calls), "-nostdin", "-aa", "-timeout", "60s",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip

    async def register(self, phone: Phone) -> None:
        contact = f"{PHONES}:{PORTS[phone.extension]}"
        words = registration(phone.extension, phone.secret, contact)
        registering = await self.start(words, PHONES, PORTS["registrar"])
        if await registering.wait():
            raise SystemExit(f"phone {phone.extension} could not register")


PEOPLE = (
    Phone("101", "secret-of-101", "Ana", ("cat",)),
    Phone("102", "secret-of-102", "Bruno", ("cat", "sac")),
    Phone("103", "secret-of-103", "Carla", ("cat",), devices=2),
    Phone("104", "secret-of-104", "Diego", ("cat",)),
    Phone("105", "secret-of-105", "Elena", ()),
)
REGISTERED = {"101": 15531, "102": 15532, "103": 15533, "105": 15535}
"""Where the telephones of twisted calls are; 104 has none."""
SECOND = 15536
"""Where the other device of 103 is."""


@dataclass(frozen=True)
class Pbx:
    """A PBX with the recording plans published: its acting link and the listening account's secret."""

    acts: AmiLink
    listens: str
    control: Path

    async def console(self, command: str) -> str:
        return await console(self.control, command)


@asynccontextmanager
async def pbx(home: Path) -> AsyncIterator[Pbx]:
    site = load_site(HERE / "site.yaml")
    loading = load_files([HERE / name for name in ("menu.yaml", "digits.yaml", "overflow.yaml")], site)
    if loading.errors:
        raise SystemExit("\n".join(map(str, loading.errors)))
    layout, secrets = PbxLayout(PROJECT / ".pbx/root", home), new_ami_secrets()
    asterisk = EmbeddedPbx(layout, ADDRESSES, None, print)
    files = dict(render_base(site, layout, ADDRESSES, secrets, WANTED, "prueba"))
    files["manager.conf"] += "\n[recorder]\nsecret = recorder\nread = all\nwrite =\n"
    asterisk.write_config({**files, **render_phones(PEOPLE)})
    journal.prepare(layout.cel_db)
    acts = AmiLink(AmiAccount(*ADDRESSES.ami, "altavoz-acts", secrets.acts))
    publisher = Publisher(
        layout.published,
        SoundStore(layout.sounds),
        LocalDialplan(acts, layout.control),
        lambda: datetime.now(UTC),
    )
    publisher.prepare()
    versions = [
        PlanVersion(plan=source.plan, hash=content_hash(source.plan, {}), recordings={})
        for source in loading.sources
    ]
    try:
        await asterisk.start()
        acts.start()
        await acts.until_up(10)
        await publisher.publish(render(build(all_live(versions), site, [2026, 2027], "pbx1")), "grabación")
        yield Pbx(acts, secrets.listens, layout.control)
    finally:
        await acts.close()
        await asterisk.stop()


async def made_by_sipp(scenario: Scenario, sipp: Sipp) -> str:
    waiting = [
        await sipp.start(phone.scenario(), PHONES, PORTS[ext], MANY) for ext, phone in scenario.phones.items()
    ]
    if scenario.duty:
        waiting.append(await sipp.start(scenario.duty.scenario(), CARRIER, PORTS["duty"], MANY))
    await asyncio.sleep(0.3)
    ends = await asyncio.gather(
        *(call(sipp, *each, CALLER_PORT + n) for n, each in enumerate(scenario.callers))
    )
    await asyncio.sleep(0.5)
    for process in waiting:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    return "ok" if not any(ends) else f"SIPp of the callers said {ends}"


async def call(sipp: Sipp, begins: float, caller: object, port: int) -> int:
    await asyncio.sleep(begins)
    process = await sipp.start(caller.scenario(), CARRIER, port)  # type: ignore[attr-defined]
    return await process.wait()


async def made_by_telephones(twist: Twist, pbx: Pbx) -> str:
    async with staged(pbx) as stage:
        try:
            await twist.play(stage)
        except (TimeoutError, AssertionError, Refused) as error:
            return f"{type(error).__name__} {error}"
        finally:
            await asyncio.sleep(0.5)
            await stage.clear()
        return "ok"


@asynccontextmanager
async def staged(pbx: Pbx) -> AsyncIterator[Stage]:
    """The registered telephones of twisted calls."""
    secrets = {phone.extension: phone.secret for phone in PEOPLE}
    phones = {
        extension: await Telephone.open(PHONES, port, ADDRESSES.sip, extension, secrets[extension])
        for extension, port in REGISTERED.items()
    }
    second = await Telephone.open(PHONES, SECOND, ADDRESSES.sip, "103", secrets["103"])
    for telephone in (*phones.values(), second):
        await telephone.register()
    yield Stage(ADDRESSES.sip, CARRIER, phones, second, pbx.console)
    await pbx.console("channel request hangup all")
    for telephone in (*phones.values(), second):
        await telephone.close()


async def record(name: str, pbx: Pbx, sipp: Sipp, listeners: list[Recorder]) -> None:
    """One scenario, with exactly its phones signed in."""
    desk = QueueDesk(pbx.acts)
    scenario, twist = SCENARIOS.get(name), TWISTS.get(name)
    if scenario:
        for phone in PEOPLE[:2]:
            await sipp.register(phone)
        await sign_in(desk, {"cat": tuple(scenario.phones)})
        await pause_members(pbx.acts, scenario)
    elif twist:
        await sign_in(desk, {"cat": twist.cat, "sac": twist.sac})
    await asyncio.sleep(1.2)
    for listener in listeners:
        await listener.start()
    await asyncio.sleep(0.3)
    said = await made_by_sipp(scenario, sipp) if scenario else await made_by_telephones(TWISTS[name], pbx)
    print(f"{name:32}", said, flush=True)


async def sign_in(desk: QueueDesk, serving: Mapping[str, tuple[str, ...]]) -> None:
    for phone in PEOPLE:
        for queue in ("cat", "sac"):
            await desk.remove(phone.extension, queue)
            if phone.extension in serving.get(queue, ()):
                await desk.add(phone.extension, queue, phone.name, phone.devices)


async def pause_members(acts: AmiLink, scenario: Scenario) -> None:
    for extension in scenario.phones if scenario.paused else ():
        await acts.action("QueuePause", {"Queue": "cat", "Interface": f"PJSIP/{extension}", "Paused": "true"})


async def main(names: list[str], look: Path | None) -> None:
    home = Path(tempfile.mkdtemp(prefix="altavoz-record-"))
    home.chmod(0o755)
    try:
        async with pbx(home) as running:
            sipp = Sipp(home)
            for name in names:
                folder = HERE.parent / name
                listeners = [Recorder("altavoz-listens", running.listens), Recorder("recorder", "recorder")]
                await record(name, running, sipp, listeners)
                filtered, everything = listeners
                filtered.save(folder / "events.jsonl")
                if name == EVERYTHING:
                    everything.save(folder / "all-events.jsonl")
                if look:
                    everything.save(look / f"{name}.jsonl")
    finally:
        shutil.rmtree(home)


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS, *TWISTS], metavar="SCENARIO")
    options.add_argument("--look", type=Path, metavar="FOLDER")
    return options.parse_args()


if __name__ == "__main__":
    given = arguments()
    asyncio.run(main(given.scenarios or [*SCENARIOS, *TWISTS], given.look))
