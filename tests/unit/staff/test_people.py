import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from staff import passwords
from staff.names import BadName
from staff.passwords import WeakPassword
from staff.people import PersonRefused
from staff.phonebook import PhoneBook
from staff.roles import Role
from staff.tables import people as table
from staff.tries import WRONG_PER_MINUTE, TooManyTries

GOOD = "una clave larga"


async def test_a_new_account_shows_its_secrets_once(people):
    made = await people.add("Ana.Pérez", [Role.COORDINATOR], "Ana Pérez", "101", ["sac", "cat"])
    assert (made.person.name, made.person.full_name, made.person.one_time) == ("ana.pérez", "Ana Pérez", True)
    assert made.person.groups == ("cat", "sac")
    assert len(made.one_time_password) == 19
    assert len(made.sip_secret) >= 24
    assert made.one_time_password not in repr(made)
    assert made.sip_secret not in repr(made)
    assert await people.get(made.person.id) == await people.by_name("ANA.PÉREZ") == made.person
    assert await people.by_extension("101") == made.person


async def test_a_password_given_is_final(people):
    made = await people.add("ana", [Role.IT], password=GOOD)
    assert (made.one_time_password, made.sip_secret, made.person.one_time) == (None, None, False)
    assert await people.check_password("Ana", GOOD) == made.person


async def test_only_the_right_password_of_an_active_account_opens_it(people, engine):
    made = await people.add("ana", [Role.IT], password=GOOD)
    assert await people.check_password("ana", GOOD + " ") is None
    assert await people.check_password("nadie", GOOD) is None
    async with engine.begin() as connection:
        await connection.execute(update(table).where(table.c.id == made.person.id).values(active=False))
    assert await people.check_password("ana", GOOD) is None


