"""The parts that write to people, made in the order in which they stand on one another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from mail.company import Company
from mail.outbox import Outbox
from plans.book import PlanBook
from plans.site import Site
from provisioning.alta.evidence import Evidence
from provisioning.alta.ledger import Ledger
from provisioning.alta.store import Altas
from provisioning.notices.alta_notices import AltaNotices
from provisioning.notices.digests import Digests
from provisioning.notices.drafts import ANNOUNCEMENT, DATA, Drafts, Sent, Write
from provisioning.notices.evidence import NoticeEvidence
from provisioning.notices.launch import LaunchLetters
from provisioning.notices.letters import Desk
from provisioning.notices.mailbox import Mailbox
from provisioning.notices.minder import Minder
from provisioning.notices.occasions import Kind, Occasion
from provisioning.notices.plan_facts import PlanFacts
from provisioning.notices.preferences import Preferences
from provisioning.notices.reply_address import FILE, ReplyAddresses
from provisioning.notices.selections import SelectionNotices
from provisioning.notices.sheets import CONFIRMED, Sheets, Standing
from provisioning.notices.subjects import of_sheet
from provisioning.notices.teller import Item, Teller
from staff import audit
from staff.absences import Absences
from staff.audit import Deed
from staff.people import People


@dataclass
class Bureau:
    """`outbox` is None without a mail server, `mailbox` when answers by mail are not received."""

    engine: AsyncEngine
    clock: Callable[[], datetime]
    home: Path
    address: str
    company: Company
    outbox: Outbox | None
    mailbox: Address | None
    people: People
    book: PlanBook
    site: Site
    absences: Absences
    preferences: Preferences
    ledger: Ledger
    altas: Altas
    writers: Mapping[str, Write]
    sent: Mapping[str, Sent]

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.company, self.address)

    @cached_property
    def replies(self) -> ReplyAddresses | None:
        return ReplyAddresses(self.mailbox, self.home / FILE) if self.mailbox is not None else None

    @cached_property
    def teller(self) -> Teller | None:
        if self.outbox is None:
            return None
        return Teller(self.outbox, self.absences, self.preferences, self.clock, self.desk, self.replies)

    @cached_property
    def sheets(self) -> Sheets:
        return Sheets(self.engine, self.clock, self.book, self.people)

    async def remind_readers(self, standing: Standing) -> int:
        """A letter to each who has not read a sheet, one a day at most; how many were told now."""
        if self.teller is None:
            return 0
        plan, day = standing.sheet.plan, self.absences.today()
        people = tuple(person.name for person in standing.missing)
        key, title = f"sheet:{standing.sheet.hash[:12]}:{day}", f"Falta que lea la ficha: {plan.name}"
        occasion = Occasion(key, Kind.SHEET, title, f"Empieza el {plan.starts:%d/%m/%Y}.", people=people)
        about = of_sheet(standing.about, plan)
        async with writing(self.engine) as connection:
            path = f"/sheets/{quote(plan.plan)}"
            told = await self.teller.tell(connection, about, [Item(occasion, path=path)])
            await self.sheets.reminded(connection, plan.plan)
            await audit.write(connection, Deed("sheet.reminded", plan.plan, after={"people": list(people)}))
        self.teller.outbox.nudge()
        return told

    @cached_property
    def altas_told(self) -> AltaNotices:
        return AltaNotices(self.engine, self.ledger, self.teller, self.sheets, self.plan_facts)

    @cached_property
    def plan_facts(self) -> PlanFacts:
        return PlanFacts(self.engine, self.book, self.site)

    @cached_property
    def selections_told(self) -> SelectionNotices:
        return SelectionNotices(self.engine, self.ledger, lambda: self.altas.written.procedure, self.teller)

    @cached_property
    def minder(self) -> Minder:
        digests = Digests(self.engine, self.teller, self.preferences) if self.teller else None
        return Minder((self.altas_told.remind, self.selections_told.remind), digests)

    @cached_property
    def received(self) -> Mailbox | None:
        if self.replies is None:
            return None
        return Mailbox(self.engine, self.clock, self.replies, self.people, self.altas, self.outbox, self.desk)

    @cached_property
    def launch(self) -> LaunchLetters:
        return LaunchLetters(self.sheets.sheet, self.plan_facts, self.people, self.desk)

    @cached_property
    def drafts(self) -> Drafts:
        own = {DATA: self.launch.data, ANNOUNCEMENT: self.launch.announcement}
        return Drafts(
            self.engine,
            self.clock,
            self.outbox,
            self.desk,
            self.people,
            self.altas,
            {**own, **self.writers},
            self.sent,
        )

    @cached_property
    def proved(self) -> NoticeEvidence:
        return NoticeEvidence(self.sheets, self.drafts, self.people, self.plan_facts)

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        found = self.proved
        return {"plan-data": found.handed, CONFIRMED: found.confirmed, "announced": found.announced}
