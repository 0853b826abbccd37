"""Letters that a person looks at before they go: written by whoever knows the facts, sent by that person."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from db.once import insert_once
from mail.message import LONGEST_SUBJECT, BadLetter, address, is_address
from mail.outbox import Outbox
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaView, StepState, StepView
from provisioning.notices import letters
from provisioning.notices.letters import Desk
from provisioning.notices.subjects import subject_of
from provisioning.notices.tables import dispatches
from staff import audit
from staff.audit import Deed
from staff.clock import Clock
from staff.people import People
from staff.person import Person

MOST_RECIPIENTS, LONGEST_TEXT = 20, 20_000
NO_SERVER = "Altavoz no tiene servidor de correo: nada sale de aquí."


@dataclass(frozen=True, slots=True)
class Draft:
    """What would go to whom; to `everybody` with an account and an address, or to the addresses of `to`."""

    subject: str
    text: str
    to: tuple[str, ...] = ()
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What went out."""

    id: int
    kind: str
    by: str
    at: datetime
    subject: str
    text: str
    recipients: int


class DraftRefused(ValueError):
    """It cannot be sent so; the text says why. `problems` are by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = problems


Write = Callable[[AltaView, Person], Awaitable[Draft]]
"""Writes a draft from the facts as they are now."""
Sent = Callable[[AsyncConnection, AltaView, Dispatch], Awaitable[None]]
"""Told within the transaction in which a letter is sent."""


NUMBER_REQUEST, DATA, ANNOUNCEMENT = "number-request", "data", "announcement"
STEPS: Mapping[str, str] = {
    NUMBER_REQUEST: "public-number",
    DATA: "handed-over",
    ANNOUNCEMENT: "announced",
}
"""By what name (evidence, or what it gives) a procedure calls the step in whose hands each kind is."""


class Drafts:
    """Who writes each kind of letter, and who hears that it went. `outbox` is None without a mail server."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        outbox: Outbox | None,
        desk: Desk,
        people: People,
        altas: Altas,
        writers: Mapping[str, Write],
        sent: Mapping[str, Sent],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._outbox = outbox
        self._desk = desk
        self._people = people
        self._altas = altas
        self._writers = writers
        self._sent = sent

    @property
    def sends(self) -> bool:
        """Whether there is a mail server."""
        return self._outbox is not None

    def kinds(self, alta: AltaView) -> tuple[str, ...]:
        """The kinds of letters whose turn it is in an alta, in order."""
        steps = {kind: _step_of(kind, alta) for kind in STEPS if kind in self._writers}
        return tuple(kind for kind, step in steps.items() if step is not None and step.open)

    async def write(self, kind: str, alta: AltaView, person: Person) -> Draft:
        """What would go now. Raises `DraftRefused` when a fact is missing that it cannot do without."""
        return await self._writers[kind](alta, person)

    async def may_send(self, kind: str, alta: AltaView, person: Person) -> str:
        """Empty when the letter is in this person's hands, else the sentence that says in whose."""
        view = _step_of(kind, alta)
        if view is None:
            return "El procedimiento de esta alta no incluye ese correo."
        if view.state is StepState.DROPPED:
            return "El alta está cancelada: ese correo ya no sale."
        return await self._altas.hands.may_close(person, view)

    async def send(self, kind: str, alta: AltaView, person: Person, draft: Draft, once: str) -> Dispatch:
        """Put it into the outbox; a form (`once`) sent twice goes once. Raises `DraftRefused`."""
        outbox, (problems, recipients) = self._outbox, await self.checked(draft)
        if outbox is None:
            problems[""] = NO_SERVER
        if said := await self.may_send(kind, alta, person):
            problems[""] = said
        if problems or outbox is None:
            raise DraftRefused(problems)
        async with writing(self._engine) as connection:
            made = await self._record(connection, kind, alta, person, draft, len(recipients), once)
            if made is not None:
                await self._put(connection, outbox, made, alta, person, recipients)
        outbox.nudge()
        self._altas.nudge()
        return made or await self._of(f"{alta.id}:{kind}:{once}")

    async def last(self, kind: str, alta: int) -> Dispatch | None:
        """The last letter of this kind that went out for an alta."""
        wanted = select(dispatches).where(dispatches.c.about == f"alta:{alta}", dispatches.c.kind == kind)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted.order_by(dispatches.c.id.desc()).limit(1))).one_or_none()
        return _dispatch(row) if row is not None else None

    async def checked(self, draft: Draft) -> tuple[dict[str, str], tuple[str, ...]]:
        """What stands against a draft, by field, and to whom it would go."""
        recipients = await self._recipients(draft)
        return _problems(draft, recipients), recipients

    async def _recipients(self, draft: Draft) -> tuple[str, ...]:
        if not draft.everybody:
            return tuple(dict.fromkeys(each.strip() for each in draft.to if each.strip()))
        staff = (each.email or "" for each in await self._people.all() if each.active)
        return tuple(email for email in staff if is_address(email))

    async def _record(
        self,
        connection: AsyncConnection,
        kind: str,
        alta: AltaView,
        person: Person,
        draft: Draft,
        recipients: int,
        once: str,
    ) -> Dispatch | None:
        now, subject = self._clock(), draft.subject.strip()
        row = {
            "key": f"{alta.id}:{kind}:{once}"[:120],
            "kind": kind,
            "about": f"alta:{alta.id}",
            "by": person.name,
            "at": now,
            "subject": subject,
            "text": draft.text,
            "recipients": recipients,
        }
        id = await insert_once(connection, dispatches, row, "key")
        if id is None:
            return None
        return Dispatch(id, kind, person.name, now, subject, draft.text, recipients)

    async def _put(
        self,
        connection: AsyncConnection,
        outbox: Outbox,
        made: Dispatch,
        alta: AltaView,
        person: Person,
        recipients: Sequence[str],
    ) -> None:
        """Answers go to the person who sends it."""
        for recipient in recipients:
            letter = letters.by_hand(
                self._desk,
                recipient,
                made.subject,
                made.text,
                subject_of(alta),
                person.full_name,
                person.email or "",
            )
            await outbox.put(connection, replace(letter, kind=made.kind), self._clock())
        if sent := self._sent.get(made.kind):
            await sent(connection, alta, made)
        said = {"kind": made.kind, "subject": made.subject, "recipients": made.recipients}
        await audit.write(connection, Deed("mail.sent", alta.number, after=said))

    async def _of(self, key: str) -> Dispatch:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(dispatches).where(dispatches.c.key == key[:120]))).one()
        return _dispatch(row)


