"""The cookies: of the session, and of a sign-in half done. How they are named, written, read and removed."""

from aiohttp import web

_LASTS, _STEP_LASTS = 12 * 3600, 600


def cookie_name(request: web.Request, *, secure: bool) -> str:
    """Browsers share cookies between ports, so on plain HTTP the name carries the port: several
    instances on one machine do not sign one another out."""
    return "__Host-altavoz" if secure else f"altavoz-{request.url.port}"


def step_name(request: web.Request, *, secure: bool) -> str:
    return f"{cookie_name(request, secure=secure)}-step"


def read_cookie(request: web.Request, *, secure: bool) -> str | None:
    return request.cookies.get(cookie_name(request, secure=secure))


def write_cookie(request: web.Request, response: web.Response, token: str, *, secure: bool) -> None:
    _write(response, cookie_name(request, secure=secure), token, _LASTS, secure=secure)


def drop_cookie(request: web.Request, response: web.Response, *, secure: bool) -> None:
    _drop(response, cookie_name(request, secure=secure), secure=secure)


def read_step(request: web.Request, *, secure: bool) -> str | None:
    return request.cookies.get(step_name(request, secure=secure))


def write_step(request: web.Request, response: web.Response, token: str, *, secure: bool) -> None:
    _write(response, step_name(request, secure=secure), token, _STEP_LASTS, secure=secure)


def drop_step(request: web.Request, response: web.Response, *, secure: bool) -> None:
    _drop(response, step_name(request, secure=secure), secure=secure)


def _write(response: web.Response, name: str, token: str, lasts: int, *, secure: bool) -> None:
    response.set_cookie(name, token, max_age=lasts, path="/", httponly=True, samesite="Lax", secure=secure)


def _drop(response: web.Response, name: str, *, secure: bool) -> None:
    response.del_cookie(name, path="/", httponly=True, samesite="Lax", secure=secure)
