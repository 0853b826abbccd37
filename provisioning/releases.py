"""The history of releases: what stood when."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from plans.book import Marks
from plans.store import mark
from provisioning.marking import UNMARKED, Going
from provisioning.tables import ReleaseRow, untested_releases
from provisioning.untested import Untested
from staff import audit
from staff.audit import Deed
from staff.audit_table import audit as deeds_kept

Numbers = Mapping[str, tuple[str, ...]]
"""Version's hash → the numbers that it answers, header and public (E.164)."""
SHOWN = 12
"""How many digits of a plan version's hash people see."""

PUBLISHED, ROLLED_BACK = "release.published", "release.rolled-back"

What = Literal["candidate", "released", "withdrawn", "suspended", "resumed", "dropped"]
"""What became of a plan: the version on trial is another; strangers are answered by another version, or by
none any more; they hear that the service is not active, or are answered again; the trial was given up."""

Turn = Literal["suspended", "returned"]
"""Strangers who were answered hear that the service is not active; or, after that, are answered again."""


@dataclass(frozen=True)
class Release:
    release: str
    at: datetime
    by: str
    marks: Mapping[str, Marks]
    reason: str = ""
    going: Going = Going.CANDIDATE


@dataclass(frozen=True, slots=True)
class Turned:
    """A line that was suspended or returned; `version` (a hash) is what answered, or what does now."""

    plan: str
    version: str
    turn: Turn
    at: datetime
    by: str
    reason: str


Told = Callable[[AsyncConnection, Untested], Awaitable[None]]
"""Who is told, within the transaction, that strangers were let in without the gate."""
TurnTold = Callable[[AsyncConnection, Turned], Awaitable[None]]
"""Who is told, within the transaction, that a line was suspended or returned."""


async def _nobody(_connection: AsyncConnection, _found: Untested | Turned) -> None:
    return None


class ReleaseHistory:
    """Append-only record of publications in the database."""

    def __init__(self, engine: AsyncEngine, told: Told = _nobody, turned: TurnTold = _nobody) -> None:
        self._engine = engine
        self._told = told
        self._turned = turned

    async def add(self, release: Release, action: str, numbers: Numbers = MappingProxyType({})) -> None:
        """Keep a publication, and mark its versions as what stands; raises UnknownVersion.

        The audit trail gets it as this deed, and each plan that changed as one.
        """
        former = await self.last()
        async with writing(self._engine) as connection:
            await mark(connection, release.marks, release.by, release.at)
            await connection.execute(insert(ReleaseRow).values(_row(release)))
            for deed in deeds(former, release, action, numbers):
                await audit.write(connection, deed)
            for found in let_in_untested(former, release):
                row = {name: getattr(found, name) for name in Untested.__dataclass_fields__}
                await connection.execute(insert(untested_releases).values(row))
                await self._told(connection, found)
            for line in lines_turned(former, release):
                await self._turned(connection, line)

    async def last(self) -> Release | None:
        """The newest publication."""
        return await self._newest()

    async def of(self, release: str) -> Release | None:
        """The newest publication of that release id."""
        return await self._newest(release)

    async def known(self) -> frozenset[str]:
        """All releases that were kept; one whose publication a crash cut short is not among them."""
        async with self._engine.connect() as connection:
            return frozenset(await connection.scalars(select(ReleaseRow.release).distinct()))

    async def answers_since(self, plan: str) -> datetime | None:
        """When strangers were last let in to it, anew or again."""
        let_in = deeds_kept.c.action.in_(("plan.released", "plan.resumed")) & (deeds_kept.c.subject == plan)
        async with self._engine.connect() as connection:
            found: datetime | None = await connection.scalar(select(func.max(deeds_kept.c.at)).where(let_in))
        return found

    async def _newest(self, release: str | None = None) -> Release | None:
        query = select(*_COLUMNS)
        if release is not None:
            query = query.where(ReleaseRow.release == release)
        async with self._engine.connect() as connection:
            return await _first(connection, query)


