"""Refusals and accidents as answers: a page that says what to do, a sentence, or JSON."""

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from web.api_endpoint import PROBLEM
from web.api_models import Problem
from web.asked import is_api, is_htmx, is_page, sign_in_path, wants_json
from web.headers import add_headers
from web.keys import SECURE
from web.pages import render
from web.refusals import Refusal, not_found

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger(__name__)

_KNOWN = {
    405: Refusal(405, "method", "Aquí no se puede hacer eso", "Vuelva a la página y use sus botones."),
    413: Refusal(413, "too-large", "El pedido es demasiado grande", "Acorte el texto y pruebe otra vez."),
}


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except Refusal as refusal:
        response = _answer(request, refusal)
    except web.HTTPException as raised:
        response = _answer_http(request, raised)
    except Exception:  # the last resort: the person sees a page, the log has the trace
        log.exception("request failed", method=request.method, path=request.path)
        response = _answer(request, _accident())
    if not response.prepared:
        add_headers(response, secure=request.app[SECURE])
    return response


def _answer_http(request: web.Request, raised: web.HTTPException) -> web.StreamResponse:
    if raised.status < 400:
        return web.Response(status=raised.status, headers=raised.headers)
    if raised.status == 404:
        return _answer(request, not_found())
    known = _KNOWN.get(raised.status)
    answer = _answer(request, known or Refusal(raised.status, "http", raised.reason, "Vuelva al inicio."))
    if "Allow" in raised.headers:
        answer.headers["Allow"] = raised.headers["Allow"]
    return answer


def _answer(request: web.Request, refusal: Refusal) -> web.Response:
    if is_api(request):
        return _problem(request, refusal)
    if wants_json(request):
        return web.json_response(as_json(refusal), status=refusal.status, headers=_headers(request, refusal))
    if is_page(request):
        return render(request, "refused.html", status=refusal.status, refusal=refusal)
    return web.Response(
        text=f"{refusal.title}. {refusal.advice}", status=refusal.status, headers=_headers(request, refusal)
    )


def _problem(request: web.Request, refusal: Refusal) -> web.Response:
    """RFC 9457."""
    problem = Problem(
        type=f"/api/docs#{refusal.code}",
        title=refusal.title,
        status=refusal.status,
        detail=refusal.advice,
        code=refusal.code,
    )
    headers = _headers(request, refusal)
    text = problem.model_dump_json()
    return web.Response(text=text, status=refusal.status, content_type=PROBLEM, headers=headers)


def as_json(refusal: Refusal) -> dict[str, dict[str, str]]:
    return {"error": {"code": refusal.code, "message": f"{refusal.title}. {refusal.advice}"}}


def _headers(request: web.Request, refusal: Refusal) -> dict[str, str]:
    if refusal.code == "no-session" and is_htmx(request):
        return {"HX-Redirect": sign_in_path(request)}
    return {"WWW-Authenticate": "Bearer"} if refusal.code == "no-token" else {}


def _accident() -> Refusal:
    return Refusal(
        500,
        "accident",
        "Algo falló de nuestro lado",
        "Lo que pasó quedó registrado. Pruebe otra vez; si sigue igual, avise a Sistemas con la hora.",
    )
