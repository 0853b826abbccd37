"""The session cookie: its name, and how it is written, read and removed."""

from aiohttp import web

_LASTS = 12 * 3600


def cookie_name(request: web.Request, *, secure: bool) -> str:
    """Browsers share cookies between ports, so on plain HTTP the name carries the port: several
    instances on one machine do not sign one another out."""
    return "__Host-altavoz" if secure else f"altavoz-{request.url.port}"


def read_cookie(request: web.Request, *, secure: bool) -> str | None:
    return request.cookies.get(cookie_name(request, secure=secure))


def write_cookie(request: web.Request, response: web.Response, token: str, *, secure: bool) -> None:
    response.set_cookie(
        cookie_name(request, secure=secure),
        token,
        max_age=_LASTS,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def drop_cookie(request: web.Request, response: web.Response, *, secure: bool) -> None:
    response.del_cookie(
        cookie_name(request, secure=secure), path="/", httponly=True, samesite="Lax", secure=secure
    )
