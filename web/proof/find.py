"""What addresses of tests name, when the one who asks may see it."""

from aiohttp import web

from plans.book import StoredPlan
from provisioning.proof.reports import Report
from provisioning.proof.runs import Run
from staff.scope import Scope
from web import refusals
from web.keys import person, services


def scope(request: web.Request) -> Scope:
    return person(request).scope


def number(request: web.Request) -> int:
    """The id in the address. Raises Refusal when it can be none."""
    written = request.match_info["id"]
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise refusals.not_found("Esa prueba no existe")
    return int(written)


def plan(request: web.Request) -> StoredPlan:
    """The version of the plan that test calls reach."""
    stored = services(request).book.of(request.match_info["plan"]).tested
    if stored is None or not in_sight(stored, scope(request)):
        raise refusals.not_found("Ese plan no está en la central")
    return stored


def in_sight(stored: StoredPlan, own: Scope) -> bool:
    return own.covers(stored.version.plan.subsidiary, stored.version.plan.account.name)


async def report(request: web.Request) -> Report:
    found = await services(request).office.reports.get(number(request), scope(request))
    if found is None:
        raise refusals.not_found("Ese informe no existe")
    return found


async def run(request: web.Request) -> Run:
    found = await services(request).office.line_tests.runs.get(number(request), scope(request))
    if found is None:
        raise refusals.not_found("Esa prueba no existe")
    return found
