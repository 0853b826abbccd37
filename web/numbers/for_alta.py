"""The numbers of an alta, from its own page: a header reserved, what the carrier answered noted."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from plans.numbers import BadNumber
from provisioning.alta.views import AltaView
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import Holder, InventoryNumber, NumberRefused
from provisioning.numbers.writing import understood
from web.alta.find import find
from web.alta.moves import back_to
from web.alta.page import Attempt, Told, show
from web.keys import services
from web.numbers.listing import numbers
from web.person_form import Given, text

Act = Callable[[web.Request, AltaView, Given], Awaitable[None]]


async def reserve(request: web.Request) -> web.Response:
    """A header for the alta: the one typed, or the one that is free for longest."""
    return await _done(request, _reserve, "header-reserved", "header")


async def ask(request: web.Request) -> web.Response:
    """The carrier was asked otherwise than by our letter: by telephone, on its own page."""
    return await _done(request, _ask, "number-asked", "request-{header}")


async def link(request: web.Request) -> web.Response:
    """The carrier gave a public number for a header, or says that its calls arrive there, or both."""
    confirmed = "linked" in await request.post()
    done = "number-linked" if confirmed else "number-granted"
    return await _done(request, _link, done, "public-{header}")


async def _reserve(request: web.Request, alta: AltaView, given: Given) -> None:
    await reserved(request, alta, text(given, "carrier"), text(given, "header"))


async def reserved(request: web.Request, alta: AltaView, carrier: str, typed: str) -> InventoryNumber:
    """Without a header, the one that is free for longest. Raises `BadNumber`, `NumberRefused`."""
    holder = Holder(alta.plan, alta.subsidiary, alta.account, alta.id)
    header = understood(typed, NumberKind.HEADER, alta.subsidiary).e164 if typed else None
    return await numbers(request).reserve(holder, carrier, header, alta.number)


async def _ask(request: web.Request, alta: AltaView, given: Given) -> None:
    header = await header_of(request, alta, text(given, "header"))
    await numbers(request).request(header, reason=text(given, "reason"))


async def _link(request: web.Request, alta: AltaView, given: Given) -> None:
    header = await header_of(request, alta, text(given, "header"))
    public = understood(text(given, "public"), NumberKind.PUBLIC, alta.subsidiary).e164
    noted = numbers(request).link if "linked" in given else numbers(request).grant
    await noted(header, public, text(given, "reason"))


def still_under_way(alta: AltaView) -> None:
    """Raises `NumberRefused` for one that is over."""
    if alta.ended is not None:
        raise NumberRefused("El alta ya no está en curso: no se le dan más números.")


async def header_of(request: web.Request, alta: AltaView, header: str) -> str:
    """A header, in E.164, when it is of this alta's plan. Raises `NumberRefused`."""
    held = {each.e164 for each in await numbers(request).of_plan(alta.plan)}
    if header not in held:
        raise NumberRefused("Esa cabecera no es de esta alta.")
    return header


async def _done(request: web.Request, act: Act, done: str, place: str) -> web.Response:
    """Back to the alta's page; or the page with what was typed and, at its `place`, why it was refused."""
    given, alta = await request.post(), await find(request)
    try:
        still_under_way(alta)
        await act(request, alta, given)
    except (BadNumber, NumberRefused) as refused:
        said = str(refused).rstrip(".") + "."
        at = place.format(header=text(given, "header"))
        typed = {name: text(given, name) for name in given if name != "step"} | {"form": done}
        attempt = Attempt(typed, {at: said}, Told("problem", said))
        return await show(request, await find(request), attempt, 422)
    services(request).office.altas.nudge()
    return back_to(alta.id, done, text(given, "step"))
