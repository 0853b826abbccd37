"""A small identity provider (OpenID Connect) on loopback: honest, or lying in the ways that are tried."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote_plus

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, SECRET = "altavoz", "la clave de altavoz"


@dataclass
class OidcProvider:
    """`claims` is who signs in; `lie` may change what a token says, `sign` how it is signed."""

    issuer: str = ""
    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "u-1", "email": "ana@empresa.example", "email_verified": True}
    )
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    lie: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    reuses_codes: bool = False
    document: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def rotate(self) -> None:
        """A new key in place of the former one."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        return app

    async def _discovery(self, request: web.Request) -> web.Response:
        self.asked.append("discovery")
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return web.json_response(said | self.document)

    async def _keys(self, request: web.Request) -> web.Response:
        self.asked.append("keys")
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def _authorize(self, request: web.Request) -> web.Response:
        """Somebody signs in here and agrees, at once."""
        asked = dict(request.query)
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        place = f"{asked['redirect_uri']}?code={code}&state={asked['state']}"
        return web.Response(status=302, headers={"Location": place})

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append("token")
        form = await request.post()
        written = request.headers.get("Authorization", "Basic Og==").removeprefix("Basic ")
        login = [unquote_plus(part) for part in base64.b64decode(written).decode().split(":")]
        asked = self._codes.get(str(form["code"]))
        if not self.reuses_codes:
            self._codes.pop(str(form["code"]), None)
        if asked is None or login != [CLIENT_ID, SECRET]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"token_type": "Bearer", "id_token": self._signed(asked["nonce"])})

    def _signed(self, nonce: str) -> str:
        now = int(self.now().timestamp())
        honest = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {**honest, **self.claims, **self.lie}
        return self.sign(claims) if self.sign else self.by_key(claims)

    def by_key(self, claims: dict[str, Any], key: RSAKey | None = None) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key or self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """`alg: none`."""
        return _parts({"alg": "none", "kid": self.key.kid}, claims) + "."

    def by_public_key(self, claims: dict[str, Any]) -> str:
        """The public key, which everybody has, taken for a shared secret."""
        return _by_shared(self.key.as_pem(private=False), {"alg": "HS256", "kid": self.key.kid}, claims)

    def by_client_secret(self, claims: dict[str, Any]) -> str:
        return _by_shared(SECRET.encode(), {"alg": "HS256"}, claims)


def _parts(*parts: dict[str, Any]) -> str:
    return ".".join(_base64(json.dumps(part).encode()) for part in parts)


def _by_shared(secret: bytes, header: dict[str, Any], claims: dict[str, Any]) -> str:
    signed = _parts(header, claims)
    return f"{signed}.{_base64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@asynccontextmanager
async def oidc_provider(port: int) -> AsyncIterator[OidcProvider]:
    """Serving on 127.0.0.1 until the end of the block."""
    provider = OidcProvider(issuer=f"http://127.0.0.1:{port}")
    async with TestServer(provider.app(), port=port):
        yield provider
