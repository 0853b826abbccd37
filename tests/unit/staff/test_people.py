import pytest
from sqlalchemy import update

from staff.passwords import WeakPassword
from staff.people import PersonRefused
from staff.phonebook import PhoneBook
from staff.roles import Role
from staff.tables import people as table

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


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"name": "a"}, PersonRefused, "de 2 a 40"),
        ({"name": "New"}, PersonRefused, "elija otro nombre"),
        ({"name": "ana pérez"}, PersonRefused, "sin espacios"),
        ({"name": "ana\n"}, None, ""),
        ({"name": "<b>"}, PersonRefused, "ana.perez"),
        ({"full_name": "Ana\x00"}, PersonRefused, "una sola línea"),
        ({"full_name": "Ana\r\n[trunk]"}, PersonRefused, "una sola línea"),
        ({"full_name": "Ana\tPaz"}, PersonRefused, "una sola línea"),
        ({"full_name": "Ana\u2028Paz"}, PersonRefused, "una sola línea"),
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


async def test_the_phone_book_knows_whose_an_extension_is(people):
    ana = (await people.add("ana", [Role.COORDINATOR], extension="101")).person
    book = PhoneBook(await people.all())
    assert (book.name_of("101"), book.name_of_id(ana.id), book.name_of("102")) == ("ana", "ana", None)
