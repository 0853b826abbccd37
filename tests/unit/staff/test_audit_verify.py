"""An attacker with the database in hand, and what the walk says of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from staff.actor import SERVICE
from staff.audit import Deed, row_of, write
from staff.audit_heads import AuditBroken, Head, HeadKeeper, HeadsUnreadable, kept_heads
from staff.audit_table import GENESIS, audit
from staff.audit_verify import verify

DAY = timedelta(days=1)
WHEN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
async def trail(engine: AsyncEngine) -> AsyncEngine:
    """Ten deeds, one a day."""
    for number in range(10):
        await add(engine, number)
    return engine


async def add(engine: AsyncEngine, number: int) -> None:
    async with engine.begin() as connection:
        deed = Deed("case.changed", f"AV-{number:06d}", {"who": ""}, {"who": "Peña"})
        await write(connection, deed, WHEN + number * DAY)


async def tamper(engine: AsyncEngine, *statements: str) -> None:
    """As somebody with the database's own password could."""
    if engine.dialect.name == "postgresql":
        off = ["SET LOCAL session_replication_role = replica"]
    else:
        off = [f"DROP TRIGGER audit_{name}" for name in ("no_update", "no_delete", "in_order")]
    async with engine.begin() as connection:
        for statement in (*off, *statements):
            await connection.execute(text(statement))


async def broken(engine: AsyncEngine, kept: tuple[Head, ...] = ()) -> tuple[int, str] | None:
    found = (await verify(engine, kept)).broken
    return (found.id, found.reason) if found else None


async def test_a_whole_trail_verifies(trail: AsyncEngine) -> None:
    found = await verify(trail)
    assert (found.rows, found.broken) == (10, None)
    assert found.head is not None and found.head.id == 10


async def test_an_empty_trail_verifies(engine: AsyncEngine) -> None:
    found = await verify(engine)
    assert (found.rows, found.head, found.broken) == (0, None, None)


@pytest.mark.parametrize(
    "change",
    ["actor = 'otro'", "subject = 'AV-9'", "at = at", "after = '{}'", "address = '1.1.1.1'", "reason = 'x'"],
)
async def test_an_altered_row_is_named(trail: AsyncEngine, change: str) -> None:
    if change == "at = at":
        change = "at = (SELECT at FROM audit WHERE id = 2)"
    await tamper(trail, f"UPDATE audit SET {change} WHERE id = 4")
    found = await broken(trail)
    assert found is not None and found[0] == 4 and "alguien la cambió" in found[1]


async def test_a_row_taken_out_is_named(trail: AsyncEngine) -> None:
    await tamper(trail, "DELETE FROM audit WHERE id = 6")
    found = await broken(trail)
    assert found is not None and found[0] == 6 and "después de la fila 5 viene la 7" in found[1]


async def test_a_row_taken_out_and_the_rest_renumbered_is_named(trail: AsyncEngine) -> None:
    await tamper(
        trail,
        "DELETE FROM audit WHERE id = 6",
        *(f"UPDATE audit SET id = {n - 1} WHERE id = {n}" for n in range(7, 11)),
    )
    found = await broken(trail)
    assert found is not None and found[0] == 6 and "no continúa a la anterior" in found[1]


async def test_an_end_cut_off_shows_by_the_head_that_was_kept(trail: AsyncEngine, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    await HeadKeeper(trail, file).note(lambda _: None)
    await tamper(trail, "DELETE FROM audit WHERE id > 7")
    assert await broken(trail) is None
    found = await broken(trail, kept_heads(file))
    assert found is not None and found[0] == 8 and "hasta la fila 10" in found[1]


async def rewrite(engine: AsyncEngine, number: int) -> None:
    """Rows from `number` on made anew, each hash right, by one who knows how it is done."""
    previous, rows = GENESIS, []
    async with engine.connect() as connection:
        kept = (await connection.execute(audit.select().order_by(audit.c.id))).all()
    for row in kept:
        deed = Deed(row.action, "otro" if row.id == number else row.subject)
        made = row_of(deed, SERVICE, {"id": row.id, "at": row.at, "previous": previous})
        rows.append(made if row.id >= number else dict(row._mapping))
        previous = str(rows[-1]["hash"])
    await tamper(engine, "DELETE FROM audit")
    async with engine.begin() as connection:
        for made in rows:
            await connection.execute(audit.insert().values(made))


async def test_a_trail_made_anew_shows_by_the_heads_that_were_kept(trail: AsyncEngine) -> None:
    found = await verify(trail)
    assert found.head is not None
    await rewrite(trail, 3)
    assert await broken(trail) is None
    named = await broken(trail, (found.head,))
    assert named is not None and named[0] == 10 and "se reescribió" in named[1]


async def test_one_head_a_day_is_kept_and_told(engine: AsyncEngine, tmp_path: Path) -> None:
    keeper, file, told = HeadKeeper(engine, tmp_path / "heads"), tmp_path / "heads", list[int]()
    tell: Callable[[Head], None] = lambda head: told.append(head.id)  # noqa: E731
    await keeper.note(tell)
    assert kept_heads(file) == ()
    for number in (0, 0, 1):
        await add(engine, number)
        await keeper.note(tell)
        await keeper.note(tell)
    assert [head.id for head in kept_heads(file)] == [2, 3]
    assert told == [1, 3]


async def test_a_head_that_the_trail_lost_is_never_noted_over(trail: AsyncEngine, tmp_path: Path) -> None:
    keeper, file = HeadKeeper(trail, tmp_path / "heads"), tmp_path / "heads"
    await keeper.note(lambda _: None)
    noted = kept_heads(file)
    await tamper(trail, "DELETE FROM audit WHERE id > 7")
    for number in range(8, 14):
        await add(trail, number)
    with pytest.raises(AuditBroken, match="La fila 10"):
        await keeper.note(lambda _: None)
    assert kept_heads(file) == noted and "La fila 10" in keeper.broken


async def test_a_file_of_heads_that_was_brought_back_is_no_trouble_any_more(
    trail: AsyncEngine, tmp_path: Path
) -> None:
    keeper, file = HeadKeeper(trail, tmp_path / "heads"), tmp_path / "heads"
    await keeper.note(lambda _: None)
    sound = file.read_text()
    file.write_text("no")
    with pytest.raises(HeadsUnreadable):
        await keeper.note(lambda _: None)
    assert "dañado" in keeper.broken
    file.write_text(sound)
    await keeper.note(lambda _: None)
    assert not keeper.broken


async def test_a_damaged_file_of_heads_is_no_empty_one(tmp_path: Path) -> None:
    (tmp_path / "heads").write_text('{"id": 1, "ha')
    with pytest.raises(HeadsUnreadable, match="respaldo"):
        kept_heads(tmp_path / "heads")
