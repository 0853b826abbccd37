"""One transaction of facts: what is known is read, decided on, and all that changed is written at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.call_rows import UPDATE, call_row, record_of, update_row
from cases.fact_rows import fact_of, fact_row
from cases.fold import place
from cases.follow import correct_case, link, open_cases
from cases.intake import Known, Unplaced, decide, wants_case
from cases.numbers import belonging, settle_missed
from cases.plans_in_use import FindsPlans, plan_of
from cases.record import BEGINNINGS, CallRecord
from cases.tables import call_events, calls, refused_facts
from plans.model import Plan
from telephony.facts import CallArrived, CallFact, CallPlaced

UNPLACED = "the call has not arrived"


@dataclass(frozen=True, slots=True)
class Changed:
    """A call as it stands after a transaction, with its `facts` that were new."""

    known: Known
    facts: tuple[CallFact, ...]


@dataclass(slots=True)
class _Work:
    """A transaction's calls while it is decided: nothing outside sees them before the commit."""

    before: dict[str, Known | None]
    after: dict[str, Known] = field(default_factory=dict)
    new: list[CallFact] = field(default_factory=list)
    unplaced: list[CallFact] = field(default_factory=list)


async def write_batch(
    connection: AsyncConnection,
    facts: Sequence[CallFact],
    held: Mapping[str, Known],
    plans: FindsPlans,
    name_of: Callable[[str], str | None],
    now: datetime,
) -> list[Changed]:
    """Apply facts within the connection's transaction; `held` are the calls known in memory.

    Answers the calls that changed, and those of `facts` that memory did not hold, as they stand.
    """
    work = _Work({fact.call: held.get(fact.call) for fact in facts})
    missing = [call for call, known in work.before.items() if known is None]
    work.before.update(await read_known(connection, calls.c.id.in_(missing)) if missing else {})
    early = await _early(connection, facts, work)
    for fact in (*sorted(facts, key=_arrivals_first), *early):
        _apply(work, fact, plans, name_of)
    await _set_aside(connection, work.unplaced, UNPLACED, now)
    written = await _write(connection, work, plans, now)
    found = [known for call in missing if (known := work.before[call]) and call not in work.after]
    mine: dict[str, list[CallFact]] = {known.record.id: [] for known in (*written, *found)}
    for fact in work.new:
        mine[fact.call].append(fact)
    return [Changed(known, tuple(mine[known.record.id])) for known in (*written, *found)]


async def set_aside(connection: AsyncConnection, fact: CallFact, reason: str, now: datetime) -> None:
    """Keep a fact that cannot be applied, once, with the reason."""
    await _set_aside(connection, [fact], reason[:500], now)


async def read_known(connection: AsyncConnection, wanted: ColumnElement[bool]) -> dict[str, Known]:
    """Calls as the database knows them, with their facts in order."""
    rows = (await connection.execute(select(calls).where(wanted))).mappings().all()
    facts: dict[str, list[CallFact]] = {row["id"]: [] for row in rows}
    if facts:
        events = select(call_events).where(call_events.c.call.in_(select(calls.c.id).where(wanted)))
        for event in (await connection.execute(events)).mappings():
            facts[event["call"]].append(fact_of(dict(event)))
    return {
        row["id"]: Known(record_of(dict(row)), tuple(sorted(facts[row["id"]], key=place)), row["case"])
        for row in rows
    }


def _arrivals_first(fact: CallFact) -> bool:
    return not isinstance(fact, BEGINNINGS)


def _apply(work: _Work, fact: CallFact, plans: FindsPlans, name_of: Callable[[str], str | None]) -> None:
    known = work.after.get(fact.call) or work.before.get(fact.call)
    try:
        after = decide(fact, known, _plan(plans, known.record if known else fact), name_of)
    except Unplaced:
        work.unplaced.append(fact)
        return
    if after is not None:
        work.after[fact.call] = after
        work.new.append(fact)


def _plan(plans: FindsPlans, of: CallRecord | CallFact) -> Plan | None:
    return plan_of(plans, of.plan, of.version) if isinstance(of, CallRecord | CallArrived) else None


async def _early(connection: AsyncConnection, facts: Iterable[CallFact], work: _Work) -> list[CallFact]:
    """The facts set aside before their call arrived, when it arrives now; they leave that table."""
    arrived = {fact.call for fact in facts if isinstance(fact, BEGINNINGS) and work.before[fact.call] is None}
    if not arrived:
        return []
    mine = refused_facts.c.call.in_(arrived) & (refused_facts.c.reason == UNPLACED)
    rows = (await connection.execute(select(refused_facts).where(mine))).mappings().all()
    if rows:
        await connection.execute(delete(refused_facts).where(mine))
    return sorted((fact_of(dict(row)) for row in rows), key=place)


async def _write(connection: AsyncConnection, work: _Work, plans: FindsPlans, now: datetime) -> list[Known]:
    await _find_belonging(connection, work)
    needing = {
        call: known for call, known in work.after.items() if known.case is None and wants_case(known.record)
    }
    wanted = {call: (known, _plan(plans, known.record)) for call, known in needing.items()}
    opened = await open_cases(connection, wanted, now)
    after = {call: replace(known, case=known.case or opened.get(call)) for call, known in work.after.items()}
    fresh = [known for call, known in after.items() if work.before[call] is None]
    pairs = [(before, known) for call, known in after.items() if (before := work.before[call]) is not None]
    if fresh:
        await connection.execute(insert(calls), [call_row(known.record, known.case) for known in fresh])
    if pairs:
        await connection.execute(UPDATE, [update_row(known.record) for _, known in pairs])
        await link(
            connection,
            {known.record.id: opened[known.record.id] for _, known in pairs if known.record.id in opened},
        )
    if work.new:
        await connection.execute(insert(call_events), [fact_row(fact) for fact in work.new])
    for before, known in pairs:
        await correct_case(connection, before, known, _plan(plans, known.record), now)
    await settle_missed(connection, [(work.before[call], known) for call, known in after.items()])
    return list(after.values())


async def _find_belonging(connection: AsyncConnection, work: _Work) -> None:
    """The calls that we make, just begun: which case each is about."""
    for call, known in work.after.items():
        if work.before[call] is None and isinstance(known.facts[0], CallPlaced):
            work.after[call] = await belonging(connection, known)


async def _set_aside(
    connection: AsyncConnection, facts: Sequence[CallFact], reason: str, now: datetime
) -> None:
    rows = {(row["call"], row["key"]): row for row in map(fact_row, facts)}
    if not rows:
        return
    same = or_(*(and_(refused_facts.c.call == call, refused_facts.c.key == key) for call, key in rows))
    kept = await connection.execute(select(refused_facts.c.call, refused_facts.c.key).where(same))
    for row in kept:
        del rows[row.call, row.key]
    if rows:
        extra = {"reason": reason, "refused": now}
        await connection.execute(insert(refused_facts), [row | extra for row in rows.values()])
