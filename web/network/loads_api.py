"""Providers loaded by other programs: the file is looked at with every problem first, then loaded whole."""

import asyncio
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from provisioning.network.load import Read
from provisioning.network.loads import NotLoaded
from provisioning.network.profile import as_typed
from provisioning.network.values import NetworkRefused, Profile
from provisioning.numbers.sheet import UnreadableSheet
from web import refusals
from web.api_endpoint import FileSent, endpoint
from web.api_fields import Answer, Asked
from web.api_load_models import LoadDone, LoadNamed, LoadProblem, SubsidiaryAsked
from web.network.asking import scope
from web.network.loading import LARGEST as LARGEST
from web.network.loading import MOST_PROBLEMS, kept_load, loaded, loads
from web.uploads import upload

_SHOWN = 200


class ProvidersSent(Asked):
    """Lo que vale para las filas que no lo dicen."""

    subsidiary: SubsidiaryAsked = ""


class ProviderEntry(Answer):
    """Un prestador como el archivo lo dice."""

    id: Annotated[int | None, Field(description="El que cambia; null si es nuevo.")]
    name: str
    subsidiary: str
    services: str
    zones: str
    capacity: int
    hours: str
    state: str


class ProvidersLoad(Answer):
    """Lo que un archivo carga, y todo lo que tiene mal."""

    load: Annotated[str | None, Field(description="Con esto se carga, en un día; null si hay problemas.")]
    loaded: bool
    added: Annotated[int, Field(description="Cuántos son nuevos.")]
    changed: Annotated[int, Field(description="Cuántos cambian.")]
    same: Annotated[int, Field(description="Cuántos ya están así.")]
    providers: Annotated[
        list[ProviderEntry], Field(description=f"Los primeros {_SHOWN} nuevos y los primeros que cambian.")
    ]
    problems: Annotated[list[LoadProblem], Field(description=f"Hasta {MOST_PROBLEMS}.")]


@endpoint(
    "Mira un archivo de prestadores: qué carga y todo lo que tiene mal.",
    ProvidersSent,
    ProvidersLoad,
    refuses=(UnreadableSheet,),
    file=FileSent.MUST,
)
async def look(request: web.Request, asked: ProvidersSent) -> dict[str, Any]:
    file, subsidiary = upload(request).file("file"), asked.subsidiary
    assert file is not None
    content = await asyncio.to_thread(file.path.read_bytes)
    read = await loads(request).look(content, subsidiary, scope(request))
    return _said(read, None if read.problems else await loads(request).keep(content, file.name, subsidiary))


@endpoint("Un archivo de prestadores que se miró.", LoadNamed, ProvidersLoad)
async def preview(request: web.Request, _asked: LoadNamed) -> dict[str, Any]:
    kept = await kept_load(request)
    read = await loads(request).look(kept.content, kept.subsidiary, scope(request))
    return _said(read, None if read.problems else kept.id)


@endpoint("Carga entero un archivo que se miró.", LoadDone, ProvidersLoad, refuses=(NetworkRefused,))
async def load(request: web.Request, asked: LoadDone) -> dict[str, Any]:
    kept = await kept_load(request)
    try:
        read = await loaded(request, kept, asked.reason.strip())
    except NotLoaded as refused:
        said = (f"{each.line}: {each.said}" for each in refused.read.problems[:MOST_PROBLEMS])
        raise refusals.changed_meanwhile("\n".join((str(refused), *said))) from refused
    return _said(read, None, done=True)


@endpoint("Descarta un archivo de prestadores que se miró.", LoadNamed, ProvidersLoad)
async def drop(request: web.Request, _asked: LoadNamed) -> dict[str, Any]:
    kept = await kept_load(request)
    read = await loads(request).look(kept.content, kept.subsidiary, scope(request))
    await loads(request).drop(kept.id)
    return _said(read, None)


def _said(read: Read, load: str | None, *, done: bool = False) -> dict[str, Any]:
    added = [_entry(None, profile) for profile in read.added[:_SHOWN]]
    changed = [_entry(provider.id, profile) for provider, profile in read.changed[:_SHOWN]]
    return {
        "load": load,
        "loaded": done,
        "added": len(read.added),
        "changed": len(read.changed),
        "same": read.same,
        "providers": [*added, *changed],
        "problems": read.problems[:MOST_PROBLEMS],
    }


def _entry(id: int | None, profile: Profile) -> dict[str, Any]:
    return {"id": id} | as_typed(profile) | {"capacity": profile.capacity}
