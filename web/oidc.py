"""Coming in with the company's own account: away to the provider, and back."""

import hmac
from collections.abc import Mapping

import structlog
from aiohttp import web

from staff.linked_accounts import NoAccount
from staff.oidc import IdentityProvider, OidcDown, OidcRefused
from staff.steps import Step
from web import refusals
from web.asked import local_path, see_other
from web.cookies import read_step, write_step
from web.entering import proceed
from web.keys import SECURE, services

log = structlog.get_logger(__name__)

OIDC = "oidc"
_LONGEST = 2048
_AGAIN = "Vuelva a «Entrar» y pruebe otra vez; si sigue igual, entre con su contraseña y avise a Sistemas."


async def begin(request: web.Request) -> web.Response:
    """Away to the provider; what must come back is bound to this browser."""
    provider, secure = _provider(request), request.app[SECURE]
    try:
        place, kept = await provider.begin()
    except OidcDown as down:
        raise _down(down) from down
    after = local_path(request.query.get("next"))
    token = await services(request).sign_in.steps.begin(OIDC, None, {**kept, "after": after})
    answer = see_other(place)
    write_step(request, answer, token, secure=secure)
    return answer


async def back(request: web.Request) -> web.Response:
    """The step is used up whatever comes of it: an answer of the provider is taken once."""
    provider, query = _provider(request), request.query
    token = read_step(request, secure=request.app[SECURE])
    step = await services(request).sign_in.steps.take(OIDC, token)
    _check(provider, step, query)
    try:
        identity = await provider.finish(query["code"][:_LONGEST], step.data if step else {})
        person = await services(request).sign_in.linked.person_for(identity, request.remote)
    except OidcDown as down:
        raise _down(down) from down
    except OidcRefused as refused:
        raise _refused(str(refused)) from refused
    except NoAccount as nobody:
        raise refusals.Refusal(
            403, "no-account", "Esa cuenta de la empresa no entra", str(nobody)
        ) from nobody
    return await proceed(request, person, step.data["after"] if step else None, OIDC)


def _check(provider: IdentityProvider, step: Step | None, query: Mapping[str, str]) -> None:
    if step is None:
        raise refusals.Refusal(400, "no-step", "Esa entrada ya no está en curso", _AGAIN)
    if not hmac.compare_digest(query.get("state", "").encode(), str(step.data["state"]).encode()):
        raise _refused("state is of another sign-in")
    if not provider.comes_from(query.get("iss")):
        raise _refused("iss is another issuer")
    if query.get("error") == "access_denied":
        raise refusals.Refusal(403, "denied", "No se completó la entrada", _AGAIN)
    if "error" in query or not query.get("code"):
        raise _refused(f"error {query.get('error', 'without code')[:100]}")


def _provider(request: web.Request) -> IdentityProvider:
    provider = services(request).sign_in.oidc
    if provider is None:
        raise refusals.not_found("Altavoz no usa aquí la cuenta de la empresa")
    return provider


def _down(down: OidcDown) -> refusals.Refusal:
    log.error("oidc_down", reason=str(down))
    advice = "Entre con su nombre y su contraseña, y avise a Sistemas."
    return refusals.Refusal(502, "oidc-down", "La cuenta de la empresa no responde", advice)


def _refused(reason: str) -> refusals.Refusal:
    log.warning("oidc_refused", reason=reason)
    return refusals.Refusal(400, "oidc-refused", "La respuesta de la empresa no es de fiar", _AGAIN)
