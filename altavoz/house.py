"""The parts of a running instance, made in the order in which they stand on one another.

Nothing here starts: `altavoz.run` starts and stops them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from altavoz.central import Central
from altavoz.live import LiveCalls
from altavoz.settings import Settings
from cases.board import Board
from cases.desk import CaseDesk
from cases.pops import Pops
from cases.presence import Presence
from cases.store import CaseStore
from cases.writer import Intake
from ivr_audio.store import SoundStore
from plans.book import PlanBook
from plans.site import Site
from plans.store import PlanStore
from provisioning.apply import Provisioner
from provisioning.phones import Phones
from provisioning.releases import ReleaseHistory
from staff.people import People
from staff.phonebook import PhoneBook
from staff.sessions import Sessions
from staff.tokens import Tokens
from telephony.ami import AmiLink
from telephony.ami_dialplan import PATIENCE, AmiDialplan, LocalDialplan
from telephony.events import WANTED
from telephony.publish import Publisher, Standing
from telephony.queues import QueueDesk
from telephony.tracker import CallTracker
from web.services import Services

log = structlog.get_logger()


def now() -> datetime:
    """The clock that everything is given."""
    return datetime.now(UTC)


@dataclass
class House:
    """One instance. Every part is made once, when it is first asked for.

    `ready_once` is set when the start is over; `standing` is what the PBX last said of its release.
    """

    settings: Settings
    site: Site
    engine: AsyncEngine
    central: Central
    ready_once: bool = False
    standing: Standing | None = None

    # people

    @cached_property
    def people(self) -> People:
        return People(self.engine, now)

    @cached_property
    def phonebook(self) -> PhoneBook:
        return PhoneBook()

    async def people_changed(self) -> None:
        """Read the accounts again: the intake asks whose an extension is for every fact."""
        self.phonebook.replace(await self.people.all())

    @cached_property
    def sessions(self) -> Sessions:
        return Sessions(self.engine, now, busy=self._in_call)

    def _in_call(self, person: int) -> bool:
        name = self.phonebook.name_of_id(person)
        return name is not None and self.board.in_call(name)

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.engine, now)

    # the PBX

    @cached_property
    def listens(self) -> AmiLink:
        return AmiLink(self.central.listens, WANTED)

    @cached_property
    def acts(self) -> AmiLink:
        return AmiLink(self.central.acts, patience=PATIENCE)

    @cached_property
    def sounds(self) -> SoundStore:
        return SoundStore(self.central.sounds)

    @cached_property
    def publisher(self) -> Publisher:
        control = self.central.control
        dialplan = LocalDialplan(self.acts, control) if control else AmiDialplan(self.acts)
        return Publisher(self.central.published, self.sounds, dialplan, now)

    @cached_property
    def phones(self) -> Phones:
        return Phones(self.people, self.central.pbx, self.people_changed)

    # plans

    @cached_property
    def plan_store(self) -> PlanStore:
        return PlanStore(self.engine)

    @cached_property
    def book(self) -> PlanBook:
        return PlanBook()

    @cached_property
    def provisioner(self) -> Provisioner:
        return Provisioner(
            site=self.site,
            pbx=self.settings.pbx_name,
            store=self.plan_store,
            releases=ReleaseHistory(self.engine),
            book=self.book,
            sounds=self.sounds,
            publisher=self.publisher,
            clock=now,
        )

    # calls and cases

    @cached_property
    def board(self) -> Board:
        return Board(self.phonebook.name_of)

    @cached_property
    def intake(self) -> Intake:
        return Intake(self.engine, self.book, self.phonebook.name_of, now, self.board)

    @cached_property
    def store(self) -> CaseStore:
        return CaseStore(self.engine)

    @cached_property
    def desk(self) -> CaseDesk:
        return CaseDesk(self.engine, self.book, now, self.board)

    @cached_property
    def pops(self) -> Pops:
        return Pops(self.board, self.store, self.book, self.plan_store, self.site, now)

    @cached_property
    def presence(self) -> Presence:
        return Presence(QueueDesk(self.acts), self.board)

    @cached_property
    def live(self) -> LiveCalls:
        tracker = CallTracker(self.settings.pbx_name)
        return LiveCalls(self.listens, self.acts, tracker, self.intake, self.presence, self.phonebook.name_of)

    # the console

    @property
    def sip(self) -> str:
        return "{}:{}".format(*self.settings.sip)

    @property
    def address(self) -> str:
        scheme = "https" if self.settings.tls else "http"
        return "{}://{}:{}".format(scheme, *self.settings.http)

    def services(self) -> Services:
        return Services(
            people=self.people,
            sessions=self.sessions,
            tokens=self.tokens,
            store=self.store,
            desk=self.desk,
            board=self.board,
            presence=self.presence,
            pops=self.pops,
            book=self.book,
            link=lambda: self.listens.state,
            release=self.release,
            phones=self.phones,
            site=self.site,
            clock=now,
            ready=self.ready,
            sip=self.sip,
        )

    def release(self) -> str | None:
        """The release that stands in the PBX by its own word; what is on disk until it has said."""
        if self.standing is None or not self.standing.answered:
            return self.publisher.current()
        return self.standing.in_pbx

    async def look_at_release(self) -> None:
        """Ask the PBX which release it stands on."""
        self.standing = await self.publisher.status()
        if self.standing.answered and not self.standing.agrees:
            log.error("release_differs", on_disk=self.standing.on_disk, in_pbx=self.standing.in_pbx)

    async def ready(self) -> Mapping[str, bool]:
        """Whether each thing that a call needs on our side stands."""
        return {
            "pbx_link": self.listens.state.up,
            "pbx_control": self.acts.state.up,
            "database": await self._database_answers() and self.intake.stuck_since is None,
        }

    async def _database_answers(self) -> bool:
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("select 1"))
        except (SQLAlchemyError, OSError):
            return False
        return True

    async def status(self) -> Mapping[str, object]:
        """What `altavoz status` shows."""
        ready = await self.ready()
        state = self.listens.state
        return {
            "version": version("altavoz"),
            "ready": all(ready.values()),
            **ready,
            "pbx_link_since": state.since,
            "pbx_link_reason": state.reason or None,
            "release": self.release(),
            "release_on_disk": self.publisher.current(),
            "plans": len(self.book.live()),
            "calls": len(self.board.live()),
            "console": self.address,
            "sip": self.sip,
        }
