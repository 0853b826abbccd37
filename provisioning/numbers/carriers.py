"""The carriers of the site: how each should deliver calls, and what each really delivered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from plans.numbers import written
from plans.site import Carrier, Header, Site
from provisioning.numbers.delivery import judge
from provisioning.numbers.states import Move, NumberKind, NumberState
from provisioning.numbers.tables import carrier_deliveries, number_history, numbers
from provisioning.numbers.values import NumberRefused
from staff import audit
from staff.actor import current
from staff.audit import Deed
from staff.clock import Clock
from staff.scope import EVERYTHING, Scope

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a carrier once delivered. `header` is the part of the INVITE, `value` what stood there."""

    carrier: str
    line: str
    at: datetime
    actor: str
    header: str
    value: str
    expected: str
    matches: bool
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CarrierView:
    """A carrier of the site. `free` headers are left, `waiting` ones wait for its answer, since `oldest` the
    first; `took` is the usual time from asking to linking, None while nothing was linked.
    """

    slug: str
    carrier: Carrier
    free: int
    waiting: int
    oldest: datetime | None
    took: timedelta | None
    deliveries: tuple[Delivery, ...]

    @property
    def name(self) -> str:
        return self.carrier.name or self.slug

    @property
    def last(self) -> Delivery | None:
        return self.deliveries[0] if self.deliveries else None


class Carriers:
    """The carriers, and what was observed of them."""

    def __init__(self, engine: AsyncEngine, clock: Clock, site: Site) -> None:
        self._engine = engine
        self._clock = clock
        self._site = site

    async def all(self, scope: Scope = EVERYTHING) -> tuple[CarrierView, ...]:
        """Those of the subsidiaries in sight, in the order of the site's file."""
        seen = {
            slug: each
            for slug, each in self._site.carriers.items()
            if not scope.subsidiaries or each.subsidiary in scope.subsidiaries
        }
        return tuple([await self._view(slug, each) for slug, each in seen.items()])

    async def _view(self, slug: str, carrier: Carrier) -> CarrierView:
        free, _ = await self._headers(slug, numbers.c.state == NumberState.FREE)
        asked = numbers.c.asked_at.is_not(None) & numbers.c.granted_at.is_(None)
        waiting, oldest = await self._headers(slug, asked)
        took = await self._took(slug)
        return CarrierView(slug, carrier, free, waiting, oldest, took, await self.deliveries(slug))

    async def _headers(self, slug: str, which: ColumnElement[bool]) -> tuple[int, datetime | None]:
        """How many headers of a carrier these are, and when the first of them was asked for."""
        wanted = select(func.count(), func.min(numbers.c.asked_at)).where(
            numbers.c.carrier == slug, numbers.c.kind == NumberKind.HEADER, which
        )
        async with self._engine.connect() as connection:
            count, since = (await connection.execute(wanted)).one()
        return int(count), since

    async def _took(self, slug: str) -> timedelta | None:
        """The median of the last times from asking for a number to its link."""
        asked, linked = number_history.alias("asked"), number_history.alias("linked")
        before = (
            select(func.max(asked.c.at))
            .where(asked.c.number == linked.c.number, asked.c.move == Move.REQUEST, asked.c.id < linked.c.id)
            .scalar_subquery()
        )
        wanted = (
            select(linked.c.at, before.label("asked"))
            .join(numbers, numbers.c.id == linked.c.number)
            .where(linked.c.move == Move.LINK)
            .where(numbers.c.carrier == slug, numbers.c.kind == NumberKind.HEADER)
        )
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(linked.c.id.desc()).limit(SHOWN))
            spans = sorted(row.at - row.asked for row in rows if row.asked)
        return spans[len(spans) // 2] if spans else None

    async def observed(self, carrier: str, line: str, parts: Mapping[Header, str]) -> Delivery:
        """Keep what the INVITE of a real call to `line` (E.164) carried: user parts by where they stood.

        Raises `NumberRefused` for a carrier that the site does not have.
        """
        if carrier not in self._site.carriers:
            raise NumberRefused(f"No hay un operador «{carrier}» en el archivo del sitio.")
        known = self._site.carriers[carrier]
        judged = judge(known, line, parts)
        values: dict[str, Any] = {
            "carrier": carrier,
            "line": line,
            "at": self._clock(),
            "actor": current().name,
            "header": known.delivers.into,
            "value": judged.value[:80],
            "expected": judged.expected[:80],
            "matches": judged.matches,
        }
        async with writing(self._engine) as connection:
            row = values | {"differences": "\n".join(judged.differences)}
            await connection.execute(insert(carrier_deliveries).values(row))
            await audit.write(connection, _deed(carrier, values, judged.differences))
        return Delivery(**values, differences=judged.differences)

    async def deliveries(self, carrier: str, limit: int = SHOWN) -> tuple[Delivery, ...]:
        """What it delivered, the newest first."""
        wanted = select(carrier_deliveries).where(carrier_deliveries.c.carrier == carrier)
        async with self._engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(carrier_deliveries.c.id.desc()).limit(limit))
            return tuple(_delivery(row) for row in rows.mappings())


def _delivery(row: Mapping[Any, Any]) -> Delivery:
    said = tuple(row["differences"].split("\n")) if row["differences"] else ()
    return Delivery(**{name: value for name, value in row.items() if name != "id"} | {"differences": said})


def _deed(carrier: str, values: Mapping[str, Any], differences: Sequence[str]) -> Deed:
    told = {name: values[name] for name in ("line", "header", "value", "matches")}
    return Deed(
        "carrier.observed",
        carrier,
        after=told | {"line": written(values["line"])},
        reason=" ".join(differences)[:500],
    )
