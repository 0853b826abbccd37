"""Whether a request that changes something comes from a page of ours. Pure."""

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"


def same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Whether what the browser says of the request's origin names our own host.

    A client that says nothing is no browser on somebody else's page: browsers send `Origin` with
    every POST. The token still has to match.
    """
    if headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("Origin")
    return origin is None or _is_host(origin, host)


def upgrade_allowed(headers: Mapping[str, str], host: str) -> bool:
    """A WebSocket carries no token, so its origin must be said, and be ours."""
    return "Origin" in headers and same_origin(headers, host)


def token_matches(given: str, expected: str) -> bool:
    """Headers in another encoding hold surrogates: they match nothing, and are no accident."""
    return hmac.compare_digest(given.encode(errors="surrogateescape"), expected.encode())


def _is_host(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()
