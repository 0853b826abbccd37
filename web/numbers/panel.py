"""What an alta's page shows of its numbers beneath the three pieces of evidence."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from provisioning.alta.views import AltaView
from provisioning.numbers.states import HELD, NumberKind, NumberState
from provisioning.numbers.values import NumberFilter
from staff.permissions import Permission
from web.keys import services, session
from web.numbers.listing import numbers


async def evidence(request: web.Request, alta: AltaView) -> Mapping[str, Any]:
    """What the panels of the three pieces of evidence are drawn from."""
    carriers = services(request).site.carriers
    held = await numbers(request).of_plan(alta.plan)
    mine = {slug: each for slug, each in carriers.items() if each.subsidiary == alta.subsidiary}
    return {
        "headers": [each for each in held if each.kind is NumberKind.HEADER and each.state in HELD],
        "carriers": {slug: each.name or slug for slug, each in mine.items()},
        "free": {slug: await _free(request, slug) for slug in mine},
        "chosen": alta.request.carrier or "",
        "may_write": session(request).person.may(Permission.NUMBER_WRITE),
    }


async def _free(request: web.Request, carrier: str) -> int:
    wanted = NumberFilter(carrier=carrier, kind=NumberKind.HEADER)
    return (await numbers(request).counts(wanted))[NumberState.FREE]
