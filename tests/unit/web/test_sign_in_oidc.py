"""Signing in with the company's account, against a real provider: honest, broken, and lying."""

import base64
import re
import socket
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import cycle

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select, update
from yarl import URL

from staff import totp
from staff.oidc import Client
from staff.sign_in_tables import linked_accounts
from staff.tables import people
from tests.support.oidc_provider import CLIENT_ID, SECRET, oidc_provider

PORTS = cycle(range(19240, 19290))


def is_free(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def free_port():
    return next(port for port in PORTS if is_free(port))


@pytest.fixture
async def provider(house):
    async with house.engine.begin() as connection:
        await connection.execute(
            update(people).where(people.c.name == "ana").values(email="ana@empresa.example")
        )
    async with oidc_provider(free_port()) as serving:
        serving.now = lambda: house.clock()
        yield serving


@asynccontextmanager
async def at(house, provider, name=None):
    """The console that knows the provider, and somebody at it."""
    port = free_port()
    root = f"http://127.0.0.1:{port}"
    house.oidc_client = Client(provider.issuer, CLIENT_ID, f"{root}/sign-in/oidc/return", SECRET)
    async with house.serving(port) as place, house.visit(place, name) as visitor:
        yield visitor


async def away(visitor, query=""):
    """To the provider, where they agree; the address to which it sends them back."""
    sent = await visitor.get(f"/sign-in/oidc{query}")
    assert sent.status == 303, await sent.text()
    place = URL(sent.headers["Location"], encoded=True)
    agreed = await visitor.session.get(place, allow_redirects=False)
    return URL(agreed.headers["Location"], encoded=True)


async def back(visitor, place):
    return await visitor.session.get(place, allow_redirects=False)


async def sign_in(visitor, query=""):
    return await back(visitor, await away(visitor, query))


async def is_in(visitor):
    return (await visitor.get("/session")).status == 200


async def test_the_companys_account_opens_the_account_of_its_email(house, provider):
    async with at(house, provider) as visitor:
        assert "Entrar con la cuenta de la empresa" in await (await visitor.get("/sign-in")).text()
        answer = await sign_in(visitor, "?next=/cases")
        assert (answer.status, answer.headers["Location"]) == (303, "/cases")
        assert await is_in(visitor)
        assert ("101", "cat") in house.queues.serving


async def test_once_linked_the_subject_counts_and_no_longer_the_email(house, provider):
    async with at(house, provider) as visitor:
        await sign_in(visitor)
        provider.claims["email"] = "ana.paz@empresa.example"
        assert (await sign_in(visitor)).status == 303
        provider.claims = {"sub": "u-2", "email": "ana@empresa.example", "email_verified": True}
        answer = await sign_in(visitor)  # the address was given to somebody else
        assert answer.status == 403 and "ya está unida a otra identidad" in await answer.text()


async def test_whoever_administers_separates_an_account_from_the_companys(house, provider):
    async with at(house, provider) as visitor:
        await sign_in(visitor)
        async with house.visit(visitor.root, "raul") as raul:
            assert "Unida a su cuenta" in await (await raul.get("/people/ana")).text()
            await raul.post("/people/ana/unlink")
        provider.claims["sub"] = "u-2"
        assert (await sign_in(visitor)).status == 303


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email": "nadie@empresa.example"}, "Nadie en Altavoz tiene el correo"),
        ({"email_verified": False}, "no confirma su correo"),
        ({"email": "<script>alert(1)</script>"}, "Nadie en Altavoz"),
    ],
)
async def test_nobody_gets_an_account_that_was_not_given_one(house, provider, claims, words):
    provider.claims |= claims
    async with at(house, provider) as visitor:
        answer = await sign_in(visitor)
        page = await answer.text()
        assert answer.status == 403 and words in page and "<script>alert" not in page
        assert not await is_in(visitor)
    async with house.engine.connect() as connection:
        assert (await connection.execute(select(linked_accounts))).all() == []


async def test_a_deactivated_account_is_not_opened(house, provider):
    async with at(house, provider) as visitor:
        await sign_in(visitor)
        await visitor.session.get(visitor.root)
        async with house.engine.begin() as connection:
            await connection.execute(update(people).where(people.c.name == "ana").values(active=False))
        answer = await sign_in(visitor)
        assert answer.status == 403 and "desactivada" in await answer.text()


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "otro"},
        {"aud": "otra-aplicación"},
        {"iss": "https://otro.example"},
        {"exp": 1_000_000_000},
        {"iat": 99_999_999_999},
        {"azp": "otra-aplicación"},
    ],
)
async def test_a_token_for_another_time_place_or_sign_in_opens_nothing(house, provider, lie):
    provider.lie = lie
    async with at(house, provider) as visitor:
        answer = await sign_in(visitor)
        assert answer.status == 400 and "no es de fiar" in await answer.text()
        assert not await is_in(visitor)


@pytest.mark.parametrize("forged", ["unsigned", "by_public_key", "by_client_secret", "by_another_key"])
async def test_a_forged_token_opens_nothing(house, provider, forged):
    other = RSAKey.generate_key(2048, {"kid": "k1"})
    provider.by_another_key = lambda claims: provider.by_key(claims, other)
    provider.sign = getattr(provider, forged)
    async with at(house, provider) as visitor:
        assert (await sign_in(visitor)).status == 400
        assert not await is_in(visitor)


