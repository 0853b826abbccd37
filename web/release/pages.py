"""Lines to be released and in service; the gate of one, with everything that it asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from plans.book import Stands, StoredPlan
from plans.model import Plan
from provisioning.editing.evidence import WRITTEN_ON
from provisioning.proof.sounds import wanted
from provisioning.proof.store import Proof
from provisioning.refusals import ProvisioningRefused
from provisioning.release.canaries import Canary
from provisioning.release.gate import Demand, open_to
from provisioning.release.releasing import Standing
from provisioning.release.store import LineRelease, ReleaseRefused
from staff.permissions import Permission
from telephony.publish import NotPublished
from web import refusals
from web.alta.find import of_plan
from web.asked import see_other
from web.keys import person, services
from web.lists import text
from web.pages import full_names, render
from web.release.dossier import shown, unsigned
from web.release.turns import who_releases, whose

DONE = {
    "released": "La línea quedó liberada: ya atiende a los afiliados.",
    "scheduled": "La liberación quedó programada.",
    "cancelled": "La liberación se anuló.",
    "suspended": "La línea quedó suspendida: quien llame oirá que el servicio no está habilitado.",
}


@dataclass(frozen=True)
class Waiting:
    """A plan with a version that strangers do not reach yet."""

    stored: StoredPlan
    answers: bool
    proof: Proof
    under_way: LineRelease | None


@dataclass(frozen=True)
class Answering:
    """A plan that strangers reach, with its last canary."""

    stored: StoredPlan
    canary: Canary | None


async def index(request: web.Request) -> web.Response:
    """What the person sees: what waits to be released first."""
    office = services(request).office
    seen = in_sight(request)
    under_way = {each.asked_for.plan: each for each in await office.line_releases.store.scheduled()}
    waiting = [
        await _waiting(request, stands, under_way.get(_plan(stands).plan))
        for stands in seen
        if stands.candidate or stands.suspended
    ]
    canaries = office.canaries.last()
    live = [Answering(each.live, canaries.get(_plan(each).plan)) for each in seen if each.live]
    return render(
        request,
        "release/index.html",
        waiting=waiting,
        live=live,
        untested=await office.untested.now(),
        names=await full_names(request),
    )


def in_sight(request: web.Request) -> list[Stands]:
    """The plans that stand and that the one who asks sees, by name."""
    book, scope = services(request).book, person(request).scope
    standing = [book.of(plan) for plan in sorted({stored.version.plan.plan for stored in book.standing()})]
    return [
        stands for stands in standing if scope.covers(_plan(stands).subsidiary, _plan(stands).account.name)
    ]


def _plan(stands: Stands) -> Plan:
    stored = stands.candidate or stands.suspended or stands.live
    assert stored is not None
    return stored.version.plan


async def _waiting(request: web.Request, stands: Stands, under_way: LineRelease | None) -> Waiting:
    stored = stands.candidate or stands.suspended
    assert stored is not None
    office, version = services(request).office, stored.version
    fingerprint = office.provisioner.entry_of(version.plan.plan, version.hash)
    proof = await office.reports.standing(version.plan.plan, version.hash, fingerprint)
    return Waiting(stored, stands.live is not None, proof, under_way)


async def page(request: web.Request) -> web.Response:
    return await _page(request, await find(request))


async def find(request: web.Request) -> Standing:
    """The plan, when the person sees it."""
    standing = await services(request).office.line_releases.standing(request.match_info["plan"])
    stored = (standing.candidate or standing.live) if standing else None
    if standing is None or stored is None:
        raise refusals.not_found("Ese plan no está en la central")
    plan = stored.version.plan
    if not person(request).scope.covers(plan.subsidiary, plan.account.name):
        raise refusals.not_found("Ese plan no está en la central")
    return standing


async def _page(
    request: web.Request,
    standing: Standing,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    office, who = services(request).office, person(request)
    stored = standing.candidate or standing.live
    assert stored is not None
    plan, asked = stored.version.plan, await demands(request, standing)
    return render(
        request,
        "release/page.html",
        status=status,
        standing=standing,
        untested=(await office.untested.now()).get(standing.plan),
        stored=stored,
        plan=plan,
        today=_today(request, plan),
        missing=[(demand, await whose(request, standing, demand)) for demand in asked if not demand.met],
        met=[demand for demand in asked if demand.met],
        open=open_to(asked),
        outside=await office.line_releases.from_outside(standing),
        may_release=who.may(Permission.LINE_RELEASE),
        releasers="" if who.may(Permission.LINE_RELEASE) else await who_releases(request, standing),
        written_on=WRITTEN_ON,
        history=await office.line_releases.store.history(standing.plan),
        dossiers=await office.line_releases.store.dossiers_of(standing.plan),
        within=sorted(name for name in {line.carrier for line in plan.lines} if _within(request, name)),
        canaries=await office.canaries.history(standing.plan, 14),
        done=DONE.get(request.query.get("done", ""), ""),
        problem=problem,
        alta=await of_plan(request, standing.plan),
        typed=typed or {},
        names=await full_names(request),
    )


def _within(request: web.Request, carrier: str) -> bool:
    """Whether the day's calls to a carrier's numbers stay in the PBX."""
    known = services(request).site.carriers.get(carrier)
    return known is not None and known.canary == "loop"


async def demands(request: web.Request, standing: Standing) -> tuple[Demand, ...]:
    """Who may not release sees what is missing without being judged."""
    who = person(request)
    judged = who if who.may(Permission.LINE_RELEASE) else None
    if standing.candidate is None:
        return ()
    return await services(request).office.line_releases.demands(standing, judged)


async def to_be_signed(request: web.Request) -> web.Response:
    """The dossier as it would be signed now, by the very page that shows it afterwards."""
    standing, who = await find(request), person(request)
    if standing.candidate is None:
        raise refusals.not_found("No hay una versión por liberar")
    plan, may = standing.candidate.version.plan, who.may(Permission.LINE_RELEASE)
    sections = await services(request).office.line_releases.to_be_signed(standing, who, may)
    said = await shown(request, unsigned(sections))
    asked = said["dossier"].told["gate"]["demands"]
    return render(
        request,
        "release/to_be_signed.html",
        standing=standing,
        plan=plan,
        today=_today(request, plan),
        open=all(demand["met"] for demand in asked),
        may_release=may,
        typed={},
        **said,
    )


async def prompt(request: web.Request) -> web.FileResponse:
    """The sound of a prompt of the version that is to be released, as the PBX plays it."""
    standing, served = await find(request), services(request)
    if standing.candidate is None:
        raise refusals.not_found("No hay una versión por liberar")
    sounds = wanted(standing.candidate.version, served.site, {}).expected
    name = sounds.get(request.match_info["prompt"])
    path = served.office.sounds.path(name) if name else None
    if path is None or not path.is_file():
        raise refusals.not_found("Ese mensaje no tiene sonido")
    return web.FileResponse(path, headers={"Content-Type": "audio/wav"})


def _today(request: web.Request, plan: Plan) -> date:
    served = services(request)
    return served.site.subsidiaries[plan.subsidiary].here(served.clock()).date()


async def release(request: web.Request) -> web.Response:
    """Let strangers in, now or on the day that was chosen."""
    standing, given = await find(request), await request.post()
    typed = {name: text(_texts(given), name, 2000) for name in ("when", "day", "reason", "fingerprint")}
    try:
        day = _day(typed)
        releases, seen = services(request).office.line_releases, typed["fingerprint"]
        asked = await releases.release(standing.plan, person(request), typed["reason"], day, seen)
    except ReleaseRefused as refused:
        return await _page(request, await find(request), str(refused), typed, status=422)
    return _back(standing.plan, "scheduled" if asked.state == "scheduled" else "released")


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items()}


def _day(typed: Mapping[str, str]) -> date | None:
    if typed["when"] != "day":
        return None
    try:
        return date.fromisoformat(typed["day"])
    except ValueError as error:
        raise ReleaseRefused("Escriba el día como «2026-12-01».") from error


async def cancel(request: web.Request) -> web.Response:
    standing, reason = await find(request), await _reason(request)
    try:
        await services(request).office.line_releases.cancel(standing.plan, reason)
    except ReleaseRefused as refused:
        return await _page(request, standing, str(refused), status=422)
    return _back(standing.plan, "cancelled")


async def suspend(request: web.Request) -> web.Response:
    """Strangers hear that the service is not active until it is released again."""
    standing, reason = await find(request), await _reason(request)
    try:
        await services(request).office.provisioner.suspend(standing.plan, person(request).name, reason)
    except (ProvisioningRefused, NotPublished) as refused:
        return await _page(request, await find(request), str(refused), status=422)
    return _back(standing.plan, "suspended")


async def repeat(request: web.Request) -> web.Response:
    """Call anew what the day's canary found wrong; the calls are followed as those of any test."""
    standing = await find(request)
    run = None
    if standing.live is not None:
        run = await services(request).office.canaries.repeat(standing.live.version.plan)
    return see_other(f"/line-tests/runs/{run}" if run else f"/releases/{standing.plan}#canary")


async def _reason(request: web.Request) -> str:
    return text(_texts(await request.post()), "reason", 2000)


def _back(plan: str, done: str) -> web.Response:
    return see_other(f"/releases/{plan}?done={done}")
