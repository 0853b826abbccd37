"""Who is answered by which version, on a real Asterisk: strangers by carriers' calls, tests by test calls."""

import asyncio
import re
import shutil
import tempfile
import wave
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.all_tables import metadata
from ivr_audio.compare import Verdict, compare
from ivr_audio.speech import Speech
from ivr_audio.store import SoundStore
from ivr_audio.telephone import wav_samples
from plans.book import PlanBook
from plans.load import load_site
from plans.model import PlanVersion
from plans.store import PlanStore
from provisioning.apply import Provisioner
from provisioning.prompts.desk import PromptDesk
from provisioning.releases import ReleaseHistory
from staff.actor import Actor, acting
from telephony.ami import AmiAccount, AmiLink
from telephony.ami_dialplan import PATIENCE, LocalDialplan
from telephony.base_config import render_base
from telephony.embedded import EmbeddedPbx
from telephony.events import WANTED
from telephony.facts import CallArrived
from telephony.layout import PbxAddresses, PbxLayout
from telephony.phones import render_phones
from telephony.publish import Publisher
from telephony.secrets import ami_secrets
from telephony.testcall_ports import OwnPort
from telephony.testcall_values import TestCall, new_id
from telephony.testcalls import TestCaller
from telephony.tracker import CallTracker
from tests.support.databases import fresh_engine
from tests.support.sip import SipLab
from tests.unit.ivr_audio.sounds import voice, write

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15620), ami=("127.0.0.1", 15640), rtp=(15650, 15699))
NANDU = ROOT / "plans/examples/hogar-nandu.yaml"
NUMBER, LINE, CARRIER = "1143218765", "+541143218765", "telecom-ar"
ANSWERED = re.compile(r"SIP/2\.0 200 (?:[^\r\n]+\r?\n)+CSeq: \d+ INVITE")
"""The answer to a call, not to the OPTIONS that the PBX watches its carriers with."""
TELECOM, CALLER, CLOSED = "127.0.0.11", "1155550000", 480


class Gate:
    """A PBX, the provisioner that publishes into it, and both kinds of callers."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.site = load_site(ROOT / "plans/example-site.yaml")
        self.layout = PbxLayout(ROOT / ".pbx/root", home)
        self.secrets = ami_secrets(self.layout.ami_secrets)
        self.pbx = EmbeddedPbx(self.layout, ADDRESSES, None, print)
        self.sounds = SoundStore(self.layout.sounds, _short)
        self.book = PlanBook()
        self.arrived: list[CallArrived] = []
        self.lab = SipLab(home, ADDRESSES.sip, media=15700)

    async def start(self) -> None:
        base = render_base(self.site, self.layout, ADDRESSES, self.secrets, WANTED, "prueba")
        self.pbx.write_config({**base, **render_phones(())})
        self.listens, self.acts = self._link("listens"), self._link("acts")
        self.publisher = Publisher(
            self.layout.published, self.sounds, LocalDialplan(self.acts, self.layout.control)
        )
        self.publisher.prepare()
        await self.pbx.start()
        for link in (self.listens, self.acts):
            link.start()
            await link.until_up(10)
        self.tests = TestCaller(
            "pbx1", self.listens, self.acts, OwnPort(self.layout.control, self.layout.heard)
        )
        self.ear = asyncio.create_task(self._listen())

    def _link(self, name: str) -> AmiLink:
        account = AmiAccount(*ADDRESSES.ami, f"altavoz-{name}", getattr(self.secrets, name))
        return AmiLink(account, WANTED) if name == "listens" else AmiLink(account, patience=PATIENCE)

    async def _listen(self) -> None:
        tracker = CallTracker("pbx1")
        async for event in self.listens.events():
            self.arrived += [fact for fact in tracker.feed(event) if isinstance(fact, CallArrived)]

    async def stop(self) -> None:
        self.ear.cancel()
        for link in (self.listens, self.acts):
            await link.close()
        self.lab.stop()
        await self.pbx.stop()

    async def stranger(self) -> str:
        """The version that answers a stranger."""
        self.arrived.clear()
        call = self.lab.call(TELECOM, NUMBER, CALLER, talk=0.2)
        assert await asyncio.to_thread(call.wait, 30) == 0, call.messages()
        async with asyncio.timeout(10):
            while not self.arrived:  # noqa: ASYNC110 - the link tells in its own time
                await asyncio.sleep(0.02)
        return self.arrived[0].version

    async def turned_away(self) -> bool:
        """Whether a stranger hears the sentence unanswered, and no call of it is known."""
        self.arrived.clear()
        call = self.lab.refused_call(TELECOM, NUMBER, CALLER, CLOSED)
        assert await asyncio.to_thread(call.wait, 30) == 0, call.messages()
        assert "SIP/2.0 183" in call.messages() and not ANSWERED.search(call.messages())
        return self.arrived == []

    async def test(self, *, live: bool = False) -> str:
        """The version that answers a test call; `live`: one of what strangers reach."""
        seen = await self.tests.place(TestCall(new_id(), LINE, CARRIER, seconds=4, live=live))
        assert seen.answered_ms is not None and seen.arrived is not None
        return seen.arrived.version


async def _short(_speech: Speech, path: Path) -> None:
    """A fifth of a second, where nobody listens to what is said."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(3200))


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the PBX's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="altavoz-gate-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def gate(home: Path) -> AsyncIterator[Gate]:
    made = Gate(home)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def test_strangers_get_in_only_when_somebody_lets_them(gate: Gate, home: Path) -> None:
    async with fresh_engine("sqlite", home, metadata) as engine:
        office = Provisioner(
            site=gate.site,
            pbx="pbx1",
            store=PlanStore(engine),
            releases=ReleaseHistory(engine),
            book=gate.book,
            sounds=gate.sounds,
            publisher=gate.publisher,
            clock=lambda: datetime.now(UTC),
        )
        first = await _applied(office, gate, "uno")
        assert await gate.turned_away()
        assert await gate.test() == first[:12]

        await office.go_live("hogar-nandu", first, "olga", "probado")
        assert await gate.stranger() == first[:12]

        second = await _applied(office, gate, "dos")
        assert (await gate.stranger(), await gate.test()) == (first[:12], second[:12])
        assert await gate.test(live=True) == first[:12]

        await office.suspend("hogar-nandu", "olga", "desvinculado")
        assert await gate.turned_away()
        assert await gate.test() == second[:12]
        await office.resume("hogar-nandu", "olga", "vinculado")

        await office.go_live("hogar-nandu", second, "olga", "probado")
        assert await gate.stranger() == second[:12]
        await office.rollback("olga")
        assert (await gate.stranger(), await gate.test()) == (first[:12], second[:12])


