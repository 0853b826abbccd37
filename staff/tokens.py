"""Tokens for the API: random, named, shown once; each may read some things of some rows until a day.

Only the hash of a token is kept. Making one and taking one away are deeds of the audit trail.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from staff import actor, audit
from staff.audit import Deed
from staff.names import new_name, normal
from staff.people import Clock
from staff.permissions import Permission
from staff.scope import EVERYTHING, Scope
from staff.sessions import fingerprint
from staff.tables import api_tokens

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
}
"""What a token may be given, and what that is called: reading only."""
FORMER = frozenset({Permission.CALL_READ, Permission.CASE_READ, Permission.STATUS_READ})
"""What every token could do before tokens had permissions."""


class TokenRefused(ValueError):
    """The token cannot be as asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """`expires` is None only for tokens made before tokens expired, as `made_by` is."""

    name: str
    permissions: frozenset[Permission]
    scope: Scope
    created: datetime
    expires: datetime | None
    made_by: str | None
    last_used: datetime | None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

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
    ) -> str:
        """Make a token in the current actor's name and return it, this once.

        Raises `BadName` and `TokenRefused`.
        """
        token, name, now = f"av_{secrets.token_urlsafe(32)}", new_name(name), self._clock()
        _check(permissions := frozenset(permissions), scope, days)
        row = {
            "name": name,
            "permissions": sorted(permissions),
            "subsidiaries": sorted(scope.subsidiaries),
            "accounts": sorted(scope.accounts),
            "created": now,
            "expires": now + timedelta(days=days),
            "made_by": actor.current().name,
        }
        try:
            async with writing(self._engine) as connection:
                await connection.execute(insert(api_tokens).values(row | {"token": fingerprint(token)}))
                await audit.write(connection, Deed("token.added", name, after=_said(row)))
        except IntegrityError as error:
            raise TokenRefused(f"Ya hay un token «{name}»: elija otro nombre o quite aquel.") from error
        return token

    async def find(self, token: str) -> Token | None:
        """The token that this is, while it is valid; its last use is noted to the minute."""
        key, now = fingerprint(token[:200]), self._clock()
        async with self._engine.connect() as connection:
            wanted = select(api_tokens).where(api_tokens.c.token == key)
            row = (await connection.execute(wanted)).mappings().one_or_none()
        if row is None or (found := _token(dict(row))).lapsed(now):
            return None
        if found.last_used is None or now - found.last_used >= TOUCH_EVERY:
            async with self._engine.begin() as connection:
                used = update(api_tokens).where(api_tokens.c.token == key).values(last_used=now)
                await connection.execute(used)
        return found

    async def all(self) -> tuple[Token, ...]:
        """Every token, lapsed ones too, by name."""
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(api_tokens).order_by(api_tokens.c.name))
            return tuple(_token(dict(row)) for row in rows.mappings())

    async def revoke(self, name: str) -> bool:
        """Take a token away: it opens nothing from here on. False when there is none of this name."""
        async with writing(self._engine) as connection:
            gone = delete(api_tokens).where(api_tokens.c.name == normal(name)).returning(api_tokens)
            row = (await connection.execute(gone)).mappings().one_or_none()
            if row is not None:
                await audit.write(connection, Deed("token.revoked", row["name"], before=_said(dict(row))))
        return row is not None


def _check(permissions: frozenset[Permission], scope: Scope, days: int) -> None:
    if not permissions or not permissions <= GRANTABLE.keys():
        raise TokenRefused(f"Elija qué puede leer el token: {', '.join(GRANTABLE)}.")
    if Permission.AUDIT_READ in permissions and scope != EVERYTHING:
        raise TokenRefused("La auditoría no se divide por filial ni por cuenta: haga un token sin ellas.")
    if not 1 <= days <= MOST_DAYS:
        raise TokenRefused(f"Un token dura de 1 a {MOST_DAYS} días.")


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit trail holds of a token."""
    return {name: row[name] for name in ("permissions", "subsidiaries", "accounts", "expires")}


def _token(row: Mapping[str, Any]) -> Token:
    return Token(
        row["name"],
        frozenset(Permission(each) for each in row["permissions"]),
        Scope(frozenset(row["subsidiaries"]), frozenset(row["accounts"])),
        row["created"],
        row["expires"],
        row["made_by"],
        row["last_used"],
    )
