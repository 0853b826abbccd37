"""At the door: names that cannot be guessed, codes that cannot be tried, others who cannot be kept out."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from mail.outbox import Outbox
from staff import passwords, totp
from staff.invitations import LinkOver
from staff.profile import profile_of
from staff.tries import TooManyTries
from tests.unit.web.test_sign_in_with_a_code import Telephone

WRONG = "ni parecida a la buena"


class Counted:
    """The hasher, with how often it was asked."""

    def __init__(self, hasher):
        self._hasher, self.asked = hasher, 0

    def verify(self, *given):
        self.asked += 1
        return self._hasher.verify(*given)

    def hash(self, password):
        return self._hasher.hash(password)


@pytest.fixture
async def names(house, quick_passwords):
    """One of each kind of name that a stranger may try."""
    await house.people.add("nora", [*(await house.person("ivan")).roles], "Nora Sin Clave")
    tina = await house.person("tina")
    await house.staffing.deactivate(tina.name, tina.revision, "se fue")
    return ("ana", "ivan", "nora", "tina", "nadie", "x" * 40, "ана", "ana ", "' or 1=1 --")


def plain(page, name):
    """An answer without what is not of the name: the name as it was typed, and the seconds."""
    return re.sub(r'value="[^"]*"|\d+ s', "", page.replace(name, ""))


async def test_a_wrong_password_says_the_same_of_every_name(house, names):
    async with house.at() as visitor:
        told = set()
        for name in names:
            fields = {"name": name, "password": WRONG}
            answer = await visitor.post("/sign-in", fields, Accept="text/html")
            told.add((answer.status, plain(await answer.text(), name), tuple(sorted(answer.headers))))
        assert len(told) == 1


async def test_a_wrong_password_takes_as_long_for_every_name(house, names, monkeypatch):
    """The slow part is done once for each, whether there is such an account or not."""
    monkeypatch.setattr(passwords, "_HASHER", Counted(passwords._HASHER))
    passwords._dummy()
    credentials = house.sign_in().credentials
    for name in names:
        before = passwords._HASHER.asked
        assert await credentials.check(name, WRONG) is None
        assert passwords._HASHER.asked == before + 1, name


async def test_waiting_is_the_same_for_a_name_that_nobody_has(house, names):
    async with house.at() as visitor:
        statuses = {
            name: [
                (await visitor.post("/sign-in", {"name": name, "password": WRONG})).status for _ in range(6)
            ]
            for name in ("ana", "nadie")
        }
        assert statuses["ana"] == statuses["nadie"] == [401] * 5 + [429]


async def test_a_forgotten_password_says_the_same_of_every_name(house, names):
    async with house.at() as visitor:
        told = set()
        for name in names:
            answer = await visitor.post("/forgotten", {"name": name}, Accept="text/html")
            told.add((answer.status, await answer.text()))
        assert len({(status, re.sub(r"csrf.*", "", text)) for status, text in told}) == 1


async def test_a_stranger_who_forgets_for_somebody_does_not_end_their_invitation(house):
    """Else whoever knows a new colleague's name keeps them out: the link lasts an hour, not three days."""
    house.outbox = Outbox(house.engine, "altavoz.example")
    ana = await house.person("ana")
    await house.staffing.change(ana, replace(profile_of(ana), email="ana@empresa.example"))
    invitations, written = house.sign_in().invitations, []
    put = house.outbox.put

    async def kept(connection, letter, now):
        written.append(letter)
        return await put(connection, letter, now)

    house.outbox.put = kept
    await invitations.invite(ana.id)
    await invitations.forgotten("ana")
    await invitations.forgotten("ana@empresa.example")
    first, second, third = (re.search(r"/invitation/(\S+)", letter.text)[1] for letter in written)
    assert (await invitations.find(first)).name == (await invitations.find(third)).name == "ana"
    with pytest.raises(LinkOver):
        await invitations.find(second)
    await invitations.accept(third, "tormenta lila siete")
    for secret in (first, third):
        with pytest.raises(LinkOver):
            await invitations.find(secret)


@pytest.mark.parametrize("secret", ["x", "%", "%25", "_" * 43, "a" * 5000, "..%2f..%2f", "'--", "\u202e"])
async def test_a_made_up_link_opens_nothing(house, secret):
    async with house.at() as visitor:
        for answer in (
            await visitor.get(f"/invitation/{secret}", Accept="text/html"),
            await visitor.post(f"/invitation/{secret}", {"new": WRONG, "again": WRONG}),
        ):
            assert answer.status in (400, 404, 410)


