from datetime import timedelta

import pytest
from sqlalchemy import select, update

from staff.credentials import Credentials
from staff.roles import Role
from staff.sessions import Sessions
from staff.tables import people as accounts
from staff.tables import sessions as table


@pytest.fixture
async def ana(people):
    return (await people.add("ana", [Role.COORDINATOR], password="una clave larga")).person


@pytest.fixture
def sessions(engine, clock):
    return Sessions(engine, clock)


async def test_a_session_is_found_by_its_token_alone(sessions, ana):
    secret = await sessions.open(ana.id)
    found = await sessions.find(secret.token)
    assert (found.person, found.csrf) == (ana, secret.csrf)
    for wrong in ("", secret.csrf, secret.token + "x", "x" * 1000, "ñ", "\udcff"):
        assert await sessions.find(wrong) is None


async def test_only_the_hash_of_a_token_is_stored(sessions, ana, engine):
    secret = await sessions.open(ana.id)
    async with engine.connect() as connection:
        row = (await connection.execute(select(table))).one()
    assert secret.token not in str(row)
    assert secret.token not in repr(secret)


async def test_each_sign_in_has_a_session_of_its_own(sessions, ana):
    first, second = await sessions.open(ana.id), await sessions.open(ana.id)
    assert first.token != second.token
    await sessions.close(first.token)
    assert await sessions.find(first.token) is None
    assert await sessions.find(second.token) is not None


async def test_half_an_hour_without_use_ends_it_and_use_keeps_it(sessions, ana, clock):
    secret = await sessions.open(ana.id)
    for _ in range(3):
        clock.now += timedelta(minutes=29)
        assert await sessions.find(secret.token) is not None
    clock.now += timedelta(minutes=31)
    assert await sessions.find(secret.token) is None
    clock.now -= timedelta(minutes=31)
    assert await sessions.find(secret.token) is None


async def test_twelve_hours_end_it_however_much_it_is_used(sessions, ana, clock):
    secret = await sessions.open(ana.id)
    for _ in range(26):
        clock.now += timedelta(minutes=27)
        assert await sessions.find(secret.token) is not None
    clock.now += timedelta(minutes=27)
    assert await sessions.find(secret.token) is None


async def test_it_never_ends_in_the_middle_of_a_call(engine, ana, clock):
    in_call = {ana.id}
    sessions = Sessions(engine, clock, in_call.__contains__)
    secret = await sessions.open(ana.id)
    clock.now += timedelta(hours=13)
    assert await sessions.find(secret.token) is not None
    await sessions.open(ana.id)
    assert await sessions.find(secret.token) is not None
    in_call.clear()
    assert await sessions.find(secret.token) is None


async def test_a_new_password_closes_every_session(sessions, engine, clock, ana):
    secrets = [await sessions.open(ana.id) for _ in range(2)]
    await Credentials(engine, clock).set_password(ana.id, "otra clave larga")
    assert [await sessions.find(each.token) for each in secrets] == [None, None]


async def test_closing_all_signs_out_one_person_only(sessions, people, ana):
    other = (await people.add("beto", [Role.IT])).person
    mine, theirs = await sessions.open(ana.id), await sessions.open(other.id)
    await sessions.close_all(ana.id)
    assert await sessions.find(mine.token) is None
    assert await sessions.find(theirs.token) is not None


async def test_an_account_that_is_not_active_has_no_session(sessions, ana, engine):
    secret = await sessions.open(ana.id)
    async with engine.begin() as connection:
        await connection.execute(update(accounts).values(active=False))
    assert await sessions.find(secret.token) is None


async def test_signing_in_clears_ones_expired_sessions_away(sessions, ana, clock, engine):
    await sessions.open(ana.id)
    clock.now += timedelta(hours=1)
    await sessions.open(ana.id)
    async with engine.connect() as connection:
        assert len((await connection.execute(select(table))).all()) == 1
