"""Tokens of one's own: made by oneself, with what one may, taken away by nobody but administrators."""

import re

FORM = {"name": "mi-programa", "days": "30", "may": "alta:read"}


async def test_one_makes_a_token_for_oneself_with_what_one_may(house):
    async with house.at("olga") as visitor:
        page = await (await visitor.get("/account/tokens")).text()
        assert "line:release" in page and "setting:write" not in page
        answer = await visitor.post("/account/tokens", FORM | {"may": "line:release"}, Accept="text/html")
        made = re.search(r'"secret">(av_[\w-]+)<', await answer.text())[1]
        assert (await house.tokens.find(made)).person.name == "olga"
        beyond = await visitor.post("/account/tokens", FORM | {"name": "otro", "may": "setting:write"})
        assert beyond.status == 422
        assert "Mis tokens" in await (await visitor.get("/account")).text()


async def test_nobody_elses_token_is_seen_or_taken_away(house):
    async with house.at("olga") as olga:
        await olga.post("/account/tokens", FORM)
    async with house.at("carla") as carla:
        assert "mi-programa" not in await (await carla.get("/account/tokens")).text()
        assert (await carla.post("/account/tokens/mi-programa/revoke")).status == 404
    async with house.at("raul") as raul:
        assert "Actúa por Olga Díaz" in await (await raul.get("/tokens")).text()
        assert (await raul.post("/tokens/mi-programa/revoke")).status == 303
    assert await house.tokens.all() == ()


CHANGE = {"current": "una frase larga", "new": "tormenta lila siete", "again": "tormenta lila siete"}


async def test_who_changes_the_password_is_asked_about_the_tokens_and_answered_for_them(house):
    async with house.at("olga") as olga:
        assert 'name="tokens"' not in await (await olga.get("/password")).text()
        await olga.post("/account/tokens", FORM)
        page = await (await olga.get("/password")).text()
        assert "1 token suyo sigue valiendo: mi-programa" in page
        assert re.search(r'name="tokens" value="end" checked', page)
        wrong = await olga.post("/password", CHANGE | {"again": "otra"}, Accept="text/html")
        assert re.search(r'name="tokens" value="end">', await wrong.text()), "what was unticked stays so"
        await olga.post("/password", CHANGE)
        assert [each.name for each in await house.tokens.all()] == ["mi-programa"]
        back = {name: CHANGE[other] for name, other in (("current", "new"), ("new", "current"))}
        olga.csrf = (await (await olga.get("/session")).json())["csrf"]
        await olga.post("/password", back | {"again": back["new"], "tokens": "end"})
        assert await house.tokens.all() == ()


async def test_whoever_resets_a_password_is_told_which_tokens_ended(house):
    async with house.at("olga") as olga:
        await olga.post("/account/tokens", FORM)
    async with house.at("raul") as raul:
        page = await (await raul.post("/people/olga/one-time", Accept="text/html")).text()
        assert "Se anuló también su token: <strong>mi-programa</strong>" in page
        assert await house.tokens.all() == ()
        page = await (await raul.post("/people/olga/one-time", Accept="text/html")).text()
        assert "anul" not in page
