"""What a hostile page, program or neighbour sends: no change without the token, no 5xx, no way out."""

import asyncio
import base64
import csv
import io
import re
import time
from urllib.parse import quote

import pytest
import structlog
from sqlalchemy import func, select

from db.base import Base
from staff.tokens import GRANTABLE
from tests.unit.web.test_access import EXPECTED, call, path_of
from web import access
from web.sheets import csv_line
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


@pytest.fixture
def accidents():
    """Nothing is logged as an error."""
    with structlog.testing.capture_logs() as logs:
        yield logs
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


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


# what is typed into searches and filters

EVIL = [
    "'", '"', "''; drop table cases;--", "1 OR 1=1", "a\" OR \"b", "NEAR(a b)", "* *", "who:a", "{a b}: c", "-a",
    "^a", "a AND", "AND OR NOT", "(", ")", "((((((((", "a*", "\\", "%", "_", "%%%%%", "a:*", "a & | !", "<->",
    "$1", ":typed", "{0}", "{{7*7}}", "${7*7}", "\u202egnp.exe", "\u200b", "\ufeff", "ﬁ", "İ", "ß" * 60, "\U0001f600",
    "e\u0301" * 50, "\u0000"[:0] or "\x1f", "\x7f", "٣٤٥", "１２３", "²", "a" * 5000, "a " * 3000, "(" * 4000,
]  # fmt: skip
LISTS = {
    "/cases": ("q", "state", "owner", "plan", "from", "to", "after"),
    "/calls": ("number", "line", "plan", "coordinator", "from", "to", "direction", "outcome", "after"),
    "/people": ("text", "role", "area", "active", "after", "done"),
    "/audit": ("who", "action", "subject", "text", "from", "to", "after"),
    "/audit/export/csv": ("who", "action", "subject", "text", "from", "to"),
    "/api/v1/calls": ("line", "plan", "since", "until", "limit", "after", "direction"),
    "/api/v1/cases": ("line", "plan", "since", "until", "limit", "after", "state"),
    "/api/v1/audit": ("actor", "action", "subject", "text", "since", "until", "limit", "after"),
}


@pytest.mark.parametrize("path", LISTS)
async def test_no_filter_is_more_than_a_text(house, accidents, path):
    await house.rings()
    await house.answers()
    token = await house.tokens.add("curioso", GRANTABLE)
    headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    before = await counted(house)
    marks = [
        base64.urlsafe_b64encode(f"2026-01-01T00:00:00+00:00~{evil}".encode()).decode() for evil in EVIL[:30]
    ]
    async with house.at("raul") as visitor:
        for name in LISTS[path]:
            several = [*EVIL, *marks] if name == "after" else EVIL
            for typed in several:
                answer = await visitor.get(f"{path}?{name}={quote(typed)}", **headers)
                text = await answer.text()
                assert answer.status < 500, f"{name}={typed[:80]!r}"
                assert "sqlite" not in text.lower() and "Traceback" not in text
    assert await counted(house) == before


@pytest.mark.parametrize(
    "path", ["/cases/{}", "/calls/{}", "/people/{}", "/areas/{}", "/api/v1/calls/{}", "/api/v1/cases/{}"]
)
async def test_no_address_is_more_than_a_name(house, accidents, path):
    token = await house.tokens.add("curioso", GRANTABLE)
    async with house.at("raul") as visitor:
        for typed in [*EVIL, "-1", "0", "1.0", "1e3", "0x1", str(2**63), "9" * 400, "..", "../../etc/passwd"]:
            written = path.format(quote(typed, safe=""))
            answer = await visitor.get(written, Authorization=f"Bearer {token}", Accept="text/html")
            assert 300 <= answer.status < 500, written[:80]


# too much, too deep, too slow


async def raw(root, head, body=b"", seconds=5.0):
    """The status that bytes get, and how long it took; 0 when the line was just closed."""
    reader, writer = await asyncio.open_connection(root.host, root.port)
    began = time.monotonic()
    writer.write(head + b"\r\nHost: " + root.authority.encode() + b"\r\nConnection: close\r\n")
    writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body if body else b"\r\n")
    async with asyncio.timeout(seconds):
        answer = await reader.read(200)
    writer.close()
    return (int(answer.split()[1]) if answer else 0), time.monotonic() - began


