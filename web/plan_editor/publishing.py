"""Publishing a plan: what would change, one button, how far it is, what came of it."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from provisioning.editing.publishing import CannotPublish, Publication, Wanted
from provisioning.marking import Going
from provisioning.progress import Stage
from provisioning.proposing import Proposal
from provisioning.refusals import ProvisioningRefused
from staff.permissions import Permission
from staff.person import Person
from telephony.publish import NotPublished
from web.alta.find import of_plan
from web.asked import is_htmx, see_other
from web.keys import person, services
from web.lists import text
from web.pages import full_names, render
from web.plan_editor.differences import differences
from web.plan_editor.find import Known, find
from web.plan_editor.plan import plan_page

STAGES: Mapping[Stage, str] = {
    Stage.COMPILING: "Compilando el plan",
    Stage.SPEAKING: "Diciendo los mensajes con la voz incorporada",
    Stage.STANDING: "Publicando y leyendo de vuelta de la central",
}


async def page(request: web.Request) -> web.Response:
    """What would change; who comes while it is being published is shown how far it is."""
    known = await find(request)
    under_way = services(request).office.publications.of(known.plan)
    if under_way is not None and not under_way.over:
        return see_other(f"/plans/{known.plan}/publishing")
    return await _page(request, known)


async def _page(
    request: web.Request, known: Known, refused: CannotPublish | None = None, reason: str = ""
) -> web.Response:
    proposal: Proposal | None = None
    cannot = refused
    try:
        proposal = await services(request).office.publications.propose(wanted_of(known), _who(request))
    except CannotPublish as error:
        cannot = refused or error
    urgent = await _urgent(request, known) if proposal else None
    stands = known.stands.candidate or known.stands.live or known.stands.suspended
    lines = await asyncio.to_thread(differences, stands.text if stands else "", known.text)
    return render(
        request,
        "plan_editor/publish.html",
        status=422 if refused else 200,
        known=known,
        stands=stands,
        proposal=proposal,
        same=proposal is not None and _same(known, proposal),
        cannot=cannot,
        lines=lines,
        reason=reason,
        urgent=urgent,
        alta=await of_plan(request, known.plan),
    )


def wanted_of(known: Known, shown: str = "", going: Going = Going.CANDIDATE, reason: str = "") -> Wanted:
    """What would be published of a plan: its draft, else what stands."""
    revision = known.written.revision if known.written else 0
    return Wanted(known.plan, known.text, revision, shown, going, reason)


async def _urgent(request: web.Request, known: Known) -> Proposal | None:
    """The same for strangers at once, for those who may, where strangers are answered."""
    if known.stands.live is None or not _who(request).may(Permission.SETTING_WRITE):
        return None
    try:
        wanted = wanted_of(known, going=Going.URGENT)
        proposal = await services(request).office.publications.propose(wanted, _who(request))
    except CannotPublish:
        return None
    same = proposal.drafts[0].version.hash == known.stands.live.version.hash
    return None if same else proposal


def _same(known: Known, proposal: Proposal) -> bool:
    """Whether what would be published is what test calls reach already."""
    tested = known.stands.tested
    return tested is not None and tested.version.hash == proposal.drafts[0].version.hash


async def publish(request: web.Request) -> web.Response:
    """It becomes the candidate."""
    return await _publish(request, Going.CANDIDATE)


async def hurry(request: web.Request) -> web.Response:
    """What strangers reach is changed at once, untested: an administrator's, with a reason."""
    return await _publish(request, Going.URGENT)


async def _publish(request: web.Request, going: Going) -> web.Response:
    known, given = await find(request), await request.post()
    typed = {name: str(given.get(name, "")) for name in ("shown", "revision", "reason")}
    reason = text(typed, "reason", 2000)
    try:
        await start(request, wanted_of(known, typed["shown"], going, reason), typed["revision"])
    except CannotPublish as refused:
        return await _page(request, known, refused, reason)
    return see_other(f"/plans/{known.plan}/publishing")


async def start(request: web.Request, wanted: Wanted, seen: str) -> Publication:
    """Begin to publish what was shown, of the revision that was seen. Raises CannotPublish."""
    if seen != str(wanted.revision):
        raise CannotPublish("Alguien cambió el plan mientras usted lo miraba: revíselo de nuevo.")
    return await services(request).office.publications.start(wanted, _who(request))


async def progress(request: web.Request) -> web.Response:
    """How far it is; htmx asks every second. Without any, the plan's page says how things stand."""
    known = await find(request)
    found: Publication | None = services(request).office.publications.of(known.plan)
    if found is None:
        return see_other(f"/plans/{known.plan}")
    part = is_htmx(request)
    return render(
        request,
        "plan_editor/progress_now.html" if part else "plan_editor/progress.html",
        known=known,
        publication=found,
        stages=STAGES,
        places=list(STAGES),
        going=Going,
        names=await full_names(request),
    )


async def withdraw(request: web.Request) -> web.Response:
    """The version on trial leaves the PBX."""
    known, given = await find(request), await request.post()
    reason = text({"reason": str(given.get("reason", ""))}, "reason", 2000)
    try:
        provisioner = services(request).office.provisioner
        await provisioner.drop_candidate(known.plan, _who(request).name, reason)
    except (ProvisioningRefused, NotPublished) as refused:
        return await plan_page(request, str(refused), 422)
    return see_other(f"/plans/{known.plan}?done=withdrawn")


def _who(request: web.Request) -> Person:
    return person(request)
