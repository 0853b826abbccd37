"""Codes of one use by the clock (RFC 6238): six figures, thirty seconds, SHA-1, as every telephone's program
makes them. Pure.
"""

import base64
import hmac
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

DIGITS, SECONDS, SECRET_BYTES = 6, 30, 20
LEEWAY = 1
"""Steps by which a telephone's clock may be early or late."""


def step_at(now: datetime) -> int:
    """The number of the thirty seconds that `now` is in (RFC 6238 §4.2)."""
    return int(now.timestamp()) // SECONDS


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step (RFC 4226 §5.3)."""
    mac = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, typed: str, now: datetime) -> int | None:
    """The latest step around `now` whose code was typed; None when it is none of them."""
    here = step_at(now)
    steps = range(here + LEEWAY, here - LEEWAY - 1, -1)
    given = typed.encode(errors="replace")
    return next((step for step in steps if hmac.compare_digest(code(secret, step).encode(), given)), None)


def typed_secret(secret: bytes) -> str:
    """The secret as a person types it: groups of four letters (RFC 4648 base 32)."""
    written = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(written[i : i + 4] for i in range(0, len(written), 4))


def address(secret: bytes, name: str, issuer: str) -> str:
    """The `otpauth://` address that a QR code holds."""
    label = quote(f"{issuer}:{name}", safe="")
    query = {"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": issuer}
    return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"
