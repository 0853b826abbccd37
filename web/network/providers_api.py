"""Providers kept by other programs: added, changed, suspended; what is left out stays as it was."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.network.profile import as_typed, profile_of
from provisioning.network.values import NetworkRefused, Provider, ProviderState
from web.api_endpoint import BYTES, FileSent, download, endpoint
from web.api_fields import Answer, Asked, IdAsked, ReasonAsked, TextAsked, WholeAsked, WhyAsked
from web.network import provider as pages
from web.network.api import PaperAnswer, ProviderAnswer, paper_of, provider_of
from web.network.asking import office, scope
from web.uploads import upload

REFUSES = (NetworkRefused,)
_State = Literal["selection", "active", "suspended"]
_Note = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=2000)]


class ProfileAsked(Asked):
    name: Annotated[TextAsked, Field(description="Cómo se llama.")] = ""
    tax_id: TextAsked = ""
    services: Annotated[
        tuple[TextAsked, ...],
        Field(max_length=100, description="Como «hogar», o «vial/GRUA» si da solo esa."),
    ] = ()
    zones: Annotated[
        tuple[TextAsked, ...],
        Field(max_length=200, description="Como «Todo el país» o «Córdoba / Río Cuarto»."),
    ] = ()
    capacity: Annotated[WholeAsked, Field(description="Cuántos servicios atiende a la vez.")] = 1
    hours: Annotated[TextAsked, Field(description="Como «24 h» o «lun-vie 08:00-20:00».")] = "24 h"
    contact: TextAsked = ""
    phone: TextAsked = ""
    email: TextAsked = ""
    contract_from: date | None = None
    contract_until: date | None = None
    note: _Note = ""


class ProviderAdded(ProfileAsked):
    subsidiary: Annotated[TextAsked, Field(description="País de la filial, como «AR».")] = ""
    state: _State = "active"


class ProviderNamed(Asked):
    id: IdAsked


class ProviderChanged(ProviderNamed, ProfileAsked):
    revision: Annotated[WholeAsked, Field(description="La «revision» del prestador que se miró.")]
    reason: WhyAsked = ""


class ProviderMoved(ProviderNamed):
    state: _State
    revision: Annotated[WholeAsked, Field(description="La «revision» del prestador que se miró.")]
    reason: ReasonAsked


class DocumentSent(ProviderNamed):
    title: Annotated[TextAsked, Field(description="Cómo se llama; si falta, como el archivo.")] = ""


class DocumentNamed(ProviderNamed):
    document: IdAsked


class ProviderDocuments(Answer):
    """Los documentos de un prestador, lo más nuevo primero."""

    items: list[PaperAnswer]


class ProviderDeed(Answer):
    """Algo que se cambió: `added`, `changed`, `state` o `document`."""

    at: datetime
    by: str
    what: str
    reason: str


class ProviderWhole(ProviderAnswer):
    """Un prestador, con lo que se le cambió, lo más nuevo primero."""

    tax_id: str
    contact: str
    email: str
    note: str
    revision: int
    history: list[ProviderDeed]


@endpoint("Un prestador.", ProviderNamed, ProviderWhole)
async def provider(request: web.Request, _asked: ProviderNamed) -> dict[str, Any]:
    return await _whole(request, await pages.find(request))


@endpoint("Agrega un prestador.", ProviderAdded, ProviderWhole, refuses=REFUSES)
async def add(request: web.Request, asked: ProviderAdded) -> dict[str, Any]:
    made = await office(request).providers.add(profile_of(_typed({}, asked)), scope(request))
    await pages.changed(request, made)
    return await _whole(request, made)


@endpoint("Cambia lo que se sabe de un prestador.", ProviderChanged, ProviderWhole, refuses=REFUSES)
async def change(request: web.Request, asked: ProviderChanged) -> dict[str, Any]:
    found = await pages.find(request)
    profile = profile_of(_typed(as_typed(found.profile), asked))
    made = await office(request).providers.change(
        found.id, profile, asked.revision, scope(request), asked.reason.strip()
    )
    await pages.changed(request, made)
    return await _whole(request, made)


@endpoint("Activa, suspende o vuelve a seleccionar a uno.", ProviderMoved, ProviderWhole, refuses=REFUSES)
async def set_state(request: web.Request, asked: ProviderMoved) -> dict[str, Any]:
    found, wanted = await pages.find(request), ProviderState(asked.state)
    made = await office(request).providers.set_state(found.id, wanted, asked.revision, asked.reason)
    await pages.changed(request, made)
    return await _whole(request, made)


@endpoint("Los documentos de un prestador: contrato, seguro, habilitación.", ProviderNamed, ProviderDocuments)
async def documents(request: web.Request, _asked: ProviderNamed) -> dict[str, Any]:
    return await _documents(request, await pages.find(request))


@endpoint(
    "Agrega un documento a un prestador.",
    DocumentSent,
    ProviderDocuments,
    refuses=REFUSES,
    file=FileSent.MUST,
)
async def attach(request: web.Request, asked: DocumentSent) -> dict[str, Any]:
    found, file = await pages.find(request), upload(request).file("file")
    assert file is not None
    owner = pages.owner_of(found)
    await office(request).network_papers.attach(owner, asked.title, file.name, file.path)
    return await _documents(request, found)


@download("Un documento de un prestador; cada lectura queda en la auditoría.", DocumentNamed, BYTES)
async def document(request: web.Request, _asked: DocumentNamed) -> web.StreamResponse:
    answer = await pages.download(request)
    answer.content_type = BYTES
    return answer


async def _documents(request: web.Request, provider: Provider) -> dict[str, Any]:
    papers = await office(request).network_papers.of(pages.owner_of(provider))
    return {"items": [paper_of(each) for each in papers]}


def _typed(base: dict[str, str], asked: ProfileAsked) -> dict[str, str]:
    """What was given, over what was there, as a form has it."""
    given = asked.model_dump(mode="json", exclude_unset=True)
    lists = {"services": ", ", "zones": "; "}
    told = {
        name: lists[name].join(said) if name in lists else "" if said is None else str(said)
        for name, said in given.items()
    }
    return base | told


async def _whole(request: web.Request, provider: Provider) -> dict[str, Any]:
    typed = as_typed(provider.profile)
    history = [
        {"at": each.at, "by": each.actor, "what": each.what, "reason": each.reason}
        for each in await office(request).providers.history(provider.id)
    ]
    more = {name: typed[name] for name in ("tax_id", "contact", "email", "note")}
    return provider_of(provider).model_dump() | more | {"revision": provider.revision, "history": history}
