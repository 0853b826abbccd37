"""A new alta: of a plan, or an otro sí of one in service; and the data of one under way, changed."""

from aiohttp import web

from plans.model import Plan
from provisioning.alta.refusals import AltaRefused
from provisioning.alta.request import ORIGINS, SCOPES
from provisioning.alta.views import AltaView
from staff.written import said
from web import lists
from web.alta.asking import FIELDS, TYPES, TypedRequest, read, typed_of, typed_of_plan
from web.alta.find import altas, find, today
from web.alta.moves import LONGEST, back_to
from web.keys import person, services, session
from web.pages import render
from web.person_form import Given

_MOST_WAYS = 20


async def form(request: web.Request) -> web.Response:
    """The form, empty; of an otro sí with what the plan says today."""
    kind = lists.one_of(request.query, "kind", ("alta", "otro-si")) or "alta"
    plan = request.query.get("plan", "")
    stored = in_service(request, plan) if kind == "otro-si" else None
    return await _form(request, typed_of_plan(stored) if stored else TypedRequest({"kind": kind}))


async def begin(request: web.Request) -> web.Response:
    typed = _typed(await request.post())
    wanted = read(typed)
    if isinstance(wanted, TypedRequest):
        return await _form(request, wanted, status=422)
    try:
        alta = await altas(request).start(wanted, session(request).person)
    except AltaRefused as refused:
        return await _form(request, TypedRequest(typed.values, typed.sold_by, refused.problems), status=422)
    return back_to(alta.id, "amending" if alta.request.kind == "otro-si" else "started")


async def edit(request: web.Request) -> web.Response:
    alta = await find(request)
    return await _form(request, typed_of(alta.request), alta)


async def change(request: web.Request) -> web.Response:
    """Other data of an alta under way; its plan, subsidiary and kind stay."""
    alta, given = await find(request), await request.post()
    fixed = {"kind": alta.request.kind, "plan": alta.plan, "subsidiary": alta.subsidiary}
    sent = _typed(given)
    typed = TypedRequest({**sent.values, **fixed}, sent.sold_by)
    wanted = read(typed)
    if isinstance(wanted, TypedRequest):
        return await _form(request, wanted, alta, 422)
    reason = said(str(given.get("reason", "")))[:LONGEST]
    try:
        await altas(request).change(alta.id, wanted, session(request).person, reason)
    except AltaRefused as refused:
        again = TypedRequest({**typed.values, "reason": reason}, typed.sold_by, refused.problems)
        return await _form(request, again, alta, 422)
    return back_to(alta.id, "changed")


def _typed(given: Given) -> TypedRequest:
    values = {name: str(given.get(name, "")).strip()[:LONGEST] for name in FIELDS}
    ways = [str(value) for value in given.getall("sold_by", [])] + str(given.get("sold_by_other", "")).split(
        ","
    )
    sold_by = dict.fromkeys(way.strip().lower()[:40] for way in ways if way.strip())
    return TypedRequest(values, tuple(sold_by)[:_MOST_WAYS])


def in_service(request: web.Request, plan: str) -> Plan | None:
    """The plan as it is in service, for those who may see it."""
    return next((each for each in _in_sight(request) if each.plan == plan), None)


def _in_sight(request: web.Request) -> list[Plan]:
    scope = person(request).scope
    plans = (stored.version.plan for stored in services(request).book.live())
    return [plan for plan in plans if scope.covers(plan.subsidiary, plan.account.name)]


async def _form(
    request: web.Request, typed: TypedRequest, alta: AltaView | None = None, status: int = 200
) -> web.Response:
    served, own = services(request), session(request).person
    plans = _in_sight(request)
    ways = dict.fromkeys(("tmk", "agencia", *(way for plan in plans for way in plan.sold_by), *typed.sold_by))
    subsidiaries = served.site.subsidiaries
    seen = {
        code: each
        for code, each in subsidiaries.items()
        if not own.scope.subsidiaries or code in own.scope.subsidiaries
    }
    return render(
        request,
        "alta/asked.html",
        status=status,
        alta=alta,
        typed=typed,
        plans=plans,
        clients=sorted({plan.account.name for plan in plans}),
        ways=ways,
        subsidiaries=seen,
        today=today(request, *([alta.subsidiary] if alta else seen)),
        carriers=sorted(served.site.carriers),
        origins=ORIGINS,
        scopes=SCOPES,
        types=TYPES,
        refusal=await altas(request).hands.may_begin(own, altas(request).written.procedure.begins),
    )
