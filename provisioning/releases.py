"""The history of releases: what was live when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from db.engine import writing
from provisioning.tables import ReleaseRow
from staff import audit
from staff.audit import Deed

Numbers = Mapping[str, tuple[str, ...]]
"""Version's hash → the numbers that it answers, header and public (E.164)."""
SHOWN = 12
"""How many digits of a plan version's hash people see."""


@dataclass(frozen=True)
class Release:
    release: str
    at: datetime
    by: str
    plans: Mapping[str, str]


class ReleaseHistory:
    """Append-only record of publications in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, release: Release, action: str, numbers: Numbers = MappingProxyType({})) -> None:
        """Keep a publication; the audit trail gets it as this deed, and each plan that changed as one."""
        former = await self.last()
        async with writing(self._engine) as connection:
            row = {"release": release.release, "at": release.at, "by": release.by}
            await connection.execute(insert(ReleaseRow).values(row | {"plans": dict(release.plans)}))
            for deed in deeds(former, release, action, numbers):
                await audit.write(connection, deed)

    async def last(self) -> Release | None:
        """The newest publication."""
        return await self._newest()

    async def of(self, release: str) -> Release | None:
        """The newest publication of that release id."""
        return await self._newest(release)

    async def _newest(self, release: str | None = None) -> Release | None:
        query = select(ReleaseRow.release, ReleaseRow.at, ReleaseRow.by, ReleaseRow.plans)
        if release is not None:
            query = query.where(ReleaseRow.release == release)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query.order_by(ReleaseRow.id.desc()).limit(1))).first()
        return Release(*row) if row else None


def deeds(
    former: Release | None, release: Release, action: str, numbers: Numbers = MappingProxyType({})
) -> tuple[Deed, ...]:
    """What a publication did: the release itself, and each plan whose version is another now. Pure."""
    before = former.plans if former else {}
    changed = [
        plan for plan in sorted({*before, *release.plans}) if before.get(plan) != release.plans.get(plan)
    ]
    published = Deed(action, release.release, {"release": former.release if former else None})
    return (
        published,
        *(
            Deed(
                "plan.changed", plan, _version(before, plan, numbers), _version(release.plans, plan, numbers)
            )
            for plan in changed
        ),
    )


def _version(plans: Mapping[str, str], plan: str, numbers: Numbers) -> dict[str, Any]:
    if plan not in plans:
        return {}
    hash = plans[plan]
    return {"version": hash[:SHOWN]} | ({"numbers": list(numbers[hash])} if hash in numbers else {})
