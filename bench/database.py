"""What facts cost until they are committed calls and cases, beside raw sqlite3 with the same rows; and pages.

CPU time of this process, so that the figures hold on a machine that has other things to do.

python -m bench.database [--calls 3000] [--rows 100000] [--url postgresql://…]
"""

import argparse
import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from cases.board import Board
from cases.call_rows import call_row
from cases.fact_rows import fact_row
from cases.follow import case_row
from cases.intake import Known, decide, draft_of
from cases.pages import Page, mark
from cases.search import written_words
from cases.store import CallFilter, CaseStore
from cases.tables import calls, case_search, cases
from cases.writer import BATCH, Intake
from db.all_tables import metadata
from db.engine import open_engine
from plans.book import PlanBook, StoredPlan
from plans.load import load_files, load_site
from plans.model import Plan, PlanVersion
from staff.scope import Scope
from telephony import facts as words

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
HASH = "ab" * 32
HERE = Path(__file__).resolve().parent.parent / "plans"


def call_facts(id: str, at: datetime, line: str) -> Iterator[words.CallFact]:
    """A plain call: arrival, a choice, digits, the queue, a ring, an answer, the end."""
    yield words.CallArrived(
        id, at, id, line, "hogar-nandu", HASH[:12], "telecom-ar", "+5491155550001", "PEÑA"
    )
    yield words.ChoiceMade(id, at + timedelta(seconds=1), "principal", "1")
    yield words.DigitsEntered(id, at + timedelta(seconds=2), "documento", "20123456")
    yield words.CallQueued(id, at + timedelta(seconds=3), "cat", 10)
    yield words.CallRinging(id, at + timedelta(seconds=4), "cat", "101")
    yield words.CallAnswered(id, at + timedelta(seconds=8), "cat", "101")
    yield words.CallEnded(id, at + timedelta(seconds=90), "answered", "talking", "caller", 16)


def a_plan() -> Plan:
    site = load_site(HERE / "example-site.yaml")
    return load_files([HERE / "examples" / "hogar-nandu.yaml"], site).sources[0].plan


def a_book(plan: Plan) -> PlanBook:
    book = PlanBook()
    book.replace([StoredPlan(PlanVersion(plan=plan, hash=HASH), 1, "", True, START, "bench")])
    return book


def stream(count: int, line: str, abreast: int = 50) -> list[words.CallFact]:
    """The facts of `count` calls, `abreast` of them at a time."""
    told = [list(call_facts(f"b-{n}", START + timedelta(seconds=n), line)) for n in range(count)]
    groups = [told[start : start + abreast] for start in range(0, count, abreast)]
    return [one[step] for group in groups for step in range(7) for one in group]


async def ours(engine: AsyncEngine, facts: list[words.CallFact], book: PlanBook) -> float:
    """Seconds of CPU from the first fact taken to the last committed."""
    intake = Intake(
        engine, book, {"101": "ana"}.get, lambda: START, Board({"101": "ana"}.get), len(facts) + 1
    )
    for fact in facts:
        await intake.take(fact)
    started = time.process_time()
    running = asyncio.create_task(intake.run())
    await intake.close(600)
    await running
    return time.process_time() - started


def raw(path: Path, plan: Plan, facts: list[words.CallFact]) -> float:
    """Seconds of CPU for sqlite3 alone to write the same rows with a commit every `BATCH` facts."""
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        database.execute(f"PRAGMA {pragma}")
    statements = list(_statements(plan, facts))
    started = time.process_time()
    for start in range(0, len(statements), BATCH):
        database.execute("BEGIN IMMEDIATE")
        for some in statements[start : start + BATCH]:
            for statement, values in some:
                database.execute(statement, values)
        database.execute("COMMIT")
    return time.process_time() - started


Statements = list[tuple[str, tuple[object, ...]]]


def _statements(plan: Plan, facts: list[words.CallFact]) -> Iterator[Statements]:
    """What each fact writes, computed beforehand: the database's own work and nothing else."""
    known: dict[str, Known] = {}
    for number, fact in enumerate(facts):
        before = known.get(fact.call)
        after = decide(fact, before, plan, {"101": "ana"}.get)
        assert after is not None
        known[fact.call] = after
        some: Statements = []
        if before is None:
            some.append(_insert("calls", call_row(after.record, after.case)))
        else:
            record = after.record
            some.append((
                'UPDATE calls SET phase=?, queue=?, extension=?, coordinator=?, choices=?, digits=?, '
                "outcome=?, answered=?, ended=? WHERE id=?",
                _plain((record.phase, record.queue, record.extension, record.coordinator, record.choices,
                        dict(record.digits), record.outcome, record.answered, record.ended, record.id)),
            ))  # fmt: skip
        if isinstance(fact, words.CallAnswered):
            id = number + 1
            some.append(_insert("cases", case_row(draft_of(after.record, plan)) | {"id": id}))
            note = {"case": id, "revision": 1, "at": fact.at, "by": "altavoz", "field": "opened"}
            some.append(_insert("case_changes", note))
            some.append(('UPDATE calls SET "case"=? WHERE id=?', (id, fact.call)))
        some.append(_insert("call_events", fact_row(fact)))
        yield some


