"""A test under way: followed, stopped, listened to."""

import re

from aiohttp import web

from provisioning.proof.reports import Report, TestedCall
from provisioning.proof.runs import Run, RunState, TestRefused
from web import refusals
from web.alta.find import of_plan
from web.asked import is_htmx, see_other
from web.keys import services, session
from web.pages import full_names, render
from web.proof import find, words


async def page(request: web.Request) -> web.Response:
    """How far it is; htmx asks every second for what changes. One that is over leads to its report,
    one whose prompts are to be listened to is another page."""
    run = await find.run(request)
    if run.state is RunState.DONE:
        return _over(request, f"/line-tests/{run.report}")
    if run.state is RunState.LISTENING and is_htmx(request):
        return web.Response(headers={"HX-Refresh": "true"})
    return await run_page(request, run)


async def run_page(request: web.Request, run: Run, problem: str = "", status: int = 200) -> web.Response:
    tests, person = services(request).office.line_tests, session(request).person
    shared = {
        "run": run,
        "moments": tests.moments(run.id),
        "calls": {call.id: call for call in run.calls},
        "listening": run.state is RunState.LISTENING,
        "own": run.by == person.name,
        "sounds": {prompt: sound for prompt in run.prompts if (sound := run.sound(prompt))},
        "texts": _texts(request, run),
        "ears": {ear.prompt: ear for ear in run.ears},
        "names": await full_names(request),
        "said": words,
        "problem": problem,
        "alta": await of_plan(request, run.plan),
    }
    part = is_htmx(request) and run.state is RunState.RUNNING
    return render(request, "proof/run_now.html" if part else "proof/run.html", status=status, **shared)


async def cancel(request: web.Request) -> web.Response:
    run = await find.run(request)
    try:
        await services(request).office.line_tests.cancel(run.id)
    except TestRefused as refused:
        return await run_page(request, run, str(refused), status=409)
    return see_other(f"/line-tests/of/{run.plan}")


async def hear(request: web.Request) -> web.Response:
    """Somebody says how a prompt sounds."""
    run, form = await find.run(request), await request.post()
    prompt, comment = str(form.get("prompt", ""))[:80], str(form.get("comment", ""))[:500]
    tests, person = services(request).office.line_tests, session(request).person
    played = str(form.get("played", ""))
    seconds = int(played) / 1000 if re.fullmatch(r"[0-9]{1,7}", played) else 0.0
    try:
        now = await tests.heard(run.id, prompt, form.get("right") == "1", comment, person, seconds)
    except TestRefused as refused:
        return await run_page(request, run, str(refused), status=409)
    if isinstance(now, Report):
        return see_other(f"/line-tests/{now.id}")
    return see_other(f"/line-tests/runs/{run.id}#escuchar")


async def audio(request: web.Request) -> web.StreamResponse:
    """What the caller of a call heard, while there is no report yet."""
    return sound(request, (await find.run(request)).calls)


def sound(request: web.Request, calls: tuple[TestedCall, ...]) -> web.StreamResponse:
    """The recording of the call that the address names; a browser may ask for parts of it."""
    wanted = request.match_info["call"]
    name = next((call.recording for call in calls if call.id == wanted), None)
    path = services(request).office.line_tests.recordings.path(name) if name else None
    if path is None:
        raise refusals.not_found("Esa grabación no existe")
    return web.FileResponse(path, headers={"Content-Type": "audio/wav"})


def _over(request: web.Request, address: str) -> web.Response:
    if is_htmx(request):
        return web.Response(headers={"HX-Redirect": address})
    return see_other(address)


def _texts(request: web.Request, run: Run) -> dict[str, str]:
    """What each prompt says, as far as the plan has it in writing."""
    stored = services(request).book.find(run.plan, run.version[:12])
    prompts = stored.version.plan.prompts if stored else {}
    return {name: prompt.text for name, prompt in prompts.items() if prompt.text}
