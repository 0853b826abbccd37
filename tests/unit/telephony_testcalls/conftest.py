"""A real Asterisk of our own with the example plans published, and what places test calls on it."""

import asyncio
import hashlib
import os
import shutil
import tempfile
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from dialplan.build import build
from dialplan.render import Rendered, render
from dialplan.served import Served, all_live
from ivr_audio.speech import Speech, spoken_name
from plans.load import load_files, load_site
from plans.model import PlanVersion
from plans.site import Delivery, Site
from telephony.ami import AmiAccount, AmiLink
from telephony.base_config import render_base
from telephony.console import console
from telephony.embedded import EmbeddedPbx
from telephony.events import WANTED
from telephony.layout import PbxAddresses, PbxLayout
from telephony.phones import Phone, render_phones
from telephony.secrets import ami_secrets
from telephony.testcall_ports import OwnPort
from telephony.testcalls import TestCaller
from telephony.unpack import is_unpacked

ROOT = Path(__file__).parents[3]
TREE = Path(os.environ.get("ALTAVOZ_PBX_ROOT", ROOT / ".pbx")).absolute() / "root"
ADDRESSES = PbxAddresses(sip=("127.0.0.1", 15260), ami=("127.0.0.1", 15280), rtp=(15300, 15379))
PHONES = (Phone("101", "clave-de-ana", "Ana Peña", ("cat", "sac")),)


def make_site() -> Site:
    """The example site with carriers that deliver in other headers, and one that gives calls back."""
    site = load_site(ROOT / "plans/example-site.yaml")
    national = site.carriers["telecom-ar"]
    more = {
        name: national.model_copy(update={"hosts": (host,), "delivers": Delivery.model_validate(delivers)})
        for name, host, delivers in (
            ("desvio-ar", "127.0.0.14", {"number": "e164-no-plus", "in": "diversion"}),
            ("pcpid-ar", "127.0.0.15", {"number": "national", "in": "p-called-party-id"}),
            ("vuelta-ar", "127.0.0.16", {"number": "national", "in": "request-uri"}),
        )
    }
    return site.model_copy(update={"carriers": {**site.carriers, **more}})


def the_plans(site: Site) -> list[PlanVersion]:
    files = (*sorted((ROOT / "plans/examples").glob("*.yaml")), Path(__file__).parent / "horario.yaml")
    loading = load_files(files, site)
    assert not loading.errors
    return [
        PlanVersion(plan=source.plan, hash=hashlib.sha256(source.plan.plan.encode()).hexdigest())
        for source in loading.sources
    ]


def samples(sound: str) -> np.ndarray:
    """What is heard in the place of a sentence: noise of its own, a second long."""
    seed = int(hashlib.sha256(sound.encode()).hexdigest()[:8], 16)
    return np.random.default_rng(seed).normal(0, 3000, 8000).astype("<i2")


def write_sound(path: Path, sound: str) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(samples(sound).tobytes())


@dataclass
class Stage:
    """The PBX, in a folder that its user can enter."""

    home: Path
    site: Site = field(default_factory=make_site)

    def __post_init__(self) -> None:
        self.layout = PbxLayout(TREE, self.home)
        self.secrets = ami_secrets(self.layout.ami_secrets)
        self.versions = the_plans(self.site)
        self.rendered: Rendered = render(build(self._served(), self.site, (2026, 2027), "pbx1"))

    def _served(self) -> list[Served]:
        """Of the examples all answer strangers; the plan with office hours is on trial."""
        on_trial = [version for version in self.versions if version.plan.plan == "oficina-tero"]
        live = [version for version in self.versions if version not in on_trial]
        return [*all_live(live), *(Served(None, version) for version in on_trial)]

    def sound(self, sentence: str, language: str = "es-AR") -> np.ndarray:
        """What is heard in the place of a sentence."""
        return samples(spoken_name(Speech(sentence, language)))

    def pbx(self) -> EmbeddedPbx:
        return EmbeddedPbx(self.layout, ADDRESSES, None, print)

    async def start(self) -> None:
        pbx = self.pbx()
        pbx.write_config(
            render_base(self.site, self.layout, ADDRESSES, self.secrets, WANTED, "secreta-de-prueba")
        )
        pbx.write_config(render_phones(PHONES))
        release = self.layout.published / "releases" / "prueba"
        release.mkdir(parents=True)
        for name, text in self.rendered.files.items():
            (release / name).write_text(text)
        (self.layout.published / "draining.conf").write_text("")
        (self.layout.published / "current").symlink_to("releases/prueba")
        for sound in self.rendered.dialplan.speech:
            write_sound(self.layout.sounds / f"{sound.removeprefix('altavoz/')}.wav", sound)
        await pbx.start()
        await pbx.leave()

    def account(self, name: str) -> AmiAccount:
        return AmiAccount(*ADDRESSES.ami, f"altavoz-{name}", getattr(self.secrets, name))

    async def cli(self, command: str) -> str:
        return await console(self.layout.control, command)

    async def channels(self) -> list[str]:
        return (await self.cli("core show channels concise")).splitlines()

    @asynccontextmanager
    async def links(self) -> AsyncIterator[tuple[AmiLink, AmiLink]]:
        listens, acts = AmiLink(self.account("listens"), WANTED), AmiLink(self.account("acts"))
        for link in (listens, acts):
            link.start()
        await listens.until_up(5)
        await acts.until_up(5)
        yield listens, acts
        await listens.close()
        await acts.close()

    def caller(self, listens: AmiLink, acts: AmiLink, at_once: int = 2) -> TestCaller:
        return TestCaller("pbx1", listens, acts, OwnPort(self.layout.control, self.layout.heard), at_once)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    if not is_unpacked(TREE):
        pytest.skip("needs an unpacked Asterisk (make run)")
    with tempfile.TemporaryDirectory(prefix="altavoz-testcalls-") as folder:
        Path(folder).chmod(0o755)
        made = Stage(Path(folder) / "var")
        try:
            asyncio.run(made.start())
            yield made
        finally:
            asyncio.run(made.pbx().stop())
            shutil.rmtree(made.layout.run, ignore_errors=True)


@pytest.fixture
async def links(stage: Stage) -> AsyncIterator[tuple[AmiLink, AmiLink]]:
    async with stage.links() as both:
        yield both


@pytest.fixture
def caller(stage: Stage, links: tuple[AmiLink, AmiLink]) -> TestCaller:
    return stage.caller(*links)
