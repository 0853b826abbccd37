"""Are the providers enough for a plan? Looked at, mended, and confirmed by Prestadores (P26)."""

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from provisioning.network.enough import Check, Demand, PlanNeeds, places
from provisioning.network.minimums import Minimum
from provisioning.network.selection import TASK_STATES
from provisioning.network.values import NetworkRefused, StaleRow
from provisioning.network.wanted import services_of
from provisioning.network.zones import BadZone, zones_of
from staff.permissions import Permission
from web import lists
from web.asked import see_other
from web.keys import session
from web.network.asking import Attempt, day_of, needs, office, scope, today, typed_of
from web.pages import full_names, render

_LEAST = ("providers", "simultaneous", "at_night")
SHOWN = 20
EACH = "*"


@dataclass(frozen=True)
class Opened:
    """Who is to look for providers for a gap (`EACH`: for all that nobody settled), until when."""

    gap: str
    owner: str
    due: date | None
    note: str


async def index(request: web.Request) -> web.Response:
    """The plans that can be looked at; the one asked for at once."""
    asked = lists.text(request.query, "plan", 40)
    plans = await office(request).plan_needs.plans(scope(request))
    if asked and asked in plans:
        return see_other(f"/providers/check/{asked}")
    return render(request, "network/checks.html", plans=plans)


async def page(request: web.Request) -> web.Response:
    return await _page(request, await needs(request), Attempt())


async def confirm(request: web.Request) -> web.Response:
    """Somebody's word that it is enough, with what they looked at."""
    wanted, typed = await needs(request), typed_of(await request.post())
    try:
        await office(request).network_checks.confirm(wanted, typed.get("needs", ""), typed.get("note", ""))
    except NetworkRefused as refused:
        return await _refused(request, wanted, Attempt("confirm", typed, refused.problems), refused)
    office(request).altas.nudge()
    return see_other(f"/providers/check/{wanted.plan}?done=confirmed")


async def demand(request: web.Request) -> web.Response:
    """Where the plan must be served, and how many are enough for it."""
    wanted, typed = await needs(request), typed_of(await request.post())
    try:
        await office(request).network_checks.set_demand(wanted, _demand(wanted, typed))
    except NetworkRefused as refused:
        return await _refused(request, wanted, Attempt("demand", typed, refused.problems), refused)
    await office(request).network_checks.settle(wanted.subsidiary)
    office(request).altas.nudge()
    return see_other(f"/providers/check/{wanted.plan}?done=demanded")


async def open_task(request: web.Request) -> web.Response:
    """A gap becomes somebody's task, or each gap that nobody settled (`gap=*`) does."""
    wanted, typed = await needs(request), typed_of(await request.post())
    try:
        gap, due = typed.get("gap", ""), day_of(typed.get("due", ""))
        await open_tasks(request, wanted, Opened(gap, _person(request, typed), due, typed.get("note", "")))
    except NetworkRefused as refused:
        attempt = Attempt(f"task-{typed.get('gap', '')}", typed, refused.problems)
        return await _refused(request, wanted, attempt, refused)
    return see_other(f"/providers/check/{wanted.plan}?done={'tasks' if gap == EACH else 'task'}")


async def open_tasks(request: web.Request, wanted: PlanNeeds, opened: Opened) -> None:
    """Raises `NetworkRefused`."""
    checks, day = office(request).network_checks, today(request, wanted.subsidiary)
    seen = await checks.look(wanted)
    named = [row for row in seen.rows if "|".join(row.need.key) == opened.gap]
    rows = await checks.untaken(seen) if opened.gap == EACH else named
    if not rows:
        raise NetworkRefused("Esa falta ya no está: mire la lista como quedó.")
    for row in rows:
        await office(request).selection.open(wanted, row, opened.owner, opened.due, day, opened.note)


def _person(request: web.Request, typed: dict[str, str]) -> str:
    """Who is to look: who opens it, when nobody else is named."""
    return typed.get("owner", "")[:40] or session(request).person.name


def _demand(wanted: PlanNeeds, typed: dict[str, str]) -> Demand:
    """Raises `NetworkRefused`."""
    try:
        zones = zones_of(typed.get("zones", ""))
    except BadZone as bad:
        raise NetworkRefused(problems={"zones": f"{bad}."}) from bad
    least = {
        service: Minimum(**{name: _count(typed, f"{service}-{name}") for name in _LEAST})
        for service in services_of(wanted.coverages)
        if any(typed.get(f"{service}-{name}") for name in _LEAST)
    }
    revision = typed.get("revision", "")
    return Demand(zones, least, int(revision[:9]) if revision.isascii() and revision.isdecimal() else 0)


def _count(typed: dict[str, str], name: str) -> int:
    written = typed.get(name, "") or "0"
    if not (written.isascii() and written.isdecimal() and len(written) < 5):
        raise NetworkRefused(problems={name: "Los mínimos son números enteros, de 0 a 9999."})
    return int(written)


async def _refused(
    request: web.Request, wanted: PlanNeeds, attempt: Attempt, refused: NetworkRefused
) -> web.Response:
    return await _page(request, wanted, attempt, 409 if isinstance(refused, StaleRow) else 422)


async def _page(request: web.Request, wanted: PlanNeeds, attempt: Attempt, status: int = 200) -> web.Response:
    found = office(request)
    seen, own = await found.network_checks.look(wanted), await found.network_checks.demand(wanted.plan)
    tasks = await found.selection.of_plan(wanted.plan)
    minimums = found.network_checks.minimums
    services = services_of(wanted.coverages)
    return render(
        request,
        "network/check.html",
        status=status,
        wanted=wanted,
        seen=seen,
        unsettled={row.need.key for row in await found.network_checks.unsettled(seen)},
        demand=own,
        zones=places(wanted, own, minimums),
        least={service: own.minimums.get(service) or minimums.of(service) for service in services},
        tasks=tasks,
        task_of={task.key: task for task in reversed(tasks) if task.state != "filled"},
        task_states=TASK_STATES,
        untaken=await found.network_checks.untaken(seen),
        confirmations=await found.network_checks.confirmations(wanted.plan, SHOWN),
        confirmed=await _confirmed(request, wanted, seen),
        people=await found.people.all(),
        names=await full_names(request),
        today=today(request, wanted.subsidiary),
        attempt=attempt,
        done=lists.text(request.query, "done"),
        may_write=session(request).person.may(Permission.PROVIDER_WRITE),
    )


async def _confirmed(request: web.Request, wanted: PlanNeeds, seen: Check) -> bool:
    """Whether the last confirmation is of this, as it is now."""
    last = await office(request).network_checks.confirmations(wanted.plan, 1)
    return bool(last) and last[0].alta == wanted.alta and last[0].needs == seen.needs
