"""The door by mail, with a real mail server: invitations and forgotten passwords."""

import asyncio
import re
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mail.message import address
from mail.postman import Postman
from mail.relay import relay
from mail.tables import outbox
from staff.permissions import Permission
from staff.tables import people
from tests.support.mail_server import mail_server

NEW = "tormenta lila siete"
CHOICE = {"new": NEW, "again": NEW}
PORTS = iter(range(19200, 19240))


@pytest.fixture
async def post(house):
    """A mail server, and somebody who brings it the letters."""
    port = next(PORTS)
    with mail_server(port) as server:
        postman = Postman(
            house.outbox, relay(f"smtp://127.0.0.1:{port}"), address("altavoz@x.example"), house.clock
        )
        working = asyncio.create_task(postman.run())
        yield server
        await postman.close()
        await working


async def has_email(house, name="ana", email="ana@empresa.example"):
    async with house.engine.begin() as connection:
        await connection.execute(update(people).where(people.c.name == name).values(email=email))


async def letters(house, post, many=1):
    await house.until(lambda: len(post.messages) >= many)
    assert len(post.messages) == many
    return post.messages


def link_in(message):
    text = message.get_body(("plain",)).get_content()
    return re.search(r"https://altavoz\.example(/invitation/\S+)", text)[1]


async def invited(house, post, name="ana"):
    await has_email(house, name)
    async with house.at("raul") as visitor:
        assert (await visitor.post(f"/people/{name}/invite")).status == 303
    return link_in((await letters(house, post))[0])


async def test_an_invitation_arrives_and_its_link_lets_in_once(house, post):
    link = await invited(house, post)
    (message,) = post.messages
    assert message["To"] == "ana@empresa.example" and "Ana Paz" in message["Subject"]
    assert "Raúl Vega" in message.get_body(("plain",)).get_content()
    async with house.at() as visitor:
        assert "Ana Paz" in await (await visitor.get(link)).text()
        answer = await visitor.post(link, CHOICE)
        assert (answer.status, answer.headers["Location"]) == (303, "/desk")
        assert ("101", "cat") in house.queues.serving  # and calls come
        again = await visitor.post(link, CHOICE)
        assert again.status == 410
    async with house.at() as visitor:
        assert (await visitor.post("/sign-in", {"name": "ana", "password": NEW})).status == 303


@pytest.mark.parametrize(("ticked", "left"), [({"tokens": "end"}, 0), ({}, 1)])
async def test_who_chooses_a_password_by_the_link_is_asked_about_the_tokens(house, post, ticked, left):
    link = await invited(house, post)
    ana = await house.people.by_name("ana")
    await house.tokens.add("bot", [Permission.CASE_READ], person=ana)
    async with house.at() as visitor:
        assert "1 token suyo sigue valiendo: bot" in await (await visitor.get(link)).text()
        await visitor.post(link, CHOICE | ticked)
    assert len(await house.tokens.all()) == left


async def test_looking_at_the_link_does_not_use_it_up(house, post):
    link = await invited(house, post)
    async with house.at() as visitor:
        for _ in range(3):
            assert (await visitor.get(link)).status == 200
        assert (await visitor.post(link, CHOICE)).status == 303


async def test_a_link_lasts_three_days(house, post):
    link = await invited(house, post)
    later = house.clock() + timedelta(hours=72, minutes=1)
    house.clock = lambda: later
    async with house.at() as visitor:
        answer = await visitor.get(link)
        assert answer.status == 410 and "ya no sirve" in await answer.text()
        assert (await visitor.post(link, CHOICE)).status == 410


async def test_a_second_invitation_takes_the_firsts_place(house, post):
    first = await invited(house, post)
    async with house.at("raul") as visitor:
        await visitor.post("/people/ana/invite")
        second = link_in((await letters(house, post, 2))[1])
        assert (await visitor.get(first)).status == 410
        assert (await visitor.get(second)).status == 200


async def test_an_invitation_can_be_revoked(house, post):
    link = await invited(house, post)
    async with house.at("raul") as visitor:
        await visitor.post("/people/ana/revoke-invitation")
        assert (await visitor.get(link)).status == 410
        assert "Anulado" in await (await visitor.get("/people/ana")).text()


async def test_a_link_does_not_outlive_the_address_it_was_sent_to(house, post):
    link = await invited(house, post)
    await has_email(house, email="otra@empresa.example")
    async with house.at() as visitor:
        assert (await visitor.get(link)).status == 410


