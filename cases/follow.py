"""How cases go with their calls: opened when one needs it, corrected and passed on as it goes its way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from cases.intake import CaseDraft, Known, corrections, draft_of
from cases.parties import keeper
from cases.search import called_words, written_words
from cases.tables import calls, case_changes, case_search, cases
from cases.views import case_number
from plans.model import Plan
from telephony.facts import CallTransferred, PartyJoined

HOUSE = "altavoz"
"""Who the history names when intake itself writes in a case."""

_LINK = (
    update(calls)
    .where(calls.c.id == bindparam("the_id"), calls.c.case.is_(None))
    .values(case=bindparam("the_case"))
)
_OPEN = insert(cases).returning(cases.c.id, cases.c.origin)


async def open_cases(
    connection: AsyncConnection, wanted: Mapping[str, tuple[Known, Plan | None]], now: datetime
) -> dict[str, int]:
    """Open a case for each of these calls; call → case."""
    if not wanted:
        return {}
    rows = {call: case_row(draft_of(known.record, plan)) for call, (known, plan) in wanted.items()}
    made = await connection.execute(_OPEN, list(rows.values()))
    opened: dict[str, int] = {row.origin: row.id for row in made}
    notes = [_note(case, 1, now, HOUSE, "opened", None, case_number(case)) for case in opened.values()]
    await connection.execute(insert(case_changes), notes)
    found = [_search_row(opened[call], wanted[call][0], rows[call]) for call in opened]
    await connection.execute(insert(case_search), found)
    return opened


async def link(connection: AsyncConnection, opened: Mapping[str, int]) -> None:
    """Calls that were there before their case point at it now."""
    if opened:
        await connection.execute(_LINK, [{"the_id": call, "the_case": case} for call, case in opened.items()])


async def correct_case(
    connection: AsyncConnection, before: Known, after: Known, plan: Plan | None, now: datetime
) -> None:
    """A fact that came late, or a new coordinator, changes what intake wrote, never what a person wrote."""
    if before.case is None or after.record.direction == "out":
        return
    changes = corrections(draft_of(before.record, plan), draft_of(after.record, plan))
    for name, (former, value) in changes.items():
        column = cases.c[name]
        unchanged = column.is_(None) if former is None else column == former
        mine = and_(cases.c.id == before.case, cases.c.state == "open", unchanged)
        values = {name: value, "revision": cases.c.revision + 1}
        claimed = await connection.execute(
            update(cases).where(mine).values(values).returning(cases.c.revision)
        )
        revision = claimed.scalar()
        if revision is not None:
            by, what = _passed(after, former) if name == "owner" else (HOUSE, name)
            note = _note(before.case, revision, now, by, what, _shown(former), _shown(value))
            await connection.execute(insert(case_changes).values(note))
    if "telephone" in changes:
        await search_again(connection, before.case)


async def search_again(connection: AsyncConnection, case: int) -> None:
    """What is written in a case changed: it is found by that from now on."""
    row = (await connection.execute(select(cases).where(cases.c.id == case))).mappings().one()
    words = written_words(dict(row))
    await connection.execute(update(case_search).where(case_search.c.id == case).values(written=words))


def case_row(draft: CaseDraft) -> dict[str, Any]:
    """The row of a new case."""
    values = {name: getattr(draft, name) for name in CaseDraft.__dataclass_fields__}
    return values | {"state": "open", "who": "", "address": "", "notes": "", "revision": 1}


def _search_row(case: int, known: Known, row: Mapping[str, Any]) -> dict[str, Any]:
    record = known.record
    called = called_words(record.caller, record.caller_name, record.digits)
    return {"id": case, "called": called, "written": written_words(row)}


def _passed(after: Known, former: str | None) -> tuple[str, str]:
    """Who handed the case over, and the word for it: by a transfer of theirs, or because another took it.

    Of an attended transfer the parties are heard of before the transfer itself.
    """
    if former is None:
        return HOUSE, "taken"
    phones = [fact.by for fact in after.facts if isinstance(fact, CallTransferred)]
    brought_in = {fact.party for fact in after.facts if isinstance(fact, PartyJoined)}
    if not phones and keeper(after.record.parties) in brought_in:
        return former, "passed"
    return (after.record.people.get(phones[-1]) if phones else None) or HOUSE, "passed"


def _note(
    case: int, revision: int, at: datetime, by: str, field: str, before: str | None, after: str | None
) -> dict[str, Any]:
    row = {"case": case, "revision": revision, "at": at, "by": by}
    return row | {"field": field, "before": before, "after": after}


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
