"""Which account an identity opens, on every database."""

import asyncio

import pytest
from sqlalchemy import func, select, update

from staff.id_tokens import Identity
from staff.linked_accounts import LinkedAccounts, NoAccount
from staff.profile import Profile
from staff.roles import Role
from staff.sign_in_tables import linked_accounts
from staff.tables import people as accounts

ISSUER = "https://acceso.empresa.example"
ANA = Identity(ISSUER, "u-1", "ana@empresa.example")


@pytest.fixture
async def ana(people):
    profile = Profile("Ana Paz", frozenset({Role.COORDINATOR}), email="ana@empresa.example")
    return (await people.open("ana", profile)).person


@pytest.fixture
def linked(engine, clock):
    return LinkedAccounts(engine, clock)


async def test_the_first_time_the_verified_email_finds_it_and_then_the_subject(linked, ana):
    assert await linked.person_for(ANA, None) == ana
    assert await linked.person_for(Identity(ISSUER, "u-1", None), None) == ana
    assert await linked.linked(ana.id)


@pytest.mark.parametrize(
    "identity", [Identity(ISSUER, "u-2", None), Identity(ISSUER, "u-2", "otra@empresa.example")]
)
async def test_without_an_account_nobody_comes_in_and_none_is_made(linked, ana, people, identity):
    with pytest.raises(NoAccount):
        await linked.person_for(identity, None)
    assert await people.all() == (ana,)


async def test_another_identity_does_not_take_a_linked_account(linked, ana):
    await linked.person_for(ANA, None)
    with pytest.raises(NoAccount, match="otra identidad"):
        await linked.person_for(Identity(ISSUER, "u-2", ANA.email), None)
    assert await linked.unlink(ana) == 1
    assert await linked.person_for(Identity(ISSUER, "u-2", ANA.email), None) == ana


async def test_the_same_subject_of_another_issuer_is_somebody_else(linked, ana):
    await linked.person_for(ANA, None)
    with pytest.raises(NoAccount):
        await linked.person_for(Identity("https://otro.example", "u-1", None), None)


async def test_a_deactivated_account_is_nobodys(linked, ana, engine):
    await linked.person_for(ANA, None)
    async with engine.begin() as connection:
        await connection.execute(update(accounts).values(active=False))
    with pytest.raises(NoAccount, match="desactivada"):
        await linked.person_for(ANA, None)
    with pytest.raises(NoAccount, match="Nadie"):
        await linked.person_for(Identity(ISSUER, "u-9", ANA.email), None)


async def test_coming_in_twice_at_once_the_first_time_links_once(linked, ana, engine):
    assert await asyncio.gather(*(linked.person_for(ANA, None) for _ in range(3))) == [ana] * 3
    async with engine.connect() as connection:
        many = await connection.execute(select(func.count()).select_from(linked_accounts))
        assert many.scalar_one() == 1
