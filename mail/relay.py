"""The mail server that takes our letters, as the settings write it. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit


class Tls(StrEnum):
    """`smtps://` begins with TLS, `smtp://` changes to it; only on this machine or by `?tls=no` without."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our letters."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)


class BadRelay(ValueError):
    """The server's address cannot be used; the text says what to write."""


def relay(url: str) -> Relay:
    """The server of `smtp://user:password@host:port` or `smtps://…`. Raises `BadRelay`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadRelay(_ADVICE) from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise BadRelay(_ADVICE)
    plain = parse_qs(parts.query).get("tls") == ["no"] or _is_this_machine(parts.hostname)
    tls = Tls.IMPLICIT if parts.scheme == "smtps" else Tls.NONE if plain else Tls.STARTTLS
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if password and tls is Tls.NONE and not _is_this_machine(parts.hostname):
        raise BadRelay("la contraseña no viaja sin TLS: quite «?tls=no» o la contraseña")
    return Relay(parts.hostname, port or (465 if tls is Tls.IMPLICIT else 587), tls, user, password)


_ADVICE = "escriba «smtp://usuario:contraseña@servidor:587» o «smtps://usuario:contraseña@servidor:465»"


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
