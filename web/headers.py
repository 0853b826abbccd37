"""Headers that every answer carries: what the browser may load, keep and tell others."""

from aiohttp import web

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Pico draws its arrows from data: addresses
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self' blob:",  # a recording is heard before it is sent
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_FIXED = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_TLS = "max-age=31536000"


def add_headers(response: web.StreamResponse, *, secure: bool) -> None:
    """Pages hold affiliates' data: no cache keeps them. Static files set their own `Cache-Control`."""
    response.headers.update(_FIXED)
    response.headers.setdefault("Cache-Control", "no-store")
    if secure:
        response.headers["Strict-Transport-Security"] = _TLS
