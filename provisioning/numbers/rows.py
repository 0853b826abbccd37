"""A number's row changed by what it changes from, with its line of history and its deed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.numbers import written
from provisioning.numbers.inventory import SELECT, read
from provisioning.numbers.states import IllegalMove, Move, NumberState, after
from provisioning.numbers.tables import number_history, numbers
from provisioning.numbers.values import (
    Entry,
    Holder,
    InventoryNumber,
    NoSuchNumber,
    NotNow,
    StaleNumber,
)
from provisioning.numbers.words import KINDS, MOVES, STATES
from provisioning.numbers.writing import sought
from staff import audit
from staff.actor import current
from staff.audit import Deed

LONGEST_REASON = 500
LONGEST_NOTE = 200
PORTION = 900
_TEXTS = ("note", "carrier")
_UNASKED = frozenset({Move.CALL_OFF, Move.UNLINK})
_UNASKED_IN = frozenset({NumberState.FREE, NumberState.RESERVED, NumberState.RETIRED})


@dataclass(frozen=True, slots=True)
class Moving:
    """What a move needs to know: when, why, for how long a quarantine, for whom, linked with what."""

    move: Move
    at: datetime
    reason: str
    quarantine: timedelta
    holder: Holder | None = None
    other: str | None = None


async def these(connection: AsyncConnection, e164s: Sequence[str]) -> list[InventoryNumber]:
    """Those of these numbers that the inventory has, by portions: databases bind only so many values."""
    found: list[InventoryNumber] = []
    for at in range(0, len(e164s), PORTION):
        chosen = numbers.c.e164.in_(e164s[at : at + PORTION])
        found += await read(connection, SELECT.where(chosen).order_by(numbers.c.e164))
    return found


async def held(connection: AsyncConnection, e164: str) -> InventoryNumber:
    """The number as it stands. Raises `NoSuchNumber`."""
    found = await read(connection, SELECT.where(numbers.c.e164 == e164))
    if not found:
        raise NoSuchNumber(f"{written(e164)} no está en el inventario.")
    return found[0]


async def step(connection: AsyncConnection, number: InventoryNumber, moving: Moving) -> InventoryNumber:
    """Make the move: the row claimed by its revision, and the history. Raises `NotNow` and `StaleNumber`."""
    state = _after(number, moving.move)
    values = _values(number, state, moving)
    await claim(connection, number, values)
    await remember(connection, number, moving, state)
    return replace(number, **{name: value for name, value in values.items() if name != "sought"})


def _after(number: InventoryNumber, move: Move) -> NumberState:
    try:
        return after(number.kind, number.state, move, number.back)
    except IllegalMove as illegal:
        raise NotNow(number.state, move, _words(number, move)) from illegal


def _words(number: InventoryNumber, move: Move) -> str:
    kind, state = KINDS[number.kind].lower(), STATES[number.state].lower()
    return (
        f"{written(number.e164)} ({kind}) está {state}: en ese estado no se puede «{MOVES[move].lower()}»; "
        "no se cambió nada."
    )


def _values(number: InventoryNumber, state: NumberState, moving: Moving) -> dict[str, Any]:
    values: dict[str, Any] = {"state": state, "until": None}
    if state is not number.state:
        values["since"] = moving.at
    if state is NumberState.QUARANTINE:
        values["until"] = moving.at + moving.quarantine
    if state is NumberState.FREE:
        values |= {"alta": None, "plan": None, "account": ""}
    if moving.holder is not None:
        values |= _held_by(number, moving.holder)
    return values | _at_the_carrier(number, state, moving)


def _at_the_carrier(
    number: InventoryNumber, state: NumberState, moving: Moving
) -> dict[str, datetime | None]:
    """How far the carrier is after the move; another plan begins anew."""
    anew = moving.holder is not None and moving.holder.plan != number.plan
    if moving.move in _UNASKED or state in _UNASKED_IN or anew:
        values: dict[str, datetime | None] = dict.fromkeys(("asked_at", "granted_at", "linked_at"))
    else:
        values = {}
    if moving.move is Move.REQUEST:
        values["asked_at"] = moving.at
    if moving.move in (Move.GRANT, Move.LINK):
        values["granted_at"] = number.granted_at or moving.at
    if moving.move is Move.LINK:
        values["linked_at"] = number.linked_at or moving.at
    return values


def _held_by(number: InventoryNumber, holder: Holder) -> dict[str, Any]:
    alta = holder.alta if holder.alta is not None else number.alta if number.plan == holder.plan else None
    return {"alta": alta, "plan": holder.plan, "account": holder.account}


async def claim(connection: AsyncConnection, number: InventoryNumber, values: dict[str, Any]) -> None:
    """Change the row as it was read. Raises `StaleNumber` when somebody else changed it first."""
    new = {name: values.get(name, getattr(number, name)) for name in ("plan", "account", "note")}
    changed = await connection.execute(
        update(numbers)
        .where(numbers.c.id == number.id, numbers.c.revision == number.revision)
        .values(**values, revision=number.revision + 1, sought=sought(number.e164, **new))
    )
    if changed.rowcount != 1:
        raise StaleNumber(f"Otra persona cambió {written(number.e164)} antes que usted: mire cómo quedó.")
    values["revision"] = number.revision + 1


async def remember(
    connection: AsyncConnection, number: InventoryNumber, moving: Moving, state: NumberState
) -> None:
    """The line of history. What the number served until now is named where the move takes it away."""
    holder = moving.holder
    await connection.execute(
        insert(number_history).values(
            number=number.id,
            at=moving.at,
            actor=current().name,
            move=moving.move,
            before=number.state,
            after=state,
            alta=holder.alta if holder and holder.alta is not None else number.alta,
            plan=holder.plan if holder else number.plan,
            other=moving.other,
            reason=kept(moving.reason),
        )
    )


async def rewrite(
    connection: AsyncConnection, number: InventoryNumber, now: InventoryNumber, at: datetime, reason: str
) -> None:
    """Another note or carrier; the state stays. Writes the history and the deed."""
    before = {name: getattr(number, name) for name in _TEXTS if getattr(number, name) != getattr(now, name)}
    after = {name: getattr(now, name) for name in before}
    await claim(connection, number, dict(after))
    told = kept(reason) or "; ".join(f"{old or '—'} → {after[name] or '—'}" for name, old in before.items())
    row = {"number": number.id, "at": at, "actor": current().name, "alta": number.alta, "plan": number.plan}
    states = {"move": max(after, key=_TEXTS.index), "before": number.state, "after": number.state}
    await connection.execute(insert(number_history).values(row | states | {"reason": told}))
    await audit.write(connection, Deed("number.changed", number.e164, before, after, kept(reason)))


def new_rows(entries: Sequence[Entry], at: datetime) -> list[dict[str, Any]]:
    """The rows of numbers that come in, free. Pure; takes a while for thousands."""
    return [_row(entry, at) for entry in entries]


async def insert_rows(
    connection: AsyncConnection, made: Sequence[dict[str, Any]], at: datetime, reason: str
) -> None:
    """New rows, each with its first line of history. Raises IntegrityError for one that is there."""
    returned = await connection.execute(insert(numbers).returning(numbers.c.id), list(made))
    first = {"at": at, "actor": current().name, "move": "add"}
    told = first | {"after": NumberState.FREE, "reason": kept(reason)}
    await connection.execute(insert(number_history), [told | {"number": id} for id in returned.scalars()])


async def insert_entries(
    connection: AsyncConnection, entries: Sequence[Entry], at: datetime, reason: str
) -> None:
    """A few new numbers; as `insert_rows`."""
    await insert_rows(connection, new_rows(entries, at), at, reason)


def _row(entry: Entry, at: datetime) -> dict[str, Any]:
    return {
        "e164": entry.e164,
        "kind": entry.kind,
        "state": NumberState.FREE,
        "subsidiary": entry.subsidiary,
        "carrier": entry.carrier,
        "account": "",
        "note": entry.note,
        "since": at,
        "sought": sought(entry.e164, None, "", entry.note),
        "revision": 1,
    }


async def mount(connection: AsyncConnection, header: InventoryNumber, public: InventoryNumber | None) -> None:
    """Put a public number on a header, or take it off; what the carrier said was of the one that it had."""
    mounted = public.e164 if public else None
    values: dict[str, Any] = {"public": public.id if public else None}
    if header.linked and mounted not in header.linked:
        values |= {"granted_at": None, "linked_at": None}
    await connection.execute(update(numbers).where(numbers.c.id == header.id).values(values))


async def unmount_from(connection: AsyncConnection, number: InventoryNumber) -> None:
    """The number bears nothing, and stands on nothing, any more."""
    either = (numbers.c.id == number.id) | (numbers.c.public == number.id)
    await connection.execute(update(numbers).where(either).values(public=None))


async def headers_of(connection: AsyncConnection, public: InventoryNumber) -> Sequence[str]:
    wanted = select(numbers.c.e164).where(numbers.c.public == public.id).order_by(numbers.c.e164)
    return (await connection.execute(wanted)).scalars().all()


async def write_deeds(
    connection: AsyncConnection, moved: Iterable[tuple[InventoryNumber, InventoryNumber]], reason: str
) -> None:
    """The deeds of numbers before and after; last in the transaction."""
    for before, now in moved:
        old, new = _said(before), _said(now)
        changed = [name for name in old if old[name] != new[name]]
        deed = Deed(
            "number.moved",
            now.e164,
            {name: old[name] for name in changed},
            {name: new[name] for name in changed},
            kept(reason),
        )
        await audit.write(connection, deed)


def _said(number: InventoryNumber) -> dict[str, Any]:
    return {
        "state": number.state,
        "plan": number.plan,
        "alta": number.alta,
        "until": number.until,
        "linked": list(number.linked),
    }


def kept(reason: str) -> str:
    return " ".join(reason.split())[:LONGEST_REASON]
