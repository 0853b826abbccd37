"""How long altas take and where they wait, for other programs: the page's own figures."""

from dataclasses import replace
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.network.times import Times
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked
from web.keys import services
from web.network.asking import office, scope
from web.network.times import filter_of
from web.pages import site_zone


class TimesAsked(Asked):
    months: Annotated[
        Literal["3", "6", "12", "24"], Field(description="De cuántos meses, con el que corre.")
    ] = "12"
    subsidiary: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None,
        Field(description="País de la filial, como «AR»."),
    ] = None
    kind: Annotated[Literal["alta", "otro-si"] | None, Field(description="Solo altas, u otros sí.")] = None
    step: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")] | None,
        Field(description="Un paso, para las áreas y los meses."),
    ] = None


class TakenAnswer(Answer):
    """Cuánto llevan varios; en días hábiles de la filial."""

    key: str
    title: str
    count: int
    total: float
    middle: Annotated[float, Field(description="La mediana.")]
    most: Annotated[float, Field(description="Nueve de diez llevaron esto o menos.")]
    longest: float
    late: Annotated[int, Field(description="Cuántos cerraron tarde.")]


class TimesAnswer(Answer):
    """Cuánto llevan las altas."""

    steps: list[TakenAnswer]
    areas: list[TakenAnswer]
    months: Annotated[list[TakenAnswer], Field(description="Los pasos, por mes de su cierre.")]
    wholes: Annotated[list[TakenAnswer], Field(description="Altas de punta a punta, por mes de su fin.")]


@endpoint("Cuánto llevan las altas, por paso, área y mes.", TimesAsked, TimesAnswer)
async def times(request: web.Request, asked: TimesAsked) -> Times:
    """Areas are called as people call them."""
    typed = {name: value or "" for name, value in asked.model_dump().items()}
    zone = site_zone(services(request).site)
    found = await office(request).times.times(filter_of(request, typed), zone, scope(request))
    labels = await services(request).areas.labels()
    named = (replace(each, title=labels.get(each.key, each.title)) for each in found.areas)
    return replace(found, areas=tuple(named))