async def test_a_wrong_state_opens_nothing_and_ends_the_sign_in(house, provider):
    async with at(house, provider) as visitor:
        place = await away(visitor)
        assert (await back(visitor, place.update_query(state="otro"))).status == 400
        assert (await back(visitor, place)).status == 400
        assert not await is_in(visitor)


async def test_an_answer_is_taken_once(house, provider):
    provider.reuses_codes = True
    async with at(house, provider) as visitor:
        place = await away(visitor)
        assert (await back(visitor, place)).status == 303
        answer = await back(visitor, place)
        assert answer.status == 400 and "ya no está en curso" in await answer.text()


async def test_an_answer_opens_nothing_in_another_browser(house, provider):
    """A stranger who sends somebody their own answer signs nobody in as them."""
    async with at(house, provider) as visitor, house.visit(visitor.root) as victim:
        place = await away(visitor)
        assert (await back(victim, place)).status == 400
        await away(victim)
        assert (await back(victim, place)).status == 400  # the victim's own step has another state
        assert not await is_in(victim)


async def test_a_code_stolen_on_its_way_is_worthless_without_the_verifier(house, provider):
    async with at(house, provider) as visitor, house.visit(visitor.root) as thief:
        stolen, own = await away(visitor), await away(thief)
        answer = await back(thief, own.update_query(code=stolen.query["code"]))
        assert answer.status == 400
        assert not await is_in(thief)


async def test_an_answer_that_names_another_issuer_is_refused(house, provider):
    async with at(house, provider) as visitor:
        place = await away(visitor)
        assert (await back(visitor, place.update_query(iss="https://otro.example"))).status == 400
        assert (await back(visitor, (await away(visitor)).update_query(iss=provider.issuer))).status == 303


async def test_whoever_says_no_over_there_is_told_what_to_do(house, provider):
    async with at(house, provider) as visitor:
        place = await away(visitor)
        denied = place.with_query(error="access_denied", state=place.query["state"])
        answer = await back(visitor, denied)
        assert answer.status == 403 and "No se completó la entrada" in await answer.text()


async def test_new_keys_of_the_provider_are_learnt_and_not_asked_for_again_and_again(house, provider):
    later = house.clock()
    house.clock = lambda: later
    async with at(house, provider) as visitor:
        assert (await sign_in(visitor)).status == 303
        provider.rotate()
        assert (await sign_in(visitor)).status == 400  # too soon to ask again
        later += timedelta(seconds=31)
        assert (await sign_in(visitor)).status == 303
        assert provider.asked.count("discovery") == 2


async def test_a_provider_that_does_not_answer_is_told_and_the_password_still_works(house, provider):
    provider.document = {"issuer": "https://otro.example"}
    async with at(house, provider) as visitor:
        answer = await visitor.get("/sign-in/oidc")
        assert answer.status == 502 and "Entre con su nombre y su contraseña" in await answer.text()
        given = {"name": "ana", "password": house.password}
        assert (await visitor.post("/sign-in", given)).headers["Location"] == "/desk"


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint"])
async def test_an_endpoint_without_tls_is_not_used(house, provider, name):
    provider.document = {name: "http://acceso.example/x"}
    async with at(house, provider) as visitor:
        assert (await visitor.get("/sign-in/oidc")).status == 502


async def test_where_one_goes_afterwards_is_never_another_site(house, provider):
    async with at(house, provider) as visitor:
        answer = await sign_in(visitor, "?next=//mal.example")
        assert answer.headers["Location"] == "/desk"


async def test_the_second_factor_is_asked_for_after_it_too(house, provider):
    moment = house.clock()
    house.clock = lambda: moment
    async with at(house, provider, "ana") as ana, house.visit(ana.root) as visitor:
        page = await (await ana.get("/account/second-factor")).text()
        secret = base64.b32decode(re.search(r'id="typed-secret">([^<]+)<', page)[1].replace(" ", ""))
        await ana.post("/account/second-factor", {"code": totp.code(secret, totp.step_at(moment))})
        house.queues.serving.clear()
        assert (await sign_in(visitor)).headers["Location"] == "/sign-in/code"
        assert not await is_in(visitor) and house.queues.serving == set()
        moment += timedelta(seconds=30)
        answer = await visitor.post("/sign-in/code", {"code": totp.code(secret, totp.step_at(moment))})
        assert answer.headers["Location"] == "/desk" and await is_in(visitor)


async def test_a_one_time_password_never_used_does_not_stand_in_the_way(house, provider):
    async with house.engine.begin() as connection:
        await connection.execute(update(people).where(people.c.name == "ana").values(one_time=True))
    async with at(house, provider) as visitor:
        assert (await sign_in(visitor)).headers["Location"] == "/desk"
        assert (await visitor.get("/desk")).status == 200


async def test_without_a_provider_there_is_no_such_door(house):
    async with house.at() as visitor:
        assert "/sign-in/oidc" not in await (await visitor.get("/sign-in")).text()
        assert (await visitor.get("/sign-in/oidc")).status == 404
        assert (await visitor.get("/sign-in/oidc/return?code=x&state=y")).status == 404
