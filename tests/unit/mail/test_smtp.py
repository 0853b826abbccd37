"""Handing a message to a real server: TLS, refusals, and links that break at the worst moment."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from mail import smtp
from mail.letter import Letter
from mail.message import address, build
from mail.relay import BadRelay, Relay, Tls, relay
from mail.smtp import NotSent, Then, send
from tests.support.mail_server import PASSWORD, USER, mail_server

SENDER = "altavoz@empresa.example"
MESSAGE = build(
    Letter("x", "ana@empresa.example", "Hola", "línea\n.\notra\n", "<p>a</p>"),
    address(SENDER), "<1@altavoz.example>", datetime(2026, 3, 2, tzinfo=UTC),
)  # fmt: skip


async def deliver(to: Relay, context=None):
    await send(MESSAGE, SENDER, "ana@empresa.example", to, context)


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        ("smtp://correo.example", Tls.STARTTLS, 587),
        ("smtp://correo.example:25?tls=no", Tls.NONE, 25),
        ("smtps://ana:a%40b%2F@correo.example", Tls.IMPLICIT, 465),
        ("smtp://127.0.0.1:2525", Tls.NONE, 2525),
    ],
)
def test_a_relay_is_reached_with_tls_unless_it_is_said_otherwise(url, tls, port):
    found = relay(url)
    assert (found.tls, found.port) == (tls, port)


def test_a_password_of_any_signs_fits_in_the_address_and_is_not_shown():
    found = relay("smtps://ana:a%40b%2F@correo.example")
    assert (found.user, found.password) == ("ana", "a@b/")
    assert "a@b/" not in repr(found)


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://x:puerto", "correo.example", "smtp://x/otra"])
def test_what_is_no_relay_is_refused_with_an_example(url):
    with pytest.raises(BadRelay, match="smtps://usuario"):
        relay(url)


def test_a_password_never_travels_in_the_open():
    with pytest.raises(BadRelay, match="sin TLS"):
        relay("smtp://ana:clave@correo.example?tls=no")


async def test_a_message_arrives_whole(port):
    with mail_server(port) as server:
        await deliver(relay(f"smtp://127.0.0.1:{port}"))
        (message,) = server.messages
        assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == "línea\n.\notra\n"
        assert server.envelopes == [(SENDER, ["ana@empresa.example"])]


async def test_starttls_and_a_password(port, trusted):
    with mail_server(port, starttls=trusted.server, auth=True) as server:
        to = Relay("127.0.0.1", port, Tls.STARTTLS, USER, PASSWORD)
        await deliver(to, trusted.client)
        assert server.secured == [True]


async def test_tls_from_the_first_byte(port, trusted):
    with mail_server(port, tls=trusted.server) as server:
        await deliver(relay(f"smtps://127.0.0.1:{port}"), trusted.client)
        assert server.secured == [True]


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
async def test_a_server_whose_certificate_nobody_trusts_gets_nothing(port, trusted, tls):
    with mail_server(port, **{"tls" if tls is Tls.IMPLICIT else "starttls": trusted.server}) as server:
        with pytest.raises(NotSent, match="no hay conexión") as error:
            await deliver(Relay("127.0.0.1", port, tls))
        assert error.value.then is Then.AWAY and server.messages == []


async def test_a_server_without_starttls_gets_nothing_when_tls_is_asked_for(port):
    with mail_server(port) as server:
        with pytest.raises(NotSent) as error:
            await deliver(Relay("127.0.0.1", port, Tls.STARTTLS))
        assert error.value.then is Then.AWAY and server.messages == []


async def test_a_wrong_password_is_told_and_tried_again_later(port, trusted):
    with mail_server(port, starttls=trusted.server, auth=True):
        to = relay(f"smtps://{USER}:{quote('otra')}@127.0.0.1:{port}")
        with pytest.raises(NotSent, match="usuario o la contraseña") as error:
            await deliver(Relay(to.host, port, Tls.STARTTLS, to.user, to.password), trusted.client)
        assert error.value.then is Then.RETRY


@pytest.mark.parametrize(
    ("where", "reply", "then"),
    [
        ("at_rcpt", "550 no such user", Then.GIVE_UP),
        ("at_rcpt", "450 greylisted", Then.RETRY),
        ("answer", "552 too large", Then.GIVE_UP),
        ("answer", "451 later", Then.RETRY),
    ],
)
async def test_what_the_server_says_decides_whether_it_is_tried_again(port, where, reply, then):
    with mail_server(port) as server:
        setattr(server, where, lambda: reply)
        with pytest.raises(NotSent, match=reply[4:]) as error:
            await deliver(relay(f"smtp://127.0.0.1:{port}"))
        assert error.value.then is then


async def test_a_link_cut_after_the_message_leaves_it_open_whether_it_arrived(port):
    with mail_server(port) as server:
        server.cut = True
        with pytest.raises(NotSent, match="se cortó") as error:
            await deliver(relay(f"smtp://127.0.0.1:{port}"))
        assert error.value.then is Then.UNKNOWN and len(server.messages) == 1


async def test_where_nobody_is_at_the_port_the_server_is_away(port):
    with pytest.raises(NotSent, match="no hay conexión") as error:
        await deliver(relay(f"smtp://127.0.0.1:{port}"))
    assert error.value.then is Then.AWAY


async def test_a_server_that_says_nothing_is_not_waited_for_long(port, monkeypatch):
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(5), "127.0.0.1", port)
    async with silent:
        with pytest.raises(NotSent) as error:
            await deliver(relay(f"smtp://127.0.0.1:{port}"))
    assert error.value.then is Then.AWAY


async def test_a_server_that_hangs_up_at_one_letter_is_there_for_others(port):
    async def serve(reader, writer):
        for reply in ("220 hola", "250 hola", "250 sí"):
            writer.write(f"{reply}\r\n".encode())
            await reader.readline()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        with pytest.raises(NotSent, match="no hay conexión") as error:
            await deliver(relay(f"smtp://127.0.0.1:{port}"))
    assert error.value.then is Then.RETRY
