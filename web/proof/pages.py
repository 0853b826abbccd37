"""The tests of lines: all reports with what waits for its test, and one plan's."""

from typing import Any
from urllib.parse import quote

from aiohttp import web

from plans.book import StoredPlan
from provisioning.proof.reports import Kind, Result
from provisioning.proof.runs import RunState, TestRefused
from provisioning.proof.store import Proof, ReportFilter
from provisioning.proof.who import kinds_of
from web import lists, refusals
from web.alta.find import of_plan
from web.asked import is_htmx, see_other
from web.keys import services, session
from web.pages import full_names, render
from web.proof import find, words

WAITING = 30
"""So many versions that wait for their test are shown at once."""


async def index(request: web.Request) -> web.Response:
    """Reports, newest first, in pages by key; `?plan=` leads to the plan's own page while it stands."""
    typed = _typed(request)
    wanted = services(request).book.of(typed["plan"]).tested if typed["plan"] else None
    if wanted and not (typed["kind"] or typed["result"] or is_htmx(request)):
        return see_other(f"/line-tests/of/{quote(typed['plan'])}")
    shared = await _reports(request, typed)
    if is_htmx(request):
        return render(request, "proof/rows.html", **shared)
    candidates = _candidates(request)
    waiting = [(stored, await _proof(request, stored)) for stored in candidates[:WAITING]]
    plans = [
        stored.version.plan
        for stored in services(request).book.standing()
        if find.in_sight(stored, find.scope(request))
    ]
    return render(
        request,
        "proof/index.html",
        waiting=waiting,
        unshown=len(candidates) - len(waiting),
        plans={each.plan: each.name for each in plans},
        typed=typed,
        running=await services(request).office.line_tests.runs.under_way(find.scope(request)),
        **shared,
    )


async def plan(request: web.Request) -> web.Response:
    """What of a plan stands, who tested it, and how to test it now."""
    return await plan_page(request)


async def plan_page(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    stored, office, person = find.plan(request), services(request).office, session(request).person
    slug = stored.version.plan.plan
    running = [run for run in await office.line_tests.runs.under_way() if run.plan == slug]
    shared = await _reports(request, {"plan": slug, "kind": "", "result": ""})
    return render(
        request,
        "proof/plan.html",
        status=status,
        stored=stored,
        plan=stored.version.plan,
        proof=await _proof(request, stored),
        untested=(await office.untested.now()).get(slug),
        kinds=kinds_of(person),
        running=[run for run in running if run.state is RunState.RUNNING],
        listening=[run for run in running if run.state is RunState.LISTENING],
        problem=problem,
        alta=await of_plan(request, slug),
        **shared,
    )


async def start(request: web.Request) -> web.Response:
    """Begin a test of IT or of Operations, or a quick one."""
    stored, person = find.plan(request), session(request).person
    form = await request.post()
    kind = next((each for each in kinds_of(person) if each == form.get("kind")), None)
    if kind is None:
        raise refusals.bad_request("Elija la prueba de su área.", "Su área no hace esa prueba")
    tests = services(request).office.line_tests
    try:
        run = await tests.start(stored.version.plan.plan, kind, person)
    except TestRefused as refused:
        return await plan_page(request, str(refused), status=409)
    return see_other(f"/line-tests/runs/{run.id}")


async def _reports(request: web.Request, typed: dict[str, str]) -> dict[str, Any]:
    before = request.query.get("after", "")
    page = await services(request).office.reports.page(
        ReportFilter(**typed),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
        scope=find.scope(request),
    )
    return {
        "reports": page.reports,
        "more": lists.next_address("/line-tests", typed, str(page.next) if page.next else None),
        "names": await full_names(request),
        "said": words,
    }


def _typed(request: web.Request) -> dict[str, str]:
    query = request.query
    return {
        "plan": lists.text(query, "plan", 40),
        "kind": lists.one_of(query, "kind", tuple(Kind)),
        "result": lists.one_of(query, "result", tuple(Result)),
    }


def _candidates(request: web.Request) -> list[StoredPlan]:
    """Versions that wait for their release, the newest first."""
    own = find.scope(request)
    found = [each for each in services(request).book.candidates() if find.in_sight(each, own)]
    return sorted(found, key=lambda each: each.applied_at, reverse=True)


async def _proof(request: web.Request, stored: StoredPlan) -> Proof:
    office, slug, hash = services(request).office, stored.version.plan.plan, stored.version.hash
    return await office.reports.standing(slug, hash, office.provisioner.entry_of(slug, hash))
