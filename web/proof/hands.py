"""The guided test by hand from an outside line."""

from datetime import timedelta

from aiohttp import web

from dialplan.hand import MOST_WRONG
from provisioning.proof.hand import HandTest
from provisioning.proof.runs import TestRefused
from web import refusals
from web.asked import is_htmx, see_other
from web.keys import services, session
from web.pages import render
from web.proof import find, words
from web.proof.pages import plan_page


async def start(request: web.Request) -> web.Response:
    """Wait for a call to one of the plan's lines."""
    stored, form = find.plan(request), await request.post()
    tests = services(request).office.hand_tests
    try:
        test = await tests.start(stored.version.plan.plan, str(form.get("line", "")), session(request).person)
    except TestRefused as refused:
        return await plan_page(request, str(refused), status=409)
    return see_other(f"/line-tests/by-hand/{test.id}")


async def page(request: web.Request) -> web.Response:
    """What to dial and key, and how far the call is; htmx asks every second while it is awaited."""
    test = await _find(request)
    left = max(test.expires - services(request).clock(), timedelta())
    part = is_htmx(request)
    return render(
        request,
        "proof/hand_now.html" if part else "proof/hand.html",
        test=test,
        left=left.total_seconds(),
        said=words,
        most_wrong=MOST_WRONG,
    )


async def cancel(request: web.Request) -> web.Response:
    test = await _find(request)
    await services(request).office.hand_tests.cancel(test.id)
    return see_other(f"/line-tests/of/{test.plan}")


async def _find(request: web.Request) -> HandTest:
    found = await services(request).office.hand_tests.get(find.number(request), find.scope(request))
    if found is None or found.by != session(request).person.name:
        raise refusals.not_found("Esa prueba no existe o es de otra persona")
    return found
