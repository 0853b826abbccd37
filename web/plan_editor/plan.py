"""One plan: what stands of it, what is being written, every version, and what one changed of another."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from provisioning.editing.values import PlanDraft, StaleDraft
from web import refusals
from web.asked import see_other
from web.keys import services, session
from web.lists import text
from web.pages import full_names, render
from web.plan_editor.differences import differences
from web.plan_editor.find import Known, find
from web.plan_editor.reading import read_text

DRAFT = "borrador"
DONE = {
    "dropped": "El borrador se descartó. Lo que decía queda en «Lo que se escribió».",
    "begun": "El borrador está armado con lo que ya dice el alta: complete lo que falte.",
    "restored": "El borrador dice otra vez lo que decía entonces.",
    "withdrawn": "La versión en prueba se retiró de la central.",
}


async def page(request: web.Request) -> web.Response:
    return await plan_page(request)


async def plan_page(request: web.Request, problem: str = "", status: int = 200) -> web.Response:
    known, office = await find(request, versions=True), services(request).office
    read = await read_text(request, known.written.text) if known.written else None
    return render(
        request,
        "plan_editor/plan.html",
        status=status,
        known=known,
        read=read,
        untested=(await office.untested.now()).get(known.plan),
        history=await office.plan_history.of(known.plan),
        written=await office.plan_drafts.history(known.plan),
        publication=office.publications.of(known.plan),
        person=session(request).person,
        names=await full_names(request),
        done=DONE.get(request.query.get("done", ""), ""),
        problem=problem,
        choices=_choices(known),
    )


def _choices(known: Known) -> tuple[tuple[str, str], ...]:
    """What may be compared: the draft, then the versions, the newest first."""
    draft = ((DRAFT, "Borrador"),) if known.written else ()
    return (*draft, *((str(each.number), f"Versión {each.number}") for each in known.versions))


async def compare(request: web.Request) -> web.Response:
    """Any version beside any other, or the draft beside one."""
    known = await find(request, versions=True)
    choices = _choices(known)
    if len(choices) < 2:
        raise refusals.not_found("Ese plan no tiene dos versiones")
    new = text(request.query, "new") or choices[0][0]
    old = text(request.query, "old") or _before(known, new)
    texts = await _texts(request, known)
    if old not in texts or new not in texts:
        raise refusals.not_found("Esa versión no existe")
    lines = await asyncio.to_thread(differences, texts[old], texts[new])
    return render(
        request,
        "plan_editor/compare.html",
        known=known,
        choices=choices,
        called=dict(choices),
        old=old,
        new=new,
        lines=lines,
    )


def _before(known: Known, new: str) -> str:
    """What a version is compared with when nobody says: what stands, or the one before it."""
    if new == DRAFT:
        return str(known.newest.number) if known.newest else new
    numbers = [each.number for each in known.versions]
    older = (number for number in numbers if str(number) < new or len(str(number)) < len(new))
    return str(next(older, numbers[-1]))


async def _texts(request: web.Request, known: Known) -> Mapping[str, str]:
    draft = {DRAFT: known.written.text} if known.written else {}
    return {**draft, **{str(each.number): each.text for each in known.versions}}


async def download(request: web.Request) -> web.Response:
    """A version's file as it was applied, or the draft as it stands."""
    known = await find(request, versions=True)
    wanted = text(request.query, "version") or DRAFT
    texts = await _texts(request, known)
    if wanted not in texts:
        raise refusals.not_found("Esa versión no existe")
    name = f"{known.plan}-{wanted if wanted == DRAFT else f'v{wanted}'}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=texts[wanted], content_type="application/yaml", headers=headers)


async def drop_draft(request: web.Request) -> web.Response:
    """The draft is given up; its text stays in the history."""
    known = await find(request)
    draft = known.written
    if draft is None:
        return see_other(f"/plans/{known.plan}")
    given = await request.post()
    try:
        await drop(request, draft, str(given.get("revision")))
    except StaleDraft as stale:
        return await plan_page(request, str(stale), 409)
    return see_other(f"/plans/{known.plan}?done=dropped")


async def drop(request: web.Request, draft: PlanDraft, seen: str) -> None:
    """Give up a draft at the revision that was seen. Raises StaleDraft."""
    office = services(request).office
    closed = seen == str(draft.revision) and await office.plan_drafts.close(
        draft.plan, draft.revision, "plan.draft-dropped"
    )
    if not closed:
        raise StaleDraft(draft)
    office.altas.nudge()


async def restore(request: web.Request) -> web.Response:
    """The draft says again what it, or a version, said: another revision, so that nothing is lost."""
    known, given = await find(request, versions=True), await request.post()
    try:
        await restore_text(request, known, str(given.get("what", "")))
    except StaleDraft as stale:
        return await plan_page(request, str(stale), 409)
    return see_other(f"/plans/{known.plan}/edit?done=restored")


async def restore_text(request: web.Request, known: Known, what: str) -> None:
    """`what` is a revision of the draft, or `v` and a version. Raises StaleDraft; Refusal for neither."""
    drafts = services(request).office.plan_drafts
    if what.startswith("v"):
        former = (await _texts(request, known)).get(what[1:])
    else:
        former = await drafts.former(known.plan, int(what)) if _is_number(what) else None
    if former is None:
        raise refusals.not_found("Ese texto no existe")
    await drafts.save(known.plan, former, known.revision, known.begins())


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdigit() and len(written) < 10
