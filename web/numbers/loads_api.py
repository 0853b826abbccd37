"""Numbers loaded by other programs: the file is looked at with every problem first, then loaded whole."""

import asyncio
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from provisioning.numbers.load import Defaults, Read
from provisioning.numbers.loads import NotLoaded
from provisioning.numbers.sheet import UnreadableSheet
from provisioning.numbers.states import NumberKind
from provisioning.numbers.values import NumberRefused
from web import refusals
from web.api_endpoint import FileSent, endpoint
from web.api_fields import Answer, Asked
from web.api_load_models import LoadDone, LoadNamed, LoadProblem, SubsidiaryAsked
from web.keys import person
from web.numbers.loading import LARGEST as LARGEST
from web.numbers.loading import MOST_PROBLEMS, kept_load, loads
from web.uploads import upload

_SHOWN = 200


class NumbersSent(Asked):
    """Lo que vale para las filas que no lo dicen."""

    subsidiary: SubsidiaryAsked = ""
    carrier: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9-]{0,40}$"), Field(description="Operador del sitio.")
    ] = ""
    kind: Annotated[Literal["header", "public"] | None, Field(description="Según el número, si falta.")] = (
        None
    )
    area: Annotated[
        str, StringConstraints(pattern=r"^[^\x00]*$", max_length=20), Field(description="Va delante.")
    ] = ""


class LoadEntry(Answer):
    e164: str
    kind: NumberKind
    subsidiary: str
    carrier: str
    note: str


class NumbersLoad(Answer):
    """Lo que un archivo carga, y todo lo que tiene mal."""

    load: Annotated[str | None, Field(description="Con esto se carga, en un día; null si hay problemas.")]
    loaded: bool
    rows: int
    count: Annotated[int, Field(description="Cuántos números.")]
    numbers: Annotated[list[LoadEntry], Field(description=f"Los primeros {_SHOWN}.")]
    problems: Annotated[list[LoadProblem], Field(description=f"Hasta {MOST_PROBLEMS}.")]


@endpoint(
    "Mira un archivo de números: qué carga y todo lo que tiene mal.",
    NumbersSent,
    NumbersLoad,
    refuses=(UnreadableSheet,),
    file=FileSent.MUST,
)
async def look(request: web.Request, asked: NumbersSent) -> dict[str, Any]:
    file = upload(request).file("file")
    assert file is not None
    kind = NumberKind(asked.kind) if asked.kind else None
    defaults = Defaults(asked.subsidiary, asked.carrier, kind, asked.area)
    content = await asyncio.to_thread(file.path.read_bytes)
    read = await loads(request).look(content, defaults, person(request).scope)
    return _said(read, None if read.problems else await loads(request).keep(content, file.name, defaults))


@endpoint("Un archivo que se miró.", LoadNamed, NumbersLoad)
async def preview(request: web.Request, _asked: LoadNamed) -> dict[str, Any]:
    kept = await kept_load(request)
    read = await loads(request).look(kept.content, kept.defaults, person(request).scope)
    return _said(read, None if read.problems else kept.id)


@endpoint("Carga entero un archivo que se miró.", LoadDone, NumbersLoad, refuses=(NumberRefused,))
async def load(request: web.Request, asked: LoadDone) -> dict[str, Any]:
    kept, scope = await kept_load(request), person(request).scope
    try:
        read = await loads(request).load(kept.content, kept.name, kept.defaults, scope, asked.reason.strip())
    except NotLoaded as refused:
        said = (f"{each.line}: {each.said}" for each in refused.read.problems[:MOST_PROBLEMS])
        raise refusals.changed_meanwhile("\n".join((str(refused), *said))) from refused
    await loads(request).drop(kept.id)
    return _said(read, None, loaded=True)


@endpoint("Descarta un archivo que se miró.", LoadNamed, NumbersLoad)
async def drop(request: web.Request, _asked: LoadNamed) -> dict[str, Any]:
    kept = await kept_load(request)
    read = await loads(request).look(kept.content, kept.defaults, person(request).scope)
    await loads(request).drop(kept.id)
    return _said(read, None)


def _said(read: Read, load: str | None, *, loaded: bool = False) -> dict[str, Any]:
    return {
        "load": load,
        "loaded": loaded,
        "rows": read.rows,
        "count": len(read.entries),
        "numbers": read.entries[:_SHOWN],
        "problems": read.problems[:MOST_PROBLEMS],
    }