FORM = b"\r\nContent-Type: application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"GET /cases?" + b"&".join(b"a%d=1" % n for n in range(1200)) + b" HTTP/1.1", b""),
        (b"GET /cases?" + b"&".join(b"a%d=1" % n for n in range(10_000)) + b" HTTP/1.1", b""),
        (b"GET /" + b"a/" * 3_000 + b" HTTP/1.1", b""),
        (b"GET / HTTP/1.1\r\nCookie: altavoz=" + b"a" * 7_000, b""),
        (b"GET / HTTP/1.1\r\nCookie: altavoz=" + b"a" * 100_000, b""),
        (b"GET / HTTP/1.1\r\nCookie: " + b"; ".join(b"a%d=1" % n for n in range(1_000)), b""),
        (b"GET / HTTP/1.1\r\n" + b"\r\n".join(b"X-%d: 1" % n for n in range(5_000)), b""),
        (b"GET / HTTP/1.1\r\nAuthorization: Bearer " + b"a" * 7_000, b""),
        (b"POST /sign-in HTTP/1.1" + FORM, b"name=" + b"a" * 1_000_000),
        (b"POST /sign-in HTTP/1.1" + FORM, b"&".join(b"a%d=1" % n for n in range(8_000))),
        (b"POST /sign-in HTTP/1.1" + FORM, b"&" * 60_000),
        (b"POST /sign-in HTTP/1.1" + FORM, b"%" * 60_000),
        (b"POST /sign-in HTTP/1.1\r\nContent-Type: application/json", b"[" * 60_000),
        (b"POST /sign-in HTTP/1.1\r\nContent-Type: application/json", b'{"a":' * 10_000),
        (b"POST /sign-in HTTP/1.1\r\nTransfer-Encoding: chunked" + FORM, b"x"),
        (b"GET /static/x/" + b"%2e%2e%2f" * 20 + b"etc/passwd HTTP/1.1", b""),
        (b"GET http://mal.example/ HTTP/1.1", b""),
        (b"GET /%c0%ae%c0%ae/ HTTP/1.1", b""),
    ],
    ids=lambda value: repr(value[:50]),
)  # fmt: skip
async def test_too_much_is_refused_at_once(house, accidents, head, body):
    async with house.serving() as root:
        status, took = await raw(root, head, body)
        assert (status == 0 or 300 <= status < 500) and took < 3
        async with house.visit(root) as visitor:
            assert (await visitor.get("/healthz")).status == 200, "everybody else is served on"


async def test_a_field_as_long_as_a_form_may_be_is_kept_in_bounds(house, accidents):
    await house.rings()
    case = await house.answers()
    long = ("<b>ñ\u202e\u200b\U0001f600" * 3000)[:15_000]
    async with house.at("ana") as visitor:
        for field in (
            "who",
            "address",
            "notes",
            "telephone",
            "kind",
            "coverage",
            "priority",
            "owner",
            "state",
            "id",
        ):
            answer = await visitor.post(
                f"/cases/{case}/field", {"field": field, "value": long, "revision": "1"}
            )
            assert answer.status in (200, 413, 422), field
    view = await house.store.case(case)
    assert view.owner == "ana" and view.state == "open" and len(view.notes) <= 8000


STRANGE = [
    "\ud800",
    "\u202e\u202d",
    "\u200b",
    "\r\nX: y",
    "\x1b[31m",
    "\ufeff",
    "\u2028",
    "ana\u0000",
    "А" * 30,
]


@pytest.mark.parametrize("path", ["/people/new", "/areas", "/tokens", "/sign-in", "/forgotten", "/password"])
async def test_strange_letters_in_every_form_are_refused_or_kept_as_they_are(house, accidents, path):
    names = (
        "name",
        "full_name",
        "email",
        "extension",
        "reason",
        "label",
        "head",
        "days",
        "password",
        "new",
        "again",
    )
    async with house.at("raul") as visitor:
        for strange in STRANGE:
            body = "&".join(f"{name}={quote(strange.encode('utf-8', 'surrogatepass'))}" for name in names)
            answer = await visitor.session.post(
                visitor.root.with_path(path),
                data=(body + "&roles=it&may=call:read").encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": visitor.csrf},
                allow_redirects=False,
            )
            assert answer.status < 500, repr(strange)
            assert "X" not in answer.headers and not any("\n" in value for value in answer.headers.values())


# what leaves as a file


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "x;=1+1;y", "x\t=cmd|'/c calc'!A0", "x\n=1", "x; =1",
     "＝1+1", "a;\"=1", "\u00a0=1", "x;+5411", "x;@a"],
)  # fmt: skip
def test_no_cell_is_a_formula_whatever_separates_cells(text):
    """A Spanish Excel separates by semicolons: it cuts a cell of ours where the text has one."""
    line = csv_line([7, text, "fin"])
    assert next(csv.reader(io.StringIO(line)))[2] == "fin"
    for separator in ",;\t":
        for row in csv.reader(line.replace('"', "").splitlines(), delimiter=separator):
            assert [cell for cell in row if re.match(r'[\s"\u00a0]*[=+\-@＝＋－＠]', cell)] == []


@pytest.mark.parametrize("text", ["ana-paz", "5 + 5 = 10", "Calle 1; piso 2", "a@b.com", "", "2026-11-22"])
def test_a_harmless_cell_stays_as_it_is(text):
    assert next(csv.reader(io.StringIO(csv_line([text]))), [""]) == [text]
