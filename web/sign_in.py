"""Coming in with name and password, and going out."""

from aiohttp import web

from staff.passwords import Crowded
from staff.tries import TooManyTries
from web.asked import local_path, see_other
from web.cookies import drop_cookie, read_cookie
from web.entering import fields, proceed, take_calls
from web.keys import DESKS, SECURE, SESSION, services, session
from web.pages import render

_WRONG = "El nombre o la contraseña no coinciden. Revise las mayúsculas y pruebe otra vez."
_UNSENT = "Su sesión había vencido y lo último que envió no se guardó: entre y hágalo otra vez."
_LEFT = "Salió en otro equipo: su turno terminó. Para seguir desde aquí, pase a «Disponible»."


async def form(request: web.Request) -> web.Response:
    if SESSION in request:
        return see_other("/")
    unsent = "unsent" in request.query
    return _form(request, "", local_path(request.query.get("next")), _UNSENT if unsent else "")


async def enter(request: web.Request) -> web.Response:
    given = await fields(request, "name", "password", "next")
    after = local_path(given["next"])
    try:
        credentials = services(request).sign_in.credentials
        person = await credentials.check(given["name"], given["password"], request.remote)
    except (TooManyTries, Crowded) as wait:
        return _form(request, given["name"], after, str(wait), status=429)
    if person is None:
        return _form(request, given["name"], after, _WRONG, status=401)
    return await proceed(request, person, after, "password")


async def leave(request: web.Request) -> web.Response:
    """The end of a shift: no more calls come to this person's phone."""
    person, secure = session(request).person, request.app[SECURE]
    await take_calls(request, person, wanted=False)
    request.app[DESKS].tell(person.id, _LEFT)
    if token := read_cookie(request, secure=secure):
        await services(request).sessions.close(token)
        await request.app[DESKS].sign_out(token)
    answer = see_other("/sign-in")
    drop_cookie(request, answer, secure=secure)
    return answer


async def who(request: web.Request) -> web.Response:
    """Who is signed in and the token for forms: a page that was open while its person signed in again."""
    found = session(request)
    return web.json_response({"name": found.person.name, "csrf": found.csrf})


def _form(
    request: web.Request, name: str, after: str | None, problem: str = "", status: int = 200
) -> web.Response:
    sign_in = services(request).sign_in
    return render(
        request,
        "sign_in.html",
        status=status,
        name=name,
        after=after or "",
        problem=problem,
        by_mail=sign_in.invitations.by_mail,
        by_company=sign_in.oidc is not None,
    )
