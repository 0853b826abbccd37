"""A provisioner that publishes into a PBX played on disk, for tests of whoever applies and releases plans."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ivr_audio.speech import Speech
from ivr_audio.store import SoundStore
from ivr_audio.telephone import RATE, wav_bytes
from plans.book import PlanBook
from plans.model import Plan
from plans.site import Site
from plans.store import PlanStore
from provisioning.apply import Provisioner
from provisioning.changed import Listener
from provisioning.proposing import Approved, Objections
from provisioning.releases import ReleaseHistory, Told, Turned, TurnTold
from provisioning.untested import Untested
from telephony.publish import Publisher
from tests.support.disk_pbx import DiskPbx


class Publishing:
    """`start` before anything is published; what stands in the PBX is in `pbx.contexts`."""

    def __init__(
        self, engine: AsyncEngine, home: Path, site: Site, book: PlanBook, clock: Callable[[], datetime]
    ) -> None:
        self.pbx = DiskPbx(home / "published")
        self.sounds = SoundStore(home / "sounds", _silence)
        self.publisher = Publisher(self.pbx.folder, self.sounds, self.pbx, clock)
        self.approved: Approved = _none
        self.objections: Objections = _no_objections
        self.untested: Told = _told_nobody
        self.turned: TurnTold = _told_nobody
        self.listeners: Callable[[], Sequence[Listener]] = tuple
        self.provisioner = Provisioner(
            site=site,
            pbx="pbx1",
            store=PlanStore(engine),
            releases=ReleaseHistory(
                engine, lambda *found: self.untested(*found), lambda *found: self.turned(*found)
            ),
            book=book,
            sounds=self.sounds,
            publisher=self.publisher,
            clock=clock,
            approved=lambda plan: self.approved(plan),
            objections=lambda plan: self.objections(plan),
            after=lambda: self.listeners(),
        )

    def start(self) -> None:
        """The PBX reads the last release published, or the empty one."""
        self.publisher.prepare()
        self.pbx.contexts = self.pbx.on_disk()


async def _told_nobody(_connection: AsyncConnection, _found: Untested | Turned) -> None:
    return None


async def _none(_plan: Plan) -> Mapping[str, str]:
    return {}


async def _no_objections(_plan: Plan) -> Sequence[str]:
    return ()


async def _silence(_speech: Speech, path: Path) -> None:
    path.write_bytes(wav_bytes(np.zeros(RATE // 10)))
