"""Signing in with a code of the telephone, from enrolment to the day the telephone is lost."""

import base64
import re
from datetime import timedelta

import pytest

from staff import totp
from staff.roles import Role
from staff.sessions import Sessions
from web import access

TRY = {"name": "ana", "password": "una frase larga"}


@pytest.fixture
def telephone(house):
    return Telephone(house)


class Telephone:
    """The program that shows the codes; the house's clock goes on between two of them."""

    def __init__(self, house):
        self.house, self.secret, self.at = house, b"", house.clock()
        house.clock = lambda: self.at

    def code(self):
        self.at += timedelta(seconds=totp.SECONDS)
        return totp.code(self.secret, totp.step_at(self.at))

    async def enrol(self, visitor):
        """Reads the typed secret, sends a code, and gives the recovery codes."""
        page = await (await visitor.get("/account/second-factor")).text()
        self.secret = base64.b32decode(re.search(r'id="typed-secret">([^<]+)<', page)[1].replace(" ", ""))
        answer = await visitor.post("/account/second-factor", {"code": self.code()}, Accept="text/html")
        assert answer.status == 200, await answer.text()
        page = await answer.text()
        visitor.csrf = await token_of(visitor)
        return re.findall(r"<li><code>([^<]+)<", page)


async def token_of(visitor):
    return (await (await visitor.get("/session")).json())["csrf"]


async def test_the_password_alone_lets_in_no_more(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root) as visitor:
        await telephone.enrol(ana)
        house.queues.serving.clear()
        answer = await visitor.post("/sign-in", TRY | {"next": "/cases"})
        assert answer.headers["Location"] == "/sign-in/code"
        assert (await visitor.get("/desk")).status == 303
        assert house.queues.serving == set()  # no calls for who is half in
        answer = await visitor.post("/sign-in/code", {"code": telephone.code()})
        assert (answer.status, answer.headers["Location"]) == (303, "/cases")
        assert ("101", "cat") in house.queues.serving
        assert (await visitor.get("/desk")).status == 200


async def test_a_wrong_or_used_code_is_told(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root) as visitor:
        await telephone.enrol(ana)
        await visitor.post("/sign-in", TRY)
        answer = await visitor.post("/sign-in/code", {"code": "000000"}, Accept="text/html")
        assert answer.status == 401 and "no es ese" in await answer.text()
        used = telephone.code()
        assert (await visitor.post("/sign-in/code", {"code": used})).status == 303
        await visitor.post("/sign-in", TRY)
        assert (await visitor.post("/sign-in/code", {"code": used})).status == 401


async def test_without_the_password_the_code_opens_nothing(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root) as visitor:
        await telephone.enrol(ana)
        assert (await visitor.get("/sign-in/code")).headers["Location"] == "/sign-in"
        answer = await visitor.post("/sign-in/code", {"code": telephone.code()})
        assert answer.headers["Location"] == "/sign-in"


async def test_a_half_done_sign_in_is_over_after_ten_minutes(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root) as visitor:
        await telephone.enrol(ana)
        await visitor.post("/sign-in", TRY)
        telephone.at += timedelta(minutes=11)
        answer = await visitor.post("/sign-in/code", {"code": telephone.code()})
        assert answer.headers["Location"] == "/sign-in"


async def test_a_recovery_code_lets_in_once(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root) as visitor:
        codes = await telephone.enrol(ana)
        assert len(codes) == 10
        await visitor.post("/sign-in", TRY)
        assert (await visitor.post("/sign-in/code", {"code": codes[0]})).status == 303
        await visitor.post("/sign-in", TRY)
        assert (await visitor.post("/sign-in/code", {"code": codes[0]})).status == 401


async def test_enrolling_changes_the_sessions_token_and_ends_the_others(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as here, house.visit(root, "ana") as other:
        name = f"altavoz-{root.port}"
        former = here.session.cookie_jar.filter_cookies(root)[name].value
        await telephone.enrol(here)
        assert here.session.cookie_jar.filter_cookies(root)[name].value != former
        assert await house.sessions.find(former) is None
        assert (await other.get("/desk")).status == 303
        assert (await here.get("/desk")).status == 200


async def test_it_is_taken_away_only_with_a_code(house, telephone):
    async with house.at("ana") as visitor:
        await telephone.enrol(visitor)
        answer = await visitor.post("/account/second-factor/remove", {"code": "000000"}, Accept="text/html")
        assert answer.status == 422
        answer = await visitor.post("/account/second-factor/remove", {"code": telephone.code()})
        assert answer.headers["Location"] == "/account"
        assert "Activarlo" in await (await visitor.get("/account")).text()


async def test_whoever_administers_takes_it_away_for_who_lost_the_telephone(house, telephone):
    async with house.serving() as root, house.visit(root, "ana") as ana, house.visit(root, "raul") as raul:
        await telephone.enrol(ana)
        assert "Activo desde" in await (await raul.get("/people/ana")).text()
        await raul.post("/people/ana/reset-second-factor")
        assert (await ana.post("/sign-in", TRY)).headers["Location"] == "/desk"


async def test_a_role_that_needs_it_does_nothing_else_until_it_is_there(house, telephone):
    house.sessions = Sessions(house.engine, house.clock, guarded=frozenset({Role.COORDINATOR}))
    async with house.serving() as root:
        for row in access.ROUTES:
            if row.path.startswith("/account") or row.path in ("/desk", "/password", "/lines", "/session"):
                async with house.visit(root, "ana") as visitor:
                    path = row.path.replace("{session}", "0" * 16).replace("{name}", "tablero")
                    answer = await (visitor.get(path) if row.method == "GET" else visitor.post(path))
                    place = answer.headers.get("Location") == "/account/second-factor"
                    assert (answer.status == 403 or place) is not row.while_enrolling, f"{row.method} {path}"


async def test_who_must_enrol_gets_calls_only_after_it(house, telephone):
    house.sessions = Sessions(house.engine, lambda: house.clock(), guarded=frozenset({Role.COORDINATOR}))
    async with house.at() as visitor:
        answer = await visitor.post("/sign-in", TRY)
        assert answer.headers["Location"] == "/account/second-factor"
        assert house.queues.serving == set()
        page = await (await visitor.get("/account/second-factor")).text()
        assert "Su rol entra con un código" in page and "<svg" in page
        visitor.csrf = page.split('data-csrf="')[1].split('"')[0]
        await telephone.enrol(visitor)
        assert ("101", "cat") in house.queues.serving
