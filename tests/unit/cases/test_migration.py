"""A database of before with its rows, brought up to date."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command

from cases.store import CaseStore
from db import migrate
from db.migrate import differences, upgrade
from plans.model import PlanVersion
from plans.store import PlanStore
from tests.support.databases import BACKENDS, fresh_engine
from tests.unit.cases.conftest import HASH, START, make_plan

TABLES = ("calls", "cases")


async def before(engine):
    """The database as the first revision left it, with an answered call, one that waits, and a case."""
    await migrate._run(engine, lambda config: command.upgrade(config, "23e1a6eca9f7"))
    await PlanStore(engine).save(PlanVersion(plan=make_plan(), hash=HASH), "", "it", START)
    async with engine.begin() as connection:
        calls, cases = await connection.run_sync(_tables)
        await connection.execute(sa.insert(cases), [_case()])
        await connection.execute(
            sa.insert(calls), [_call("pbx1-1.1", 1, True), _call("pbx1-2.1", None, False)]
        )


def _tables(connection):
    found = sa.MetaData()
    return [sa.Table(name, found, autoload_with=connection) for name in TABLES]


def at(seconds: int) -> datetime:
    return datetime(2026, 3, 2, 15, 0, tzinfo=UTC) + timedelta(seconds=seconds)


def _case():
    return {
        "id": 1, "origin": "pbx1-1.1", "line": "+541143218765", "plan": "hogar-nandu", "version": HASH[:12],
        "plan_name": "x", "fantasy_name": "x", "state": "open", "who": "Ñúñez", "address": "", "notes": "",
        "telephone": "+541143218765", "priority": 0, "owner": "ana", "opened": at(9), "revision": 1,
    }  # fmt: skip


def _call(id, case, answered):
    return {
        "id": id, "linkedid": id, "line": "+541143218765", "plan": "hogar-nandu", "version": HASH[:12],
        "plan_name": "x", "fantasy_name": "x", "carrier": "c", "caller_name": "", "choices": [],
        "priority": 0, "digits": {"documento": "20123456"}, "ringing": [], "started": at(0), "queued": at(3),
        "phase": "talking" if answered else "queue", "case": case, "caller": "+5491155550001",
        "extension": "101" if answered else None, "coordinator": "ana" if answered else None,
        "answered": at(9) if answered else None, "ended": at(40) if answered else None,
        "outcome": "answered" if answered else None, "number": None,
    }  # fmt: skip


@pytest.mark.parametrize("backend", BACKENDS)
async def test_old_rows_get_their_plans_owner_their_parts_and_their_words(backend, tmp_path):
    async with fresh_engine(backend, tmp_path, sa.MetaData()) as engine:
        await before(engine)
        await upgrade(engine)
        assert await differences(engine) == []
        store = CaseStore(engine)
        call, waits = await store.call("pbx1-1.1"), await store.call("pbx1-2.1")
        assert (call.subsidiary, call.account, call.direction) == ("AR", "Seguros Ñandú S.A.", "in")
        parts = (call.ivr, call.waiting, call.talking, call.held)
        assert [part.total_seconds() for part in parts] == [3, 6, 31, 0]
        assert [(each.person, each.joined, each.left) for each in call.parties] == [("ana", at(9), at(40))]
        assert (waits.stage, waits.since, waits.ivr.total_seconds()) == ("waiting", at(3), 3)
        for typed in ("nunez", "4321-8765", "20123456"):
            (case,) = (await store.search(typed)).items
            assert (case.id, case.account) == (1, "Seguros Ñandú S.A.")


@pytest.mark.parametrize("backend", BACKENDS)
async def test_going_back_leaves_the_former_tables(backend, tmp_path):
    async with fresh_engine(backend, tmp_path, sa.MetaData()) as engine:
        await before(engine)
        await migrate._run(engine, lambda config: command.upgrade(config, "0002"))
        await migrate._run(engine, lambda config: command.downgrade(config, "23e1a6eca9f7"))
        async with engine.connect() as connection:
            calls, _ = await connection.run_sync(_tables)
            assert "parties" not in calls.c and "account" not in calls.c
            assert len((await connection.execute(sa.select(calls))).all()) == 2