async def test_tries_of_strangers_keep_nobody_out_where_they_are_known(house):
    credentials, ana = house.sign_in().credentials, await house.person("ana")
    await house.sessions.open(ana.id, replace(_visit(), address="10.0.0.5"))
    for number in range(60):
        try:
            await credentials.check("ana", WRONG, f"203.0.113.{number % 20}")
        except TooManyTries:
            continue
    with pytest.raises(TooManyTries):
        await credentials.check("ana", house.password, "203.0.113.99")
    assert (await credentials.check("ana", house.password, "10.0.0.5")).name == "ana"


def _visit():
    from staff.sessions import Visit

    return Visit()


# codes


@pytest.fixture
async def enrolled(house):
    """Ana's telephone, with a secret that counts."""
    telephone = Telephone(house)
    async with house.at("ana") as visitor:
        await telephone.enrol(visitor)
    return telephone


async def half_in(visitor, house):
    answer = await visitor.post("/sign-in", {"name": "ana", "password": house.password})
    assert answer.headers["Location"] == "/sign-in/code"


async def test_a_code_opens_once_however_many_send_it_at_once(house, enrolled):
    async with house.serving() as root, house.visit(root) as one, house.visit(root) as other:
        await half_in(one, house)
        await half_in(other, house)
        seen = {"code": enrolled.code()}
        answers = await asyncio.gather(*(each.post("/sign-in/code", seen) for each in (one, other) * 2))
        came_in = [answer for answer in answers if f"altavoz-{root.port}" in answer.cookies]
        assert len(came_in) == 1


async def test_codes_cannot_be_tried_one_after_the_other(house, enrolled):
    async with house.at() as visitor:
        await half_in(visitor, house)
        statuses = []
        for number in range(60):
            statuses.append((await visitor.post("/sign-in/code", {"code": f"{number:06}"})).status)
            enrolled.at += timedelta(seconds=1)
        assert statuses.count(401) < 10 and statuses[-1] == 429
        right = totp.code(enrolled.secret, totp.step_at(enrolled.at))
        assert (await visitor.post("/sign-in/code", {"code": right})).status == 429
        assert (await visitor.get("/session", Accept="application/json")).status == 401


async def test_signing_in_anew_begins_no_new_row_of_tries(house, enrolled):
    """Who knows the password gets no more codes by coming to the door again."""
    async with house.serving() as root:
        wrong = 0
        for number in range(12):
            async with house.visit(root) as visitor:
                await half_in(visitor, house)
                answer = await visitor.post("/sign-in/code", {"code": f"{number:06}"})
                wrong += answer.status == 401
        assert wrong <= 5


async def test_half_a_sign_in_is_no_session_and_of_no_other_kind(house, enrolled):
    async with house.serving() as root, house.visit(root) as visitor:
        await half_in(visitor, house)
        step = visitor.session.cookie_jar.filter_cookies(root)[f"altavoz-{root.port}-step"].value
        visitor.session.cookie_jar.clear()
        visitor.session.cookie_jar.update_cookies({f"altavoz-{root.port}": step}, root)
        assert (await visitor.get("/desk")).status == 303
        assert (await visitor.post("/cases/1/take")).status == 401
        visitor.session.cookie_jar.clear()
        assert (await visitor.post("/sign-in/code", {"code": enrolled.code()})).headers[
            "Location"
        ] == "/sign-in"


async def test_the_token_changes_with_what_it_may_do(house, enrolled):
    async with house.serving() as root, house.visit(root) as visitor:
        name = f"altavoz-{root.port}"
        planted = (await house.sessions.open((await house.person("beto")).id)).token
        visitor.session.cookie_jar.update_cookies({name: planted}, root)
        await half_in(visitor, house)
        answer = await visitor.post("/sign-in/code", {"code": enrolled.code()})
        assert answer.cookies[name].value != planted
        assert await house.sessions.find(planted) is None


async def test_half_a_sign_in_ends_with_the_password_it_was_begun_with(house, enrolled):
    """Whoever stole the password and waits at the second factor is out once it is changed."""
    async with house.at() as thief:
        await half_in(thief, house)
        ana = await house.person("ana")
        await house.sign_in().credentials.set_password(ana.id, "tormenta lila siete")
        answer = await thief.post("/sign-in/code", {"code": enrolled.code()})
        assert f"altavoz-{thief.root.port}" not in answer.cookies
        assert (await thief.get("/session", Accept="application/json")).status == 401
