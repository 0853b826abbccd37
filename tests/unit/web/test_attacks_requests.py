"""What a page elsewhere makes a browser send: no change without the token, no stream, no way out."""

import re

import pytest
from sqlalchemy import func, select

from db.base import Base
from tests.unit.web.test_access import EXPECTED, call, path_of
from web import access
from web.who import ByToken, Open

CHANGING = [row for row in access.ROUTES if row.method != "GET"]
SIGNED_IN = [row for row in CHANGING if f"{row.method} {row.path}" in EXPECTED]
PAGES = [row for row in access.ROUTES if row.method == "GET" and not isinstance(row.who, ByToken)]
STREAMS = ("/desk/stream", "/alarms/stream")
FOREIGN = [
    {"Origin": "http://mal.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1.mal.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


async def counted(house):
    """How many rows every table has but those of sessions in use and of the trail."""
    async with house.engine.connect() as connection:
        tables = [
            t for t in Base.metadata.sorted_tables if t.name not in ("audit", "sessions", "wrong_tries")
        ]
        return {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in tables
        }


async def refused(visitor, row, **headers):
    answer = await visitor.post(path_of(row).replace("{secret}", "x"), **headers)
    assert answer.status == 403, f"{row.path} {headers}: {answer.status}"
    assert (await answer.json())["error"]["code"] == "origin"


async def test_no_change_is_made_without_the_token_or_from_another_page(house):
    await house.rings()
    await house.answers()
    before = await counted(house)
    async with house.serving() as root, house.visit(root, "raul") as raul, house.visit(root, "ana") as ana:
        own = raul.csrf
        for row in SIGNED_IN:
            for token in ("", ana.csrf, own[:-1], own + "a"):
                raul.csrf = token
                await refused(raul, row)
            raul.csrf = own
            for headers in FOREIGN:
                await refused(raul, row, **headers)
        assert (await raul.get("/session")).status == 200
    assert await counted(house) == before


@pytest.mark.parametrize(
    "row", [row for row in CHANGING if row.who is Open.ANYBODY], ids=lambda row: row.path
)
async def test_a_form_for_everybody_is_taken_from_our_pages_only(house, row):
    """Signing somebody in as somebody else from another page is an attack, too."""
    async with house.at() as visitor:
        for headers in FOREIGN:
            await refused(visitor, row, **headers)


async def test_looking_changes_nothing(house):
    """No link or picture on another page does anything: of all that is read, nothing else is written."""
    await house.rings()
    await house.answers()
    async with house.serving() as root, house.visit(root, "raul") as visitor:
        await visitor.get("/account/second-factor")  # begins an enrolment that counts for nothing
        before = await counted(house)
        for row in PAGES:
            if row.path not in STREAMS:
                await visitor.get(path_of(row))
        assert await counted(house) == before
        assert (await visitor.get("/session")).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
async def test_what_is_sent_is_done_by_no_other_method(house, method):
    await house.rings()
    await house.answers()
    async with house.at("raul") as visitor:
        await visitor.get("/account/second-factor")  # begins an enrolment that counts for nothing
        before = await counted(house)
        for row in CHANGING:
            address = visitor.root.join(visitor.root.with_path(path_of(row)))
            headers = {"X-HTTP-Method-Override": "POST", "X-CSRF-Token": visitor.csrf}
            answer = await visitor.session.request(
                method, address.with_query(_method="POST"), headers=headers, allow_redirects=False
            )
            assert answer.status < 500 and answer.status != 204, row.path
    assert await counted(house) == before


@pytest.mark.parametrize("path", STREAMS)
@pytest.mark.parametrize("headers", [*FOREIGN, {}])
async def test_no_page_elsewhere_opens_a_stream(house, path, headers):
    async with house.at("ana") as visitor:
        upgrade = {
            "Upgrade": "WebSocket",
            "Connection": "keep-alive, Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        }
        if "Sec-Fetch-Site" in headers:
            headers = {"Origin": visitor.origin} | headers
        assert (await visitor.get(path, **upgrade, **headers)).status == 403


async def test_a_session_planted_beforehand_is_not_the_one_that_opens(house):
    """What somebody else put into the browser is worth nothing after signing in."""
    async with house.serving() as root, house.visit(root) as victim:
        name = f"altavoz-{root.port}"
        for planted in ("planted", (await house.sessions.open((await house.person("beto")).id)).token):
            victim.session.cookie_jar.clear()
            victim.session.cookie_jar.update_cookies({name: planted}, root)
            answer = await victim.post("/sign-in", {"name": "ana", "password": house.password})
            assert answer.status == 303
            token = answer.cookies[name].value
            assert token != planted and answer.cookies[name]["httponly"]
            assert answer.cookies[name]["samesite"] == "Lax"
            assert await house.sessions.find(planted) is None, "the one before it opens nothing any more"


@pytest.mark.parametrize(
    "next",
    [
        "//mal.example",
        "/\\mal.example",
        "\\\\mal.example",
        "https://mal.example",
        "http:mal.example",
        "javascript:alert(1)",
        "/\t/mal.example",
        "/\n/mal.example",
        "///mal.example",
        " //mal.example",
        "/%0d%0aSet-Cookie: a=b",
        "/cases\r\nSet-Cookie: a=b",
        "\u2215\u2215mal.example",
        "@mal.example",
    ],
)
async def test_after_signing_in_nobody_is_sent_elsewhere(house, next):
    async with house.at() as visitor:
        fields = {"name": "carla", "password": house.password, "next": next}
        answer = await visitor.post("/sign-in", fields)
        place = visitor.root.join(visitor.root.with_path("/sign-in")).join(
            type(visitor.root)(answer.headers["Location"])
        )
        assert answer.status == 303 and place.host == visitor.root.host and place.port == visitor.root.port
        assert re.match(r"/[^/\\]", answer.headers["Location"])
        assert list(answer.cookies) == [f"altavoz-{visitor.root.port}"]


async def test_every_answer_is_fenced_in_whatever_it_is(house):
    """Pages, refusals, downloads, JSON: no frame shows them and no cache keeps what holds somebody's data."""
    async with house.at("raul") as visitor:
        for row in access.ROUTES:
            if row.path in STREAMS or row.path == "/sign-out":
                continue
            answer = await call(visitor, row)
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], row.path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", row.path
            kept = "/static/" in row.path and answer.status == 200
            assert kept or answer.headers["Cache-Control"] == "no-store", row.path
