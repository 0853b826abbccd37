"""The facts of calls that the database has, those it could not apply among them."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from cases.fact_rows import fact_of
from cases.tables import call_events, refused_facts
from telephony.facts import CallFact

_AT_ONCE = 500


async def committed_facts(engine: AsyncEngine, calls: Collection[str]) -> dict[str, list[CallFact]]:
    """Call → its facts, in no order."""
    found: dict[str, list[CallFact]] = defaultdict(list)
    wanted = sorted(calls)
    async with engine.connect() as connection:
        for begin in range(0, len(wanted), _AT_ONCE):
            some = wanted[begin : begin + _AT_ONCE]
            for table in (call_events, refused_facts):
                columns = (table.c.call, table.c.at, table.c.kind, table.c.detail)
                rows = await connection.execute(select(*columns).where(table.c.call.in_(some)))
                for row in rows.mappings():
                    found[row["call"]].append(fact_of(dict(row)))
    return found
