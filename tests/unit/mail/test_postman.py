"""From the outbox to a real server: once, later when it would not, and never twice."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from mail import postman
from mail.letter import Letter
from mail.message import BadLetter, address
from mail.outbox import LEASE
from mail.postman import KEPT, LONGEST_WAIT, Postman, wait_after
from mail.relay import relay
from mail.tables import outbox as table
from tests.support.mail_server import mail_server

SENDER = address("altavoz@empresa.example", "Altavoz")
SECRET = "https://x.example/invitation/abc"


async def put(outbox, engine, clock, n=1, recipient="ana@empresa.example", confidential=False):
    async with engine.begin() as connection:
        letter = Letter("x", recipient, f"Hola {n}", f"{SECRET}\n", SECRET, confidential)
        id = await outbox.put(connection, letter, clock())
    outbox.nudge()
    return id


@asynccontextmanager
async def working(outbox, clock, port, most=1):
    post = [Postman(outbox, relay(f"smtp://127.0.0.1:{port}"), SENDER, clock) for _ in range(most)]
    tasks = [asyncio.create_task(each.run()) for each in post]
    yield post[0]
    for each in post:
        await each.close()
    await asyncio.gather(*tasks)


async def comes_to(outbox, id, holds):
    async with asyncio.timeout(5):
        while not holds(found := await outbox.find(id)):  # noqa: ASYNC110 - the database tells nobody
            await asyncio.sleep(0.01)
    return found


async def becomes(outbox, id, state):
    return await comes_to(outbox, id, lambda found: found.state == state)


async def test_a_letter_goes_out_once_even_with_two_who_send(outbox, engine, clock, port):
    with mail_server(port) as server:
        async with working(outbox, clock, port, most=2):
            ids = [await put(outbox, engine, clock, n) for n in range(6)]
            for id in ids:
                await becomes(outbox, id, "sent")
        assert sorted(message["Subject"] for message in server.messages) == [f"Hola {n}" for n in range(6)]


async def test_a_letter_is_claimed_by_one_of_many(outbox, engine, clock):
    ids = [await put(outbox, engine, clock, n) for n in range(4)]
    claimed = await asyncio.gather(*(outbox.claim(clock()) for _ in range(4)))
    assert sorted(each.id for each in claimed) == ids
    assert await outbox.claim(clock()) is None


async def test_what_is_rolled_back_is_never_sent(outbox, engine, clock):
    with pytest.raises(RuntimeError):
        async with engine.begin() as connection:
            await outbox.put(connection, Letter("x", "ana@x.example", "a", "b", "c"), clock())
            raise RuntimeError
    assert await outbox.claim(clock()) is None


async def test_a_refusal_for_now_is_tried_again_with_the_same_message_id(outbox, engine, clock, port):
    with mail_server(port) as server:
        replies = ["451 later", None]
        server.answer = lambda: replies.pop(0)
        async with working(outbox, clock, port):
            id = await put(outbox, engine, clock)
            waiting = await comes_to(outbox, id, lambda found: found.error and found.state == "pending")
            assert waiting.tries == 1 and "later" in waiting.error
            assert timedelta(seconds=12) <= waiting.due - clock() <= timedelta(seconds=18)
            assert server.messages == []
            clock.now = waiting.due
            outbox.nudge()
            assert (await becomes(outbox, id, "sent")).tries == 2


async def test_a_refusal_for_good_is_not_tried_again(outbox, engine, clock, port):
    with mail_server(port) as server:
        server.at_rcpt = lambda: "550 no such user"
        async with working(outbox, clock, port):
            id = await put(outbox, engine, clock)
            assert "no such user" in (await becomes(outbox, id, "failed")).error


async def test_a_letter_of_which_nobody_knows_is_not_sent_again(outbox, engine, clock, port):
    with mail_server(port) as server:
        server.cut = True
        async with working(outbox, clock, port):
            id = await put(outbox, engine, clock)
            assert "se cortó" in (await becomes(outbox, id, "doubtful")).error
            clock.now += timedelta(days=1)
            outbox.nudge()
            await asyncio.sleep(0.1)
        assert len(server.messages) == 1


async def test_after_a_crash_what_was_being_sent_is_not_sent_again(outbox, engine, clock, port):
    id = await put(outbox, engine, clock)
    await outbox.claim(clock())  # and there the process ended
    clock.now += LEASE
    with mail_server(port) as server:
        async with working(outbox, clock, port):
            assert "se detuvo" in (await becomes(outbox, id, "doubtful")).error
        assert server.messages == []


async def test_it_is_given_up_after_many_tries(outbox, engine, clock, port, monkeypatch):
    monkeypatch.setattr(postman, "MOST_TRIES", 1)
    with mail_server(port) as server:
        server.answer = lambda: "451 later"
        async with working(outbox, clock, port):
            id = await put(outbox, engine, clock)
            assert "later" in (await becomes(outbox, id, "failed")).error


async def test_while_the_server_is_away_letters_wait_and_then_go_out_in_their_order(
    outbox, engine, clock, port
):
    """Who is told first that a line is suspended and then that it is back must read it in that order."""
    async with working(outbox, clock, port):
        ids = [await put(outbox, engine, clock, 0)]
        for n in range(1, 5):
            await comes_to(outbox, ids[0], lambda found, n=n: found.tries >= n and found.state == "pending")
            clock.now += timedelta(seconds=10)
            ids.append(await put(outbox, engine, clock, n))
        assert "no hay conexión" in (await outbox.find(ids[0])).error
        await comes_to(outbox, ids[0], lambda found: found.tries >= 5 and found.state == "pending")
        assert [(await outbox.find(id)).tries for id in ids[1:]] == [0, 0, 0, 0]
        with mail_server(port) as server:
            outbox.nudge()
            for id in ids:
                await becomes(outbox, id, "sent")
    assert [message["Subject"] for message in server.messages] == [f"Hola {n}" for n in range(5)]


async def test_for_a_server_that_stays_away_nothing_is_kept_too_long(outbox, engine, clock, port):
    old = await put(outbox, engine, clock)
    clock.now += KEPT
    new = await put(outbox, engine, clock)
    async with working(outbox, clock, port):
        assert "no hay conexión" in (await becomes(outbox, old, "failed")).error
        await comes_to(outbox, new, lambda found: found.error and found.state == "pending")


async def test_a_confidential_text_is_not_kept(outbox, engine, clock, port):
    with mail_server(port) as server:
        async with working(outbox, clock, port):
            ids = [await put(outbox, engine, clock, confidential=each) for each in (True, False)]
            for id in ids:
                await becomes(outbox, id, "sent")
        assert all(SECRET in message.as_string() for message in server.messages)
    async with engine.connect() as connection:
        kept = [(row.text, row.html) for row in await connection.execute(select(table).order_by(table.c.id))]
    assert kept == [("", ""), (f"{SECRET}\n", SECRET)]


async def test_a_letter_withdrawn_in_time_does_not_go_out(outbox, engine, clock):
    id = await put(outbox, engine, clock)
    async with engine.begin() as connection:
        await outbox.withdraw(connection, id, clock())
    assert (await outbox.find(id)).state == "failed"
    assert await outbox.claim(clock()) is None


async def test_what_cannot_be_an_address_is_refused_at_once(outbox, engine, clock):
    with pytest.raises(BadLetter):
        await put(outbox, engine, clock, recipient="ana@x.example\r\nBcc: mal@x.example")


@pytest.mark.parametrize(("tries", "seconds"), [(1, 15), (2, 30), (5, 240), (30, 3600)])
def test_the_wait_doubles_up_to_an_hour_and_never_beats_in_time_with_others(tries, seconds):
    assert wait_after(tries, 0.5).total_seconds() == pytest.approx(seconds)
    assert wait_after(tries, 0.0) < wait_after(tries, 1.0) <= LONGEST_WAIT * 1.2


async def test_letters_that_wait_their_turn_are_not_stuck_while_others_go_out(outbox, engine, clock):
    first, _ = [await put(outbox, engine, clock, n) for n in range(2)]
    clock.now += timedelta(minutes=5)
    assert await outbox.stuck_since(clock()) is not None
    assert (await outbox.claim(clock())).id == first
    await outbox.sent(first, clock())
    assert await outbox.stuck_since(clock()) is None
    clock.now += timedelta(minutes=3)
    assert await outbox.stuck_since(clock()) is not None


async def test_a_letter_with_a_key_is_kept_once(outbox, engine, clock):
    letter = Letter("x", "ana@empresa.example", "Hola", "Hola", "Hola", key="digest:1:7")
    async with engine.begin() as connection:
        kept = [await outbox.put_once(connection, letter, clock()) for _ in range(2)]
    assert kept[0] is not None and kept[1] is None


async def test_one_that_failed_goes_again_and_one_without_its_text_does_not(outbox, engine, clock):
    for confidential, goes in ((False, True), (True, False)):
        id = await put(outbox, engine, clock, confidential=confidential)
        assert (await outbox.claim(clock())).id == id
        await outbox.failed(id, clock(), "550")
        async with engine.begin() as connection:
            assert await outbox.again(connection, id, "failed", clock()) is goes
            assert not await outbox.again(connection, id, "failed", clock()) or not goes
        if goes:
            await outbox.claim(clock())
            await outbox.sent(id, clock())
