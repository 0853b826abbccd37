"""The parts of a running instance, made in the order in which they stand on one another.

Nothing here starts: `altavoz.run` starts and stops them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial

import structlog
from aiohttp import web
from prometheus_client.core import Metric
from sqlalchemy.ext.asyncio import AsyncEngine

from altavoz.catch_up import CatchUp
from altavoz.central import Central, layout_of
from altavoz.entrance import Entrance
from altavoz.house_told import services_of
from altavoz.known_facts import committed_facts
from altavoz.live import LiveCalls
from altavoz.settings import Settings
from altavoz.test_desk import TestDesk
from altavoz.told import Told
from altavoz.watch import Watch
from altavoz.watch_finds import QUIET_ADVICE, quiet_said
from altavoz.watch_metrics import measures_of
from altavoz.watch_sights import database_answers, sights_of
from altavoz.watch_status import status_of
from cases.board import Board
from cases.desk import CaseDesk
from cases.pops import Pops
from cases.presence import Presence
from cases.quiet import QuietLine, QuietLines
from cases.shifts import Shifts
from cases.spool import Spool
from cases.store import CaseStore
from cases.writer import Intake
from ivr_audio.store import SoundStore
from plans.book import PlanBook
from plans.site import Site
from plans.store import PlanStore
from provisioning.alta.hooks import Target
from provisioning.alta.load import SHIPPED
from provisioning.apply import Provisioner
from provisioning.network.minimums import SHIPPED as SHIPPED_MINIMUMS
from provisioning.office import Office
from provisioning.phones import Phones
from provisioning.releases import ReleaseHistory
from provisioning.staffing import Staffing
from staff.areas import Areas
from staff.audit_heads import FILE as HEADS
from staff.audit_heads import HeadKeeper
from staff.audit_readings import Readings
from staff.audit_trail import AuditTrail
from staff.changes import PeopleChanges
from staff.directory import Directory
from staff.people import People
from staff.phonebook import PhoneBook
from staff.sessions import Sessions
from staff.sign_in import SignIn
from staff.tokens import Tokens
from telephony.ami import AmiLink
from telephony.ami_dialplan import PATIENCE, AmiDialplan, LocalDialplan
from telephony.base_test import comes_back_as_test
from telephony.events import WANTED
from telephony.journal_calls import JournalCalls
from telephony.journal_store import JournalStore
from telephony.publish import Publisher, Standing
from telephony.queues import QueueDesk
from telephony.tape import Tapes
from telephony.testcall_ports import AmiPort, OwnPort
from telephony.testcalls import TestCaller
from web.app import make_app
from web.desks import Desks
from web.pages import site_zone
from web.status_lines import Status

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

    @cached_property
    def directory(self) -> Directory:
        return Directory(self.engine)

    @cached_property
    def areas(self) -> Areas:
        return Areas(self.engine)

    @cached_property
    def staffing(self) -> Staffing:
        return Staffing(
            people=self.people,
            changes=PeopleChanges(self.engine, now),
            phones=self.phones,
            shifts=Shifts(self.presence),
            desks=self.desks,
            site=self.site,
            accounts=lambda: {plan.account.name for plan in self.book.plans()},
        )

    async def people_changed(self) -> None:
        """Read the accounts again: the intake asks whose an extension is for every fact."""
        self.phonebook.replace(await self.people.all())

    @cached_property
    def sessions(self) -> Sessions:
        return self.entrance.sessions

    def _in_call(self, person: int) -> bool:
        name = self.phonebook.name_of_id(person)
        return name is not None and self.board.in_call(name)

    @cached_property
    def entrance(self) -> Entrance:
        address = self.settings.public_url or self.address
        return Entrance(self.settings, self.engine, now, site_zone(self.site), address, self._in_call)

    @cached_property
    def sign_in(self) -> SignIn:
        return self.entrance.sign_in

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens(self.engine, now)

    # the audit trail

    @cached_property
    def audit(self) -> AuditTrail:
        return AuditTrail(self.engine)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self.engine)

    @cached_property
    def heads(self) -> HeadKeeper:
        return HeadKeeper(self.engine, self.settings.home / HEADS)

    # the PBX

    @cached_property
    def listens(self) -> AmiLink:
        return AmiLink(self.central.listens, WANTED)

    @cached_property
    def tapes(self) -> Tapes:
        return Tapes(self.listens.on_bytes)

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
    def releases(self) -> ReleaseHistory:
        return ReleaseHistory(
            self.engine,
            lambda *found: self.office.news.let_in_untested(*found),
            lambda *found: self.office.news.turned(*found),
        )

    @cached_property
    def provisioner(self) -> Provisioner:
        return Provisioner(
            site=self.site,
            pbx=self.settings.pbx_name,
            store=self.plan_store,
            releases=self.releases,
            book=self.book,
            sounds=self.sounds,
            publisher=self.publisher,
            clock=now,
            approved=lambda plan: self.office.prompts.approved(plan),
            objections=lambda plan: self.office.numbers.objections(plan),
            after=lambda: self.office.news.after,
        )

    @cached_property
    def office(self) -> Office:
        return Office(
            engine=self.engine,
            clock=now,
            site=self.site,
            book=self.book,
            people=self.people,
            areas=self.areas,
            home=self.settings.home,
            address=self.entrance.address,
            outbox=self.entrance.outbox if self.settings.smtp else None,
            company=self.settings.company,
            mailbox=self.settings.mail_replies,
            sounds=self.sounds,
            provisioner=self.provisioner,
            test_calls=self.test_calls,
            shown=self.test_desk.shown,
            canary_hour=self.settings.canary,
            procedure=self.settings.procedure or SHIPPED,
            coverages_target=Target(hook.url, hook.secret) if (hook := self.settings.coverages) else None,
            quarantine=self.settings.quarantine,
            minimums=self.settings.minimums or SHIPPED_MINIMUMS,
        )

    @cached_property
    def test_calls(self) -> TestCaller:
        control, heard = self.central.control, layout_of(self.settings).heard
        loops = comes_back_as_test(self.site, self.settings.sip[0])
        port = OwnPort(control, heard, loops=loops) if control else AmiPort(self.acts)
        return TestCaller(self.settings.pbx_name, self.listens, self.acts, port)

    # calls and cases

    @cached_property
    def board(self) -> Board:
        return Board(self.phonebook.name_of)

    @cached_property
    def intake(self) -> Intake:
        spool = Spool(self.settings.home / "facts.spool")
        return Intake(self.engine, self.book, self.phonebook.name_of, now, self.board, spool=spool)

    @cached_property
    def store(self) -> CaseStore:
        return CaseStore(self.engine)

    @cached_property
    def desk(self) -> CaseDesk:
        return CaseDesk(self.engine, self.book, now, self.board)

    @cached_property
    def pops(self) -> Pops:
        return Pops(self.board, self.store, self.book, self.plan_store, self.site, now, self.called)

    async def called(self, name: str) -> str:
        """How the person of an account is called."""
        person = await self.people.by_name(name)
        return person.full_name if person else name

    @cached_property
    def presence(self) -> Presence:
        return Presence(QueueDesk(self.acts), self.board, self.phonebook.name_of)

    async def end_forgotten_pauses(self) -> None:
        """Callers wait for whoever is in pause; for one who is signed in nowhere it would be in vain."""
        for person in await self.people.all():
            if self.presence.state(person) == "paused" and not await self.sessions.of(person.id):
                log.warning("forgotten_pause_ended", person=person.name)
                await self.presence.leave(person)

    @cached_property
    def live(self) -> LiveCalls:
        told = Told()
        return LiveCalls(
            self.settings.pbx_name,
            self.listens,
            self.acts,
            self.intake,
            self.presence,
            self.phonebook.name_of,
            self.journal_store,
            told,
            self._catch_up(told),
        )

    @cached_property
    def journal_store(self) -> JournalStore:
        return JournalStore(self.engine, self.settings.pbx_name)

    def _catch_up(self, told: Told) -> CatchUp | None:
        files = self.central.journal
        if files is None:
            return None
        journal = JournalCalls(self.settings.pbx_name, files)
        known = partial(committed_facts, self.engine)
        return CatchUp(
            self.settings.pbx_name, journal, self.journal_store, known, self.intake.take, told, now
        )

    # the watch

    @cached_property
    def quiet(self) -> QuietLines:
        return QuietLines(self.engine, self.releases.answers_since, self._line_quiet)

    async def _line_quiet(self, found: QuietLine) -> None:
        said = f"{quiet_said(found)} {QUIET_ADVICE}"
        await self.office.news.quiet(found.line, found.last, said)

    @cached_property
    def watch(self) -> Watch:
        return Watch(sights_of(self), now)

    def standing_now(self) -> Status:
        """How everything stands, in the words of the status page."""
        return status_of(self.watch.seen(), self.watch.alarms(), site_zone(self.site))

    def measures(self) -> Iterable[Metric]:
        """What Prometheus is told."""
        return measures_of(self.watch.seen(), self.watch.alarms(), (self.listens, self.acts))

    # the console

    @cached_property
    def desks(self) -> Desks:
        return Desks()

    @property
    def sip(self) -> str:
        return "{}:{}".format(*self.settings.sip)

    @property
    def address(self) -> str:
        scheme = "https" if self.settings.tls else "http"
        return "{}://{}:{}".format(scheme, *self.settings.http)

    @cached_property
    def app(self) -> web.Application:
        return make_app(services_of(self), secure_cookies=self.settings.tls is not None)

    @cached_property
    def test_desk(self) -> TestDesk:
        return TestDesk(lambda: self.app, self.plan_store)

    def release(self) -> str | None:
        """The release that stands in the PBX by its own word; what is on disk until it has said."""
        if self.standing is None or not self.standing.answered:
            return self.publisher.current()
        return self.standing.in_pbx

    async def look_at_release(self) -> None:
        """Ask the PBX which release it stands on; while one is being published it may say anything."""
        standing = await self.publisher.status()
        if not self.publisher.under_way:
            self.standing = standing

    async def ready(self) -> Mapping[str, bool]:
        """Whether each thing that a call needs on our side stands."""
        return {
            "pbx_link": self.listens.state.up,
            "pbx_control": self.acts.state.up,
            "database": await database_answers(self.engine) and self.intake.stuck_since is None,
        }
