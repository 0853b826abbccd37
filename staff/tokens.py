"""Tokens for the API: random, named, shown once; each may do some things to some rows until a day.

One that is a person's acts for them, and never may what they may not; one that is nobody's only reads.
Only the hash of a token is kept. Making one and taking one away are deeds of the audit trail.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import actor, audit
from staff.audit import Deed
from staff.names import new_name, normal
from staff.people import Clock
from staff.permissions import Permission
from staff.person import Person, person_of
from staff.scope import EVERYTHING, Scope
from staff.sessions import fingerprint
from staff.tables import api_tokens, people

TOUCH_EVERY = timedelta(minutes=1)
USUAL_DAYS, MOST_DAYS = 365, 730
GRANTABLE: Mapping[Permission, str] = {
    Permission.CALL_READ: "Leer llamadas",
    Permission.CASE_READ: "Leer casos",
    Permission.LINE_READ: "Leer líneas y planes",
    Permission.NUMBER_READ: "Leer los números",
    Permission.PROVIDER_READ: "Leer los prestadores",
    Permission.STATUS_READ: "Leer el estado y las medidas",
    Permission.AUDIT_READ: "Leer la auditoría",
    Permission.ALTA_READ: "Leer altas",
    Permission.MAIL_READ: "Leer el correo",
}
"""What any token may be given, and what that is called: reading only."""
ACTING: Mapping[Permission, str] = {
    Permission.LINE_RELEASE: "Liberar y suspender líneas",
    Permission.PLAN_WRITE: "Escribir planes",
    Permission.RELEASE_WRITE: "Publicar planes",
    Permission.SETTING_WRITE: "Publicar de urgencia, sin prueba",
    Permission.PROMPT_WRITE: "Enviar grabaciones",
    Permission.PROMPT_APPROVE: "Aprobar grabaciones",
    Permission.TEST_RUN: "Probar líneas",
    Permission.TRAINING_WRITE: "Anotar capacitaciones y bases",
    Permission.ALTA_WRITE: "Mover altas",
    Permission.NUMBER_WRITE: "Mover números",
    Permission.PROVIDER_WRITE: "Escribir prestadores",
    Permission.ABSENCE_WRITE: "Anotar ausencias y suplentes",
    Permission.MAIL_WRITE: "Reenviar y anular correos",
}
"""What a token may be given besides when it acts for a person who may."""
LABELS: Mapping[Permission, str] = {**GRANTABLE, **ACTING}
FORMER = frozenset({Permission.CALL_READ, Permission.CASE_READ, Permission.STATUS_READ})
"""What every token could do before tokens had permissions."""


class TokenRefused(ValueError):
    """The token cannot be as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """`expires` is None only for tokens made before tokens expired, as `made_by` is. `person` is for whom it
    acts; `scope` is never more than theirs.
    """

    name: str
    permissions: frozenset[Permission]
    scope: Scope
    created: datetime
    expires: datetime | None
    made_by: str | None
    last_used: datetime | None
    person: Person | None = None

    def may(self, permission: Permission) -> bool:
        """Whether it was given this, and its person may still do it."""
        theirs = self.person is None or self.person.may(permission)
        divided = permission is Permission.AUDIT_READ and self.scope != EVERYTHING
        return permission in self.permissions and theirs and not divided

    @property
    def acts(self) -> Person:
        """Who asks, in the token's sight: for a token that is nobody's, somebody without any role."""
        if self.person is None:
            return Person(0, f"token:{self.name}", self.name, frozenset(), None, (), False, True, self.scope)
        return replace(self.person, scope=self.scope)

    def lapsed(self, now: datetime) -> bool:
        """Whether its day has passed."""
        return self.expires is not None and self.expires <= now


