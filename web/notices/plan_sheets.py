"""The sheets of plans: read by their coordinators, followed by Operations."""

from urllib.parse import quote

from aiohttp import web

from provisioning.alta.views import AltaView
from provisioning.notices.sheet import Sheet
from provisioning.notices.sheets import CONFIRMED, SheetRefused, Standing, concerns
from staff.permissions import Permission
from staff.written import said
from web import refusals
from web.asked import see_other
from web.keys import person, services
from web.notices.what_changes import what_changes
from web.pages import render
from web.person_form import text

LONGEST_REASON = 500


async def index(request: web.Request) -> web.Response:
    """What is still to be read here."""
    unread = await services(request).office.notices.sheets.unread(person(request))
    done = request.query.get("done", "")
    return render(request, "notices/sheets.html", unread=unread, done=done)


async def page(request: web.Request) -> web.Response:
    return await _page(request, find(request))


async def read(request: web.Request) -> web.Response:
    """Read and understood: what was shown, when that is still what will hold."""
    sheet, given = find(request), await request.post()
    who, sheets = person(request), services(request).office.notices.sheets
    if not concerns(sheet, who):
        raise refusals.not_found("Esa ficha la confirman los coordinadores que atienden sus llamadas")
    try:
        await sheets.read(who, sheet.plan.plan, text(given, "sheet"))
    except SheetRefused as refused:
        return await _page(request, find(request), str(refused), status=409)
    services(request).office.altas.nudge()
    return see_other("/sheets?done=read")


async def readers(request: web.Request) -> web.Response:
    """Who has read it, and who has not."""
    return await _readers(request, *await followed(request))


async def remind(request: web.Request) -> web.Response:
    """A letter to each who has not read it; one a day at most."""
    sheet, standing = await in_hand(request)
    told = await services(request).office.notices.remind_readers(standing)
    return see_other(f"/sheets/{quote(sheet.plan.plan)}/readers?reminded={told}")


async def start_without(request: web.Request) -> web.Response:
    """Operations lets it start although some have not read it."""
    sheet, standing = await in_hand(request)
    reason = said(str((await request.post()).get("reason", "")))[:LONGEST_REASON]
    try:
        sheets = services(request).office.notices.sheets
        await sheets.start_without(sheet.plan.plan, person(request), reason)
    except SheetRefused as refused:
        return await _readers(request, sheet, standing, str(refused), status=422)
    services(request).office.altas.nudge()
    return see_other(f"/sheets/{quote(sheet.plan.plan)}/readers")


def find(request: web.Request) -> Sheet:
    sheet = services(request).office.notices.sheets.sheet(request.match_info["plan"])
    scope = person(request).scope
    if sheet is None or not scope.covers(sheet.plan.subsidiary, sheet.plan.account.name):
        raise refusals.not_found("Ese plan no tiene una ficha")
    return sheet


async def followed(request: web.Request) -> tuple[Sheet, Standing]:
    sheet = find(request)
    standing = await services(request).office.notices.sheets.standing(sheet.plan.plan)
    if standing is None:
        raise refusals.not_found("A nadie se le pidió todavía que lea esa ficha")
    return sheet, standing


async def in_hand(request: web.Request) -> tuple[Sheet, Standing]:
    """What the person who asks may move: the step is in their hands."""
    sheet, standing = await followed(request)
    if said := await _refusal(request, standing):
        raise refusals.Refusal(403, "not-yours", "Ese paso no está en sus manos", said)
    return sheet, standing


async def _refusal(request: web.Request, standing: Standing) -> str:
    """With no alta that asks for it, it is whoever releases the plan who follows it."""
    who, altas = person(request), services(request).office.altas
    what, _, id = standing.about.partition(":")
    if what != "alta":
        return "" if who.may(Permission.LINE_RELEASE) else "Lo sigue quien libera la línea: Operaciones."
    alta: AltaView | None = await altas.find(int(id), proved=False)
    view = alta.step_with(CONFIRMED) if alta is not None else None
    return await altas.hands.may_close(who, view) if view is not None else "El alta ya no lo pide."


async def _page(request: web.Request, sheet: Sheet, problem: str = "", status: int = 200) -> web.Response:
    who, sheets = person(request), services(request).office.notices.sheets
    unread = any(each.hash == sheet.hash for each in await sheets.unread(who))
    live = services(request).book.of(sheet.plan.plan).live
    return render(
        request,
        "notices/sheet.html",
        status=status,
        sheet=sheet,
        plan=sheet.plan,
        changes=what_changes(live.version.plan, sheet.plan) if live else (),
        unread=unread,
        read_at=await sheets.read_at(who, sheet),
        follows=who.may(Permission.ALTA_READ),
        problem=problem,
    )


async def _readers(
    request: web.Request, sheet: Sheet, standing: Standing, problem: str = "", status: int = 200
) -> web.Response:
    reminded = request.query.get("reminded", "")
    return render(
        request,
        "notices/readers.html",
        status=status,
        sheet=sheet,
        plan=sheet.plan,
        standing=standing,
        away=(await services(request).office.absences.away()).named(),
        refusal=await _refusal(request, standing),
        reminded=int(reminded) if reminded.isdecimal() and len(reminded) < 6 else None,
        problem=problem,
        sends=services(request).office.outbox is not None,
    )