def _step_of(kind: str, alta: AltaView) -> StepView | None:
    wanted = STEPS[kind]
    named = (step for step in alta.steps if wanted in step.step.given or wanted in step.step.evidence)
    return next((step for step in named if step.state is not StepState.NOT_NEEDED), None)


def _problems(draft: Draft, recipients: Sequence[str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not draft.subject.strip() or len(draft.subject) > LONGEST_SUBJECT:
        problems["subject"] = f"Escriba un asunto de hasta {LONGEST_SUBJECT} caracteres."
    if not draft.text.strip() or len(draft.text) > LONGEST_TEXT:
        problems["text"] = f"Escriba un texto de hasta {LONGEST_TEXT} caracteres."
    if not recipients:
        problems["to"] = (
            "Nadie lo recibiría: ninguna persona activa tiene correo. Escríbalo en «Personas»."
            if draft.everybody
            else "Nadie lo recibiría: escriba al menos una dirección."
        )
    if len(recipients) > MOST_RECIPIENTS and not draft.everybody:
        problems["to"] = f"Escriba hasta {MOST_RECIPIENTS} direcciones."
    try:
        for recipient in recipients:
            address(recipient)
    except BadLetter as bad:
        problems["to"] = str(bad)
    return problems


def _dispatch(row: Row[Any]) -> Dispatch:
    return Dispatch(row.id, row.kind, row.by, row.at, row.subject, row.text, row.recipients)
