"""The numbers of an alta, from its own page: a header reserved, the carrier's answer noted."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from plans.numbers import BadNumber
from provisioning.alta.views import AltaView
from provisioning.numbers.states import NumberKind, NumberState
from provisioning.numbers.values import Holder, NumberFilter, NumberRefused
from provisioning.numbers.writing import understood
from staff.permissions import Permission
from web import refusals
from web.alta.find import find
from web.asked import see_other
from web.keys import services, session
from web.numbers.listing import numbers
from web.person_form import Given, text


async def evidence(request: web.Request, alta: AltaView) -> Mapping[str, Any]:
    """What the panels of the three pieces of evidence are drawn from."""
    carriers = services(request).site.carriers
    held = await numbers(request).of_plan(alta.plan)
    mine = {slug: each for slug, each in carriers.items() if each.subsidiary == alta.subsidiary}
    return {
        "headers": [each for each in held if each.kind is NumberKind.HEADER and each.state in _WITHOUT],
        "carriers": {slug: each.name or slug for slug, each in mine.items()},
        "free": {slug: await _free(request, slug) for slug in mine},
        "chosen": alta.request.carrier or "",
        "may_write": session(request).person.may(Permission.NUMBER_WRITE),
    }


_WITHOUT = (NumberState.RESERVED, NumberState.REQUESTED)


async def _free(request: web.Request, carrier: str) -> int:
    wanted = NumberFilter(carrier=carrier, kind=NumberKind.HEADER)
    return (await numbers(request).counts(wanted))[NumberState.FREE]


async def reserve(request: web.Request) -> web.Response:
    """A header for the alta: the one typed, or the one that is free for longest."""
    return await _done(request, _reserve)


async def ask(request: web.Request) -> web.Response:
    """The carrier was asked otherwise than by our letter: by telephone, on its own page."""
    return await _done(request, _ask)


async def link(request: web.Request) -> web.Response:
    """The carrier answered with a public number on a header."""
    return await _done(request, _link)


async def _reserve(request: web.Request, alta: AltaView, given: Given) -> None:
    holder = Holder(alta.plan, alta.subsidiary, alta.account, alta.id)
    typed = text(given, "header")
    header = understood(typed, NumberKind.HEADER, alta.subsidiary).e164 if typed else None
    await numbers(request).reserve(holder, text(given, "carrier"), header, alta.number)


async def _ask(request: web.Request, alta: AltaView, given: Given) -> None:
    await numbers(request).request(await _header(request, alta, given), reason=text(given, "reason"))


async def _link(request: web.Request, alta: AltaView, given: Given) -> None:
    public = understood(text(given, "public"), NumberKind.PUBLIC, alta.subsidiary).e164
    await numbers(request).link(await _header(request, alta, given), public, text(given, "reason"))


async def _header(request: web.Request, alta: AltaView, given: Given) -> str:
    """A header of this alta's plan: the form names it."""
    held = {each.e164 for each in await numbers(request).of_plan(alta.plan)}
    header = text(given, "header")
    if header not in held:
        raise NumberRefused("Esa cabecera no es de esta alta.")
    return header


async def _done(
    request: web.Request, act: Callable[[web.Request, AltaView, Given], Awaitable[None]]
) -> web.Response:
    given = await request.post()
    alta = await find(request)
    try:
        await act(request, alta, given)
    except (BadNumber, NumberRefused) as refused:
        said = str(refused).rstrip(".")
        raise refusals.bad_request(f"Vuelva al alta {alta.number} y corrija el dato.", said) from refused
    services(request).office.altas.nudge()
    return see_other(f"/altas/{alta.id}")
