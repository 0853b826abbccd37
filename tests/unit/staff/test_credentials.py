"""Passwords of accounts: what opens one, what a new one must be, and what wrong tries cost."""

import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from staff import passwords, tries
from staff.credentials import Credentials
from staff.passwords import WeakPassword
from staff.people import PersonRefused
from staff.roles import Role
from staff.sessions import Sessions, Visit
from staff.tables import people as table
from staff.tries import TooManyTries

GOOD = "una clave larga"
HOME, CAFE = "10.0.0.8", "10.0.0.9"
FREE = tries.RULES[tries.Kind.ACCOUNT].free
FREE_ADDRESS = tries.RULES[tries.Kind.ADDRESS].free


@pytest.fixture
def credentials(engine, clock):
    return Credentials(engine, clock)


@pytest.fixture
async def ana(people):
    return (await people.add("ana", [Role.COORDINATOR], "Ana Pérez", password=GOOD)).person


async def wrong(credentials, name="ana", address=None, times=FREE + 1):
    for _ in range(times):
        assert await credentials.check(name, "equivocada", address) is None


async def test_only_the_right_password_of_an_active_account_opens_it(credentials, ana, engine):
    assert await credentials.check("Ana", GOOD) == ana
    assert await credentials.check("ana", GOOD + " ") is None
    assert await credentials.check("nadie", GOOD) is None
    async with engine.begin() as connection:
        await connection.execute(update(table).where(table.c.id == ana.id).values(active=False))
    assert await credentials.check("ana", GOOD) is None


async def test_the_password_itself_is_stored_nowhere(ana, engine):
    async with engine.connect() as connection:
        row = (await connection.execute(select(table))).one()
    assert row.password.startswith("$argon2id$")
    assert GOOD not in str(row)


async def test_a_one_time_password_opens_the_account_until_it_is_changed(credentials, ana):
    new = (await credentials.give_one_time(ana.id)).password
    assert await credentials.check("ana", GOOD) is None
    assert (await credentials.check("ana", new)).one_time
    await credentials.set_password(ana.id, "otra clave larga")
    assert not (await credentials.check("ana", "otra clave larga")).one_time


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("corta", "al menos 8"),
        ("Contraseña1", "más usadas"),
        ("ANAperez-2024", "casi solo «perez»"),
        ("altavoz2026", "casi solo «altavoz»"),
        ("abcabcabc", "repite"),
    ],
)
async def test_a_password_that_others_would_guess_is_refused_with_words(credentials, ana, password, words):
    with pytest.raises(WeakPassword, match=words):
        await credentials.set_password(ana.id, password)
    assert await credentials.check("ana", GOOD) is not None


async def test_an_account_that_does_not_exist_has_no_password(credentials):
    with pytest.raises(PersonRefused, match="no existe"):
        await credentials.set_password(999, GOOD)


async def test_wrong_tries_make_the_next_one_wait_longer_and_longer(credentials, ana, clock):
    await wrong(credentials)
    with pytest.raises(TooManyTries, match="espere 2 s") as wait:
        await credentials.check("ana", GOOD)
    clock.now += timedelta(seconds=wait.value.seconds)
    await wrong(credentials, times=1)
    with pytest.raises(TooManyTries, match="espere 4 s"):
        await credentials.check("ana", GOOD)
    clock.now += timedelta(seconds=4)
    assert await credentials.check("ana", GOOD) is not None
    await wrong(credentials, times=1)


async def test_a_restart_forgets_no_wrong_try(credentials, ana, engine, clock):
    await wrong(credentials)
    with pytest.raises(TooManyTries):
        await Credentials(engine, clock).check("ana", GOOD)


async def test_names_that_do_not_exist_wait_as_those_that_do(credentials):
    await wrong(credentials, "nadie")
    with pytest.raises(TooManyTries):
        await credentials.check("nadie", "equivocada")


async def test_strangers_do_not_lock_somebody_out_of_where_they_signed_in_before(
    credentials, ana, engine, clock
):
    await Sessions(engine, clock).open(ana.id, Visit(HOME))
    await wrong(credentials, address=CAFE)
    with pytest.raises(TooManyTries):
        await credentials.check("ana", GOOD, CAFE)
    assert await credentials.check("ana", GOOD, HOME) is not None


async def test_wrong_tries_at_a_known_place_are_counted_too(credentials, ana, engine, clock):
    await Sessions(engine, clock).open(ana.id, Visit(HOME))
    await wrong(credentials, address=HOME)
    with pytest.raises(TooManyTries, match="espere 2 s"):
        await credentials.check("ana", GOOD, HOME)


async def test_an_address_that_tries_many_names_must_wait_and_others_need_not(credentials, ana, clock):
    for n in range(FREE_ADDRESS + 1):
        await wrong(credentials, f"n{n}", CAFE, times=1)
    with pytest.raises(TooManyTries, match="espere 2 s"):
        await credentials.check("ana", GOOD, CAFE)
    assert await credentials.check("ana", GOOD, HOME) is not None
    clock.now += timedelta(seconds=2)
    assert await credentials.check("ana", GOOD, CAFE) is not None


async def test_right_tries_do_not_count_against_an_address(credentials, ana):
    for _ in range(FREE_ADDRESS + 2):
        assert await credentials.check("ana", GOOD, CAFE) is not None


async def test_whoever_administers_sees_the_wait_and_ends_it(credentials, ana, clock):
    await wrong(credentials, address=CAFE)
    (delay,) = await credentials.delays("ana")
    assert (delay.times, delay.until) == (FREE + 1, clock.now + timedelta(seconds=2))
    assert await credentials.unlock(ana.id) == 1
    assert await credentials.delays("ana") == ()
    assert await credentials.check("ana", GOOD, CAFE) is not None


async def test_what_waits_for_a_password_is_bounded_and_refused_at_once(credentials, ana, monkeypatch):
    held, let_go = passwords._matches, threading.Event()
    monkeypatch.setattr(passwords, "_matches", lambda *given: let_go.wait(10) and held(*given))
    room = passwords.THREADS + passwords.MOST_WAITING
    waiting = [asyncio.create_task(credentials.check(f"n{n}", "equivocada")) for n in range(room)]
    await asyncio.sleep(0)
    with pytest.raises(passwords.Crowded, match="pruebe otra vez"):
        await credentials.check("ana", GOOD)
    let_go.set()
    assert await asyncio.gather(*waiting) == [None] * room
    await wrong(credentials, times=FREE)  # what was refused unread is no wrong try
    assert await credentials.check("ana", GOOD) is not None
