"""The parts of the way from a contract to a line, each made when it is first asked for.

The running instance and the tests of the console stand on the same one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from ivr_audio.store import SoundStore
from mail.company import UNNAMED, Company
from mail.outbox import Outbox
from plans.book import PlanBook
from plans.history import PlanHistory
from plans.site import Site
from plans.store import PlanStore
from provisioning.alta.evidence import Evidence, Found
from provisioning.alta.files import Files
from provisioning.alta.hooks import Hooks, Target
from provisioning.alta.ledger import Ledger, Tell
from provisioning.alta.load import SHIPPED, load_procedure
from provisioning.alta.proving import Proving
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView
from provisioning.alta.who import Hands
from provisioning.apply import Provisioner
from provisioning.editing.evidence import configured_evidence, own_version, written_evidence
from provisioning.editing.publishing import Publications
from provisioning.editing.store import PlanDrafts
from provisioning.editing.written import WrittenPlans
from provisioning.network.checks import Checks
from provisioning.network.evidence import network_evidence
from provisioning.network.loads import ProviderLoads
from provisioning.network.minimums import SHIPPED as SHIPPED_MINIMUMS
from provisioning.network.minimums import load_minimums
from provisioning.network.papers import Papers
from provisioning.network.providers import Providers
from provisioning.network.selection import Selection
from provisioning.network.times import TimesDesk
from provisioning.network.training import Trainings
from provisioning.network.wanted import Wanted
from provisioning.news import PlanNews
from provisioning.notices.bureau import Bureau
from provisioning.notices.drafts import NUMBER_REQUEST, Sent, Write
from provisioning.notices.letters import Desk
from provisioning.notices.mailroom import Mailroom
from provisioning.notices.preferences import Preferences
from provisioning.numbers.asking import asked, asking
from provisioning.numbers.carriers import Carriers
from provisioning.numbers.evidence import numbers_evidence
from provisioning.numbers.following import PlanNumbers
from provisioning.numbers.loads import Loads
from provisioning.numbers.returning import returning
from provisioning.numbers.store import Numbers
from provisioning.prompts.desk import PromptDesk
from provisioning.prompts.known import Drafting, KnownPlans
from provisioning.prompts.overview import Overview
from provisioning.prompts.proof import PromptProof
from provisioning.proof.bench import Bench, Shown
from provisioning.proof.evidence import proof_evidence
from provisioning.proof.hand import HandTests
from provisioning.proof.recordings import Recordings
from provisioning.proof.runner import LineTests
from provisioning.proof.runs import Runs
from provisioning.proof.store import Reports
from provisioning.release.canaries import Canaries
from provisioning.release.dossiers import Dossiers
from provisioning.release.releasing import LineReleases
from provisioning.release.sections import Gathering, Sources
from provisioning.release.store import ReleaseStore
from provisioning.release.telling import LineLetters
from provisioning.untested import UntestedVersions
from staff.absences import Absences
from staff.areas import Areas
from staff.people import People
from telephony.testcalls import TestCaller


@dataclass
class Office:
    """`home` is the instance's data folder; `address` is where people reach the console.

    `outbox` is None without a mail server: then nobody is written to. `quarantine` is how long a number that
    served a plan is given to nobody else; `procedure` is the file of the alta's steps,
    `minimums` that of how many providers are enough. Letters are answered to the `mailbox`. `test_calls` is
    None where there is no PBX to place them on;
    `shown` is what pops up at the test desk for a test call, `canary_hour` when the numbers are called each
    day, by the subsidiary's clock. `coverages_target` is the system, if any, that
    keeps coverages too.
    """

    engine: AsyncEngine
    clock: Callable[[], datetime]
    site: Site
    book: PlanBook
    people: People
    areas: Areas
    home: Path
    address: str
    outbox: Outbox | None
    sounds: SoundStore
    provisioner: Provisioner
    quarantine: timedelta = timedelta(days=180)
    procedure: Path = SHIPPED
    minimums: Path = SHIPPED_MINIMUMS
    coverages_target: Target | None = None
    company: Company = UNNAMED
    mailbox: Address | None = None
    test_calls: TestCaller | None = None
    shown: Shown | None = None
    canary_hour: time | None = None

    # altas

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.engine, self.clock, self.site, lambda: self.tells)

    @cached_property
    def altas(self) -> Altas:
        """Raises `PlanProblems` when the procedure's file has any."""
        hands = Hands(self.people, self.areas, self.absences.acting_areas)
        proving, procedure = Proving(lambda: self.evidence), load_procedure(self.procedure)
        hooks = Hooks(self.engine, self.clock, self.coverages_target)
        folder = self.home / "documents"
        return Altas(self.ledger, hands, proving, self.site, self.book, procedure, folder, hooks)

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """Who proves what, by name: a line for each of those who own facts."""
        return {
            **self.altas.evidence,
            **numbers_evidence(self.numbers),
            **proof_evidence(self.reports, self.book, self.provisioner.entry_of),
            **self.notices.evidence,
            **self._of_plans,
            **network_evidence(self.network_checks, self.trainings),
            "prompts-approved": PromptProof(self.prompt_needs, self._stands).found,
            "released": self._released,
        }

    @property
    def _of_plans(self) -> dict[str, Evidence]:
        drafts, book, history = self.plan_drafts, self.book, self.plan_history
        return {
            **written_evidence(drafts, book, history, self.written_plans.examined),
            **configured_evidence(drafts, book, history, self.numbers, self.altas.forms),
        }

    async def _stands(self, alta: AltaView) -> bool:
        return await own_version(alta, self.book, self.plan_history) is not None

    async def _released(self, alta: AltaView) -> Found:
        return await self.line_releases.released(alta)

    @cached_property
    def tells(self) -> list[Tell]:
        """Who is told of what happens to altas, within the transaction: a line each."""
        return [returning(self.numbers), self.notices.altas_told.tell]

    # who is out, and who is told

    @cached_property
    def zone(self) -> ZoneInfo:
        """The house's own time: that of the site's first subsidiary."""
        return ZoneInfo(next(iter(self.site.subsidiaries.values())).timezone)

    @cached_property
    def absences(self) -> Absences:
        return Absences(self.engine, self.clock, self.zone)

    @cached_property
    def preferences(self) -> Preferences:
        zones = dict.fromkeys(each.timezone for each in self.site.subsidiaries.values())
        return Preferences(self.engine, tuple(zones))

    @cached_property
    def notices(self) -> Bureau:
        return Bureau(
            engine=self.engine,
            clock=self.clock,
            home=self.home,
            address=self.address,
            company=self.company,
            outbox=self.outbox,
            mailbox=self.mailbox,
            people=self.people,
            book=self.book,
            site=self.site,
            absences=self.absences,
            preferences=self.preferences,
            ledger=self.ledger,
            altas=self.altas,
            writers=self.drafts,
            sent=self.sent,
        )

    @cached_property
    def drafts(self) -> dict[str, Write]:
        """Who writes each kind of letter that a person looks at and sends: a line each."""
        return {NUMBER_REQUEST: asking(self.numbers, self.site, self.clock, self.altas.forms.current)}

    @cached_property
    def sent(self) -> dict[str, Sent]:
        """Who is told, within the transaction, that such a letter goes: a line each."""
        return {NUMBER_REQUEST: asked(self.numbers)}

    @cached_property
    def mailroom(self) -> Mailroom:
        return Mailroom(self.engine, self.clock, self.outbox)

    # numbers

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.engine, self.clock, self.site, self.book, self.quarantine)

    @cached_property
    def number_loads(self) -> Loads:
        return Loads(self.engine, self.clock, self.site, self.numbers)

    @cached_property
    def carriers(self) -> Carriers:
        return Carriers(self.engine, self.clock, self.site)

    @cached_property
    def plan_numbers(self) -> PlanNumbers:
        return PlanNumbers(self.engine, self.clock, self.numbers)

    # plans being written

    @cached_property
    def plan_drafts(self) -> PlanDrafts:
        return PlanDrafts(self.engine, self.clock)

    @cached_property
    def plan_store(self) -> PlanStore:
        return PlanStore(self.engine)

    @cached_property
    def plan_history(self) -> PlanHistory:
        return PlanHistory(self.engine)

    @cached_property
    def publications(self) -> Publications:
        return Publications(self.provisioner, self.plan_drafts, self.clock, self.altas.nudge)

    @cached_property
    def written_plans(self) -> WrittenPlans:
        return WrittenPlans(self.plan_drafts, self.site, self.book, self.clock)

    # the network, and what TMK learns

    @cached_property
    def providers(self) -> Providers:
        return Providers(self.engine, self.clock, self.site)

    @cached_property
    def provider_loads(self) -> ProviderLoads:
        return ProviderLoads(self.engine, self.clock, self.site, self.providers)

    @cached_property
    def plan_needs(self) -> Wanted:
        return Wanted(self.altas, self.book)

    @cached_property
    def selection(self) -> Selection:
        return Selection(self.engine, self.clock)

    @cached_property
    def network_checks(self) -> Checks:
        """Raises `PlanProblems` when the file of minimums has any."""
        return Checks(
            self.engine,
            self.clock,
            self.site,
            self.providers,
            self.plan_needs,
            self.selection,
            load_minimums(self.minimums),
        )

    @cached_property
    def network_papers(self) -> Papers:
        return Papers(self.engine, self.clock, Files(self.home / "network"))

    @cached_property
    def trainings(self) -> Trainings:
        return Trainings(self.engine, self.clock, Files(self.home / "client-property"))

    @cached_property
    def times(self) -> TimesDesk:
        return TimesDesk(self.altas, self.ledger)

    # recordings of prompts

    @cached_property
    def prompts(self) -> PromptDesk:
        return PromptDesk(self.engine, self.clock, self.sounds, self.home / "recordings")

    @cached_property
    def draft_plans(self) -> list[Drafting]:
        """Who knows of plans that are being written: a line each."""
        return [self.written_plans.all]

    @cached_property
    def prompt_needs(self) -> Overview:
        known = KnownPlans(self.book, lambda: self.draft_plans)
        return Overview(known, self.prompts.store, self.prompts.waivers)

    # tests of lines

    @cached_property
    def reports(self) -> Reports:
        return Reports(self.engine)

    @cached_property
    def line_tests(self) -> LineTests:
        bench = Bench(
            caller=self.test_calls,
            shown=self.shown,
            sounds=self.sounds,
            entry_of=self.provisioner.entry_of,
            release=lambda: self.provisioner.release,
            approved=self.prompts.approved,
            proven=self.plan_numbers.tested,
            reported=self.altas.nudge,
        )
        recordings = Recordings(self.home / "proof")
        return LineTests(Runs(self.engine), self.reports, recordings, bench, self.book, self.site, self.clock)

    @cached_property
    def hand_tests(self) -> HandTests:
        return HandTests(
            self.engine,
            self.test_calls,
            self.book,
            self.site,
            self.clock,
            self.provisioner.entry_of,
            lambda: self.provisioner.release,
            self.carriers.observed,
        )

    # strangers are let in

    @cached_property
    def line_releases(self) -> LineReleases:
        store = ReleaseStore(self.engine)
        return LineReleases(
            store=store,
            provisioner=self.provisioner,
            history=self.plan_history,
            drafts=self.plan_drafts,
            book=self.book,
            reports=self.reports,
            altas=self.altas,
            people=self.people,
            dossiers=Dossiers(self.home, store, Gathering(self._sources())),
            read=self.notices.proved.read,
            site=self.site,
            clock=self.clock,
        )

    @cached_property
    def canaries(self) -> Canaries:
        return Canaries(
            self.engine,
            self.book,
            self.site,
            self.line_tests,
            self.clock,
            self.canary_hour,
            self.line_letters.failed,
        )

    @cached_property
    def line_letters(self) -> LineLetters:
        desk = Desk(self.company, self.address)
        return LineLetters(self.outbox, desk, self.absences, self.clock, self.site)

    @cached_property
    def untested(self) -> UntestedVersions:
        return UntestedVersions(self.engine, self.book, self.reports, self.provisioner.entry_of)

    @cached_property
    def news(self) -> PlanNews:
        return PlanNews(
            self.engine,
            self.book,
            self.altas,
            self.people,
            self.plan_numbers,
            self.notices,
            self.untested,
            self.line_letters,
        )

    def _sources(self) -> Sources:
        return Sources(
            site=self.site,
            plans=PlanStore(self.engine),
            history=PlanHistory(self.engine),
            altas=self.altas,
            numbers=self.numbers,
            prompts=self.prompts.store,
            reports=self.reports,
            people=self.people,
            recordings=self.line_tests.recordings.path,
            sound=self.sounds.path,
        )
