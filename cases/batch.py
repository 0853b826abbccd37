"""One transaction of facts: what is known is read, decided on, and all that changed is written at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.fact_rows import fact_of, fact_row
from cases.intake import CaseDraft, Known, Unplaced, corrections, decide, draft_of, wants_case
from cases.plans_in_use import FindsPlans, plan_of
from cases.record import CallRecord, place
from cases.tables import call_events, calls, case_changes, cases, refused_facts
from cases.views import case_number
from plans.model import Plan
from telephony.facts import CallArrived, CallFact

HOUSE = "altavoz"
"""Who the history names when intake itself writes in a case."""
UNPLACED = "the call has not arrived"

_CHANGING = (
    "choices", "kind", "priority", "digits", "queue", "callback_queue", "ringing", "extension", "number",
    "coordinator", "queued", "answered", "ended", "outcome", "phase", "ended_by", "cause",
)  # fmt: skip
_RECORD = tuple(CallRecord.__dataclass_fields__)
_UPDATE = (
    update(calls)
    .where(calls.c.id == bindparam("the_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_LINK = (
    update(calls)
    .where(calls.c.id == bindparam("the_id"), calls.c.case.is_(None))
    .values(case=bindparam("the_case"))
)
_OPEN = insert(cases).returning(cases.c.id, cases.c.origin)


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
        row["id"]: Known(_record(dict(row)), tuple(sorted(facts[row["id"]], key=place)), row["case"])
        for row in rows
    }


def _arrivals_first(fact: CallFact) -> bool:
    return not isinstance(fact, CallArrived)


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
    arrived = {
        fact.call for fact in facts if isinstance(fact, CallArrived) and work.before[fact.call] is None
    }
    if not arrived:
        return []
    mine = refused_facts.c.call.in_(arrived) & (refused_facts.c.reason == UNPLACED)
    rows = (await connection.execute(select(refused_facts).where(mine))).mappings().all()
    if rows:
        await connection.execute(delete(refused_facts).where(mine))
    return sorted((fact_of(dict(row)) for row in rows), key=place)


async def _write(connection: AsyncConnection, work: _Work, plans: FindsPlans, now: datetime) -> list[Known]:
    opened = await _open_cases(connection, work, plans, now)
    after = {
        call: Known(known.record, known.facts, known.case or opened.get(call))
        for call, known in work.after.items()
    }
    fresh = [known for call, known in after.items() if work.before[call] is None]
    changed = [known for call, known in after.items() if work.before[call] is not None]
    if fresh:
        await connection.execute(insert(calls), [_call_row(known) for known in fresh])
    if changed:
        await connection.execute(_UPDATE, [_update_row(known.record) for known in changed])
        await _link(connection, {known.record.id: opened.get(known.record.id) for known in changed})
    if work.new:
        await connection.execute(insert(call_events), [fact_row(fact) for fact in work.new])
    for known in changed:
        await _correct_case(connection, work.before[known.record.id], known, plans, now)
    return list(after.values())


async def _open_cases(
    connection: AsyncConnection, work: _Work, plans: FindsPlans, now: datetime
) -> dict[str, int]:
    """Open the cases that calls need and have not; call → case."""
    drafts = [
        draft_of(known.record, _plan(plans, known.record))
        for known in work.after.values()
        if known.case is None and wants_case(known.record)
    ]
    if not drafts:
        return {}
    made = await connection.execute(_OPEN, [_case_row(draft) for draft in drafts])
    opened = {row.origin: row.id for row in made}
    notes = [
        _note(opened[draft.origin], 1, now, "opened", None, case_number(opened[draft.origin]))
        for draft in drafts
    ]
    await connection.execute(insert(case_changes), notes)
    return opened


async def _link(connection: AsyncConnection, opened: Mapping[str, int | None]) -> None:
    rows = [{"the_id": call, "the_case": case} for call, case in opened.items() if case is not None]
    if rows:
        await connection.execute(_LINK, rows)


async def _correct_case(
    connection: AsyncConnection, before: Known | None, after: Known, plans: FindsPlans, now: datetime
) -> None:
    """A fact that came late, or a new coordinator, changes what intake wrote, never what a person wrote."""
    if before is None or before.case is None:
        return
    plan = _plan(plans, after.record)
    for name, (former, value) in corrections(
        draft_of(before.record, plan), draft_of(after.record, plan)
    ).items():
        column = cases.c[name]
        unchanged = column.is_(None) if former is None else column == former
        mine = and_(cases.c.id == before.case, cases.c.state == "open", unchanged)
        values = {name: value, "revision": cases.c.revision + 1}
        claimed = await connection.execute(
            update(cases).where(mine).values(values).returning(cases.c.revision)
        )
        revision = claimed.scalar()
        if revision is not None:
            note = _note(before.case, revision, now, name, _shown(former), _shown(value))
            await connection.execute(insert(case_changes).values(note))


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


def _record(row: Mapping[str, Any]) -> CallRecord:
    values = {name: row[name] for name in _RECORD}
    values["choices"] = tuple((menu, digit, label) for menu, digit, label in row["choices"])
    values["ringing"] = frozenset(row["ringing"])
    return CallRecord(**values)


def _values(record: CallRecord, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in names}
    return values | {"ringing": sorted(record.ringing), "digits": dict(record.digits)}


def _call_row(known: Known) -> dict[str, Any]:
    return _values(known.record, _RECORD) | {"case": known.case}


def _update_row(record: CallRecord) -> dict[str, Any]:
    changing = {f"new_{name}": value for name, value in _values(record, _CHANGING).items()}
    return changing | {"the_id": record.id}


def _case_row(draft: CaseDraft) -> dict[str, Any]:
    values = {name: getattr(draft, name) for name in CaseDraft.__dataclass_fields__}
    return values | {"state": "open", "who": "", "address": "", "notes": "", "revision": 1}


def _note(
    case: int, revision: int, at: datetime, field: str, before: str | None, after: str | None
) -> dict[str, Any]:
    row = {"case": case, "revision": revision, "at": at, "by": HOUSE}
    return row | {"field": field, "before": before, "after": after}


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