def _insert(table: str, row: dict[str, object]) -> tuple[str, tuple[object, ...]]:
    columns = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", _plain(
        tuple(row.values())
    )


def _plain(values: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(map(_bound, values))


def _bound(value: object) -> object:
    match value:
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f")
        case timedelta():
            return value // timedelta(microseconds=1)
        case dict() | list() | tuple():
            return json.dumps(value)
        case _:
            return value


NAMES = ("María Ñúñez", "Juan Peña", "Zoilo Paz", "Ana Ruiz", "Beto Gil")
OTHERS = 50
"""Accounts that share the tables; a person of one of them sees a fiftieth of the rows."""


async def pages(engine: AsyncEngine, plan: Plan, rows: int) -> None:
    """The time of each page with 100 calls and cases, and with `rows` of each."""
    written = 0
    for upto in (100, rows):
        for start in range(written, upto, 10_000):
            await _add(engine, plan, range(start, min(start + 10_000, upto)))
        written = upto
        print(f"with {upto:,} calls and cases, a page of 50:")
        for name, read in _reads(CaseStore(engine), plan, upto):
            print(f"  {name:<44} {await _median(read):6.2f} ms")


async def _add(engine: AsyncEngine, plan: Plan, numbers: range) -> None:
    """A call and its case for each number, a second apart."""
    known = decide(next(call_facts("t", START, plan.lines[0].header)), None, plan, lambda _: None)
    assert known is not None
    call, case = call_row(known.record, None), case_row(draft_of(known.record, plan))
    moved = [START + timedelta(seconds=n) for n in numbers]
    whose = [f"cuenta-{n % OTHERS}" for n in numbers]
    pairs = list(zip(numbers, moved, whose, strict=True))
    some = [
        case | {"id": n + 1, "origin": f"p-{n}", "opened": at, "account": account, "who": NAMES[n % 5],
                "telephone": f"+5411{40_000_000 + n}", "notes": f"referencia {n}"}
        for n, at, account in pairs
    ]  # fmt: skip
    found = [{"id": row["id"], "called": "", "written": written_words(row)} for row in some]
    async with engine.begin() as connection:
        await connection.execute(insert(cases), some)
        await connection.execute(insert(case_search), found)
        await connection.execute(
            insert(calls),
            [
                call | {"id": f"p-{n}", "started": at, "account": account, "case": n + 1}
                for n, at, account in pairs
            ],
        )


Read = Callable[[], Awaitable[Page[Any]]]


def _reads(store: CaseStore, plan: Plan, rows: int) -> Iterator[tuple[str, Read]]:
    line, middle = CallFilter(line=plan.lines[0].header), rows // 2
    deep = mark(START + timedelta(seconds=middle), f"p-{middle}")
    mine = Scope(accounts=frozenset({"cuenta-7"}))
    yield "calls of a line, the first page", lambda: store.calls(line)
    yield "calls of a line, in the middle", lambda: store.calls(line, 50, deep)
    yield "calls of one account in fifty", lambda: store.calls(scope=mine, own="ana")
    yield "calls of a number", lambda: store.calls(CallFilter(number="+5491155550001"))
    yield "cases, the first page", lambda: store.cases()
    yield "cases of one account in fifty", lambda: store.cases(scope=mine, own="ana")
    yield "search: a telephone's last digits", lambda: store.search(f"{40_000_000 + middle}"[-6:])
    yield "search: two words, one of them rare", lambda: store.search(f"peña {middle + 1}")
    yield "search: a name that a fifth of the cases has", lambda: store.search("peña")


async def _median(read: Read) -> float:
    """Milliseconds."""
    spent = []
    for _ in range(20):
        started = time.perf_counter()
        await read()
        spent.append(time.perf_counter() - started)
    return sorted(spent)[10] * 1000


async def run(count: int, rows: int, url: str | None) -> None:
    plan = a_plan()
    book, facts = a_book(plan), stream(count, plan.lines[0].header)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("ours", "raw", "pages"):
            await _create(open_engine(f"sqlite:///{folder}/{name}.db"))
        engine = open_engine(f"sqlite:///{folder}/ours.db")
        mine, theirs = await ours(engine, facts, book), raw(Path(folder) / "raw.db", plan, facts)
        await engine.dispose()
        _tell("SQLite, lookup + case + events, grouped commits", count, mine)
        _tell("raw sqlite3, the same rows, grouped commits", count, theirs)
        print(f"ratio {mine / theirs:.1f}")
        if url:
            await _create(open_engine(url))
            engine = open_engine(url)
            _tell("PostgreSQL", count, await ours(engine, facts, book))
            await engine.dispose()
        engine = open_engine(f"sqlite:///{folder}/pages.db")
        await pages(engine, plan, rows)
        await engine.dispose()


async def _create(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


def _tell(what: str, count: int, seconds: float) -> None:
    rate = f"{count / seconds:,.0f} calls/s, {count * 7 / seconds:,.0f} facts/s"
    print(f"{what}: {rate}, {seconds / count * 1e6:.0f} µs of CPU a call")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=3000)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--url", help="an empty PostgreSQL database, to measure it as well")
    chosen = parser.parse_args()
    asyncio.run(run(chosen.calls, chosen.rows, chosen.url))


if __name__ == "__main__":
    main()
