"""Reports of tests in the database: added, read, never changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from provisioning.proof.reports import Kind, Report, Result, body, hash_of, report_of
from provisioning.proof.sight import in_sight
from provisioning.proof.tables import test_reports
from staff import audit
from staff.audit import Deed, canonical
from staff.scope import EVERYTHING, Scope

MOST = 200


class BrokenReport(Exception):
    """A report in the database is no longer what its hash says."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list: all but what it found."""

    id: int
    kind: Kind
    plan: str
    plan_name: str
    subsidiary: str
    account: str
    version: str
    fingerprint: str
    release: str
    by: str
    begun: datetime
    ended: datetime
    result: Result
    checks: int
    failures: int
    hash: str

    @property
    def passed(self) -> bool:
        return self.result is Result.PASSED


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What is looked for; empty means all."""

    plan: str = ""
    kind: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some reports, newest first, and what to ask the following ones with."""

    reports: tuple[ReportRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """The reports by which a version stands as tested; None where nobody tested it, or where its last test
    did not pass."""

    it: Report | None
    operations: Report | None

    @property
    def complete(self) -> bool:
        """Both, by two people."""
        return self.it is not None and self.operations is not None and self.it.by != self.operations.by


_ROW = [test_reports.c[field.name] for field in fields(ReportRow)]


class Reports:
    """Every method is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, report: Report) -> Report:
        """Keep a report for ever; the same with its id and hash."""
        async with writing(self._engine) as connection:
            return await added(connection, report)

    async def get(self, id: int, scope: Scope = EVERYTHING) -> Report | None:
        """One of them, when it is in sight. Raises BrokenReport."""
        return await self._one(in_sight(select(test_reports).where(test_reports.c.id == id), scope))

    async def latest(self, plan: str, kind: Kind) -> Report | None:
        """The newest of a plan that ran to its end, whatever the version."""
        return await self._one(_newest(plan, kind))

    async def standing(self, plan: str, version: str, fingerprint: str) -> Proof:
        """What proves this very version as it stands in the PBX."""
        it, operations = [
            await self._one(_newest(plan, kind, version, fingerprint)) for kind in (Kind.IT, Kind.OPERATIONS)
        ]
        return Proof(_if_passed(it), _if_passed(operations))

    async def by_hand(self, plan: str, version: str, fingerprint: str) -> Mapping[str, Report]:
        """The newest test by hand of each line of this very version, by header number."""
        wanted = _ended(plan, Kind.BY_HAND, version, fingerprint).order_by(test_reports.c.id)
        async with self._engine.connect() as connection:
            reports = [_report(row) for row in (await connection.execute(wanted)).mappings()]
        return {number: report for report in reports for number in report.numbers}

    async def page(
        self,
        filter: ReportFilter = ReportFilter(),
        limit: int = 50,
        before: int | None = None,
        scope: Scope = EVERYTHING,
    ) -> ReportPage:
        """Reports in sight, newest first; `before` is the id that the page before ended with."""
        size = min(max(limit, 1), MOST)
        wanted = in_sight(select(*_ROW), scope).order_by(test_reports.c.id.desc()).limit(size + 1)
        for name in ("plan", "kind", "result"):
            if value := getattr(filter, name):
                wanted = wanted.where(test_reports.c[name] == value)
        if before is not None:
            wanted = wanted.where(test_reports.c.id < before)
        async with self._engine.connect() as connection:
            rows = [_row(row) for row in (await connection.execute(wanted)).mappings()]
        return ReportPage(tuple(rows[:size]), rows[size - 1].id if len(rows) > size else None)

    async def _one(self, wanted: Select[Any]) -> Report | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        return _report(row) if row else None


async def added(connection: AsyncConnection, report: Report) -> Report:
    """Keep a report within somebody's transaction."""
    hash = hash_of(report)
    row = {name: getattr(report, name) for name in _FLAT}
    row |= {"checks": len(report.checks), "failures": len(report.failures)}
    row |= {"body": canonical(body(report)), "hash": hash}
    result = await connection.execute(insert(test_reports).values(row))
    assert result.inserted_primary_key is not None
    id = int(result.inserted_primary_key[0])
    after = {"report": id, "kind": report.kind, "result": report.result, "version": report.version[:12]}
    await audit.write(connection, Deed("test.reported", report.plan, after=after | {"hash": hash}))
    return replace(report, id=id, hash=hash)


_FLAT = [field.name for field in fields(ReportRow) if field.name not in ("id", "checks", "failures", "hash")]
_ENDED = (Result.PASSED, Result.FAILED)


def _newest(plan: str, kind: Kind, version: str = "", fingerprint: str = "") -> Select[Any]:
    return _ended(plan, kind, version, fingerprint).order_by(test_reports.c.id.desc()).limit(1)


def _ended(plan: str, kind: Kind, version: str, fingerprint: str) -> Select[Any]:
    """A test that was stopped says nothing of the line."""
    wanted = select(test_reports).where(
        test_reports.c.plan == plan, test_reports.c.kind == kind, test_reports.c.result.in_(_ENDED)
    )
    if version:
        wanted = wanted.where(test_reports.c.version == version, test_reports.c.fingerprint == fingerprint)
    return wanted


def _if_passed(report: Report | None) -> Report | None:
    return report if report is not None and report.passed else None


def _row(row: Mapping[Any, Any]) -> ReportRow:
    return ReportRow(**dict(row) | {"kind": Kind(row["kind"]), "result": Result(row["result"])})


def _report(row: Mapping[Any, Any]) -> Report:
    report = replace(report_of(json.loads(row["body"])), id=row["id"], hash=row["hash"])
    if hash_of(report) != row["hash"]:
        raise BrokenReport(f"el informe {row['id']} no es el que se guardó: su huella no coincide")
    return report
