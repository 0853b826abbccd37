"""Altas as they are told of: each event as it happens, and the turns that last too long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.alta.events import Event, Happened
from provisioning.alta.ledger import Ledger
from provisioning.alta.load import read_procedure
from provisioning.alta.procedure import Procedure
from provisioning.alta.tables import alta_procedures, alta_steps, altas
from provisioning.alta.views import AltaState, AltaView, StepState
from provisioning.notices.carried import NOTHING, parts_of
from provisioning.notices.letters import Subject
from provisioning.notices.occasions import Kind, Occasion, occasions
from provisioning.notices.plan_facts import PlanFacts
from provisioning.notices.reminders import Turn, reminders
from provisioning.notices.sheets import CONFIRMED, Sheets
from provisioning.notices.subjects import subject, subject_of
from provisioning.notices.teller import Item, Teller


@dataclass(frozen=True, slots=True)
class Open:
    """The open turns of one running alta."""

    subject: Subject
    procedure: Procedure
    turns: tuple[Turn, ...]


class AltaNotices:
    """`tell` stands in the alta's own transaction; `remind` is for a loop. Without a `teller` nobody is
    written to.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        ledger: Ledger,
        teller: Teller | None,
        sheets: Sheets,
        facts: PlanFacts,
    ) -> None:
        self._engine = engine
        self._facts = facts
        self._ledger = ledger
        self._teller = teller
        self._sheets = sheets
        self._told: tuple[date, set[str]] = (date.min, set())

    async def tell(self, connection: AsyncConnection, alta: AltaView, event: Event) -> None:
        """What happened, to whom it concerns; who did it knows it."""
        await self._sheets_of(connection, alta, event)
        if self._teller is None:
            return
        found = occasions(alta, event, self._ledger.calendar(alta.subsidiary))
        items = [await self._item(connection, alta.plan, occasion) for occasion in found]
        carried = any(each.carries for each in found)
        parts = parts_of(await self._facts.within(connection, alta)) if carried else NOTHING
        if await self._teller.tell(connection, subject_of(alta), items, event.by, parts):
            self._teller.outbox.nudge()

    async def _sheets_of(self, connection: AsyncConnection, alta: AltaView, event: Event) -> None:
        """The coordinators are asked to read from when the step begins that wants their word."""
        view = alta.step_with(CONFIRMED)
        if event.kind is Happened.CANCELLED:
            await self._sheets.drop(connection, alta)
        elif view is not None and view.open and view.since == event.at:
            await self._sheets.ask(connection, alta, event.by)

    async def remind(self) -> None:
        """What is due, or late, of every running alta."""
        if self._teller is None:
            return
        for each in await self._open():
            fresh = dict(self._reminders(each))
            if fresh:
                async with writing(self._engine) as connection:
                    plan = each.subject.plan
                    items = [await self._item(connection, plan, occasion) for occasion in fresh.values()]
                    told = await self._teller.tell(connection, each.subject, items)
                self._told[1].update(fresh)
                if told:
                    self._teller.outbox.nudge()

    def _reminders(self, each: Open) -> Iterator[tuple[str, Occasion]]:
        """By key those that this process did not tell today yet; who was told before is in the database."""
        calendar, now = self._ledger.calendar(each.subject.concern.subsidiary), self._ledger.clock()
        for turn in each.turns:
            for occasion in reminders(turn, now, calendar, each.procedure.reminders):
                key = f"{each.subject.about}:{occasion.key}"
                if self._is_new(key, now.date()):
                    yield key, occasion

    def _is_new(self, key: str, day: date) -> bool:
        if self._told[0] != day:
            self._told = (day, set())
        return key not in self._told[1]

    async def _item(self, connection: AsyncConnection, plan: str, occasion: Occasion) -> Item:
        """Who confirmed the present sheet has nothing to read."""
        if occasion.kind is not Kind.SHEET:
            return Item(occasion)
        read = await self._sheets.readers(connection, plan)
        return Item(occasion, self._sheets.queues(plan), f"/sheets/{quote(plan)}", read)

    async def _open(self) -> list[Open]:
        wanted = (
            select(altas.c.id, altas.c.name, altas.c.plan, altas.c.subsidiary, altas.c.account, *_TURN)
            .add_columns(alta_procedures.c.text)
            .join_from(altas, alta_steps, alta_steps.c.alta == altas.c.id)
            .join(alta_procedures, alta_procedures.c.hash == altas.c.procedure)
            .where(
                altas.c.state == AltaState.RUNNING,
                alta_steps.c.state == StepState.OPEN,
                alta_steps.c.due.is_not(None),
            )
            .order_by(altas.c.id, alta_steps.c.place)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        return [_open(list(theirs)) for _, theirs in groupby(rows, key=lambda row: row.id)]


_TURN = tuple(alta_steps.c[name] for name in ("step", "title", "areas", "owner", "due", "round"))


def _open(rows: list[Row[Any]]) -> Open:
    first, procedure = rows[0], read_procedure(rows[0].text).procedure
    return Open(
        subject(first.id, first.name, first.plan, first.subsidiary, first.account),
        procedure,
        tuple(_turn(row, procedure) for row in rows),
    )


def _turn(row: Row[Any], procedure: Procedure) -> Turn:
    step = procedure.step(row.step)
    rules = tuple(rule for rule in step.notices if rule.when == "late") if step else ()
    return Turn(row.step, row.title, tuple(row.areas), row.owner, row.due, row.round, rules)
