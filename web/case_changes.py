"""What the form of a case sends: one field at a time, its end, its reopening, its new owner.

The script of the form asks for JSON; a form sent without script goes back to the case's page.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from cases.desk import CaseDesk
from cases.problems import CaseProblem, NoSuchCase, StaleCase
from cases.views import CaseView
from web import refusals
from web.asked import see_other, wants_json
from web.case_form import case_json
from web.cases import case_id, find
from web.keys import services, session
from web.pages import full_names
from web.refusals import Refusal

_LONGEST = 8000


async def save_field(request: web.Request) -> web.Response:
    """Fields `field`, `value` and `revision` (the one the writer had seen)."""
    given = await request.post()
    field, value = str(given.get("field", "")), str(given.get("value", ""))[:_LONGEST]
    revision = _revision(str(given.get("revision", "")))
    return await _change(request, lambda desk, id, by: desk.edit(id, field, value, by, revision))


async def close(request: web.Request) -> web.Response:
    outcome = str((await request.post()).get("outcome", ""))
    return await _change(request, lambda desk, id, by: desk.close(id, outcome, by))


async def reopen(request: web.Request) -> web.Response:
    return await _change(request, lambda desk, id, by: desk.reopen(id, by))


async def take(request: web.Request) -> web.Response:
    return await _change(request, lambda desk, id, by: desk.take(id, by))


async def _change(
    request: web.Request, make: Callable[[CaseDesk, int, str], Awaitable[CaseView]]
) -> web.Response:
    """Makes the change in the name of who is signed in, who must be able to see the case."""
    seen = await find(request)
    try:
        case = await make(services(request).desk, seen.id, session(request).person.name)
    except CaseProblem as problem:
        return await _refused(request, problem)
    if wants_json(request):
        return web.json_response({"case": case_json(request.app, case)})
    return see_other(f"/cases/{case.id}")


def _revision(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None


async def _refused(request: web.Request, problem: CaseProblem) -> web.Response:
    """409 when somebody else was first, with the case as it is now; 422 when the value is at fault."""
    if isinstance(problem, NoSuchCase):
        raise refusals.not_found("Ese caso no existe") from problem
    status = 409 if isinstance(problem, StaleCase) else 422
    if not wants_json(request):
        raise Refusal(status, "case", "No se pudo guardar", str(problem)) from problem
    case = await services(request).store.case(case_id(request))
    body = {"error": {"code": type(problem).__name__, "message": str(problem)}}
    present = {"case": case_json(request.app, case)} if case else {}
    by = {"by": await _called(request, problem.by)} if isinstance(problem, StaleCase) else {}
    return web.json_response(body | present | by, status=status)


async def _called(request: web.Request, by: str) -> str:
    """Who was first, as the form says it to whoever came second."""
    if by == session(request).person.name:
        return "Usted, en otra pestaña o equipo,"
    return (await full_names(request)).get(by, by)