async def _applied(office: Provisioner, gate: Gate, greeting: str) -> str:
    """The example with another greeting is on trial; its hash."""
    text = NANDU.read_text("utf-8").replace("saludo: {text: ", f"saludo: {{text: {greeting} ")
    await office.apply_text(text, "ana")
    return _candidate(gate).hash


async def test_who_calls_hears_the_recording_that_was_approved(gate: Gate, home: Path) -> None:
    async with fresh_engine("sqlite", home, metadata) as engine:
        desk = PromptDesk(engine, lambda: datetime.now(UTC), gate.sounds, home / "recordings")
        office = Provisioner(
            site=gate.site,
            pbx="pbx1",
            store=PlanStore(engine),
            releases=ReleaseHistory(engine),
            book=gate.book,
            sounds=gate.sounds,
            publisher=gate.publisher,
            clock=lambda: datetime.now(UTC),
            approved=desk.approved,
        )
        file = write(home / "saludo.mp3", voice(44100)[: 3 * 44100], 44100)
        await _applied(office, gate, "uno")
        said = _candidate(gate).plan.prompts["saludo"].text
        assert said is not None
        with acting(Actor("carla", "web")):
            made = await desk.bring("hogar-nandu", "saludo", said, file, "saludo.mp3", "file")
        await _applied(office, gate, "uno")
        assert _candidate(gate).recordings == {}

        with acting(Actor("olga", "web")):
            await desk.approve(made, said)
        await _applied(office, gate, "uno")
        seen = await gate.tests.place(TestCall(new_id(), LINE, CARRIER, seconds=5))
        assert seen.heard is not None
        recording = wav_samples(gate.sounds.path(made.sound).read_bytes())
        heard = compare(wav_samples(seen.heard.read_bytes()), recording)
        assert heard.verdict is Verdict.HEARD and heard.similarity > 0.9


def _candidate(gate: Gate) -> PlanVersion:
    """The version of the example that is on trial."""
    candidate = gate.book.of("hogar-nandu").candidate
    assert candidate is not None
    return candidate.version
