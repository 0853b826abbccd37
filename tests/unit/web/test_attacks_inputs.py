"""Texts that are programs elsewhere, too much, too deep, strange: each is a text, or a clear refusal."""

import asyncio
import base64
import time
from urllib.parse import quote

import pytest
import structlog
from aiohttp import web

from altavoz import console
from staff.tokens import GRANTABLE
from tests.unit.web.test_attacks_requests import counted
from web.app import make_app


@pytest.fixture
def accidents():
    """Nothing is logged as an error."""
    with structlog.testing.capture_logs() as logs:
        yield logs
    assert [entry for entry in logs if entry["log_level"] == "error"] == []


EVIL = [
    "'", '"', "''; drop table cases;--", 'a" OR "b', "NEAR(a b)", "who:a", "-a", "^a", "a AND", "((((((((",
    "\\", "%", "_", "a:* & | !", "<->", ":typed", "{{7*7}}", "\u202egnp.exe", "\u200b", "ﬁ", "\U0001f600",
    "a*", "\x1f", "٣٤٥", "²", "a " * 1000, "(" * 4000,
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


GET, POST = b"GET / HTTP/1.1\r\n", b"POST /sign-in HTTP/1.1" + FORM


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (b"GET /cases?" + b"&".join(b"a%d=1" % n for n in range(10_000)) + b" HTTP/1.1", b"", 400),
        (b"GET /" + b"a/" * 3_000 + b" HTTP/1.1", b"", 404),
        (GET + b"Cookie: altavoz=" + b"a" * 7_000, b"", 303),
        (GET + b"Cookie: altavoz=" + b"a" * 100_000, b"", 400),
        (GET + b"Cookie: " + b"; ".join(b"a%d=1" % n for n in range(1_000)), b"", 303),
        (GET + b"\r\n".join(b"X-%d: 1" % n for n in range(5_000)), b"", 400),
        (GET + b"Authorization: Bearer " + b"a" * 7_000, b"", 303),
        (POST, b"name=" + b"a" * 1_000_000, 413),
        (POST, b"&".join(b"a%d=1" % n for n in range(8_000)), 413),
        (POST, b"%" * 60_000, 401),
        (b"POST /sign-in HTTP/1.1\r\nContent-Type: application/json", b"[" * 60_000, 401),
        (b"POST /sign-in HTTP/1.1\r\nContent-Type: application/json", b'{"a":' * 10_000, 401),
        (POST + b"\r\nTransfer-Encoding: chunked", b"x", 400),
        (b"GET /static/x/" + b"%2e%2e%2f" * 20 + b"etc/passwd HTTP/1.1", b"", 404),
        (b"GET http://mal.example/ HTTP/1.1", b"", 303),
        (b"GET /%c0%ae%c0%ae/ HTTP/1.1", b"", 404),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else str(value),
)
async def test_too_much_is_refused_at_once(house, accidents, head, body, expected):
    async with house.serving() as root:
        status, took = await raw(root, head, body)
        assert status == expected and took < 3
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


@pytest.mark.parametrize(
    "begun", [b"", b"GET / HTTP/1.1\r\nX-Slow:", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGE"]
)
async def test_who_does_not_finish_asking_is_cut_off(house, monkeypatch, begun):
    """By the server that the service runs; aiohttp's own patience is an hour."""
    assert console.IDLE_SECONDS <= 60
    monkeypatch.setattr(console, "IDLE_SECONDS", 0.3)
    runner = console.server_of(make_app(house.services(), secure_cookies=False))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(begun)
    async with asyncio.timeout(3):
        await reader.read(-1)
    writer.close()
    await runner.cleanup()