class Tokens:
    """The API's tokens."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def add(
        self,
        name: str,
        permissions: Iterable[Permission] = FORMER,
        scope: Scope = EVERYTHING,
        days: int = USUAL_DAYS,
        person: Person | None = None,
    ) -> str:
        """Make a token, on request one that acts for a `person`, and return it, this once.

        Raises `BadName` and `TokenRefused`.
        """
        token, name, now = f"av_{secrets.token_urlsafe(32)}", new_name(name), self._clock()
        seen = scope.narrowed(person.scope) if person else scope
        _check(permissions := frozenset(permissions), seen, days, person)
        row = {
            "name": name,
            "permissions": sorted(permissions),
            "subsidiaries": sorted(scope.subsidiaries),
            "accounts": sorted(scope.accounts),
            "created": now,
            "expires": now + timedelta(days=days),
            "made_by": actor.current().name,
            "person": person.id if person else None,
        }
        try:
            async with writing(self._engine) as connection:
                await connection.execute(insert(api_tokens).values(row | {"token": fingerprint(token)}))
                await audit.write(connection, Deed("token.added", name, after=_said(row, person)))
        except IntegrityError as error:
            raise TokenRefused(f"Ya hay un token «{name}»: elija otro nombre o quite aquel.") from error
        return token

    async def find(self, token: str) -> Token | None:
        """The token that this is, while it is valid; its last use is noted to the minute.

        One of a person opens nothing while they cannot come in themselves.
        """
        key, now = fingerprint(token[:200]), self._clock()
        async with self._engine.connect() as connection:
            found = next(iter(await _read(connection, api_tokens.c.token == key)), None)
        if found is None or found.lapsed(now) or (found.person and not _comes_in(found.person)):
            return None
        if found.last_used is None or now - found.last_used >= TOUCH_EVERY:
            async with self._engine.begin() as connection:
                used = update(api_tokens).where(api_tokens.c.token == key).values(last_used=now)
                await connection.execute(used)
        return found

    async def all(self, person: Person | None = None) -> tuple[Token, ...]:
        """Every token, or every one of a person's; lapsed ones too, by name."""
        async with self._engine.connect() as connection:
            return await _read(connection, _of(person))

    async def working(self, person: Person) -> tuple[Token, ...]:
        """Those of a person's whose day has not passed, by name."""
        now = self._clock()
        return tuple(token for token in await self.all(person) if not token.lapsed(now))

    async def revoke(self, name: str, person: Person | None = None) -> bool:
        """Take a token away: it opens nothing from here on. False when there is none of this name, or when
        it is not the `person`'s.
        """
        named = (api_tokens.c.name == normal(name)) & _of(person)
        async with writing(self._engine) as connection:
            gone = delete(api_tokens).where(named).returning(api_tokens)
            row = (await connection.execute(gone)).mappings().one_or_none()
            if row is not None:
                await audit.write(connection, Deed("token.revoked", row["name"], before=_said(dict(row))))
        return row is not None


async def revoke_of(connection: AsyncConnection, person_id: int) -> tuple[str, ...]:
    """Take away every token of a person, in the transaction of what takes away their trust; the names."""
    gone = delete(api_tokens).where(api_tokens.c.person == person_id).returning(api_tokens)
    rows = sorted((await connection.execute(gone)).mappings(), key=lambda row: str(row["name"]))
    for row in rows:
        await audit.write(connection, Deed("token.revoked", row["name"], before=_said(dict(row))))
    return tuple(row["name"] for row in rows)


def _of(person: Person | None) -> ColumnElement[bool]:
    return api_tokens.c.person == person.id if person else true()


async def _read(connection: AsyncConnection, wanted: ColumnElement[bool]) -> tuple[Token, ...]:
    """The tokens, by name, each with its person."""
    chosen = select(api_tokens).where(wanted).order_by(api_tokens.c.name)
    rows = [dict(row) for row in (await connection.execute(chosen)).mappings()]
    asked = select(people).where(people.c.id.in_({row["person"] for row in rows} - {None}))
    known = {row["id"]: person_of(dict(row)) for row in (await connection.execute(asked)).mappings()}
    return tuple(_token(row, known.get(row["person"])) for row in rows)


def _comes_in(person: Person) -> bool:
    return person.active and not person.one_time


def _check(permissions: frozenset[Permission], scope: Scope, days: int, person: Person | None) -> None:
    if not permissions or not permissions <= LABELS.keys():
        raise TokenRefused(f"Elija qué puede el token: {', '.join(LABELS)}.")
    if acting := sorted(permissions - GRANTABLE.keys()) if person is None else ():
        raise TokenRefused(
            f"{', '.join(acting)}: eso lo hace una persona. Créelo para la cuenta de quien lo usará."
        )
    if person and (beyond := sorted(each for each in permissions if not person.may(each))):
        raise TokenRefused(f"{person.full_name} no puede lo que pide para su token: {', '.join(beyond)}.")
    if Permission.AUDIT_READ in permissions and scope != EVERYTHING:
        raise TokenRefused("La auditoría no se divide por filial ni por cuenta: haga un token sin ellas.")
    if not 1 <= days <= MOST_DAYS:
        raise TokenRefused(f"Un token dura de 1 a {MOST_DAYS} días.")


def _said(row: Mapping[str, Any], person: Person | None = None) -> dict[str, Any]:
    """What the audit trail holds of a token."""
    said = {name: row[name] for name in ("permissions", "subsidiaries", "accounts", "expires")}
    return said | ({"person": person.name} if person else {})


def _token(row: Mapping[str, Any], person: Person | None) -> Token:
    scope = Scope(frozenset(row["subsidiaries"]), frozenset(row["accounts"]))
    return Token(
        row["name"],
        frozenset(Permission(each) for each in row["permissions"]),
        scope.narrowed(person.scope) if person else scope,
        row["created"],
        row["expires"],
        row["made_by"],
        row["last_used"],
        person,
    )
