"""What an identity provider says of somebody, believed only when its signature and every claim hold (OpenID
Connect Core 1.0 §3.1.3.7). Pure.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"}
)
"""Signatures by a key pair only: `none` and those by a shared secret are never taken."""
SKEW = timedelta(seconds=60)
LONGEST = 255


class BadToken(Exception):
    """The token is not to be believed; the text says what is wrong with it, for the log."""


class UnknownKey(BadToken):
    """The token names a key that is not among those known: the provider may have new ones."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say to be for us, of this sign-in, now."""

    issuer: str
    client_id: str
    nonce: str
    algorithms: Collection[str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is. `email` is None unless the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


def verified(token: str, keys: KeySet, expected: Expected) -> Identity:
    """Who a token is about. Raises `BadToken`."""
    claims = _signed(token, keys, sorted(ALGORITHMS & set(expected.algorithms)))
    _check_whom(claims, expected)
    _check_when(claims, expected.now)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST:
        raise BadToken("sub is missing")
    return Identity(expected.issuer, subject, _email(claims))


def _signed(token: str, keys: KeySet, algorithms: list[str]) -> Mapping[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=algorithms).claims
    except InvalidKeyIdError as error:
        raise UnknownKey(str(error)) from error
    except (JoseError, ValueError) as error:
        raise BadToken(f"signature: {error}") from error


def _check_whom(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise BadToken("iss is another issuer")
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise BadToken("aud is somebody else")
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise BadToken("azp is somebody else")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise BadToken("nonce is of another sign-in")


def _check_when(claims: Mapping[str, Any], now: datetime) -> None:
    latest, earliest = (now + SKEW).timestamp(), (now - SKEW).timestamp()
    if _instant(claims, "exp") <= earliest:
        raise BadToken("exp has passed")
    if _instant(claims, "iat") > latest:
        raise BadToken("iat is still to come")
    if "nbf" in claims and _instant(claims, "nbf") > latest:
        raise BadToken("nbf is still to come")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadToken(f"{name} is no instant")
    return float(value)


def _email(claims: Mapping[str, Any]) -> str | None:
    email, sure = claims.get("email"), claims.get("email_verified")
    if not (sure is True or sure == "true") or not isinstance(email, str):
        return None
    return email.strip().lower()[:LONGEST] or None
