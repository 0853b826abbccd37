"""The list of providers for other programs, and what several doors say of them."""

from datetime import date, datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.network.enough import Row
from provisioning.network.papers import Paper
from provisioning.network.values import Provider, ProviderFilter, ProviderState
from web.api_endpoint import endpoint
from web.api_fields import Answer, Asked, LimitAsked, TextAsked
from web.api_models import PageOf
from web.keys import services, token


class ProvidersAsked(Asked):
    text: Annotated[TextAsked, Field(description="Palabras del nombre, el contacto o la nota.")] = ""
    service: Annotated[TextAsked, Field(description="Un servicio, como «vial».")] = ""
    zone: Annotated[TextAsked, Field(description="Una zona, como «Córdoba / Río Cuarto».")] = ""
    state: Annotated[
        Literal["selection", "active", "suspended"] | None, Field(description="En qué estado.")
    ] = None
    subsidiary: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None,
        Field(description="País de la filial, como «AR»."),
    ] = None
    limit: LimitAsked = 50
    after: Annotated[TextAsked, Field(description="La marca «next» de la página anterior.")] = ""


class ProviderAnswer(Answer):
    """Un prestador."""

    id: int
    name: str
    subsidiary: str
    state: ProviderState
    services: Annotated[list[str], Field(description="Como «hogar», o «vial/GRUA» si da solo esa.")]
    zones: Annotated[list[str], Field(description="Como «Todo el país» o «Santa Fe / Rosario».")]
    capacity: Annotated[int, Field(description="Cuántos servicios atiende a la vez.")]
    hours: str
    phone: str
    contract_from: date | None
    contract_until: date | None


class PaperAnswer(Answer):
    """Un archivo de un prestador o de una capacitación."""

    id: int
    title: str
    file: str
    size: int
    at: datetime
    by: str


class Providers(PageOf[ProviderAnswer]):
    """Por nombre."""


class CheckRow(Answer):
    """Una cobertura en una zona."""

    service: str
    code: str
    zone: str
    providers: int
    capacity: int
    at_night: int
    short: Annotated[str, Field(description="Qué falta; vacío cuando alcanza.")]
    gap: Annotated[str, Field(description="Con esto se abre su selección.")]


@endpoint("Los prestadores, por nombre.", ProvidersAsked, Providers)
async def providers(request: web.Request, asked: ProvidersAsked) -> dict[str, object]:
    wanted = ProviderFilter(asked.text, asked.service, asked.zone, asked.state or "", asked.subsidiary or "")
    found = services(request).office.providers
    page = await found.page(wanted, asked.limit, asked.after or None, token(request).scope)
    return {"items": [provider_of(each) for each in page.items], "next": page.next}


def provider_of(provider: Provider) -> ProviderAnswer:
    """What a list says of one."""
    profile = provider.profile
    return ProviderAnswer(
        id=provider.id,
        name=profile.name,
        subsidiary=profile.subsidiary,
        state=profile.state,
        services=[str(skill) for skill in profile.skills],
        zones=[str(zone) for zone in profile.zones],
        capacity=profile.capacity,
        hours=str(profile.hours),
        phone=profile.contact.phone,
        contract_from=profile.contract.since,
        contract_until=profile.contract.until,
    )


def paper_of(paper: Paper) -> dict[str, object]:
    same = ("id", "title", "file", "size", "at")
    return {name: getattr(paper, name) for name in same} | {"by": paper.actor}


def row_of(row: Row) -> CheckRow:
    """A need and what there is for it."""
    return CheckRow(
        service=row.need.service,
        code=row.need.code,
        zone=str(row.need.zone),
        providers=row.providers,
        capacity=row.capacity,
        at_night=row.at_night,
        short=row.lack,
        gap="|".join(row.need.key),
    )