async def test_the_password_itself_is_stored_nowhere(people, engine):
    await people.add("ana", [Role.IT], password=GOOD)
    async with engine.connect() as connection:
        row = (await connection.execute(select(table))).one()
    assert row.password.startswith("$argon2id$")
    assert GOOD not in str(row)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"name": "a"}, BadName, "de 2 a 40"),
        ({"name": "ana pérez"}, BadName, "sin espacios"),
        ({"name": "ana\n"}, None, ""),
        ({"name": "<b>"}, BadName, "ana.perez"),
        ({"full_name": "Ana\x00"}, BadName, "una sola línea"),
        ({"full_name": "Ana\r\n[trunk]"}, BadName, "una sola línea"),
        ({"full_name": "Ana\tPaz"}, BadName, "una sola línea"),
        ({"full_name": "Ana\u2028Paz"}, BadName, "una sola línea"),
        ({"password": "corta"}, WeakPassword, "al menos 8"),
        ({"name": "ana.perez.garcia", "password": "ANA.PEREZ.GARCIA"}, WeakPassword, "igual al nombre"),
        ({"extension": "01"}, PersonRefused, "por ejemplo 101"),
        ({"extension": "1٠١"}, PersonRefused, "por ejemplo 101"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_with_words(people, changes, error, words):
    wanted = {"name": "ana", "roles": [Role.IT], "password": GOOD} | changes
    if error is None:
        assert (await people.add(**wanted)).person.name == "ana"
        return
    with pytest.raises(error, match=words):
        await people.add(**wanted)
    assert await people.all() == ()


async def test_a_name_or_an_extension_belongs_to_one_account(people):
    await people.add("ana", [Role.COORDINATOR], extension="101")
    with pytest.raises(PersonRefused, match="«ana»"):
        await people.add("ＡＮＡ", [Role.IT])
    with pytest.raises(PersonRefused, match="interno 101"):
        await people.add("beto", [Role.IT], extension="101")


async def test_a_one_time_password_given_again_opens_the_account_once_more(people):
    made = await people.add("ana", [Role.IT], password=GOOD)
    new = await people.new_one_time_password(made.person.id)
    assert await people.check_password("ana", GOOD) is None
    assert (await people.check_password("ana", new)).one_time
    await people.set_password(made.person.id, "otra clave larga")
    assert not (await people.check_password("ana", "otra clave larga")).one_time


async def test_a_new_password_must_keep_the_rule(people):
    made = await people.add("ana", [Role.IT])
    with pytest.raises(WeakPassword):
        await people.set_password(made.person.id, "corta")
    with pytest.raises(PersonRefused, match="no existe"):
        await people.set_password(999, GOOD)


async def test_the_phones_are_those_of_active_accounts(people, engine):
    await people.add("beto", [Role.COORDINATOR], "Beto", "102", ["sac"])
    ana = await people.add("ana", [Role.COORDINATOR], "Ana", "101", ["cat"])
    await people.add("it", [Role.IT])
    assert [(phone.extension, phone.name) for phone in await people.with_phones()] == [
        ("101", "Ana"), ("102", "Beto"),
    ]  # fmt: skip
    assert (await people.with_phones())[0].secret == ana.sip_secret
    async with engine.begin() as connection:
        await connection.execute(update(table).where(table.c.name == "beto").values(active=False))
    assert [phone.extension for phone in await people.with_phones()] == ["101"]


async def test_a_phones_secret_can_be_renewed(people):
    ana = await people.add("ana", [Role.COORDINATOR], extension="101")
    renewed = await people.renew_sip_secret(ana.person.id)
    assert renewed != ana.sip_secret
    assert await people.sip_secret(ana.person.id) == renewed
    without = await people.add("it", [Role.IT])
    with pytest.raises(PersonRefused, match="no tiene teléfono"):
        await people.renew_sip_secret(without.person.id)


async def test_wrong_tries_make_the_next_one_wait_longer_and_longer(people, clock):
    await people.add("ana", [Role.IT], password=GOOD)
    for _ in range(5):
        assert await people.check_password("ana", "equivocada") is None
    with pytest.raises(TooManyTries, match="Espere 2 s") as wait:
        await people.check_password("ana", GOOD)
    clock.now += timedelta(seconds=wait.value.seconds)
    assert await people.check_password("ana", "equivocada") is None
    with pytest.raises(TooManyTries, match="Espere 4 s"):
        await people.check_password("ana", GOOD)
    clock.now += timedelta(seconds=4)
    assert await people.check_password("ana", GOOD) is not None
    assert await people.check_password("ana", "equivocada") is None


async def test_names_that_do_not_exist_wait_as_those_that_do(people):
    for _ in range(5):
        await people.check_password("nadie", "equivocada")
    with pytest.raises(TooManyTries):
        await people.check_password("nadie", "equivocada")


async def test_the_phone_book_knows_whose_an_extension_is(people):
    ana = (await people.add("ana", [Role.COORDINATOR], extension="101")).person
    book = PhoneBook(await people.all())
    assert (book.name_of("101"), book.name_of_id(ana.id), book.name_of("102")) == ("ana", "ana", None)


async def test_an_address_that_tries_many_names_must_wait_and_others_need_not(people, clock):
    await people.add("ana", [Role.IT], password=GOOD)
    for n in range(WRONG_PER_MINUTE):
        assert await people.check_password(f"n{n}", "equivocada", "10.0.0.9") is None
    with pytest.raises(TooManyTries, match="Espere 60 s"):
        await people.check_password("ana", GOOD, "10.0.0.9")
    assert await people.check_password("ana", GOOD, "10.0.0.8") is not None
    assert await people.check_password("ana", GOOD) is not None
    clock.now += timedelta(seconds=60)
    assert await people.check_password("ana", GOOD, "10.0.0.9") is not None


async def test_right_tries_do_not_count_against_an_address(people):
    await people.add("ana", [Role.IT], password=GOOD)
    for _ in range(WRONG_PER_MINUTE + 1):
        assert await people.check_password("ana", GOOD, "10.0.0.9") is not None


async def test_what_waits_for_a_password_is_bounded_and_refused_at_once(people, monkeypatch):
    await people.add("ana", [Role.IT], password=GOOD)
    held, let_go = passwords._matches, threading.Event()
    monkeypatch.setattr(passwords, "_matches", lambda *given: let_go.wait(10) and held(*given))
    room = passwords.THREADS + passwords.MOST_WAITING
    tries = [asyncio.create_task(people.check_password(f"n{n}", "equivocada")) for n in range(room)]
    await asyncio.sleep(0)
    with pytest.raises(passwords.Crowded, match="pruebe otra vez"):
        await people.check_password("ana", GOOD)
    let_go.set()
    assert await asyncio.gather(*tries) == [None] * room
    for _ in range(4):  # what was refused unread is no wrong try
        assert await people.check_password("ana", "equivocada") is None
    assert await people.check_password("ana", GOOD) is not None
