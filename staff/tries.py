"""Wrong tries: a growing wait for each account and each address, kept in the database over restarts.

A stranger's tries never delay somebody at a place where they signed in before: that pair of account and
address is counted for itself alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.engine import writing
from staff.names import LONGEST
from staff.sign_in_tables import wrong_tries

KEPT = 10_000
_Upsert = Callable[[Table], sqlite.Insert | postgresql.Insert]
_INSERT: Mapping[str, _Upsert] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class TooManyTries(Exception):
    """Too many wrong tries for this account or from this address; `seconds` until the next one.

    The text is for the person.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Demasiados intentos: espere {seconds} s y vuelva a probar.")
        self.seconds = seconds


class Kind(StrEnum):
    """What wrong tries are counted by."""

    ACCOUNT = "account"  # an account's name, tried from where its person never signed in
    PLACE = "place"  # an account's name at an address where its person did
    ADDRESS = "address"  # an address, whatever names it tries
    CODE = "code"  # an account's second factor, by somebody who knew the password
    LETTER = "letter"  # letters asked for by the same account or address


@dataclass(frozen=True, slots=True)
class Rule:
    """So many tries are `free`, then 2, 4, 8 … s, at most `longest`; one is forgotten every `forgets`."""

    free: int
    longest: timedelta
    forgets: timedelta


RULES = {
    Kind.ACCOUNT: Rule(4, timedelta(seconds=60), timedelta(hours=1)),
    Kind.PLACE: Rule(4, timedelta(seconds=60), timedelta(hours=1)),
    Kind.ADDRESS: Rule(20, timedelta(seconds=60), timedelta(seconds=6)),
    Kind.CODE: Rule(4, timedelta(minutes=15), timedelta(hours=1)),
    Kind.LETTER: Rule(2, timedelta(minutes=15), timedelta(minutes=15)),
}


@dataclass(frozen=True, slots=True)
class Counter:
    """One thing by which tries are counted."""

    kind: Kind
    key: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """How often it went wrong at one counter, and until when no further try is taken."""

    counter: Counter
    times: int
    last: datetime
    until: datetime

    def delayed(self, now: datetime) -> bool:
        return now < self.until

    @property
    def begins_to_wait(self) -> bool:
        """Whether this is the first try that is followed by a wait."""
        return self.times == RULES[self.counter.kind].free + 1


def counters(name: str, address: str | None, *, known_place: bool) -> tuple[Counter, ...]:
    """What a try at an account from an address counts against. Pure."""
    name = name[:LONGEST]
    if address is None:
        return (Counter(Kind.ACCOUNT, name),)
    if known_place:
        return (Counter(Kind.PLACE, f"{name} {address}"),)
    return Counter(Kind.ACCOUNT, name), Counter(Kind.ADDRESS, address)


def next_wrong(former: Wrong | None, counter: Counter, now: datetime) -> Wrong:
    """The counter after one more try. Pure."""
    rule = RULES[counter.kind]
    times = 1 + (_remembered(former, rule, now) if former else 0)
    doubled = 2 ** min(times - rule.free, 20) if times > rule.free else 0
    return Wrong(counter, times, now, now + min(timedelta(seconds=doubled), rule.longest))


def _remembered(former: Wrong, rule: Rule, now: datetime) -> int:
    return max(0, former.times - int((now - former.last) / rule.forgets))


class Tries:
    """The counters, in the database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, wanted: Sequence[Counter], now: datetime) -> tuple[Wrong, ...]:
        """Count a try at every counter before it is looked at; `forgive` it when it was right.

        Raises `TooManyTries`, and counts nothing, while any of them is delayed.
        """
        async with writing(self._engine) as connection:
            former = {wrong.counter: wrong for wrong in await _read(connection, _any_of(wanted), lock=True)}
            until = max((wrong.until for wrong in former.values()), default=now)
            if now < until:
                raise TooManyTries(max(1, round((until - now).total_seconds())))
            counted = tuple(next_wrong(former.get(counter), counter, now) for counter in wanted)
            for wrong in counted:
                await _store(connection, wrong)
            await _bound(connection)
            return counted

    async def forgive(self, claimed: Sequence[Counter]) -> None:
        """The try that was counted was right: the account starts anew, the address has one less."""
        async with self._engine.begin() as connection:
            own = [counter for counter in claimed if counter.kind is not Kind.ADDRESS]
            await connection.execute(delete(wrong_tries).where(_any_of(own)))
            for counter in set(claimed) - set(own):
                less = {"times": wrong_tries.c.times - 1, "until": wrong_tries.c.last}
                await connection.execute(update(wrong_tries).where(_is(counter)).values(less))

    async def of_account(self, name: str) -> tuple[Wrong, ...]:
        """Every counter of an account, the latest first."""
        async with self._engine.connect() as connection:
            return await _read(connection, _of_account(name))


async def clear(connection: AsyncConnection, name: str) -> int:
    """Forget every counter of an account, within the transaction of a deed; how many there were."""
    return (await connection.execute(delete(wrong_tries).where(_of_account(name)))).rowcount


def _of_account(name: str) -> ColumnElement[bool]:
    exact = and_(wrong_tries.c.kind != Kind.ADDRESS, wrong_tries.c.key == name)
    place = and_(wrong_tries.c.kind == Kind.PLACE, wrong_tries.c.key.startswith(f"{name} ", autoescape=True))
    return or_(exact, place)


def _any_of(wanted: Sequence[Counter]) -> ColumnElement[bool]:
    return or_(*(_is(counter) for counter in wanted))


def _is(counter: Counter) -> ColumnElement[bool]:
    return and_(wrong_tries.c.kind == counter.kind, wrong_tries.c.key == counter.key)


async def _read(
    connection: AsyncConnection, wanted: ColumnElement[bool], *, lock: bool = False
) -> tuple[Wrong, ...]:
    read = select(wrong_tries).where(wanted).order_by(wrong_tries.c.last.desc())
    rows = await connection.execute(read.with_for_update() if lock else read)
    return tuple(Wrong(Counter(Kind(row.kind), row.key), row.times, row.last, row.until) for row in rows)


async def _store(connection: AsyncConnection, wrong: Wrong) -> None:
    counter = {"kind": wrong.counter.kind, "key": wrong.counter.key}
    values = {"times": wrong.times, "last": wrong.last, "until": wrong.until}
    row = _INSERT[connection.dialect.name](wrong_tries).values(counter | values)
    await connection.execute(row.on_conflict_do_update(index_elements=list(counter), set_=values))


async def _bound(connection: AsyncConnection) -> None:
    """Names made up by a stranger do not fill the disk: the counters that matter least are forgotten."""
    many = (await connection.execute(select(func.count()).select_from(wrong_tries))).scalar_one()
    if many <= KEPT:
        return
    key = (wrong_tries.c.kind, wrong_tries.c.key)
    least = select(*key).order_by(wrong_tries.c.until).limit(many - KEPT)
    await connection.execute(delete(wrong_tries).where(tuple_(*key).in_(least)))
