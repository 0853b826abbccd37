"""Coming in, going out, and the password."""

from datetime import timedelta

import pytest
from yarl import URL

from staff import passwords, tries
from staff.tries import Kind, Rule
from web.asked import local_path

TRY = {"name": "ana", "password": "una frase larga"}


async def test_name_and_password_open_a_session_and_lead_to_the_desk(house):
    async with house.at() as visitor:
        answer = await visitor.post("/sign-in", TRY)
        assert (answer.status, answer.headers["Location"]) == (303, "/desk")
        assert (await visitor.get("/desk")).status == 200


async def test_those_without_a_desk_start_at_what_waits_for_them_or_at_the_lines(house):
    async with house.at() as visitor:
        for name, place in (("ivan", "/mine"), ("bruno", "/lines")):
            answer = await visitor.post("/sign-in", TRY | {"name": name})
            assert answer.headers["Location"] == place


async def test_signing_in_leads_back_to_the_page_that_was_asked_for(house):
    async with house.at() as visitor:
        sent = await visitor.get("/cases?state=open")
        place = URL(sent.headers["Location"])
        assert (place.path, place.query["next"]) == ("/sign-in", "/cases?state=open")
        answer = await visitor.post("/sign-in", TRY | {"next": place.query["next"]})
        assert answer.headers["Location"] == "/cases?state=open"


async def test_who_sends_a_form_after_the_session_ended_is_told_that_it_was_not_kept(house):
    async with house.at() as visitor:
        sent = await visitor.post("/account/tokens", {}, Accept="text/html")
        assert sent.headers["Location"] == "/sign-in?unsent=1"
        assert "no se guardó" in await (await visitor.get("/sign-in?unsent=1")).text()
        assert "no se guardó" not in await (await visitor.get("/sign-in")).text()


@pytest.mark.parametrize(
    "written", ["https://mal.example", "//mal.example", "/\\mal.example", "/a\nb", "cases", "", "/a b", None]
)
def test_no_address_outside_this_console_is_followed(written):
    assert local_path(written) is None


async def test_the_sentence_does_not_tell_which_was_wrong(house):
    async with house.at() as visitor:
        known = await visitor.post("/sign-in", TRY | {"password": "otra cosa larga"}, Accept="text/html")
        unknown = await visitor.post("/sign-in", TRY | {"name": "zoe"}, Accept="text/html")
        assert known.status == unknown.status == 401
        sentence = "El nombre o la contraseña no coinciden."
        assert sentence in await known.text() and sentence in await unknown.text()


async def test_too_many_wrong_tries_must_wait(house):
    async with house.at() as visitor:
        for _ in range(6):
            answer = await visitor.post("/sign-in", TRY | {"password": "equivocada"}, Accept="text/html")
        assert answer.status == 429
        assert "espere 2 s" in await answer.text()


async def test_an_address_that_tries_many_names_must_wait(house, monkeypatch):
    few = Rule(3, timedelta(seconds=60), timedelta(seconds=6))
    monkeypatch.setitem(tries.RULES, Kind.ADDRESS, few)
    async with house.at() as visitor:
        for n in range(4):
            assert (await visitor.post("/sign-in", TRY | {"name": f"n{n}"})).status == 401
        answer = await visitor.post("/sign-in", TRY, Accept="text/html")
        assert answer.status == 429 and "espere 2 s" in await answer.text()


async def test_when_too_many_wait_the_next_is_told_at_once(house, monkeypatch):
    monkeypatch.setattr(passwords, "MOST_WAITING", -passwords.THREADS)
    async with house.serving() as root, house.visit(root) as visitor, house.visit(root, "ana") as ana:
        answer = await visitor.post("/sign-in", TRY, Accept="text/html")
        assert answer.status == 429 and "pruebe otra vez" in await answer.text()
        change = {"current": house.password, "new": "otra frase larga", "again": "otra frase larga"}
        answer = await ana.post("/password", change, Accept="text/html")
        assert answer.status == 422 and "pruebe otra vez" in await answer.text()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house):
    async with house.at() as visitor:
        answer = await visitor.post("/sign-in", TRY)
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith(f"altavoz-{visitor.root.port}=")
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


async def test_over_tls_the_cookie_is_bound_to_host_and_tls(house):
    house.secure = True
    async with house.at() as visitor:
        answer = await visitor.post("/sign-in", TRY)
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-altavoz=") and "Secure" in cookie and "Path=/" in cookie
        assert "Domain" not in cookie and "Strict-Transport-Security" in answer.headers


async def test_each_sign_in_has_a_session_of_its_own_and_ends_the_former(house):
    async with house.at("ana") as visitor:
        former = dict(visitor.session.cookie_jar.filter_cookies(visitor.root))
        await visitor.post("/sign-in", TRY)
        now = dict(visitor.session.cookie_jar.filter_cookies(visitor.root))
        name = f"altavoz-{visitor.root.port}"
        assert now[name].value != former[name].value
        assert await house.sessions.find(former[name].value) is None


async def test_signing_out_ends_the_session(house):
    async with house.at("ana") as visitor:
        assert (await visitor.post("/sign-out")).headers["Location"] == "/sign-in"
        assert (await visitor.get("/desk")).status == 303


async def test_a_one_time_password_is_changed_before_anything_else(house):
    made = await house.people.add("nuevo", ["coordinator"], "Nora Nueva", "110", ["cat"])
    given = {"name": "nuevo", "password": made.one_time_password}
    async with house.at() as visitor:
        answer = await visitor.post("/sign-in", given | {"next": "/cases"})
        assert answer.headers["Location"] == "/password"
        assert (await visitor.get("/cases")).headers["Location"] == "/password"
        visitor.csrf = await token_of(visitor, "/password")
        change = {"current": made.one_time_password, "new": "otra frase larga", "again": "otra frase larga"}
        assert (await visitor.post("/password", change)).headers["Location"] == "/desk"
        assert (await visitor.get("/cases")).status == 200


async def token_of(visitor, path):
    page = await (await visitor.get(path)).text()
    return page.split('data-csrf="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"current": "no es esa"}, "no es esa"),
        ({"again": "distinta y larga"}, "no son iguales"),
        ({"new": "corta", "again": "corta"}, "al menos 8"),
        ({"new": "una frase larga", "again": "una frase larga"}, "distinta de la actual"),
    ],
)
async def test_a_password_that_cannot_be_changed_says_why(house, change, sentence):
    good = {"current": house.password, "new": "otra frase larga", "again": "otra frase larga"}
    async with house.at("ana") as visitor:
        answer = await visitor.post("/password", good | change, Accept="text/html")
        assert answer.status == 422
        assert sentence in await answer.text()


async def test_changing_the_password_ends_the_other_sessions(house):
    change = {"current": house.password, "new": "otra frase larga", "again": "otra frase larga"}
    async with (
        house.serving() as root,
        house.visit(root, "ana") as here,
        house.visit(root, "ana") as elsewhere,
    ):
        await here.post("/password", change)
        assert (await here.get("/desk")).status == 200
        assert (await elsewhere.get("/desk")).status == 303


async def test_a_page_left_open_learns_the_token_of_the_new_session(house):
    async with house.at("ana") as visitor:
        said = await (await visitor.get("/session")).json()
        assert said == {"name": "ana", "csrf": visitor.csrf}
