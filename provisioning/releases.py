"""The history of releases: what was live when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from provisioning.tables import ReleaseRow


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

    async def add(self, release: Release) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                insert(ReleaseRow).values(
                    release=release.release, at=release.at, by=release.by, plans=dict(release.plans)
                )
            )

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