async def test_a_deactivated_account_is_not_opened_by_its_link(house, post):
    link = await invited(house, post)
    async with house.engine.begin() as connection:
        await connection.execute(update(people).where(people.c.name == "ana").values(active=False))
    async with house.at() as visitor:
        assert (await visitor.post(link, CHOICE)).status == 410


async def test_a_weak_password_does_not_use_the_link_up(house, post):
    link = await invited(house, post)
    async with house.at() as visitor:
        answer = await visitor.post(link, {"new": "bocajuniors", "again": "bocajuniors"}, Accept="text/html")
        assert answer.status == 422 and "más usadas" in await answer.text()
        assert (await visitor.post(link, CHOICE)).status == 303


async def test_the_secret_lies_nowhere_once_the_letter_is_gone(house, post):
    link = await invited(house, post)
    async with house.engine.connect() as connection:
        row = (await connection.execute(select(outbox))).one()
    assert link.rsplit("/", 1)[1] not in str(row)


async def test_whoever_forgot_the_password_gets_a_link_by_name_or_by_mail(house, post):
    await has_email(house)
    async with house.at() as visitor:
        for many, written in enumerate(("ANA", "Ana@Empresa.example"), 1):
            assert (await visitor.post("/forgotten", {"name": written})).status == 200
            await letters(house, post, many)
        assert (await visitor.get(link_in(post.messages[0]))).status == 410  # the newer one counts
        assert (await visitor.post(link_in(post.messages[1]), CHOICE)).headers["Location"] == "/desk"


async def test_nobody_learns_whether_an_account_exists(house, post):
    await has_email(house)
    async with house.at() as visitor:
        known = await visitor.post("/forgotten", {"name": "ana"}, Accept="text/html")
        unknown = await visitor.post("/forgotten", {"name": "zoe"}, Accept="text/html")
        without = await visitor.post("/forgotten", {"name": "beto"}, Accept="text/html")
        pages = {await answer.text() for answer in (known, unknown, without)}
        assert len(pages) == 1 and "Si hay una cuenta" in pages.pop()
    assert [message["To"] for message in await letters(house, post)] == ["ana@empresa.example"]


async def test_letters_cannot_be_asked_for_without_end(house, post):
    async with house.at() as visitor:
        for name in ("ana", "zoe"):
            answers = [await visitor.post("/forgotten", {"name": name}) for _ in range(4)]
            assert [answer.status for answer in answers] == [200, 200, 200, 429]


async def test_a_forgotten_password_ends_the_sessions_that_were_open(house, post):
    await has_email(house)
    async with house.serving() as root, house.visit(root, "ana") as open_one, house.visit(root) as visitor:
        await visitor.post("/forgotten", {"name": "ana"})
        await visitor.post(link_in((await letters(house, post))[0]), CHOICE)
        assert (await open_one.get("/desk")).status == 303


async def test_without_a_mail_server_the_console_says_so_and_offers_the_other_way(house):
    house.by_mail = False
    await has_email(house)
    async with house.at("raul") as visitor:
        assert "/forgotten" not in await (await visitor.get("/sign-in")).text()
        assert (await visitor.get("/forgotten")).status == 404
        page = await (await visitor.get("/people/ana")).text()
        assert "No hay servidor de correo" in page and "Enviar invitación" not in page
        answer = await visitor.post("/people/ana/invite", Accept="text/html")
        assert answer.status == 409 and "un solo uso" in await answer.text()


@asynccontextmanager
async def given_one_time(house):
    async with house.at("raul") as visitor:
        page = await (await visitor.post("/people/ana/one-time", Accept="text/html")).text()
        yield re.search(r'id="one-time">([^<]+)<', page)[1]


async def test_a_one_time_password_is_shown_once_and_opens_the_account(house):
    async with given_one_time(house) as password, house.at() as visitor:
        answer = await visitor.post("/sign-in", {"name": "ana", "password": password})
        assert answer.headers["Location"] == "/password"


async def test_a_wait_is_shown_to_whoever_administers_and_ended_by_them(house):
    wrong = {"name": "ana", "password": "equivocada"}
    async with house.serving() as root, house.visit(root) as visitor, house.visit(root, "raul") as raul:
        for _ in range(8):
            await visitor.post("/sign-in", wrong)
        house_later = house.clock() + timedelta(seconds=1)
        house.clock = lambda: house_later
        assert "intentos equivocados" in await (await raul.get("/people/ana")).text()
        assert (await visitor.post("/sign-in", wrong)).status == 429
        await raul.post("/people/ana/unlock")
        assert (await visitor.post("/sign-in", wrong | {"password": house.password})).status == 303