_COLUMNS = (
    ReleaseRow.release,
    ReleaseRow.at,
    ReleaseRow.by,
    ReleaseRow.plans,
    ReleaseRow.candidates,
    ReleaseRow.suspended,
)


async def _first(connection: AsyncConnection, query: Select[*tuple[Any, ...]]) -> Release | None:
    row = (await connection.execute(query.order_by(ReleaseRow.id.desc()).limit(1))).first()
    if row is None:
        return None
    marks = {
        plan: Marks(row.plans.get(plan), row.candidates.get(plan), plan in row.suspended)
        for plan in {**row.plans, **row.candidates}
    }
    return Release(row.release, row.at, row.by, marks)


def _row(release: Release) -> dict[str, Any]:
    marks = release.marks
    return {
        "release": release.release,
        "at": release.at,
        "by": release.by,
        "plans": {plan: each.live for plan, each in marks.items() if each.live},
        "candidates": {plan: each.candidate for plan, each in marks.items() if each.candidate},
        "suspended": sorted(plan for plan, each in marks.items() if each.suspended),
    }


def what_became(before: Marks, after: Marks) -> What | None:
    """What a publication did to a plan; None when it did nothing. Pure."""
    was, now = _answering(before), _answering(after)
    if was != now and now is None:
        return "suspended" if after.suspended else "withdrawn"
    if was != now:
        return "resumed" if before.live == after.live else "released"
    if before.candidate != after.candidate:
        return "candidate" if after.candidate else "dropped"
    return "withdrawn" if before.live != after.live else None


def let_in_untested(former: Release | None, release: Release) -> Iterator[Untested]:
    """The versions that strangers reach from now on without the gate. Pure."""
    if release.going not in (Going.RELEASE, Going.URGENT):
        return
    before = former.marks if former else {}
    for plan, marks in release.marks.items():
        if marks.live and what_became(before.get(plan, UNMARKED), marks) == "released":
            urgent = release.going is Going.URGENT
            yield Untested(plan, marks.live, release.at, release.by, release.reason, urgent)


def turn(before: Marks, after: Marks) -> Turn | None:
    """Whether a publication suspended a plan's line or brought it back. Pure."""
    if _answering(before) and after.suspended:
        return "suspended"
    return "returned" if before.suspended and _answering(after) else None


def lines_turned(former: Release | None, release: Release) -> Iterator[Turned]:
    """The lines that it suspended or brought back. Pure."""
    before = former.marks if former else {}
    for plan, marks in release.marks.items():
        if marks.live and (which := turn(before.get(plan, UNMARKED), marks)):
            yield Turned(plan, marks.live, which, release.at, release.by, release.reason)


def _answering(marks: Marks) -> str | None:
    return None if marks.suspended else marks.live


def deeds(
    former: Release | None, release: Release, action: str, numbers: Numbers = MappingProxyType({})
) -> tuple[Deed, ...]:
    """What a publication did: the release itself, and each plan of which something else stands now. Pure."""
    before = former.marks if former else {}
    told = {"release": former.release if former else None}
    return (
        Deed(action, release.release, told, reason=release.reason),
        *(
            Deed(
                "plan.changed" if action == ROLLED_BACK else f"plan.{what}",
                plan,
                _told(before.get(plan, UNMARKED), numbers),
                _told(release.marks.get(plan, UNMARKED), numbers),
                release.reason,
            )
            for plan in sorted({*before, *release.marks})
            if (what := what_became(before.get(plan, UNMARKED), release.marks.get(plan, UNMARKED)))
        ),
    )


def _told(marks: Marks, numbers: Numbers) -> dict[str, Any]:
    """The numbers are those of the version that answers, or else of the one on trial."""
    versions = {"version": marks.live, "candidate": marks.candidate}
    told: dict[str, Any] = {name: hash[:SHOWN] for name, hash in versions.items() if hash}
    first = marks.live or marks.candidate or ""
    if first in numbers:
        told["numbers"] = list(numbers[first])
    return told | ({"suspended": True} if marks.suspended else {})
