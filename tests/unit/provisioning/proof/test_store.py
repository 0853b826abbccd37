import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from db.all_tables import metadata
from ivr_audio.reception import Reception
from provisioning.proof.reports import (
    Check,
    Ear,
    HeardPrompt,
    Kind,
    Report,
    Result,
    TestedCall,
    body,
    hash_of,
    report_of,
)
from provisioning.proof.store import BrokenReport, ReportFilter, Reports
from staff.audit_trail import AuditFilter, AuditTrail
from staff.scope import Scope
from tests.support.databases import BACKENDS, fresh_engine

BEGUN = datetime(2026, 11, 26, 21, tzinfo=UTC)
GOOD = Check("name", "El nombre", True, "«ÑANDÚ»", "«ÑANDÚ»", "", 12)
BAD = Check("destination", "El destino", False, "«cat»", "«sac»", "Corrija el menú.")
CALL = TestedCall(
    "principal-1", "Opción 1", "+541143218765", BEGUN, BEGUN + timedelta(seconds=9), (GOOD,),
    call="pbx1-1.1", timings={"plan": 120}, path=("choice",), recording="ab" * 32, sip="INVITE",
    prompts=(HeardPrompt("saludo", "heard", 0.98, 1.0, 0.2, 4.2, -20.1),),
)  # fmt: skip


def report(**changes: object) -> Report:
    made = Report(
        Kind.IT, "hogar-nandu", "Hogar Ñandú", "AR", "Seguros Ñandú S.A.", "ab" * 32, "plan-hogar-x-1",
        "3f2a", "ivan", BEGUN, BEGUN + timedelta(minutes=2), Result.PASSED, (CALL,), ("+541143218765",),
        ("lo que sigue",), (Ear("saludo", True, BEGUN),),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


FAILED = {"result": Result.FAILED, "calls": (replace(CALL, checks=(GOOD, BAD)),)}
OPERATIONS = {"kind": Kind.OPERATIONS, "by": "olga"}


@pytest.fixture(params=BACKENDS)
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with fresh_engine(request.param, tmp_path, metadata) as opened:
        yield opened


@pytest.fixture
def reports(engine: AsyncEngine) -> Reports:
    return Reports(engine)


async def standing(
    reports: Reports, version: str = "ab" * 32, fingerprint: str = "plan-hogar-x-1"
) -> list[str]:
    proof = await reports.standing("hogar-nandu", version, fingerprint)
    return [each.by for each in (proof.it, proof.operations) if each]


def test_a_report_is_written_and_read_back_the_same() -> None:
    assert report_of(body(report())) == report()
    assert hash_of(report()) == hash_of(report(id=7, hash="other"))
    assert hash_of(report()) != hash_of(report(note="x"))


def test_a_report_from_before_receptions_were_told_keeps_its_hash() -> None:
    (call,) = body(report())["calls"]
    assert not call.keys() & {"reception", "before"}
    told = report(calls=(replace(CALL, reception=Reception(500, 3, 2), before=Reception(gaps=2)),))
    assert report_of(body(told)) == told and hash_of(told) != hash_of(report())


async def test_a_report_is_kept_with_its_hash_and_its_deed(reports: Reports, engine: AsyncEngine) -> None:
    kept = await reports.add(report())
    assert kept.id is not None and kept.hash == hash_of(report())
    assert await reports.get(kept.id) == kept
    (deed,) = (await AuditTrail(engine).page(AuditFilter(action="test.reported"))).rows
    assert deed.subject == "hogar-nandu" and deed.after["hash"] == kept.hash


async def test_nothing_can_change_or_take_away_a_report(reports: Reports, engine: AsyncEngine) -> None:
    await reports.add(report())
    for statement in ("UPDATE test_reports SET result = 'failed'", "DELETE FROM test_reports"):
        with pytest.raises(DBAPIError, match="stay as they are"):
            async with engine.begin() as connection:
                await connection.execute(text(statement))


async def test_a_report_altered_beneath_the_database_is_noticed(tmp_path: Path) -> None:
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        kept = await Reports(engine).add(report(**FAILED))
    with sqlite3.connect(tmp_path / "test.db") as file:
        file.execute("DROP TRIGGER test_reports_no_update")
        file.execute("""UPDATE test_reports SET body = replace(body, '"failed"', '"passed"')""")
    async with fresh_engine("sqlite", tmp_path, metadata) as engine:
        with pytest.raises(BrokenReport):
            await Reports(engine).get(kept.id or 0)


async def test_a_version_stands_as_tested_when_two_people_passed_it(reports: Reports) -> None:
    assert await standing(reports) == []
    await reports.add(report())
    assert await standing(reports) == ["ivan"]
    await reports.add(report(**OPERATIONS))
    assert (await reports.standing("hogar-nandu", "ab" * 32, "plan-hogar-x-1")).complete


async def test_one_person_alone_proves_nothing(reports: Reports) -> None:
    await reports.add(report())
    await reports.add(report(**OPERATIONS | {"by": "ivan"}))
    assert not (await reports.standing("hogar-nandu", "ab" * 32, "plan-hogar-x-1")).complete


async def test_what_changed_after_its_test_is_untested_again(reports: Reports) -> None:
    await reports.add(report())
    assert await standing(reports, version="cd" * 32) == []
    assert await standing(reports, fingerprint="plan-hogar-x-2") == []


async def test_a_later_failure_takes_the_standing_away_and_a_stopped_test_does_not(reports: Reports) -> None:
    await reports.add(report())
    await reports.add(report(result=Result.INTERRUPTED))
    await reports.add(report(result=Result.CANCELLED))
    assert await standing(reports) == ["ivan"]
    await reports.add(report(**FAILED))
    assert await standing(reports) == []
    latest = await reports.latest("hogar-nandu", Kind.IT)
    assert latest is not None and latest.failures == (BAD,)


async def test_reports_are_listed_newest_first_in_pages_of_what_is_in_sight(reports: Reports) -> None:
    for plan, subsidiary in (("a", "AR"), ("b", "CO"), ("c", "AR"), ("d", "AR")):
        await reports.add(report(plan=plan, subsidiary=subsidiary))
    argentine = Scope(frozenset({"AR"}))
    first = await reports.page(limit=2, scope=argentine)
    assert [each.plan for each in first.reports] == ["d", "c"]
    second = await reports.page(limit=2, before=first.next, scope=argentine)
    assert [each.plan for each in second.reports] == ["a"] and second.next is None
    assert (await reports.page(ReportFilter(plan="b"))).reports[0].checks == 2
    assert await reports.get(2, argentine) is None
    assert await reports.get(1, Scope(accounts=frozenset({"Otra"}))) is None
