"""Selections under way: who looks for providers, until when; waived with a reason, taken up again."""

from aiohttp import web

from provisioning.network.selection import TASK_STATES, Task
from provisioning.network.values import NetworkRefused
from staff.permissions import Permission
from web import lists, refusals
from web.alta.find import today
from web.asked import is_htmx, see_other
from web.keys import services, session
from web.network.asking import day_of, number_of, office, scope, typed_of
from web.pages import full_names, render


async def index(request: web.Request) -> web.Response:
    """The most urgent first."""
    state = lists.one_of(request.query, "state", tuple(TASK_STATES)) or "open"
    after = lists.text(request.query, "after", 24) or None
    tasks, next = await office(request).selection.page(state, after, scope(request))
    served = services(request)
    return render(
        request,
        "network/task_rows.html" if is_htmx(request) else "network/tasks.html",
        tasks=tasks,
        more=lists.next_address("/providers/tasks", {"state": state}, next),
        state=state,
        states=TASK_STATES,
        names=await full_names(request),
        people=await served.people.all(),
        today_in=lambda subsidiary: today(request, subsidiary),
        done=lists.text(request.query, "done"),
        may_write=session(request).person.may(Permission.PROVIDER_WRITE),
    )


async def change(request: web.Request) -> web.Response:
    """Somebody else, another day, a note."""
    task, typed = await find(request), typed_of(await request.post())
    owner, due = typed.get("owner", "")[:40], day_of(typed.get("due", ""))
    try:
        await office(request).selection.assign(task.id, owner, due, typed.get("note", ""))
    except NetworkRefused as refused:
        raise _told(refused) from refused
    return see_other("/providers/tasks?done=changed")


async def waive(request: web.Request) -> web.Response:
    """The plan goes on without it."""
    task, typed = await find(request), typed_of(await request.post())
    try:
        await office(request).selection.waive(task.id, typed.get("reason", ""))
    except NetworkRefused as refused:
        raise _told(refused) from refused
    return see_other(f"/providers/check/{task.plan}?done=waived")


async def reopen(request: web.Request) -> web.Response:
    """It is to be filled after all."""
    task, typed = await find(request), typed_of(await request.post())
    try:
        await office(request).selection.reopen(task.id, typed.get("reason", ""))
    except NetworkRefused as refused:
        raise _told(refused) from refused
    return see_other(f"/providers/check/{task.plan}?done=reopened")


async def find(request: web.Request) -> Task:
    """The selection that the address names, when who asks may see it."""
    id = number_of(request, "id", "Esa selección no existe")
    found = await office(request).selection.find(id, scope(request))
    if found is None:
        raise refusals.not_found("Esa selección no existe")
    return found


def _told(refused: NetworkRefused) -> refusals.Refusal:
    return refusals.bad_request(str(refused), "No se cambió nada")
