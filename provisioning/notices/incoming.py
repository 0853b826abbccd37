"""A message of e-mail as it came in, read: who wrote what to whom, and whether a machine did. Pure."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import getaddresses
from typing import Any

from provisioning.notices.plain_text import from_html, own_words

LARGEST = 25 * 1024 * 1024
MOST_ATTACHMENTS, MOST_PARTS, LONGEST_TEXT = 10, 200, 20_000
SHORTEST_HEADER, LONGEST_HEADER, LONGEST_BODY = 64, 2_000, 256 * 1024
MOST_HEADERS, MOST_LINES = 128 * 1024, 2_000
"""Letters of headers that are read of one message, however often; lines that may begin a part of it."""
_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("message-id", UnstructuredHeader)  # type: ignore[arg-type]
"""The library's own reader of this header fails at wrong ones."""
_SLOW = frozenset({"idna", "punycode"})
"""Codings of names of hosts, which no text has: decoding takes the square of its length."""
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")


class NotAMessage(ValueError):
    """These bytes are no message of e-mail."""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Incoming:
    """`sender` is empty unless there is exactly one. `answers` are the Message-IDs it answers. `machine` says
    why nobody wrote it by hand, empty when somebody did. `digest` is of what the sender sent, not of the way.
    """

    digest: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    answers: tuple[str, ...]
    machine: str
    size: int


class _Headers:
    """Reads the headers of one message. The library's time grows with the square of what it reads, and
    whoever sends mail may send anything.
    """

    def __init__(self) -> None:
        self._left = MOST_HEADERS

    def __call__(self, name: str, value: str) -> Any:
        if len(value) > LONGEST_HEADER:
            cut = value[:LONGEST_HEADER]
            value = cut.rpartition(",")[0] or cut  # half an address fails
        self._left -= max(len(value), SHORTEST_HEADER)
        if self._left < 0:
            raise NotAMessage("sus encabezados son demasiado largos")
        return _HEADERS(name, value)


def read(raw: bytes, envelope_to: str = "") -> Incoming:
    """The message. Raises `NotAMessage`, also for what the library of the language fails at."""
    try:
        return _read(raw, envelope_to)
    except NotAMessage:
        raise
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise NotAMessage("está mal formado: sus encabezados no se pueden leer") from error


def _read(raw: bytes, envelope_to: str) -> Incoming:
    if raw.count(b"\n--") > MOST_LINES:
        raise NotAMessage("tiene demasiadas partes")
    message = message_from_bytes(raw, policy=policy.default.clone(header_factory=_Headers()))
    assert isinstance(message, EmailMessage)
    senders = _addresses(message, ("From",))
    if not message.keys() or not senders:
        raise NotAMessage("no es un mensaje de correo: le falta el encabezado «From»")
    to = (envelope_to, *_addresses(message, _TO)) if envelope_to else _addresses(message, _TO)
    return Incoming(
        digest=_digest(message, raw),
        sender=senders[0].lower()[:254] if len(senders) == 1 else "",
        recipients=tuple(dict.fromkeys(address.lower() for address in to)),
        subject=_line(message, "Subject")[:200],
        text=own_words(_text(message))[:LONGEST_TEXT],
        attachments=tuple(_attachments(message))[:MOST_ATTACHMENTS],
        answers=tuple(_ids(message)),
        machine=_machine(message),
        size=len(raw),
    )


def _addresses(message: EmailMessage, names: Iterable[str]) -> tuple[str, ...]:
    written = [_visible(str(value)) for name in names for value in message.get_all(name, [])]
    return tuple(address for _, address in getaddresses(written) if "@" in address)


def _line(message: EmailMessage, name: str) -> str:
    return _visible(str(message.get(name, "")))


def _visible(text: str) -> str:
    """On one line, without signs that no database keeps."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _digest(message: EmailMessage, raw: bytes) -> str:
    """Whoever hands a message in again may have added headers of the way: they do not count."""
    body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]
    kept = "\n".join(_line(message, name) for name in ("Message-ID", "From", "To", "Date", "Subject"))
    return hashlib.sha256(kept.encode(errors="backslashreplace") + b"\0" + body).hexdigest()


def _ids(message: EmailMessage) -> Iterator[str]:
    """The answered message first, then those of its thread, the latest first."""
    yield from _line(message, "In-Reply-To").split()[:5]
    yield from reversed(_line(message, "References").split()[-20:])


def _machine(message: EmailMessage) -> str:
    """RFC 3834 and what mail programs really send."""
    if _line(message, "Auto-Submitted").partition(";")[0].strip().lower() not in ("", "no"):
        return "es una respuesta automática"
    if _line(message, "Return-Path") == "<>" or message.get_content_type() == "multipart/report":
        return "es un informe de entrega"
    if _line(message, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply") or message["List-Id"]:
        return "viene de una lista o de un envío masivo"
    if any(message[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")):
        return "es una respuesta automática"
    return ""


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    for count, part in enumerate(message.walk()):
        if count >= MOST_PARTS:
            return
        if isinstance(part, EmailMessage) and not part.is_multipart():
            yield part


def _text(message: EmailMessage) -> str:
    """What was written, plain text before HTML; parts of attached messages are none of it."""
    body = message.get_body(("plain", "html"))
    if not isinstance(body, EmailMessage) or body.get_content_maintype() != "text":
        return ""
    written = _decoded(body)
    return from_html(written) if body.get_content_subtype() == "html" else written


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    body = payload[:LONGEST_BODY] if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        return body.decode("utf-8" if charset in _SLOW else charset, errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    """Files that somebody attached; pictures that stand in a text (a signature's logo) are none."""
    for part in _parts(message):
        name = part.get_filename()
        if name and (part.get_content_disposition() == "attachment" or not part["Content-ID"]):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes) and body:
                yield Attachment(_visible(str(name))[:200], body)
