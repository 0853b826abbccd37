"""Letters with a link that sets a password: to somebody new, or to somebody who forgot theirs.

The link holds a secret for one use; only its hash is kept. It stands for the address it was sent to: it does
not open an account whose e-mail changed meanwhile.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from mail.letter import Letter, write
from mail.message import BadLetter
from mail.outbox import Outbox, Sent
from staff import actor, audit, credentials, tokens
from staff.audit import Deed
from staff.clock import Clock
from staff.credentials import Credentials
from staff.names import normal
from staff.person import Person, person_of
from staff.sessions import fingerprint
from staff.sign_in_tables import invitations
from staff.tables import people
from staff.tries import Counter, Kind, Tries


class Purpose(StrEnum):
    INVITATION = "invitation"
    RECOVERY = "recovery"


LASTS = {Purpose.INVITATION: timedelta(hours=72), Purpose.RECOVERY: timedelta(hours=1)}
_REPLACES = {Purpose.INVITATION: (*Purpose,), Purpose.RECOVERY: (Purpose.RECOVERY,)}
"""Anybody can ask for a recovery: it must not end the invitation that somebody has not opened yet."""


class NotInvited(ValueError):
    """No letter can go to this person; the text says why and what to do."""


class LinkOver(Exception):
    """The link was used, replaced, revoked, is too old or never was; the text is for the person."""

    def __init__(self) -> None:
        super().__init__("Este enlace ya no sirve: se usó, venció o se reemplazó por otro más nuevo.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """`end` is how it ended (`used`, `revoked`, `replaced`), None while it lasts; `letter` how it travels."""

    id: int
    purpose: Purpose
    email: str
    by: str
    created: datetime
    expires: datetime
    end: str | None
    letter: Sent | None = None

    def open(self, now: datetime) -> bool:
        return self.end is None and now < self.expires


class Invitations:
    """The links. Without an `outbox` there is no mail server, and none can be sent.

    `address` is where people reach the console (`https://altavoz.empresa.com`).
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        passwords: Credentials,
        outbox: Outbox | None,
        address: str,
        zone: ZoneInfo,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._credentials = passwords
        self._outbox = outbox
        self._address = address.rstrip("/")
        self._zone = zone
        self._tries = Tries(engine)

    @property
    def by_mail(self) -> bool:
        """Whether letters can be sent at all."""
        return self._outbox is not None

    async def invite(self, person_id: int) -> str:
        """Send the link, in place of any former one; the address it goes to. Raises `NotInvited`."""
        async with writing(self._engine) as connection:
            person = await _person(connection, people.c.id == person_id)
            if person is None or not person.active:
                raise NotInvited("Esa cuenta no está activa: actívela primero.")
            email = await self._send(connection, person, Purpose.INVITATION)
            await audit.write(connection, Deed("invitation.sent", person.name, after={"email": email}))
        self._nudge()
        return email

    async def claim(self, written: str, address: str | None) -> None:
        """Count a letter asked for. Raises `TooManyTries` as soon for accounts that do not exist."""
        counters = [Counter(Kind.LETTER, normal(written)[:40])]
        counters += [Counter(Kind.ADDRESS, address)] if address else []
        await self._tries.claim(counters, self._clock())

    async def forgotten(self, written: str) -> None:
        """Send the link to whoever has this name or e-mail, when they have an active account with an e-mail.

        Says nothing of it to the caller.
        """
        name = normal(written)
        asked = people.c.active & or_(people.c.name == name, people.c.email == written.strip().lower()[:254])
        async with writing(self._engine) as connection:
            person = await _person(connection, asked)
            if person is None or not person.email:
                return
            await self._send(connection, person, Purpose.RECOVERY)
            await audit.write(connection, Deed("password.forgotten", person.name))
        self._nudge()

    async def find(self, secret: str) -> Person:
        """Whose the link is. Raises `LinkOver`. Looking does not use it up: mail programs open links too."""
        async with self._engine.connect() as connection:
            return await self._whose(connection, secret)

    async def accept(self, secret: str, password: str, *, tokens_too: bool = False) -> Person:
        """Set the password; sessions and other links end, on request the person's tokens.

        Raises `LinkOver`, `WeakPassword`.
        """
        person = await self.find(secret)
        hashed = await self._credentials.prepared(person.id, password)
        async with writing(self._engine) as connection:
            person = await self._whose(connection, secret)
            used = update(invitations).where(self._is(secret)).values(ended=self._clock(), end="used")
            if (await connection.execute(used)).rowcount != 1:
                raise LinkOver
            await credentials.store(
                connection, person.id, hashed, one_time=False, action="password.set-by-letter"
            )
            if tokens_too:
                await tokens.revoke_of(connection, person.id)
        return person

    async def revoke(self, person_id: int) -> int:
        """End the person's links; how many there were. A letter that has not gone out yet stays here."""
        async with writing(self._engine) as connection:
            ended = await self._end(connection, person_id, "revoked")
            person = await _person(connection, people.c.id == person_id)
            if ended and person is not None:
                await audit.write(connection, Deed("invitation.revoked", person.name))
        return ended

    async def latest(self, person_id: int) -> Invitation | None:
        """The last link made for a person, and how its letter fares."""
        wanted = (
            select(invitations).where(invitations.c.person == person_id).order_by(invitations.c.id.desc())
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted.limit(1))).one_or_none()
        if row is None:
            return None
        letter = await self._outbox.find(row.letter) if self._outbox and row.letter else None
        return Invitation(
            row.id, Purpose(row.purpose), row.email, row.by, row.created, row.expires, row.end, letter
        )

    async def _send(self, connection: AsyncConnection, person: Person, purpose: Purpose) -> str:
        if self._outbox is None:
            raise NotInvited(
                "No hay un servidor de correo configurado (ALTAVOZ_SMTP): dé una de un solo uso."
            )
        if not person.email:
            raise NotInvited(
                "La cuenta no tiene correo: escríbalo primero, o dé una contraseña de un solo uso."
            )
        await self._end(connection, person.id, "replaced", _REPLACES[purpose])
        secret, now, by = secrets.token_urlsafe(32), self._clock(), actor.current().name
        expires = now + LASTS[purpose]
        letter = self._letter(person, purpose, secret, expires, await _called(connection, by))
        row = {
            "person": person.id,
            "purpose": purpose,
            "secret": fingerprint(secret),
            "email": person.email,
            "by": by,
            "created": now,
            "expires": expires,
            "letter": await _put(self._outbox, connection, letter, now),
        }
        await connection.execute(insert(invitations).values(row))
        return person.email

    def _letter(self, person: Person, purpose: Purpose, secret: str, expires: datetime, by: str) -> Letter:
        return write(
            purpose,
            person.email or "",
            confidential=True,
            full_name=person.full_name,
            name=person.name,
            invited_by=by,
            link=f"{self._address}/invitation/{secret}",
            expires=f"{expires.astimezone(self._zone):%d/%m/%Y a las %H:%M}",
        )

    async def _end(
        self, connection: AsyncConnection, person_id: int, end: str, purposes: Sequence[Purpose] = (*Purpose,)
    ) -> int:
        now = self._clock()
        lasting = (invitations.c.person == person_id) & invitations.c.ended.is_(None)
        lasting &= invitations.c.purpose.in_(purposes)
        ended = update(invitations).where(lasting).values(ended=now, end=end).returning(invitations.c.letter)
        letters = (await connection.execute(ended)).scalars().all()
        for letter in letters:
            if self._outbox is not None and letter is not None:
                await self._outbox.withdraw(connection, letter, now)
        return len(letters)

    async def _whose(self, connection: AsyncConnection, secret: str) -> Person:
        same_address = people.c.email == invitations.c.email
        wanted = (
            select(people)
            .join(invitations, and_(invitations.c.person == people.c.id, same_address))
            .where(self._is(secret), people.c.active)
        )
        row = (await connection.execute(wanted)).mappings().one_or_none()
        if row is None:
            raise LinkOver
        return person_of(dict(row))

    def _is(self, secret: str) -> ColumnElement[bool]:
        here = invitations.c.secret == fingerprint(secret[:100])
        return here & invitations.c.ended.is_(None) & (invitations.c.expires > self._clock())

    def _nudge(self) -> None:
        if self._outbox is not None:
            self._outbox.nudge()


async def _put(outbox: Outbox, connection: AsyncConnection, letter: Letter, now: datetime) -> int:
    try:
        return await outbox.put(connection, letter, now)
    except BadLetter as error:
        raise NotInvited(str(error)) from error


async def _person(connection: AsyncConnection, wanted: ColumnElement[bool]) -> Person | None:
    row = (await connection.execute(select(people).where(wanted).limit(1))).mappings().one_or_none()
    return person_of(dict(row)) if row is not None else None


async def _called(connection: AsyncConnection, name: str) -> str:
    """How whoever invites is called; the house itself when no person does."""
    wanted = select(people.c.full_name).where(people.c.name == name)
    return str((await connection.execute(wanted)).scalar() or "Quien administra Altavoz")
