"""A plan is written: begun from its alta or from what stands, saved as it is typed, looked at while it is."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from plans.examine import Examined
from plans.model import Line, Plan
from provisioning.editing.beginning import first_text
from provisioning.editing.values import DraftRefused, PlanDraft, StaleDraft
from provisioning.numbers.states import NumberKind, NumberState
from provisioning.numbers.values import InventoryNumber, NumberFilter
from web.asked import see_other, wants_json
from web.keys import services, session
from web.pages import full_names, render
from web.plan_editor.differences import differences
from web.plan_editor.find import Known, find
from web.plan_editor.form import Form
from web.plan_editor.plan import DONE
from web.plan_editor.preview import Preview, displays
from web.plan_editor.reading import read_text, zone_of
from web.uploads import upload

LARGEST = 768 * 1024
"""What a form with a plan may hold: its text, and what is around it."""
MOST_HEADERS = 30


async def begin(request: web.Request) -> web.Response:
    """The first text of a plan that only its alta names."""
    known = await find(request)
    begun = await begin_from_alta(request, known)
    return see_other(f"/plans/{known.plan}/edit{'?done=begun' if begun else ''}")


async def begin_from_alta(request: web.Request, known: Known) -> bool:
    """Whether a draft was begun of what the plan's alta says; not where there is a text already."""
    if known.text or known.alta is None:
        return False
    office, alta = services(request).office, known.alta
    form, agreed = await office.altas.forms.current(alta), await office.altas.coverages.current(alta.id)
    numbers = await office.numbers.of_alta(alta.id)
    content = agreed.content if agreed else None
    text = first_text(alta.request, form.data if form else None, numbers, content, services(request).site)
    await office.plan_drafts.save(known.plan, text, known.revision, known.begins())
    return True


async def page(request: web.Request) -> web.Response:
    known = await find(request)
    if not known.text:
        return see_other(f"/plans/{known.plan}")
    return await edit_page(request, known, known.text)


async def edit_page(
    request: web.Request,
    known: Known,
    text: str,
    problem: str = "",
    theirs: PlanDraft | None = None,
    status: int = 200,
) -> web.Response:
    """`theirs` is what somebody else saved while this text was written."""
    return render(
        request,
        "plan_editor/edit.html",
        status=status,
        known=known,
        text=text,
        revision=theirs.revision if theirs else known.revision,
        theirs=theirs,
        problem=problem,
        done=DONE.get(request.query.get("done", ""), ""),
        wrote=await _wrote(request, known),
        names=await full_names(request),
        **await looked(request, known, text, ""),
    )


async def _wrote(request: web.Request, known: Known) -> bool:
    """Whether whoever looks wrote in what strangers do not reach yet."""
    live, served = known.stands.live, services(request)
    drafts = served.office.plan_drafts
    writers = await drafts.writers(known.plan, live.applied_at if live else None, served.clock())
    return session(request).person.name in writers


async def looked(request: web.Request, known: Known, text: str, at: str) -> dict[str, Any]:
    """What the page shows of a text beside it; `at` is the instant that calls are looked at, as typed."""
    read: Examined = await read_text(request, text)
    site, zone = services(request).site, zone_of(request, known.subsidiary)
    instant = _instant(at) or services(request).clock().astimezone(zone).replace(tzinfo=None)
    stands = known.stands.live or known.stands.suspended or known.stands.candidate
    lines = await asyncio.to_thread(differences, stands.text, text) if stands else ()
    plan = read.plan
    sure = plan if not read.errors else None
    return {
        "read": read,
        "form": Form(read, site),
        "headers": await _headers(request, known),
        "preview": Preview(plan, site, instant) if plan else None,
        "displays": displays(plan.fantasy_name, site) if plan and read.sure("fantasy_name") else (),
        "instant": instant,
        "numbers": await _numbers(request, sure) if sure else (),
        "objections": await services(request).office.numbers.objections(sure) if sure else (),
        "lines": lines,
        "stands": stands,
    }


def _instant(typed: str) -> datetime | None:
    """A local instant as a page's field writes it."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=None)
    except ValueError:
        return None


async def _headers(request: web.Request, known: Known) -> list[InventoryNumber]:
    """Header numbers that a line of the plan may have: those given to its alta first, then free ones."""
    numbers, scope = services(request).office.numbers, session(request).person.scope
    own = await numbers.of_plan(known.plan)
    wanted = NumberFilter(kind=NumberKind.HEADER, state=NumberState.FREE, subsidiary=known.subsidiary)
    free = await numbers.page(wanted, MOST_HEADERS, None, scope)
    return [each for each in own if each.kind is NumberKind.HEADER] + list(free.items)


async def _numbers(request: web.Request, plan: Plan) -> tuple[tuple[Line, InventoryNumber | None], ...]:
    """The plan's lines with how the inventory has their headers."""
    numbers = services(request).office.numbers
    return tuple([(line, await numbers.get(line.header)) for line in plan.lines])


async def given(request: web.Request) -> dict[str, str]:
    """What the page sent; a text may come as a file, for a field of a form holds less."""
    came = upload(request)
    fields = dict(came.fields) or {name: str(value) for name, value in (await request.post()).items()}
    if file := came.file("text"):
        fields["text"] = file.path.read_bytes().decode("utf-8", "replace")
    return fields | {"text": fields.get("text", "").replace("\r\n", "\n")}


def revision_of(fields: Mapping[str, str]) -> int:
    """The revision that the writer saw; 0 for none."""
    seen = fields.get("revision", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0


async def save(request: web.Request) -> web.Response:
    """Keeps what was typed. Who comes second is given the other's text, and loses nothing."""
    known = await find(request)
    fields = await given(request)
    text = fields["text"]
    try:
        drafts = services(request).office.plan_drafts
        saved = await drafts.save(known.plan, text, revision_of(fields), known.begins())
    except StaleDraft as stale:
        return await _stale(request, known, text, stale)
    except DraftRefused as refused:
        if wants_json(request):
            return web.json_response({"error": {"message": str(refused)}}, status=422)
        return await edit_page(request, known, text, str(refused), status=422)
    if wants_json(request):
        return web.json_response({"revision": saved.revision, "by": saved.by})
    return see_other(f"/plans/{known.plan}/edit")


async def _stale(request: web.Request, known: Known, text: str, stale: StaleDraft) -> web.Response:
    now = stale.now
    if wants_json(request):
        name = (await full_names(request)).get(now.by, now.by)
        said = {"revision": now.revision, "text": now.text, "by": name}
        return web.json_response({"error": {"message": str(stale)}, "now": said}, status=409)
    return await edit_page(request, known, text, str(stale), now, 409)


async def look(request: web.Request) -> web.Response:
    """The pieces beside a text that is being typed; nothing is saved."""
    known = await find(request)
    fields = await given(request)
    seen = await looked(request, known, fields["text"], fields.get("at", ""))
    return render(request, "plan_editor/look.html", known=known, **seen)
