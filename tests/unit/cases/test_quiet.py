"""A number that used to be called and is called no more."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from cases.quiet import EVERY, QuietLines, is_quiet
from cases.tables import calls

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
LINE, PLAN = "+541143218765", "hogar-nandu"


def days(count):
    return timedelta(days=count)


@pytest.mark.parametrize(
    ("since", "silence", "count", "quiet"),
    [
        (30, 4, 180, True),
        (30, 2.9, 1000, False),  # a long weekend
        (30, 4, 120, False),  # sixteen were to come
        (0, 5, 40, True),  # forty in one day, as if in a week
        (0, 5, 20, False),
    ],
)
def test_a_silence_says_something_when_calls_were_to_come(since, silence, count, quiet):
    last = NOW - days(silence)
    assert is_quiet(last - days(since), last, count, NOW - last) is quiet


@pytest.fixture
async def called(house, told):
    """Forty calls came to the line within an hour, eight days ago."""
    for each in range(40):
        await house.feed(*told(f"pbx1-{each}.1").arrives().facts)
    async with house.engine.begin() as connection:
        await connection.execute(update(calls).values(started=NOW - days(8)))


def quiet_lines(house, since=None):
    """Those, and who is told of them."""
    heard = []

    async def answers_since(_plan):
        return since

    async def tell(found):
        heard.append(found)

    return QuietLines(house.engine, answers_since, tell), heard


async def test_lines_in_service_are_looked_at_now_and_then(house, told, called):
    lines, heard = quiet_lines(house)
    assert await lines.look(NOW, {"+541100000000": "otro"}) == () and heard == []
    (quiet,) = await lines.look(NOW + EVERY, {LINE: PLAN})
    assert (quiet.line, quiet.plan, quiet.last, quiet.days) == (LINE, PLAN, NOW - days(8), 8)
    assert round(quiet.a_day, 2) == 5.71
    assert heard == [quiet]
    await house.feed(*told("pbx1-99.1").arrives().facts)
    async with house.engine.begin() as connection:
        await connection.execute(update(calls).where(calls.c.id == "pbx1-99.1").values(started=NOW))
    assert len(await lines.look(NOW + EVERY * 1.5, {LINE: PLAN})) == 1
    assert await lines.look(NOW + EVERY * 1.5, {}) == ()
    assert await lines.look(NOW + EVERY * 2, {LINE: PLAN}) == ()
    assert heard == [quiet]


async def test_a_line_that_answered_nobody_meanwhile_was_not_quiet(house, called):
    lines, _ = quiet_lines(house, since=NOW - days(2))
    assert await lines.look(NOW, {LINE: PLAN}) == ()
    (quiet,) = await lines.look(NOW + days(4), {LINE: PLAN})
    assert (quiet.last, quiet.days) == (NOW - days(8), 6)
