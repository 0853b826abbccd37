"""Coverages on their way to another system of the company: signed, tried again, never given up in silence.

The body is JSON; `X-Altavoz-Signature: t=<seconds>,v1=<hex>` is the HMAC-SHA256, under the shared secret, of
`<seconds>.<body>`. `X-Altavoz-Delivery` is the same at every try, so that a receiver takes each once.
"""

import asyncio
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.tables import alta_coverages, alta_hooks, altas
from staff import audit
from staff.audit import Deed

log = structlog.get_logger(__name__)

SECONDS = 20.0
LOOK_SECONDS = 30.0
LEASE = timedelta(minutes=2)
MOST_TRIES = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Target:
    """Where versions of coverages go."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A version on its way: `pending`, `sending`, `sent` or `failed`."""

    id: int
    alta: int
    version: int
    state: str
    tries: int
    due: datetime
    ended: datetime | None
    error: str


def signature(secret: str, at: int, body: bytes) -> str:
    """The header's value for a body sent at an instant (seconds since 1970)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Hooks:
    """`target` is None where the company keeps no other system: then nothing is sent."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], datetime], target: Target | None) -> None:
        self._engine = engine
        self._clock = clock
        self._target = target
        self._news = asyncio.Event()
        self._ending = False

    async def put(self, connection: AsyncConnection, alta: int, version: int, at: datetime) -> None:
        """A version that is to be sent, within the transaction that writes it."""
        if self._target is not None:
            row = {"alta": alta, "version": version, "state": "pending", "tries": 0, "due": at, "error": ""}
            await connection.execute(insert(alta_hooks).values(row))

    def nudge(self) -> None:
        self._news.set()

    async def of_alta(self, alta: int) -> tuple[Delivery, ...]:
        """What became of each version, the newest first."""
        return await self._read(_SELECT.where(alta_hooks.c.alta == alta))

    async def undelivered(self) -> int:
        """How many were given up, or were tried more than once in vain."""
        stuck = (alta_hooks.c.state == "failed") | (
            alta_hooks.c.state.in_(("pending", "sending")) & (alta_hooks.c.tries > 1)
        )
        async with self._engine.connect() as connection:
            return int(
                await connection.scalar(select(func.count()).select_from(alta_hooks).where(stuck)) or 0
            )

    async def again(self, alta: int, id: int) -> None:
        """Send one of an alta's that was given up once more. Raises `AltaRefused`."""
        one = (alta_hooks.c.id == id) & (alta_hooks.c.alta == alta)
        failed = update(alta_hooks).where(one, alta_hooks.c.state == "failed")
        values = {"state": "pending", "tries": 0, "due": self._clock(), "ended": None}
        async with writing(self._engine) as connection:
            moved = await connection.execute(failed.values(values).returning(alta_hooks.c.version))
            version = moved.scalar_one_or_none()
            if version is None:
                raise AltaRefused("Ese envío ya salió o no existe.")
            plan = await connection.scalar(select(altas.c.plan).where(altas.c.id == alta))
            deed = Deed("alta.coverages-sent", f"ALTA-{alta} {plan}", after={"version": version})
            await audit.write(connection, deed)
        self.nudge()

    async def run(self) -> None:
        """Until `close`."""
        while not self._ending and self._target is not None:
            self._news.clear()
            if not await self.one():
                await self._wait()

    async def close(self) -> None:
        self._ending = True
        self.nudge()

    async def one(self) -> bool:
        """Send one that is due; False when none is, or when it could not be done now."""
        try:
            claimed = await self._claim()
            if claimed is not None:
                await self._settle(claimed, await self._send(claimed))
            return claimed is not None
        except Exception:
            log.exception("coverages_hook_database")
            return False

    async def _claim(self) -> Delivery | None:
        """The next that is due, taken for two minutes: whoever took it and died is not waited for longer."""
        now = self._clock()
        due = alta_hooks.c.state.in_(("pending", "sending")) & (alta_hooks.c.due <= now)
        async with writing(self._engine) as connection:
            wanted = _SELECT.where(due).order_by(alta_hooks.c.due).limit(1)
            row = (
                (await connection.execute(wanted.with_for_update(skip_locked=True))).mappings().one_or_none()
            )
            if row is None:
                return None
            taken = {"state": "sending", "due": now + LEASE, "tries": row["tries"] + 1}
            await connection.execute(update(alta_hooks).where(alta_hooks.c.id == row["id"]).values(taken))
        return Delivery(**dict(row) | taken)

    async def _send(self, delivery: Delivery) -> str:
        """What went wrong; empty when it was taken."""
        target = self._target
        assert target is not None
        body = json.dumps(await self._body(delivery), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Altavoz",
            "X-Altavoz-Delivery": f"coverages-{delivery.alta}-{delivery.version}",
            "X-Altavoz-Signature": signature(target.secret, int(self._clock().timestamp()), body),
        }
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(target.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                return "" if answer.status < 300 else f"respondió {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return f"no respondió: {error or type(error).__name__}"

    async def _body(self, delivery: Delivery) -> dict[str, Any]:
        wanted = select(alta_coverages, altas.c.plan, altas.c.name, altas.c.account, altas.c.subsidiary).join(
            altas, altas.c.id == alta_coverages.c.alta
        )
        same = (alta_coverages.c.alta == delivery.alta, alta_coverages.c.version == delivery.version)
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted.where(*same))).one()
        return {
            "event": "coverages",
            "alta": row.alta,
            "plan": row.plan,
            "name": row.name,
            "account": row.account,
            "subsidiary": row.subsidiary,
            "version": row.version,
            "at": row.at.isoformat(),
            "by": row.by,
            **json.loads(row.content),
        }

    async def _settle(self, delivery: Delivery, error: str) -> None:
        now = self._clock()
        if not error:
            values: dict[str, Any] = {"state": "sent", "ended": now, "error": ""}
        elif delivery.tries >= MOST_TRIES:
            values = {"state": "failed", "ended": now, "error": error}
        else:
            values = {
                "state": "pending",
                "due": now + wait_after(delivery.tries, random.random()),  # noqa: S311 - no secret
                "error": error,
            }
        log.info("coverages_hook", alta=delivery.alta, version=delivery.version, error=error)
        mine = (
            alta_hooks.c.id == delivery.id,
            alta_hooks.c.state == "sending",
            alta_hooks.c.tries == delivery.tries,
        )
        async with writing(self._engine) as connection:
            await connection.execute(update(alta_hooks).where(*mine).values(values))

    async def _read(self, wanted: Select[Any]) -> tuple[Delivery, ...]:
        async with self._engine.connect() as connection:
            rows = (await connection.execute(wanted.order_by(alta_hooks.c.id.desc()))).mappings()
            return tuple(Delivery(**row) for row in rows)

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return


def wait_after(tries: int, chance: float) -> timedelta:
    """How long after so many tries: 15 s, doubled each time, at most an hour, a fifth more or less. Pure."""
    doubled: timedelta = FIRST_WAIT * int(2 ** min(tries - 1, 20))
    return min(doubled, LONGEST_WAIT) * (0.8 + 0.4 * chance)


_SELECT = select(*(alta_hooks.c[name] for name in Delivery.__dataclass_fields__))
