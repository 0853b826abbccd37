"""The API for other programs: what a bearer token may read, of the rows in its sight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from cases.pages import BadPage, Page
from cases.store import CallFilter, CaseFilter
from cases.views import CallView, CaseView
from plans.book import StoredPlan
from plans.model import Line, Plan
from staff.audit_trail import AuditFilter, AuditRow
from web import api_models as models
from web import refusals
from web.api_endpoint import endpoint
from web.keys import services, token
from web.status_lines import Status


@dataclass(frozen=True, slots=True)
class Listed:
    """All of something."""

    items: tuple[Mapping[str, Any], ...]


@endpoint("Las llamadas, de la más nueva a la más vieja.", models.CallsAsked, models.Calls)
async def calls(request: web.Request, asked: models.CallsAsked) -> Page[CallView]:
    filter = CallFilter(
        line=asked.line, plan=asked.plan, since=asked.since, until=asked.until, direction=asked.direction
    )
    try:
        return await services(request).store.calls(
            filter, asked.limit, asked.after, scope=token(request).scope
        )
    except BadPage as bad:
        raise refusals.not_found("«after» no es la marca de una página") from bad


@endpoint("Una llamada.", models.CallNamed, models.Call)
async def call(request: web.Request, asked: models.CallNamed) -> CallView:
    found = await services(request).store.call(asked.id, scope=token(request).scope)
    if found is None:
        raise refusals.not_found("Esa llamada no existe")
    return found


@endpoint("Los casos, del más nuevo al más viejo.", models.CasesAsked, models.Cases)
async def cases(request: web.Request, asked: models.CasesAsked) -> Page[CaseView]:
    filter = CaseFilter(
        line=asked.line, plan=asked.plan, since=asked.since, until=asked.until, state=asked.state
    )
    try:
        return await services(request).store.cases(
            filter, asked.limit, asked.after, scope=token(request).scope
        )
    except BadPage as bad:
        raise refusals.not_found("«after» no es la marca de una página") from bad


@endpoint("Un caso.", models.CaseNamed, models.Case)
async def case(request: web.Request, asked: models.CaseNamed) -> CaseView:
    number = int(asked.id.removeprefix("AV-"))
    found = await services(request).store.case(number, scope=token(request).scope)
    if found is None:
        raise refusals.not_found("Ese caso no existe")
    return found


@endpoint("Las líneas publicadas, con su plan.", models.Nothing, models.Lines)
async def lines(request: web.Request, _asked: models.Nothing) -> Listed:
    return Listed(tuple(_line(plan, line) for plan in _plans(request) for line in plan.version.plan.lines))


@endpoint("Los planes publicados.", models.Nothing, models.Plans)
async def plans(request: web.Request, _asked: models.Nothing) -> Listed:
    return Listed(tuple(_plan(plan) for plan in _plans(request)))


@endpoint("Cómo está todo: central, operadores, colas, alarmas.", models.Nothing, models.Status)
async def status(request: web.Request, _asked: models.Nothing) -> Status:
    return services(request).status()


@endpoint("La auditoría, de lo más nuevo a lo más viejo.", models.AuditAsked, models.Deeds)
async def audit(request: web.Request, asked: models.AuditAsked) -> Page[AuditRow]:
    filter = AuditFilter(asked.actor, asked.action, asked.subject, asked.text, asked.since, asked.until)
    page = await services(request).audit.page(filter, asked.limit, int(asked.after) if asked.after else None)
    return Page(page.rows, str(page.next) if page.next is not None else None)


def _plans(request: web.Request) -> list[StoredPlan]:
    """The live plans in the token's sight."""
    covers = token(request).scope.covers
    live = services(request).book.live()
    return [stored for stored in live if covers(_plan_of(stored).subsidiary, _plan_of(stored).account.name)]


def _plan_of(stored: StoredPlan) -> Plan:
    return stored.version.plan


def _plan(stored: StoredPlan) -> dict[str, Any]:
    plan = _plan_of(stored)
    named = {name: getattr(plan, name) for name in ("starts", "ends", "coverages")}
    return (
        _named(plan)
        | named
        | {
            "name": plan.name,
            "version": stored.version.short,
            "lines": [line.header for line in plan.lines],
        }
    )


def _line(stored: StoredPlan, line: Line) -> dict[str, Any]:
    own = {"line": line.header, "public": line.public, "carrier": line.carrier}
    return own | _named(_plan_of(stored))


def _named(plan: Plan) -> dict[str, Any]:
    return {
        "plan": plan.plan,
        "fantasy_name": plan.fantasy_name,
        "subsidiary": plan.subsidiary,
        "account": plan.account.name,
    }
