"""Links that set a password, on every database: one use, one address, one at a time."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from mail.tables import outbox as letters
from staff.actor import Actor, acting
from staff.audit_table import audit
from staff.credentials import Credentials
from staff.invitations import Invitations, LinkOver, NotInvited
from staff.people import PersonRefused
from staff.profile import Profile
from staff.roles import Role

NEW = "tormenta lila siete"
ZONE = ZoneInfo("America/Bogota")


@pytest.fixture
async def ana(people):
    profile = Profile("Ana Paz", frozenset({Role.COORDINATOR}), email="ana@empresa.example")
    return (await people.open("ana", profile)).person


@pytest.fixture
def invitations(engine, clock):
    return Invitations(engine, clock, Credentials(engine, clock), Outbox(engine), "https://a.example/", ZONE)


async def secrets_sent(engine):
    async with engine.connect() as connection:
        texts = (await connection.execute(select(letters.c.text).order_by(letters.c.id))).scalars().all()
    return [text.split("https://a.example/invitation/")[1].split()[0] for text in texts if text]


async def test_the_link_sets_the_password_once(invitations, ana, engine, clock):
    assert await invitations.invite(ana.id) == "ana@empresa.example"
    (secret,) = await secrets_sent(engine)
    assert (await invitations.find(secret)).name == "ana"
    await invitations.accept(secret, NEW)
    opened = await Credentials(engine, clock).check("ana", NEW)
    assert opened is not None and not opened.one_time
    with pytest.raises(LinkOver, match="ya no sirve"):
        await invitations.accept(secret, "otra cosa distinta")
    assert (await invitations.latest(ana.id)).end == "used"


async def test_of_two_who_use_the_link_at_once_one_does(invitations, ana, engine):
    await invitations.invite(ana.id)
    (secret,) = await secrets_sent(engine)
    tries = (invitations.accept(secret, f"{NEW} {n}") for n in range(3))
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in done].count(LinkOver) == 2


async def test_only_the_hash_of_the_secret_is_kept_beside_the_letter(invitations, ana, engine):
    from staff.sign_in_tables import invitations as table

    await invitations.invite(ana.id)
    (secret,) = await secrets_sent(engine)
    async with engine.connect() as connection:
        assert secret not in str((await connection.execute(select(table))).all())


async def test_the_letter_says_until_when_by_the_houses_clock(invitations, ana, engine):
    await invitations.invite(ana.id)
    async with engine.connect() as connection:
        text = (await connection.execute(select(letters.c.text))).scalar_one()
    assert "vence el 05/03/2026 a las 10:00" in text  # 72 h after 2 March, 15:00 UTC


async def test_a_newer_link_or_a_new_password_ends_the_former(invitations, ana, engine, clock):
    await invitations.invite(ana.id)
    (first,) = await secrets_sent(engine)
    await invitations.invite(ana.id)
    (second,) = await secrets_sent(engine)  # the first letter went no more
    with pytest.raises(LinkOver):
        await invitations.find(first)
    await Credentials(engine, clock).give_one_time(ana.id)
    with pytest.raises(LinkOver):
        await invitations.find(second)


async def test_a_letter_that_has_not_gone_out_goes_no_more_when_revoked(invitations, ana, engine, clock):
    await invitations.invite(ana.id)
    assert await invitations.revoke(ana.id) == 1
    assert await invitations.revoke(ana.id) == 0
    assert await Outbox(engine).claim(clock()) is None
    assert (await invitations.latest(ana.id)).letter.state == "failed"


async def test_it_lasts_72_hours_for_the_invited_and_one_for_who_forgot(invitations, ana, engine, clock):
    for start, hours in ((invitations.invite(ana.id), 72), (invitations.forgotten("ana"), 1)):
        await start
        secret = (await secrets_sent(engine))[-1]
        clock.now += timedelta(hours=hours, seconds=-1)
        assert await invitations.find(secret)
        clock.now += timedelta(seconds=1)
        with pytest.raises(LinkOver):
            await invitations.find(secret)


async def test_who_cannot_get_a_letter_is_told_why(engine, clock, people, ana, invitations):
    without = (await people.add("beto", [Role.IT])).person
    with pytest.raises(NotInvited, match="no tiene correo"):
        await invitations.invite(without.id)
    with pytest.raises(NotInvited, match="no está activa"):
        await invitations.invite(999)
    no_mail = Invitations(engine, clock, Credentials(engine, clock), None, "https://a.example", ZONE)
    assert not no_mail.by_mail
    with pytest.raises(NotInvited, match="ALTAVOZ_SMTP"):
        await no_mail.invite(ana.id)
    assert await secrets_sent(engine) == []


async def test_an_address_that_no_message_can_carry_is_told(engine, clock, people, invitations):
    profile = Profile("Ñandú", frozenset({Role.IT}), email="ñandú@empresa.example")
    person = (await people.open("nandu", profile)).person
    with pytest.raises(NotInvited, match="no es una dirección"):
        await invitations.invite(person.id)


async def test_every_step_is_in_the_audit_trail_without_the_secret(invitations, ana, engine):
    with acting(Actor("raul", "web", "10.0.0.8")):
        await invitations.invite(ana.id)
    (secret,) = await secrets_sent(engine)
    await invitations.accept(secret, NEW)
    async with engine.connect() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.id))).all()
    wanted = [("invitation.sent", "raul"), ("password.set-by-letter", "altavoz")]
    assert [(row.action, row.actor) for row in rows][-2:] == wanted
    assert secret not in str(rows) and NEW not in str(rows)


async def test_a_password_for_nobody_is_refused(engine, clock):
    with pytest.raises(PersonRefused):
        await Credentials(engine, clock).unlock(999)
