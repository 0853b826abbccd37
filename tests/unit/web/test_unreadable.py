"""What no browser of ours sends: each is refused with a clear 4xx, and none is an accident of ours."""

import asyncio
import base64

import pytest
import structlog
from aiohttp import web
from yarl import URL

from web import readable
from web.app import make_app

FORM = b"Content-Type: application/x-www-form-urlencoded"
MULTIPART = b"Content-Type: multipart/form-data; boundary=x"


@pytest.fixture(autouse=True)
def accidents(caplog):
    """Nothing is logged as an error, by us or by the server under us."""
    with structlog.testing.capture_logs() as logs:
        yield
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def status(root, request, *headers, body=b"", host=None):
    """The status of an answer to bytes as they are."""
    reader, writer = await asyncio.open_connection(root.host, root.port)
    host = root.authority.encode() if host is None else host
    lines = [request + b" HTTP/1.1", b"Host: " + host, b"Connection: close", *headers]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    writer.write(b"\r\n".join([*lines, b"", b""]) + body)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    return int(answer.split()[1])


def signed_in(visitor):
    cookies = visitor.session.cookie_jar.filter_cookies(visitor.root)
    return b"; ".join(f"Cookie: {name}={morsel.value}".encode() for name, morsel in cookies.items())


@pytest.mark.parametrize("host", [b"a:b", b"127.0.0.1:99999", b"a:-1", b"\xff", b"a:\xff", b"a b:c"])
@pytest.mark.parametrize("request_line", [b"GET /sign-in", b"POST /sign-in", b"GET /api/v1/calls"])
async def test_a_host_that_is_none(house, host, request_line):
    async with house.serving() as root:
        assert 400 <= await status(root, request_line, host=host) < 500


async def test_a_cookie_in_another_encoding_opens_nothing(house):
    async with house.serving() as root:
        cookie = b"Cookie: altavoz-%d=\xff\xfe" % root.port
        assert await status(root, b"GET /desk", cookie) == 303
        body = b"name=ana&password=una+frase+larga"
        assert await status(root, b"POST /sign-in", FORM, cookie, body=body) == 303


@pytest.mark.parametrize("path", [b"/api/v1/calls", b"/metrics"])
async def test_a_token_in_another_encoding_opens_nothing(house, path):
    async with house.serving() as root:
        proxied = b"X-Forwarded-For: 203.0.113.5"
        assert await status(root, b"GET " + path, b"Authorization: Bearer \xff", proxied) == 401


@pytest.mark.parametrize("origin", [b"http://[::1", b"http://]", b"\xff", b"http://\xff:x"])
async def test_an_origin_that_is_no_address_is_not_ours(house, origin):
    async with house.serving() as root:
        assert await status(root, b"POST /sign-in", b"Origin: " + origin) == 403


async def test_a_form_token_in_another_encoding_is_not_the_token(house):
    async with house.at("ana") as visitor:
        headers = (signed_in(visitor), b"X-CSRF-Token: \xf1")
        assert await status(visitor.root, b"POST /desk/availability", *headers) == 403


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (b"Content-Type: multipart/form-data", b"--x\r\n", 415),
        (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nana', 415),
        (b"Content-Type: application/x-www-form-urlencoded; charset=klingon", b"name=ana", 415),
        (b"Content-Type: application/x-www-form-urlencoded; charset=unicode_escape", b"name=\\ud800", 415),
        (b"Content-Type: application/x-www-form-urlencoded; charset=\xff", b"name=ana", 415),
        (b"Content-Type: multipart/mixed; boundary=x", b"--x--", 415),
        (FORM, b"name=\xff", 400),
        (FORM, b"name=ana%00&password=larga", 400),
        (FORM, b"name=%FF&password=larga", 401),
        (b"Content-Type: application/x-www-form-urlencoded; charset=UTF-8", b"name=ana&password=x", 401),
    ],
)
async def test_a_form_that_cannot_be_read(house, content_type, body, expected):
    async with house.at("ana") as visitor:
        assert await status(visitor.root, b"POST /sign-in", content_type, body=body) == expected
        if expected != 401:
            headers = (signed_in(visitor), content_type)
            assert await status(visitor.root, b"POST /cases/1/field", *headers, body=body) == expected


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ((b"Transfer-Encoding: chunked",), b"zz\r\n", b" 408 "),
        ((b"Content-Encoding: gzip", b"Content-Length: 8"), b"nothing!", b" 400 "),
    ],
)
async def test_a_body_in_broken_wrapping(house, monkeypatch, headers, body, expected):
    """Of broken chunks aiohttp tells its reader nothing: the deadline ends them."""
    monkeypatch.setattr(readable, "READ_SECONDS", 0.3)
    async with house.serving() as root:
        reader, writer = await asyncio.open_connection(root.host, root.port)
        lines = [b"POST /sign-in HTTP/1.1", b"Host: " + root.authority.encode(), FORM, *headers]
        writer.write(b"\r\n".join([*lines, b"", b""]))
        await asyncio.sleep(0.05)
        writer.write(body)
        async with asyncio.timeout(5):
            assert expected in (await reader.readline())
        writer.close()


async def half_a_form(root):
    reader, writer = await asyncio.open_connection(root.host, root.port)
    lines = [b"POST /sign-in HTTP/1.1", b"Host: " + root.authority.encode(), FORM, b"Content-Length: 100"]
    writer.write(b"\r\n".join([*lines, b"", b"name="]))
    await writer.drain()
    return reader, writer


async def test_a_body_that_does_not_come_is_waited_for_only_so_long(house, monkeypatch):
    monkeypatch.setattr(readable, "READ_SECONDS", 0.1)
    async with house.serving() as root:
        reader, writer = await half_a_form(root)
        async with asyncio.timeout(3):
            assert b" 408 " in (await reader.readline())
        writer.close()


async def test_a_client_that_leaves_in_the_middle_is_no_accident(house):
    """As the service is served: aiohttp's server for tests would cancel the handler."""
    runner = web.AppRunner(make_app(house.services(), secure_cookies=False), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, writer = await half_a_form(URL.build(scheme="http", host="127.0.0.1", port=runner.addresses[0][1]))
    await asyncio.sleep(0.1)
    writer.transport.abort()
    await asyncio.sleep(0.2)
    await runner.cleanup()


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00"])
@pytest.mark.parametrize("what", ["calls", "cases"])
async def test_an_instant_that_utc_does_not_have(house, what, since):
    token = await house.tokens.add("informes")
    async with house.at() as visitor:
        headers = {"Authorization": f"Bearer {token}"}
        path = f"/api/v1/{what}?since={since.replace('+', '%2B')}"
        assert (await visitor.get(path, **headers)).status == 400
        after = base64.urlsafe_b64encode(f"{since}~1".encode()).decode().rstrip("=")
        assert (await visitor.get(f"/api/v1/{what}?after={after}", **headers)).status == 404


@pytest.mark.parametrize("path", ["/calls", "/cases"])
@pytest.mark.parametrize("query", ["to=9999-12-31", "plan=a%00b", "text=%00"])
async def test_a_filter_beyond_the_calendar_or_with_a_null(house, path, query):
    async with house.at("ana") as visitor:
        assert (await visitor.get(f"{path}?{query}")).status == 400


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30"])
async def test_the_ends_of_the_calendar_are_days(house, day):
    async with house.at("ana") as visitor:
        assert (await visitor.get(f"/calls?from={day}&to={day}")).status == 200
