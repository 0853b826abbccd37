"""One message to one mail server, over TLS; what went wrong, and whether it may be tried again."""

import asyncio
import ssl
from email.message import EmailMessage
from enum import Enum, auto

import aiosmtplib

from mail.relay import Relay, Tls

SECONDS, SECONDS_IN_ALL = 30.0, 180.0


class Then(Enum):
    """What to do with a letter that did not go out, or of which nobody knows."""

    RETRY = auto()
    AWAY = auto()
    """Nobody opened: no letter would go out now."""
    GIVE_UP = auto()
    UNKNOWN = auto()


class NotSent(Exception):
    """The message did not go out, as far as is known; `then` says what that means."""

    def __init__(self, said: str, then: Then) -> None:
        super().__init__(said)
        self.then = then


async def send(
    message: EmailMessage, sender: str, recipient: str, to: Relay, context: ssl.SSLContext | None = None
) -> None:
    """Hand the message over; returns when the server has taken it. Raises `NotSent`."""
    client = aiosmtplib.SMTP(
        hostname=to.host,
        port=to.port,
        use_tls=to.tls is Tls.IMPLICIT,
        start_tls=to.tls is Tls.STARTTLS,
        tls_context=context or ssl.create_default_context(),
        username=to.user or None,
        password=to.password or None,
        timeout=SECONDS,
    )
    try:
        await _to_the_door(client, sender, recipient)
        await _hand_over(client, message)
        await _goodbye(client)
    finally:
        client.close()


async def _to_the_door(client: aiosmtplib.SMTP, sender: str, recipient: str) -> None:
    then = Then.AWAY
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            await client.connect()
            then = Then.RETRY
            await client.mail(sender)
            await client.rcpt(recipient)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise NotSent(
            f"el servidor no acepta el usuario o la contraseña: {_said(error)}", Then.RETRY
        ) from error
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(_said(error), _by_code(error.code)) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotSent(f"no hay conexión con el servidor de correo: {_said(error)}", then) from error


async def _hand_over(client: aiosmtplib.SMTP, message: EmailMessage) -> None:
    """From here on a broken link leaves it open whether the server took the message."""
    try:
        async with asyncio.timeout(SECONDS_IN_ALL):
            await client.data(message.as_bytes())
    except aiosmtplib.SMTPResponseException as error:
        raise NotSent(_said(error), _by_code(error.code)) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotSent(f"se cortó al entregarla: {_said(error)}", Then.UNKNOWN) from error


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    """The message is theirs already: a link that breaks now changes nothing."""
    try:
        await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        return


def _by_code(code: int) -> Then:
    """A reply of 5xx will not change (RFC 5321 §4.2.1)."""
    return Then.GIVE_UP if 500 <= code < 600 else Then.RETRY


def _said(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"[:300]
    return (str(error) or type(error).__name__)[:300]
