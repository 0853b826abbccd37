"""What the number at the other end of a call leads to: the case of a call we make, the calls we missed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.intake import Known
from cases.record import CallRecord
from cases.tables import calls, cases

MISSED = ("abandoned", "unserved")
_PLAN = ("line", "plan", "version", "plan_name", "fantasy_name", "subsidiary", "account")

_PAY = (
    update(calls)
    .where(calls.c.caller == bindparam("the_caller"), calls.c.missed.is_not(None))
    .where(calls.c.started <= bindparam("the_answer"))
    .values(missed=None)
)


async def belonging(connection: AsyncConnection, placed: Known) -> Known:
    """A call that we make, with the case it is about: the newest open one of the coordinator with that
    number, else anybody's; else without a case, with the plan that the number called last.
    """
    number, owner = placed.record.number or "", placed.record.coordinator
    mine = [_open_by(column, number, owner) for column in ("telephone", "caller") if owner]
    anybodys = [_open_by(column, number, None) for column in ("telephone", "caller")]
    for wanted in (mine, anybodys):
        found = [row for one in wanted for row in (await connection.execute(one)).mappings()]
        if found:
            case = max(found, key=lambda row: (row["opened"], row["id"]))
            return replace(placed, record=_with_plan(placed.record, case), case=case["id"])
    last = (await connection.execute(_last_call(number))).mappings().one_or_none()
    return replace(placed, record=_with_plan(placed.record, last)) if last else placed


async def settle_missed(connection: AsyncConnection, changed: Iterable[tuple[Known | None, Known]]) -> None:
    """Calls that nobody answered are owed a call; one that is answered later pays what its number is owed."""
    pairs = [(before.record if before else None, after.record) for before, after in changed]
    paid = [
        {"the_caller": number, "the_answer": now.answered}
        for before, now in pairs
        if now.answered and not (before and before.answered) and (number := other_end(now))
    ]
    if paid:
        await connection.execute(_PAY, paid)
    for before, now in pairs:
        if was_missed(now) and not (before and was_missed(before)):
            later = ~exists(_answered_after(now))
            mine = update(calls).where(calls.c.id == now.id, later)
            await connection.execute(mine.values(missed=now.ended))


def other_end(record: CallRecord) -> str | None:
    """The number outside that the call is with."""
    return record.number if record.direction == "out" else record.caller


def was_missed(record: CallRecord) -> bool:
    """The caller left, or was dropped, before anybody spoke to them, and can be called."""
    unheard = record.direction == "in" and record.answered is None
    return unheard and record.outcome in MISSED and record.caller is not None


def _open_by(column: str, number: str, owner: str | None) -> Select[Any]:
    same = select(cases).where(cases.c[column] == number, cases.c.state == "open")
    mine = same if owner is None else same.where(cases.c.owner == owner)
    return mine.order_by(cases.c.opened.desc(), cases.c.id.desc()).limit(1)


def _last_call(number: str) -> Select[Any]:
    same = select(calls).where(calls.c.caller == number)
    return same.order_by(calls.c.started.desc(), calls.c.id.desc()).limit(1)


def _with_plan(record: CallRecord, row: Any) -> CallRecord:
    return replace(record, **{name: row[name] for name in _PLAN})


def _answered_after(record: CallRecord) -> Select[Any]:
    other = calls.alias()
    came = other.c.caller == record.caller
    went = and_(other.c.number == record.caller, other.c.direction == "out")
    return select(other.c.id).where(or_(came, went), other.c.answered >= record.started)
