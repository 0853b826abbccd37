"""The API's tokens: who reads what from outside, and each person's own, which act for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from staff.names import BadName
from staff.permissions import Permission
from staff.person import Person
from staff.scope import EVERYTHING, Scope
from staff.tokens import GRANTABLE, LABELS, MOST_DAYS, USUAL_DAYS, TokenRefused
from web import lists, refusals
from web.asked import see_other
from web.keys import services, session
from web.pages import full_names, render

_USUAL = {"name": "", "days": str(USUAL_DAYS)}


@dataclass(frozen=True)
class Whose:
    """Tokens that only read, when there is no `person`; else the person's own. `path` is their page."""

    path: str
    person: Person | None = None

    @property
    def scope(self) -> Scope:
        return self.person.scope if self.person else EVERYTHING

    @property
    def grantable(self) -> Mapping[Permission, str]:
        if self.person is None:
            return GRANTABLE
        divided = {Permission.AUDIT_READ} if self.scope != EVERYTHING else set()
        return {
            each: label for each, label in LABELS.items() if self.person.may(each) and each not in divided
        }


def _all(_request: web.Request) -> Whose:
    return Whose("/tokens")


def _own(request: web.Request) -> Whose:
    return Whose("/account/tokens", session(request).person)


async def index(request: web.Request) -> web.Response:
    return await _page(request, _all(request))


async def own(request: web.Request) -> web.Response:
    return await _page(request, _own(request))


async def add(request: web.Request) -> web.Response:
    return await _add(request, _all(request))


async def add_own(request: web.Request) -> web.Response:
    return await _add(request, _own(request))


async def _add(request: web.Request, whose: Whose) -> web.Response:
    """The token is in this answer and nowhere else."""
    given = await request.post()
    typed = {name: lists.text(_texts(given), name) for name in _USUAL}
    chosen = {name: given.getall(name, []) for name in ("may", "subsidiary", "account")}
    picked = {name: frozenset(map(str, values)) for name, values in chosen.items()}
    try:
        made = await services(request).tokens.add(
            typed["name"],
            frozenset(each for each in whose.grantable if each in picked["may"]),
            _scope(request, whose, picked["subsidiary"], picked["account"]),
            _days(typed["days"]),
            whose.person,
        )
    except (BadName, TokenRefused) as refused:
        return await _page(request, whose, 422, typed=typed, picked=picked, problem=str(refused))
    return await _page(request, whose, made=made, made_name=typed["name"])


async def revoke(request: web.Request) -> web.Response:
    return await _revoke(request, _all(request))


async def revoke_own(request: web.Request) -> web.Response:
    return await _revoke(request, _own(request))


async def _revoke(request: web.Request, whose: Whose) -> web.Response:
    if not await services(request).tokens.revoke(request.match_info["name"], whose.person):
        raise refusals.not_found("Ese token ya no está")
    return see_other(whose.path)


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}


def _days(written: str) -> int:
    """What is no number is refused like a number out of bounds."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 6 else 0


def _scope(
    request: web.Request, whose: Whose, subsidiaries: frozenset[str], accounts: frozenset[str]
) -> Scope:
    """Only what the page offers: a name that matches nothing would be a token that sees nothing."""
    offered = {*_subsidiaries(request, whose), *_accounts(request, whose)}
    unknown = (subsidiaries | accounts) - offered
    if unknown:
        raise TokenRefused(f"«{min(unknown)[:60]}» ya no existe: elija de nuevo.")
    return Scope(subsidiaries, accounts)


def _subsidiaries(request: web.Request, whose: Whose) -> list[str]:
    seen = whose.scope.subsidiaries
    return [code for code in services(request).site.subsidiaries if not seen or code in seen]


def _accounts(request: web.Request, whose: Whose) -> list[str]:
    seen = whose.scope.accounts
    known = {plan.account.name for plan in services(request).book.plans()}
    return sorted(known & seen if seen else known)


async def _page(
    request: web.Request,
    whose: Whose,
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
        whose=whose,
        tokens=await served.tokens.all(whose.person),
        names=await full_names(request),
        grantable=whose.grantable,
        labels=LABELS,
        subsidiaries=_subsidiaries(request, whose),
        accounts=_accounts(request, whose),
        most_days=MOST_DAYS,
        now=served.clock(),
        typed=typed,
        picked=picked or {"may": frozenset(), "subsidiary": frozenset(), "account": frozenset()},
        problem=problem,
        made=made,
        made_name=made_name,
    )
