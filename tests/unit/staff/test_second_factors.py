"""A second factor: it counts once proven, each code opens once, and nothing of it lies open on disk."""

import asyncio
import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from staff import audit_trail, totp
from staff.roles import Role
from staff.second_factors import SecondFactors, WrongCode
from staff.sessions import Sessions
from staff.sign_in_tables import recovery_codes, second_factors
from staff.tries import TooManyTries
from staff.vault import Vault, VaultLocked


@pytest.fixture
async def ana(people):
    return (await people.add("ana", [Role.ADMINISTRATOR], password="una clave larga")).person


@pytest.fixture
def factors(engine, clock, tmp_path):
    return SecondFactors(engine, clock, Vault(tmp_path / "second-factor.key"))


def secret_of(enrolment):
    return base64.b32decode(enrolment.typed.replace(" ", ""))


def code_of(secret, clock, steps=0):
    return totp.code(secret, totp.step_at(clock()) + steps)


async def enrolled(factors, person, clock):
    """The secret and the recovery codes of somebody whose telephone is ready."""
    secret = secret_of(await factors.begin(person))
    codes = await factors.confirm(person, code_of(secret, clock))
    clock.now += timedelta(seconds=90)
    return secret, codes


async def test_it_does_not_count_until_a_code_of_it_was_typed(factors, ana, clock):
    enrolment = await factors.begin(ana)
    assert await factors.of(ana.id) is None
    assert await factors.begin(ana) == enrolment  # the page may be opened again
    with pytest.raises(WrongCode, match="hora automática"):
        await factors.confirm(ana, "000000")
    assert len(await factors.confirm(ana, code_of(secret_of(enrolment), clock))) == 10
    assert (await factors.of(ana.id)).codes_left == 10


async def test_a_code_opens_once(factors, ana, clock):
    secret, _ = await enrolled(factors, ana, clock)
    code = code_of(secret, clock)
    assert await factors.check(ana, f" {code[:3]} {code[3:]} ")
    assert not await factors.check(ana, code)
    assert not await factors.check(ana, code_of(secret, clock, -1))  # nor does one from before it


async def test_the_code_that_enrolled_opens_nothing_more(factors, ana, clock):
    secret = secret_of(await factors.begin(ana))
    code = code_of(secret, clock)
    await factors.confirm(ana, code)
    assert not await factors.check(ana, code)


async def test_of_two_who_type_the_same_code_at_once_one_comes_in(factors, ana, clock):
    secret, _ = await enrolled(factors, ana, clock)
    code = code_of(secret, clock)
    assert sorted(await asyncio.gather(*(factors.check(ana, code) for _ in range(3)))) == [False, False, True]


async def test_a_recovery_code_opens_once_however_it_is_typed(factors, ana, clock):
    _, codes = await enrolled(factors, ana, clock)
    assert await factors.check(ana, codes[3].upper().replace("-", " "))
    assert not await factors.check(ana, codes[3])
    assert (await factors.of(ana.id)).codes_left == 9


async def test_new_recovery_codes_take_the_place_of_the_former(factors, ana, clock):
    _, codes = await enrolled(factors, ana, clock)
    new = await factors.renew_codes(ana)
    assert not await factors.check(ana, codes[0])
    assert await factors.check(ana, new[0])


async def test_another_persons_codes_open_nothing(factors, ana, people, clock):
    beto = (await people.add("beto", [Role.IT])).person
    secret, codes = await enrolled(factors, ana, clock)
    await enrolled(factors, beto, clock)
    assert not await factors.check(beto, code_of(secret, clock))
    assert not await factors.check(beto, codes[0])


async def test_codes_cannot_be_tried_without_end(factors, ana, clock):
    secret, codes = await enrolled(factors, ana, clock)
    for _ in range(5):
        assert not await factors.check(ana, "000000")
    with pytest.raises(TooManyTries):
        await factors.check(ana, code_of(secret, clock))
    with pytest.raises(TooManyTries):
        await factors.check(ana, codes[0])


async def test_neither_the_secret_nor_the_codes_lie_open_in_the_database(factors, ana, clock, engine):
    secret, codes = await enrolled(factors, ana, clock)
    async with engine.connect() as connection:
        sealed = (await connection.execute(select(second_factors.c.secret))).scalar_one()
        kept = str((await connection.execute(select(recovery_codes))).all())
    assert secret not in sealed
    assert not any(code in kept for code in codes)


async def test_a_key_that_was_replaced_is_told_and_nobody_comes_in(factors, ana, clock, engine, tmp_path):
    secret, _ = await enrolled(factors, ana, clock)
    other = SecondFactors(engine, clock, Vault(tmp_path / "other.key"))
    with pytest.raises(VaultLocked, match="no es la clave"):
        await other.check(ana, code_of(secret, clock))


def test_what_is_sealed_for_one_opens_for_nobody_else(tmp_path):
    vault = Vault(tmp_path / "k")
    sealed = vault.seal(b"secreto", "second-factor:1")
    assert Vault(tmp_path / "k").unseal(sealed, "second-factor:1") == b"secreto"
    with pytest.raises(VaultLocked):
        vault.unseal(sealed, "second-factor:2")
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600


async def test_whoever_administers_takes_it_away_and_it_is_in_the_audit_trail(factors, ana, clock, engine):
    _, codes = await enrolled(factors, ana, clock)
    assert await factors.remove(ana)
    assert await factors.of(ana.id) is None
    assert not await factors.check(ana, codes[0])
    async with engine.connect() as connection:
        rows = await connection.execute(select(audit_trail.audit.c.action))
        assert "second-factor.removed" in rows.scalars().all()


async def test_a_role_may_ask_for_it(factors, ana, people, clock, engine):
    sessions = Sessions(engine, clock, guarded=frozenset({Role.ADMINISTRATOR}))
    beto = (await people.add("beto", [Role.IT])).person
    token = (await sessions.open(ana.id)).token
    assert (await sessions.find(token)).must_enrol
    assert not (await sessions.find((await sessions.open(beto.id)).token)).must_enrol
    await enrolled(factors, ana, clock)
    assert not (await sessions.find(token)).must_enrol
