"""Records calls of a real Asterisk: `python tests/calls/recording/record.py [SCENARIO…]`, all without a name.

Starts an Asterisk of its own with the generated dialplan, has SIPp make each call, and writes what the
listening account's AMI connection said to `tests/calls/<scenario>/events.jsonl`, a line for each read:
{"at": seconds, "bytes": Latin-1 text}. What a scenario should tell stands in its `expected.yaml`, by hand.
"""

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
sys.path[:0] = [str(HERE), str(PROJECT)]

from scenarios import SCENARIOS, Scenario  # noqa: E402
from sipp import registration  # noqa: E402

from dialplan.build import build  # noqa: E402  the paths come first
from dialplan.render import render  # noqa: E402
from ivr_audio.store import SoundStore  # noqa: E402
from plans.load import load_files, load_site  # noqa: E402
from plans.model import PlanVersion  # noqa: E402
from plans.write import content_hash  # noqa: E402
from telephony import journal  # noqa: E402
from telephony.ami import AmiAccount, AmiLink  # noqa: E402
from telephony.ami_dialplan import AmiDialplan  # noqa: E402
from telephony.base_config import render_base  # noqa: E402
from telephony.embedded import EmbeddedPbx  # noqa: E402
from telephony.events import WANTED  # noqa: E402
from telephony.exchange import ActionFailed  # noqa: E402
from telephony.layout import PbxAddresses, PbxLayout  # noqa: E402
from telephony.phones import Phone, render_phones  # noqa: E402
from telephony.publish import Publisher  # noqa: E402
from telephony.secrets import new_ami_secrets  # noqa: E402

ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15500), ami=("127.0.0.1", 15520), rtp=(15540, 15639))
CARRIER, PHONES = "127.0.0.111", "127.0.0.1"
PORTS = {"101": 15511, "102": 15512, "duty": 5060, "registrar": 15505}
CALLER_PORT, MEDIA_PORT = 15506, 15640
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
            line = {"at": round(time.monotonic() - began, 4), "bytes": data.decode("latin-1")}
            self._lines.append(json.dumps(line) + "\n")

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

    async def start(self, scenario: bytes, host: str, port: int) -> asyncio.subprocess.Process:
        self._count += 1
        file = self._folder / f"{self._count}.xml"
        file.write_bytes(scenario)
        remote = "{}:{}".format(*ADDRESSES.sip)
        media = MEDIA_PORT + 4 * (self._count % 20)
        words = ["sipp", remote, "-sf", str(file), "-i", host, "-p", str(port), "-mp", str(media)]
        return await asyncio.create_subprocess_exec(
            *words, "-m", "1", "-nostdin", "-timeout", "60s",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip

    async def register(self, phone: Phone) -> None:
        contact = f"{PHONES}:{PORTS[phone.extension]}"
        words = registration(phone.extension, phone.secret, contact)
        registering = await self.start(words, PHONES, PORTS["registrar"])
        if await registering.wait():
            raise SystemExit(f"phone {phone.extension} could not register")


PEOPLE = (Phone("101", "secret-of-101", "Ana", ("cat",)), Phone("102", "secret-of-102", "Bruno", ("cat",)))


@asynccontextmanager
async def pbx(home: Path, recorder_secret: str) -> AsyncIterator[tuple[AmiLink, str]]:
    """A PBX with the recording plans published, its acting link, and the listening account's secret."""
    site = load_site(HERE / "site.yaml")
    loading = load_files([HERE / "menu.yaml", HERE / "digits.yaml"], site)
    if loading.errors:
        raise SystemExit("\n".join(map(str, loading.errors)))
    layout, secrets = PbxLayout(PROJECT / ".pbx/root", home), new_ami_secrets()
    asterisk = EmbeddedPbx(layout, ADDRESSES, None, print)
    files = dict(render_base(site, layout, ADDRESSES, secrets, WANTED))
    files["manager.conf"] += f"\n[recorder]\nsecret = {recorder_secret}\nread = all\nwrite =\n"
    asterisk.write_config({**files, **render_phones(PEOPLE)})
    journal.prepare(layout.cel_db)
    acts = AmiLink(AmiAccount(*ADDRESSES.ami, "altavoz-acts", secrets.acts))
    publisher = Publisher(
        layout.published, SoundStore(layout.sounds), AmiDialplan(acts), lambda: datetime.now(UTC)
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
        await publisher.publish(render(build(versions, site, [2026, 2027], "pbx1")), "grabación")
        yield acts, secrets.listens
    finally:
        await acts.close()
        await asterisk.stop()


async def record(name: str, scenario: Scenario, acts: AmiLink, sipp: Sipp, listeners: list[Recorder]) -> None:
    await sign_in(acts, scenario)
    for listener in listeners:
        await listener.start()
    await asyncio.sleep(0.3)
    waiting = [
        await sipp.start(phone.scenario(), PHONES, PORTS[ext]) for ext, phone in scenario.phones.items()
    ]
    if scenario.duty:
        waiting.append(await sipp.start(scenario.duty.scenario(), CARRIER, PORTS["duty"]))
    await asyncio.sleep(0.3)
    ends = await asyncio.gather(
        *(call(sipp, *each, CALLER_PORT + n) for n, each in enumerate(scenario.callers))
    )
    await asyncio.sleep(0.5)
    for process in waiting:
        if process.returncode is None:
            process.terminate()
        await process.wait()
    print(f"{name:32}", "ok" if not any(ends) else f"SIPp of the callers said {ends}")


async def call(sipp: Sipp, begins: float, caller: object, port: int) -> int:
    await asyncio.sleep(begins)
    process = await sipp.start(caller.scenario(), CARRIER, port)  # type: ignore[attr-defined]
    return await process.wait()


async def sign_in(acts: AmiLink, scenario: Scenario) -> None:
    """Exactly the scenario's phones serve `cat`."""
    for phone in PEOPLE:
        interface = {"Queue": "cat", "Interface": f"PJSIP/{phone.extension}"}
        with suppress(ActionFailed):
            await acts.action("QueueRemove", interface)
        if phone.extension in scenario.phones:
            member = {"MemberName": phone.name, "Paused": "true" if scenario.paused else "false"}
            await acts.action("QueueAdd", {**interface, **member})


async def main(names: list[str]) -> None:
    home = Path(tempfile.mkdtemp(prefix="altavoz-record-"))
    home.chmod(0o755)
    try:
        async with pbx(home, "recorder") as (acts, listens):
            sipp = Sipp(home)
            for phone in PEOPLE:
                await sipp.register(phone)
            for name in names:
                folder = HERE.parent / name
                listeners = [Recorder("altavoz-listens", listens)]
                if name == EVERYTHING:
                    listeners.append(Recorder("recorder", "recorder"))
                await record(name, SCENARIOS[name], acts, sipp, listeners)
                for listener, file in zip(listeners, ("events.jsonl", "all-events.jsonl"), strict=False):
                    listener.save(folder / file)
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:] or list(SCENARIOS)))
