"""What somebody wrote is told from what they quote, whatever is sent, and in no time."""

import time

import pytest

from provisioning.notices.incoming import NotAMessage, read
from provisioning.notices.plain_text import from_html, own_words

MANY = 200_000


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>Queda el <b>lunes</b>.</p><blockquote>No se lee</blockquote>", "Queda el lunes."),
        ("Uno<br>dos &amp; tres &lt;4", "Uno\ndos & tres <4"),
        ("<style>p{}</style><!-- nada > --><p>Hola</p><?xml x?><!doctype html>", "Hola"),
        (
            '<div>Sí</div><div class="gmail_quote"><p>citado <i>y más</i></p></div><p>y esto</p>',
            "Sí\n\ny esto",
        ),
        ("3 < 4 y 5 > 2", "3 < 4 y 5 > 2"),
        ("Hola<!-- sin fin", "Hola"),
        ("a</div></div>b<IMG src=x>c", "a\n\nbc"),
    ],
)
def test_a_page_is_read_as_its_text(html: str, said: str) -> None:
    assert from_html(html) == said


@pytest.mark.parametrize("piece", ["<", "<a ", "<a a=", "<!--", "<![CDATA[", "<?", "</", "<div>", "&", "<!"])
def test_no_page_takes_long(piece: str) -> None:
    began = time.process_time()
    from_html(piece * MANY)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("head", ["-", "_ ", "el ", "de: ", "El 1 "])
@pytest.mark.parametrize("piece", [" ", "a ", "@ ", "_", "1"])
def test_no_line_takes_long(head: str, piece: str) -> None:
    began = time.process_time()
    own_words(head + piece * MANY + "x")
    assert time.process_time() - began < 2


def test_a_quote_that_a_heading_begins_is_left_out() -> None:
    assert own_words("Sí.\n\n----- Mensaje original -----\nDe: x@y.z\n\nNo") == "Sí."
    assert own_words("Sí.\n\nEl lun, 23 nov 2026 a las 10:01, Ana\nescribió:\n> No") == "Sí."


@pytest.mark.parametrize("depth", [50, 300, 1000, 3000])
def test_parts_within_parts_are_read_or_refused(depth: int) -> None:
    raw = b"From: a@b.c\r\n"
    for at in range(depth):
        raw += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (at, at)
    try:
        read(raw + b"Content-Type: text/plain\r\n\r\nhola\r\n")
    except NotAMessage:
        assert depth > 50


MUCH = 20_000


@pytest.mark.parametrize(
    "message",
    [
        b"To: " + b"a@b.c," * MUCH + b"d@e.f\r\n\r\nhola",
        b"To: " + b"=?utf-8?q?a?= " * MUCH + b"d@e.f\r\n\r\nhola",
        b"To: " + b"(a) " * MUCH + b"d@e.f\r\n\r\nhola",
        b"To: a@b.c\r\n" * MUCH + b"\r\nhola",
        b"Content-Type: text/plain;" + b"a=b;" * MUCH + b"\r\n\r\nhola",
        b"Content-Type: text/plain; charset=punycode\r\n\r\na-" + b"aa" * 5 * MUCH,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * MUCH + b"--x--\r\n",
        b"\r\n" + b"\n" * 30 * MUCH + b"x",
    ],
)
def test_no_message_takes_long(message: bytes) -> None:
    began = time.process_time()
    try:
        read(b"From: a@b.c\r\n" + message)
    except NotAMessage as refused:
        assert "demasiad" in str(refused)
    assert time.process_time() - began < 3


def test_who_answers_many_is_read() -> None:
    many = ", ".join(f"persona.numero.{each}@empresa.example" for each in range(200))
    found = read(f"From: a@b.c\r\nTo: {many}\r\n\r\nhola".encode())
    assert found.text == "hola" and "persona.numero.9@empresa.example" in found.recipients


@pytest.mark.parametrize("id", [b"<[>", b"<@", b"", b"a b", b"<a@b>"])
def test_a_message_with_an_odd_id_is_read(id: bytes) -> None:
    assert read(b"From: a@b.c\r\nMessage-ID: " + id + b"\r\nSubject: Hola\r\n\r\nx").text == "x"


@pytest.mark.parametrize(
    "head",
    [
        b"From: " + b"(" * 5000 + b"a@b.c",
        b"From: a\0@b.c\r\nSubject: \0\xff",
        b"From: =?x?q?a?= <a@b.c>\r\nSubject: =?unicode_escape?q?=5Cud800?=",
        b"From: a@b.c\r\nContent-Disposition: ;;;=\r\nContent-Type: /",
        b"From: a@b.c\r\nContent-Type: application/pdf; name*=utf-8''%00..%2f%ed%a0%80",
        b"From: a@b.c\r\nContent-Type: text/plain; charset=rot13",
        b"From: ;,<>@",
    ],
)
def test_odd_headers_are_read_or_refused_and_what_is_kept_can_be_kept(head: bytes) -> None:
    try:
        found = read(head + b"\r\n\r\nx")
    except NotAMessage:
        return
    kept = (found.sender, found.subject, found.text, *(each.name for each in found.attachments))
    assert all(text.isprintable() for text in kept)
