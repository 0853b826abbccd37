"""TMK: who learnt a plan, and the client's database that was handed over (P10, P27)."""

from typing import NoReturn

from aiohttp import web

from provisioning.alta.lists import AltaFilter
from provisioning.network.enough import PlanNeeds
from provisioning.network.papers import Owner
from provisioning.network.training import Base, Handing, Session, Training, attendees_of
from provisioning.network.values import NetworkRefused, StaleRow
from staff.permissions import Permission
from web import lists, refusals
from web.asked import see_other
from web.keys import session
from web.network.asking import Attempt, day_of, needs, number_of, office, scope, today, typed_of
from web.network.downloads import LARGEST as LARGEST
from web.network.downloads import sent
from web.pages import full_names, render
from web.uploads import Upload, upload

NO_TRAINING, NO_BASE = "Esa capacitación no existe", "Esa base no existe"
MOST = 200


async def index(request: web.Request) -> web.Response:
    """The plans under way, those that TMK sells first; the one asked for at once."""
    asked = lists.text(request.query, "plan", 40)
    plans = await office(request).plan_needs.plans(scope(request))
    if asked and asked in plans:
        return see_other(f"/training/{asked}")
    return render(request, "network/trainings.html", plans=plans, waiting=await waiting(request))


async def waiting(request: web.Request) -> frozenset[str]:
    """The plans whose alta waits for TMK."""
    page = await office(request).altas.page(AltaFilter(state="under-way"), MOST, scope=scope(request))
    steps = office(request).altas.written.procedure.steps
    asking = {step.id for step in steps if "tmk-trained" in step.evidence}
    return frozenset(each.plan for each in page.items if any(turn.step in asking for turn in each.turns))


async def page(request: web.Request) -> web.Response:
    return await _page(request, await needs(request), Attempt())


async def hold(request: web.Request) -> web.Response:
    """A session that took place, with its material."""
    wanted, came = await needs(request), upload(request)
    typed = typed_of(came.fields)
    try:
        day = today(request, wanted.subsidiary)
        session_ = Session(
            day_of(typed.get("held", "")) or _no_day(),
            " ".join(typed.get("trainer", "").split())[:120],
            attendees_of(typed.get("attended", "")),
            typed.get("note", ""),
        )
        for file in came.files:
            await office(request).network_papers.check(file.name, file.path)
        made = await office(request).trainings.hold(wanted, session_, day)
        await _material(request, made, came)
    except NetworkRefused as refused:
        return await _refused(request, wanted, Attempt("hold", typed, refused.problems), refused)
    office(request).altas.nudge()
    return see_other(f"/training/{wanted.plan}?done=held")


async def attach(request: web.Request) -> web.Response:
    """Further material of a session."""
    training, came = await find_training(request), upload(request)
    try:
        if not came.files:
            raise NetworkRefused("Elija el archivo.")
        await _material(request, training, came)
    except NetworkRefused as refused:
        raise refusals.bad_request(str(refused), "No se guardó nada") from refused
    return see_other(f"/training/{training.plan}?done=attached")


async def material(request: web.Request) -> web.StreamResponse:
    """A piece of material as a file."""
    training = await find_training(request)
    id = number_of(request, "document", NO_TRAINING)
    for paper in await office(request).network_papers.of(owner_of(training)):
        if paper.id == id:
            return sent(office(request).network_papers.path(paper), paper.file, paper.type)
    raise refusals.not_found("Ese documento no existe")


async def withdraw(request: web.Request) -> web.Response:
    """It was written down by mistake."""
    training, typed = await find_training(request), typed_of(await request.post())
    try:
        await office(request).trainings.withdraw(training.id, typed.get("reason", ""))
    except NetworkRefused as refused:
        raise refusals.bad_request(str(refused), "No se cambió nada") from refused
    office(request).altas.nudge()
    return see_other(f"/training/{training.plan}?done=withdrawn")


async def hand(request: web.Request) -> web.Response:
    """A client's database is registered, and kept here when that is wanted; or why there is none."""
    wanted, came = await needs(request), upload(request)
    typed, file = typed_of(came.fields), came.file("file")
    handing = Handing(
        " ".join(typed.get("received_by", "").split()),
        day_of(typed.get("received", "")) or today(request, wanted.subsidiary),
        day_of(typed.get("until", "")),
        typed.get("place", ""),
        typed.get("note", ""),
        typed.get("stored") == "yes",
    )
    try:
        trainings = office(request).trainings
        given = (file.name, file.path) if file else ()
        await trainings.hand(wanted, handing, *given)
    except NetworkRefused as refused:
        return await _refused(request, wanted, Attempt("hand", typed, refused.problems), refused)
    office(request).altas.nudge()
    return see_other(f"/training/{wanted.plan}?done=handed")


async def download(request: web.Request) -> web.StreamResponse:
    """The database itself; the table of routes has each download noted."""
    base = await find_base(request)
    if not base.stored:
        raise refusals.not_found("Esa base no se guarda aquí")
    return sent(office(request).trainings.path(base), base.file, "application/octet-stream")


async def end(request: web.Request) -> web.Response:
    """It was given back or destroyed."""
    base, typed = await find_base(request), typed_of(await request.post())
    try:
        await office(request).trainings.end(base.id, typed.get("ending", ""))
    except NetworkRefused as refused:
        raise refusals.bad_request(str(refused), "No se cambió nada") from refused
    return see_other(f"/training/{base.plan}?done=ended")


def _no_day() -> NoReturn:
    raise NetworkRefused(problems={"held": "Escriba qué día se dio."})


async def _material(request: web.Request, training: Training, came: Upload) -> None:
    for file in came.files:
        await office(request).network_papers.attach(
            owner_of(training), came.fields.get("title", ""), file.name, file.path
        )


async def find_training(request: web.Request) -> Training:
    """The session that the address names, in sight."""
    id = number_of(request, "id", NO_TRAINING)
    found = await office(request).trainings.find(id, scope(request))
    if found is None:
        raise refusals.not_found(NO_TRAINING)
    return found


async def find_base(request: web.Request) -> Base:
    """The database that the address names, in sight."""
    found = await office(request).trainings.base(number_of(request, "id", NO_BASE), scope(request))
    if found is None:
        raise refusals.not_found(NO_BASE)
    return found


def owner_of(training: Training) -> Owner:
    return Owner("training", training.id, training.plan)


async def _refused(
    request: web.Request, wanted: PlanNeeds, attempt: Attempt, refused: NetworkRefused
) -> web.Response:
    return await _page(request, wanted, attempt, 409 if isinstance(refused, StaleRow) else 422)


async def _page(request: web.Request, wanted: PlanNeeds, attempt: Attempt, status: int = 200) -> web.Response:
    found = office(request)
    held = await found.trainings.of_plan(wanted.plan)
    return render(
        request,
        "network/training.html",
        status=status,
        wanted=wanted,
        held=held,
        material={each.id: await found.network_papers.of(owner_of(each)) for each in held},
        bases=await found.trainings.bases(wanted.plan),
        names=await full_names(request),
        today=today(request, wanted.subsidiary),
        attempt=attempt,
        done=lists.text(request.query, "done"),
        may_write=session(request).person.may(Permission.TRAINING_WRITE),
    )
