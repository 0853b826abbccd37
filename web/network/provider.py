"""A provider: what is known of it, its papers, all that was changed; and the form of a new one."""

from aiohttp import web

from provisioning.network.papers import Owner
from provisioning.network.profile import as_typed, profile_of
from provisioning.network.values import STATES, NetworkRefused, Provider, ProviderState, StaleRow
from staff.permissions import Permission
from web import lists, refusals
from web.asked import see_other
from web.keys import services, session
from web.network.asking import Attempt, number_of, office, scope, subsidiaries, typed_of
from web.network.downloads import LARGEST as LARGEST
from web.network.downloads import sent
from web.network.words import FIELDS, HAPPENED
from web.pages import full_names, render
from web.person_form import text
from web.uploads import upload

NONE = "Ese prestador no existe"


async def new(request: web.Request) -> web.Response:
    return await _new(request, Attempt())


async def add(request: web.Request) -> web.Response:
    typed = typed_of(await request.post())
    try:
        made = await office(request).providers.add(profile_of(typed), scope(request))
    except NetworkRefused as refused:
        return await _new(request, Attempt("provider", typed, refused.problems), 422)
    await changed(request, made)
    return see_other(f"/providers/{made.id}?done=added")


async def page(request: web.Request) -> web.Response:
    return await _page(request, await find(request), Attempt())


async def change(request: web.Request) -> web.Response:
    """What the form says now."""
    provider, typed = await find(request), typed_of(await request.post())
    revision = int(typed.get("revision", "")[:9]) if typed.get("revision", "").isdecimal() else 0
    typed = {"state": provider.profile.state, **typed}
    try:
        made = await office(request).providers.change(
            provider.id, profile_of(typed), revision, scope(request), typed.get("reason", "")
        )
    except NetworkRefused as refused:
        return await _refused(request, provider, Attempt("provider", typed, refused.problems), refused)
    await changed(request, made)
    return see_other(f"/providers/{provider.id}?done=changed")


async def set_state(request: web.Request) -> web.Response:
    """Active, suspended, in selection."""
    provider, given = await find(request), await request.post()
    wanted = lists.one_of(typed_of(given), "state", tuple(STATES))
    try:
        if not wanted:
            raise NetworkRefused("Vuelva a la página del prestador y use sus botones.")
        made = await office(request).providers.set_state(
            provider.id, ProviderState(wanted), provider.revision, text(given, "reason")
        )
    except NetworkRefused as refused:
        attempt = Attempt(f"state-{wanted}", typed_of(given), refused.problems)
        return await _refused(request, provider, attempt, refused)
    await changed(request, made)
    return see_other(f"/providers/{provider.id}?done=state")


async def attach(request: web.Request) -> web.Response:
    """A paper: the contract, an insurance, a licence."""
    provider, came = await find(request), upload(request)
    file = came.file("file")
    try:
        if file is None:
            raise NetworkRefused("Elija el archivo.")
        papers = office(request).network_papers
        await papers.attach(owner_of(provider), came.fields.get("title", ""), file.name, file.path)
    except NetworkRefused as refused:
        attempt = Attempt("document", dict(came.fields), refused.problems)
        return await _refused(request, provider, attempt, refused)
    return see_other(f"/providers/{provider.id}?done=document")


async def download(request: web.Request) -> web.StreamResponse:
    """A paper as a file."""
    provider = await find(request)
    id = number_of(request, "document", NONE)
    for paper in await office(request).network_papers.of(owner_of(provider)):
        if paper.id == id:
            return sent(office(request).network_papers.path(paper), paper.file, paper.type)
    raise refusals.not_found("Ese documento no existe")


async def find(request: web.Request) -> Provider:
    """The provider that the address names, when who asks may see it."""
    found = await office(request).providers.find(number_of(request, "id", NONE), scope(request))
    if found is None:
        raise refusals.not_found(NONE)
    return found


async def changed(request: web.Request, provider: Provider) -> None:
    """Gaps may be filled now, or open; altas are told to look."""
    await office(request).network_checks.settle(provider.profile.subsidiary)
    office(request).altas.nudge()


def owner_of(provider: Provider) -> Owner:
    return Owner("provider", provider.id, f"{provider.profile.name} ({provider.profile.subsidiary})")


async def _refused(
    request: web.Request, provider: Provider, attempt: Attempt, refused: NetworkRefused
) -> web.Response:
    return await _page(request, provider, attempt, 409 if isinstance(refused, StaleRow) else 422)


async def _new(request: web.Request, attempt: Attempt, status: int = 200) -> web.Response:
    seen = subsidiaries(request)
    blank = {"subsidiary": next(iter(seen)) if len(seen) == 1 else "", "hours": "24 h", "capacity": "1"}
    return render(
        request,
        "network/new.html",
        status=status,
        values=dict.fromkeys(FIELDS, "") | blank | dict(attempt.typed),
        attempt=attempt,
        **await _choices(request),
    )


async def _page(
    request: web.Request, provider: Provider, attempt: Attempt, status: int = 200
) -> web.Response:
    found = office(request)
    return render(
        request,
        "network/provider.html",
        status=status,
        provider=provider,
        profile=provider.profile,
        values=as_typed(provider.profile) | dict(attempt.typed if attempt.form == "provider" else {}),
        attempt=attempt,
        history=await found.providers.history(provider.id),
        papers=await found.network_papers.of(owner_of(provider)),
        names=await full_names(request),
        now=services(request).clock(),
        fields=FIELDS,
        happened=HAPPENED,
        done=lists.text(request.query, "done"),
        may_write=session(request).person.may(Permission.PROVIDER_WRITE),
        **await _choices(request),
    )


async def _choices(request: web.Request) -> dict[str, object]:
    found = await office(request).providers.services()
    written = {each.service for plan in services(request).book.plans() for each in plan.coverages}
    return {
        "states": STATES,
        "subsidiaries": subsidiaries(request),
        "known_services": sorted({*found, *written}),
    }
