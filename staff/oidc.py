"""The company's own sign-in, by OpenID Connect: authorization code, PKCE, state and nonce (RFC 6749, 7636).

What is fetched is bounded in time and size, comes by TLS (or from this machine), and follows no redirect.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from staff.clock import Clock
from staff.id_tokens import ALGORITHMS, BadToken, Expected, Identity, UnknownKey, verified

SECONDS, LARGEST = 10.0, 512 * 1024
KNOWN_FOR, KEYS_NOT_BEFORE = timedelta(hours=12), timedelta(seconds=30)
SCOPE = "openid email profile"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows us by. `returns_to` is our address to which it sends people back."""

    issuer: str
    id: str
    returns_to: str
    secret: str = field(default="", repr=False)


class OidcDown(Exception):
    """The provider does not answer, or not as one; the text is for the log."""


class OidcRefused(Exception):
    """The provider did not vouch for anybody, or not in a way to be believed; the text is for the log."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider said of itself, and its keys."""

    endpoints: Mapping[str, str]
    algorithms: frozenset[str]
    by_body: bool
    keys: KeySet
    at: datetime


class IdentityProvider:
    """The provider of one issuer."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: _Known | None = None

    async def begin(self) -> tuple[str, dict[str, str]]:
        """Where the browser goes, and what must be kept until it comes back. Raises `OidcDown`."""
        known = await self._know()
        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        query = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.returns_to,
            "scope": SCOPE,
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": challenge(kept["verifier"]),
            "code_challenge_method": "S256",
        }
        address = known.endpoints["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", kept

    async def finish(self, code: str, kept: Mapping[str, str]) -> Identity:
        """Who came back with this code. Raises `OidcDown`, `OidcRefused`."""
        known = await self._know()
        token = await self._token(known, code, kept["verifier"])
        try:
            try:
                return verified(token, known.keys, self._expected(known, kept))
            except UnknownKey:
                known = await self._know_anew(known)
                return verified(token, known.keys, self._expected(known, kept))
        except BadToken as bad:
            raise OidcRefused(str(bad)) from bad

    def comes_from(self, issuer: str | None) -> bool:
        """Whether an answer names our issuer, when it names one (RFC 9207)."""
        return issuer is None or issuer == self._client.issuer

    def _expected(self, known: _Known, kept: Mapping[str, str]) -> Expected:
        client = self._client
        return Expected(client.issuer, client.id, kept["nonce"], known.algorithms, self._clock())

    async def _token(self, known: _Known, code: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.returns_to,
            "code_verifier": verifier,
        }
        answer = await self._ask(known.endpoints["token_endpoint"], form, by_body=known.by_body)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise OidcRefused(f"no id_token: {str(answer.get('error'))[:100]}")
        return token

    async def _know(self) -> _Known:
        if self._known is None or self._clock() - self._known.at > KNOWN_FOR:
            self._known = await self._discover()
        return self._known

    async def _know_anew(self, former: _Known) -> _Known:
        """The provider's keys may have changed; a stranger's tokens do not make us ask again and again."""
        if self._clock() - former.at >= KEYS_NOT_BEFORE:
            self._known = await self._discover()
        return self._known or former

    async def _discover(self) -> _Known:
        said = await self._ask(f"{self._client.issuer.rstrip('/')}/.well-known/openid-configuration")
        if said.get("issuer") != self._client.issuer:
            raise OidcDown("the document is of another issuer")
        endpoints = {name: str(said.get(name)) for name in _ENDPOINTS}
        if not all(is_safe(address) for address in endpoints.values()):
            raise OidcDown("an endpoint is missing or without TLS")
        try:
            keys = KeySet.import_key_set(await self._ask(endpoints["jwks_uri"]))  # type: ignore[arg-type]
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise OidcDown(f"its keys cannot be read: {error}") from error
        algorithms = said.get("id_token_signing_alg_values_supported")
        methods = said.get("token_endpoint_auth_methods_supported")
        return _Known(
            endpoints,
            ALGORITHMS & set(algorithms if isinstance(algorithms, list) else ["RS256"]),
            isinstance(methods, list) and "client_secret_basic" not in methods,
            keys,
            self._clock(),
        )

    async def _ask(
        self, address: str, form: Mapping[str, str] | None = None, *, by_body: bool = False
    ) -> dict[str, Any]:
        """JSON of the provider; with a form it is sent, under our name."""
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        method, sent, headers = ("GET", None, {}) if form is None else ("POST", *self._named(form, by_body))
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, address, data=sent, headers=headers, allow_redirects=False) as answer,
            ):
                return await _json(answer, refusal_is_json=form is not None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise OidcDown(f"{address}: {type(error).__name__} {error}"[:300]) from error

    def _named(self, form: Mapping[str, str], by_body: bool) -> tuple[dict[str, str], dict[str, str]]:
        """The form and the headers of a request that says who we are (RFC 6749 §2.3.1)."""
        client = self._client
        if not client.secret:
            return {**form, "client_id": client.id}, {}
        if by_body:
            return {**form, "client_id": client.id, "client_secret": client.secret}, {}
        login = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        return dict(form), {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


def challenge(verifier: str) -> str:
    """The PKCE challenge of a verifier (RFC 7636 §4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_safe(address: str) -> bool:
    """Whether what goes to this address is read by nobody between: TLS, or this machine itself."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    here = parts.hostname in ("localhost", "::1") or (parts.hostname or "").startswith("127.")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and here))


async def _json(answer: aiohttp.ClientResponse, *, refusal_is_json: bool) -> dict[str, Any]:
    if answer.status != 200 and not (refusal_is_json and 400 <= answer.status < 500):
        raise OidcDown(f"{answer.url}: HTTP {answer.status}")
    content = await answer.content.read(LARGEST + 1)
    while len(content) <= LARGEST and (more := await answer.content.read(LARGEST + 1)):
        content += more
    if len(content) > LARGEST:
        raise OidcDown(f"{answer.url}: too much")
    said = json.loads(content)
    if not isinstance(said, dict):
        raise OidcDown(f"{answer.url}: no object")
    return said
