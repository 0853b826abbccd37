"""A second factor: codes by the clock on a person's telephone, and ten codes for the day it is lost."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff import audit, totp
from staff.audit import Deed
from staff.clock import Clock
from staff.person import Person
from staff.sessions import fingerprint
from staff.sign_in_tables import recovery_codes, second_factors
from staff.tries import Counter, Kind, Tries
from staff.vault import Vault

ISSUER = "Altavoz"
RECOVERY_CODES = 10
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongCode(ValueError):
    """The code is not the one of now; the text says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "El código no es ese. Espere el siguiente en su teléfono y revise que tenga la hora automática."
        )


@dataclass(frozen=True, slots=True)
class Factor:
    """Whether a person has a second factor, since when, and how many recovery codes are left."""

    since: datetime
    codes_left: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that does not count until a code of it is typed: `address` goes into the QR code."""

    typed: str = field(repr=False)
    address: str = field(repr=False)


class SecondFactors:
    """The second factors, in the database; their secrets are sealed in `vault`."""

    def __init__(self, engine: AsyncEngine, clock: Clock, vault: Vault) -> None:
        self._engine = engine
        self._clock = clock
        self._vault = vault
        self._tries = Tries(engine)

    async def of(self, person_id: int) -> Factor | None:
        """The person's second factor, None when there is none that counts."""
        mine = (second_factors.c.person == person_id) & second_factors.c.confirmed
        left = (recovery_codes.c.person == person_id) & recovery_codes.c.used.is_(None)
        async with self._engine.connect() as connection:
            since = (await connection.execute(select(second_factors.c.since).where(mine))).scalar()
            codes = await connection.execute(select(func.count()).select_from(recovery_codes).where(left))
            return Factor(since, codes.scalar_one()) if since is not None else None

    async def begin(self, person: Person) -> Enrolment:
        """The secret to enrol with: the one already begun with, or a new one. A factor that counts stays."""
        async with writing(self._engine) as connection:
            secret = await self._secret(connection, person, confirmed=False)
            if secret is None:
                secret = secrets.token_bytes(totp.SECRET_BYTES)
                await self._keep(connection, person, secret)
        return Enrolment(totp.typed_secret(secret), totp.address(secret, person.name, ISSUER))

    async def confirm(self, person: Person, typed: str) -> tuple[str, ...]:
        """The secret begun with counts from now on; the recovery codes, this once. Raises `WrongCode`."""
        async with writing(self._engine) as connection:
            secret = await self._secret(connection, person, confirmed=False)
            step = totp.matching_step(secret, _figures(typed), self._clock()) if secret else None
            if step is None:
                raise WrongCode
            values = {"confirmed": True, "last_step": step, "since": self._clock()}
            mine = second_factors.c.person == person.id
            await connection.execute(update(second_factors).where(mine).values(values))
            codes = await _new_codes(connection, person.id)
            await audit.write(connection, Deed("second-factor.added", person.name))
        return codes

    async def check(self, person: Person, typed: str) -> bool:
        """Whether this is the code of now, not used before, or an unused recovery code, used up by this.

        Raises `TooManyTries`.
        """
        counter = [Counter(Kind.CODE, person.name)]
        await self._tries.claim(counter, self._clock())
        right = await self._by_clock(person, _figures(typed)) or await self._by_recovery(person, typed)
        if right:
            await self._tries.forgive(counter)
        return right

    async def renew_codes(self, person: Person) -> tuple[str, ...]:
        """Ten new recovery codes, this once; the former ones open nothing."""
        async with writing(self._engine) as connection:
            codes = await _new_codes(connection, person.id)
            await audit.write(connection, Deed("second-factor.codes-renewed", person.name))
        return codes

    async def remove(self, person: Person) -> bool:
        """Take it away, by its person or by whoever administers; False when there was none."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person.id))
            gone = delete(second_factors).where(second_factors.c.person == person.id)
            confirmed = (await connection.execute(gone.returning(second_factors.c.confirmed))).scalar()
            if confirmed:
                await audit.write(connection, Deed("second-factor.removed", person.name))
            return bool(confirmed)

    async def _by_clock(self, person: Person, typed: str) -> bool:
        async with writing(self._engine) as connection:
            secret = await self._secret(connection, person, confirmed=True)
            step = totp.matching_step(secret, typed, self._clock()) if secret else None
            if step is None:
                return False
            unused = (second_factors.c.person == person.id) & (second_factors.c.last_step < step)
            used = await connection.execute(update(second_factors).where(unused).values(last_step=step))
            return used.rowcount == 1

    async def _by_recovery(self, person: Person, typed: str) -> bool:
        code = fingerprint(_recovery(person.id, typed))
        unused = (recovery_codes.c.code == code) & recovery_codes.c.used.is_(None)
        async with writing(self._engine) as connection:
            used = await connection.execute(update(recovery_codes).where(unused).values(used=self._clock()))
            if used.rowcount == 1:
                await audit.write(connection, Deed("second-factor.recovery-used", person.name))
            return used.rowcount == 1

    async def _secret(self, connection: AsyncConnection, person: Person, *, confirmed: bool) -> bytes | None:
        mine = (second_factors.c.person == person.id) & (second_factors.c.confirmed == confirmed)
        sealed = (await connection.execute(select(second_factors.c.secret).where(mine))).scalar()
        return self._vault.unseal(sealed, _owner(person)) if sealed is not None else None

    async def _keep(self, connection: AsyncConnection, person: Person, secret: bytes) -> None:
        row = {
            "person": person.id,
            "secret": self._vault.seal(secret, _owner(person)),
            "confirmed": False,
            "last_step": 0,
            "since": self._clock(),
        }
        await connection.execute(insert(second_factors).values(row))


async def _new_codes(connection: AsyncConnection, person_id: int) -> tuple[str, ...]:
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    await connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person_id))
    rows = [{"code": fingerprint(_recovery(person_id, code)), "person": person_id} for code in codes]
    await connection.execute(insert(recovery_codes), rows)
    return codes


def _new_code() -> str:
    """Ten letters and figures, 49 bits: too many to try, and short enough to copy by hand."""
    letters = "".join(secrets.choice(_READABLE) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def _recovery(person_id: int, typed: str) -> str:
    """What is hashed: the code of one person, however it is typed."""
    return f"{person_id}:{''.join(sign for sign in typed.casefold() if sign.isalnum())}"[:100]


def _figures(typed: str) -> str:
    return "".join(sign for sign in typed if not sign.isspace())[:20]


def _owner(person: Person) -> str:
    return f"second-factor:{person.id}"
