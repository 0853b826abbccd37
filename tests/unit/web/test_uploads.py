"""Files that people send: to routes that take them, from who may, no larger than said, gone afterwards."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import FormData, web

from staff.permissions import Permission
from web import access, uploads
from web.route import Route
from web.uploads import base_name, upload

LARGEST = 300_000
SEEN: list[Path] = []


async def take(request: web.Request) -> web.Response:
    """Answers what came."""
    came = upload(request)
    SEEN.extend(file.path for file in came.files)
    files = [
        [file.field, file.name, file.type, file.size, file.path.stat().st_size == file.size]
        for file in came.files
    ]
    return web.json_response({"fields": dict(came.fields), "files": files})


@pytest.fixture(autouse=True)
def routes(monkeypatch):
    takes = Route("POST", "/take", take, Permission.USER_READ, largest=LARGEST)
    never = replace(takes, path="/never", largest=0)
    monkeypatch.setattr(access, "ROUTES", (*access.ROUTES, takes, never))
    SEEN.clear()


async def send(visitor, *files, path="/take", csrf=None, **fields):
    form = FormData(default_to_multipart=True, quote_fields=False)
    form.add_field("csrf", visitor.csrf if csrf is None else csrf)
    for name, value in fields.items():
        form.add_field(name, value)
    for field, name, content in files:
        form.add_field(field, content, filename=name, content_type="audio/wav")
    headers = {"Accept": "application/json"}
    return await visitor.session.post(visitor.root.with_path(path), data=form, headers=headers)


async def test_files_and_fields_come_together_and_the_files_are_gone_afterwards(house):
    async with house.at("raul") as visitor:
        answer = await send(visitor, ("a", "día.wav", b"x" * 200_000), ("b", "b.txt", b""), note="ñandú")
        assert (await answer.json()) == {
            "fields": {"csrf": visitor.csrf, "note": "ñandú"},
            "files": [["a", "día.wav", "audio/wav", 200_000, True], ["b", "b.txt", "audio/wav", 0, True]],
        }
        assert len(SEEN) == 2 and not any(path.parent.exists() for path in SEEN)


@pytest.mark.parametrize("declared", [True, False])
async def test_what_is_larger_than_the_route_takes_is_refused(house, declared):
    async def slowly():
        for _ in range(40):
            yield b"x" * 10_000

    async with house.at("raul") as visitor:
        answer = await send(visitor, ("a", "a.wav", b"x" * 400_000 if declared else slowly()))
        assert answer.status == 413 and "demasiado grande" in (await answer.json())["error"]["message"]
        assert SEEN == []


async def test_a_text_is_no_way_round_the_limit(house):
    async with house.at("raul") as visitor:
        assert (await send(visitor, note="x" * 70_000)).status == 413


async def test_without_the_token_nothing_is_taken(house):
    async with house.at("raul") as visitor:
        assert (await send(visitor, ("a", "a.wav", b"x"), csrf="otro")).status == 403
        assert SEEN == []


async def test_who_may_not_is_refused_before_the_body_is_read(house, monkeypatch):
    def unexpected(*_):
        raise AssertionError("read")

    monkeypatch.setattr(uploads, "_taken", unexpected)
    async with house.at("ana") as visitor:
        assert (await send(visitor, ("a", "a.wav", b"x"))).status == 403
    async with house.at() as nobody:
        assert (await send(nobody, ("a", "a.wav", b"x"))).status in {303, 401}


async def test_a_route_that_says_nothing_takes_no_files(house):
    async with house.at("raul") as visitor:
        assert (await send(visitor, ("a", "a.wav", b"x"), path="/never")).status == 415


async def raw(visitor, body, *more, length=None, seconds=5):
    cookies = visitor.session.cookie_jar.filter_cookies(visitor.root)
    reader, writer = await asyncio.open_connection(visitor.root.host, visitor.root.port)
    lines = [
        b"POST /take HTTP/1.1",
        b"Host: " + visitor.root.authority.encode(),
        b"Connection: close",
        b"Cookie: " + b"; ".join(f"{name}={each.value}".encode() for name, each in cookies.items()),
        b"X-CSRF-Token: " + visitor.csrf.encode(),
        b"Content-Length: %d" % (len(body) if length is None else length),
        *more,
    ]
    writer.write(b"\r\n".join([*lines, b"", b""]) + body)
    async with asyncio.timeout(seconds):
        status = int((await reader.readline()).split()[1])
    writer.close()
    return status


FORM = b"Content-Type: multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("form", "body"),
    [
        (FORM, b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nno end'),
        (FORM, b"--y\r\n\r\nx\r\n--y--"),
        (FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n"),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n'),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\0\r\n--x--\r\n'),
        (FORM, b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--\r\n"),
        (FORM, b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 70 + b"--x--\r\n"),
        (FORM, b"--x\r\n--x--\r\n"),
        (FORM, b"--x\r\n{\xc2\x81--x--\r\n"),
        (b"Content-Type: multipart/form-data", b"--x--\r\n"),
        (b"Content-Type: multipart/form-data; boundary=" + b"z" * 200, b"--x--\r\n"),
    ],
)
async def test_a_broken_form_is_refused_and_is_no_accident_of_ours(house, form, body):
    async with house.at("raul") as visitor:
        assert 400 <= await raw(visitor, body, form) < 500


async def test_a_body_that_stops_coming_is_waited_for_only_so_long(house, monkeypatch):
    monkeypatch.setattr(uploads, "SILENT_SECONDS", 0.1)
    async with house.at("raul") as visitor:
        head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\nx'
        assert await raw(visitor, head, FORM, length=10_000) == 408


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("saludo.wav", "saludo.wav"),
        (r"C:\Users\carla\saludo.wav", "saludo.wav"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\u202e.wav", "ab.wav"),
        ("..", "archivo"),
        ("", "archivo"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_file_is_called_by_its_last_name(written, name):
    assert base_name(written) == name
