"""The API's tokens: who reads what from outside, made here and taken away here."""

from collections.abc import Mapping

from aiohttp import web

from staff.names import BadName
from staff.permissions import Permission
from staff.scope import Scope
from staff.tokens import GRANTABLE, MOST_DAYS, USUAL_DAYS, TokenRefused
from web import lists, refusals
from web.asked import see_other
from web.keys import services
from web.pages import full_names, render

_USUAL = {"name": "", "days": str(USUAL_DAYS)}


async def index(request: web.Request) -> web.Response:
    return await _page(request)


async def add(request: web.Request) -> web.Response:
    """The token is in this answer and nowhere else."""
    given = await request.post()
    typed = {name: lists.text(_texts(given), name) for name in _USUAL}
    chosen = {name: given.getall(name, []) for name in ("may", "subsidiary", "account")}
    picked = {name: frozenset(map(str, values)) for name, values in chosen.items()}
    try:
        made = await services(request).tokens.add(
            typed["name"],
            frozenset(each for each in GRANTABLE if each in picked["may"]),
            _scope(request, picked["subsidiary"], picked["account"]),
            _days(typed["days"]),
        )
    except (BadName, TokenRefused) as refused:
        return await _page(request, 422, typed=typed, picked=picked, problem=str(refused))
    return await _page(request, made=made, made_name=typed["name"])


async def revoke(request: web.Request) -> web.Response:
    if not await services(request).tokens.revoke(request.match_info["name"]):
        raise refusals.not_found("Ese token ya no está")
    return see_other("/tokens")


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}


def _days(written: str) -> int:
    """What is no number is refused like a number out of bounds."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else 0


def _scope(request: web.Request, subsidiaries: frozenset[str], accounts: frozenset[str]) -> Scope:
    """Only what the page offers: a name that matches nothing would be a token that sees nothing."""
    unknown = (subsidiaries - set(services(request).site.subsidiaries)) | (accounts - set(_accounts(request)))
    if unknown:
        raise TokenRefused(f"«{min(unknown)[:60]}» ya no existe: elija de nuevo.")
    return Scope(subsidiaries, accounts)


def _accounts(request: web.Request) -> list[str]:
    return sorted({plan.account.name for plan in services(request).book.plans()})


async def _page(
    request: web.Request,
    status: int = 200,
    *,
    typed: Mapping[str, str] = _USUAL,
    picked: Mapping[str, frozenset[str]] | None = None,
    problem: str = "",
    made: str = "",
    made_name: str = "",
) -> web.Response:
    served = services(request)
    return render(
        request,
        "tokens.html",
        status=status,
        tokens=await served.tokens.all(),
        names=await full_names(request),
        grantable={Permission(each): label for each, label in GRANTABLE.items()},
        subsidiaries=served.site.subsidiaries,
        accounts=_accounts(request),
        most_days=MOST_DAYS,
        now=served.clock(),
        typed=typed,
        picked=picked or {"may": frozenset(), "subsidiary": frozenset(), "account": frozenset()},
        problem=problem,
        made=made,
        made_name=made_name,
    )
