"""What an alta's plan covers, by other programs: written, compared version by version, as a document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import Field, StringConstraints

from plans.model import CaseKind, Coverage
from provisioning.alta.coverage_list import FIELDS, Coverages, compare, said
from provisioning.alta.coverages import CoverageVersion
from provisioning.alta.hooks import Delivery
from provisioning.alta.refusals import AltaRefused
from web.alta import coverages as pages
from web.alta.api import REFUSES, LongAsked
from web.alta.api_papers import DocumentAnswer
from web.alta.coverage_form import MOST_ROWS, Row, WrongRows, coverages_of
from web.alta.documents import put_away
from web.alta.find import altas, find
from web.api_alta_models import AltaCoverage, AltaCoverages, AltaNamed, StepAsked
from web.api_endpoint import PDF, download, endpoint
from web.api_fields import Answer, Asked, IdAsked, TextAsked, WholeAsked
from web.keys import person

YAML = "application/yaml"
VersionAsked = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,5}$"), Field(description="Su número; la última, si falta.")
]


class VersionNamed(AltaNamed):
    version: VersionAsked | None = None


class VersionsCompared(AltaNamed):
    old: Annotated[VersionAsked | None, Field(description="De cuál; la anterior a la última, si falta.")] = (
        None
    )
    new: Annotated[VersionAsked | None, Field(description="A cuál; la última, si falta.")] = None


class DeliveryNamed(AltaNamed):
    delivery: IdAsked


class CoveragesArchived(AltaNamed):
    step: StepAsked
    name: Annotated[
        StepAsked | None,
        Field(description="Cuál de los «papers» del paso; si falta, el que es de las coberturas."),
    ] = None


class CoverageAsked(Asked):
    code: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Z0-9]{0,12}$"),
        Field(description="Si falta, sale del nombre."),
    ] = ""
    name: TextAsked
    service: Annotated[TextAsked, Field(description="Si falta, sale del nombre.")] = ""
    kind: Annotated[CaseKind, Field(description="Qué clase de caso es.")]
    events: Annotated[WholeAsked | None, Field(description="Cuántas veces; sin tope, si falta.")] = None
    events_per: Literal["year", "month", "contract"] = "year"
    amount: Annotated[WholeAsked | None, Field(description="Hasta qué monto; sin tope, si falta.")] = None
    currency: TextAsked = ""
    amount_per: Literal["event", "year", "month", "contract"] = "event"
    excludes: TextAsked = ""


class CoveragesWritten(AltaNamed):
    version: Annotated[WholeAsked, Field(description="La que se miró; 0 si no había.")]
    coverages: Annotated[list[CoverageAsked], Field(max_length=MOST_ROWS)]
    conditions: Annotated[LongAsked | None, Field(description="Quedan como estaban, si faltan.")] = None
    guide: Annotated[LongAsked | None, Field(description="Queda como estaba, si falta.")] = None
    note: TextAsked = ""


class CoverageVersionRow(Answer):
    version: int
    at: datetime
    by: str
    note: str
    coverages: Annotated[int, Field(description="Cuántas.")]


class CoverageVersions(Answer):
    """Las versiones de las coberturas, de la más nueva a la más vieja."""

    items: list[CoverageVersionRow]


class FieldChangeAnswer(Answer):
    label: str
    before: Annotated[str, Field(description="Vacío, si no decía nada.")]
    after: Annotated[str, Field(description="Vacío, si ya no dice nada.")]


class CoverageChangeAnswer(Answer):
    code: str
    name: str
    fields: list[FieldChangeAnswer]


class CoverageDifferences(Answer):
    """Lo que cambia de una versión a otra."""

    old: int
    new: int
    added: list[AltaCoverage]
    removed: list[AltaCoverage]
    changed: list[CoverageChangeAnswer]
    texts: Annotated[list[FieldChangeAnswer], Field(description="Las condiciones y la guía, si cambian.")]


class DeliveryAnswer(Answer):
    """Una versión en camino al otro sistema de la empresa."""

    id: int
    version: int
    state: Literal["pending", "sending", "sent", "failed"]
    tries: int
    due: Annotated[datetime, Field(description="Cuándo se intenta.")]
    ended: datetime | None
    error: str


class Deliveries(Answer):
    """De la más nueva a la más vieja; ninguna, si la empresa no lleva otro sistema."""

    items: list[DeliveryAnswer]


@endpoint("Las coberturas de un alta, en una versión.", VersionNamed, AltaCoverages)
async def coverages(request: web.Request, _asked: VersionNamed) -> dict[str, Any]:
    return _whole(await pages.needed(request, await find(request)))


@endpoint("Las versiones de las coberturas.", AltaNamed, CoverageVersions)
async def versions(request: web.Request, _asked: AltaNamed) -> dict[str, Any]:
    found = await altas(request).coverages.versions((await find(request)).id)
    return {"items": [_named(each) | {"coverages": len(each.content.coverages)} for each in found]}


@endpoint("Dos versiones de las coberturas, comparadas.", VersionsCompared, CoverageDifferences)
async def comparison(request: web.Request, _asked: VersionsCompared) -> dict[str, Any]:
    alta = await find(request)
    old, new = pages.two_of(request, alta, await altas(request).coverages.versions(alta.id))
    found = compare(old.content, new.content)
    lists = {"added": [_coverage(each) for each in found.added]}
    lists |= {"removed": [_coverage(each) for each in found.removed]}
    return {"old": old.number, "new": new.number, "changed": found.changed, "texts": found.texts} | lists


@download("El documento de coberturas como PDF.", VersionNamed, PDF)
async def as_pdf(request: web.Request, _asked: VersionNamed) -> web.StreamResponse:
    return await pages.document_pdf(request)


@download("Las coberturas como la parte de un plan que las dice.", VersionNamed, YAML)
async def as_yaml(request: web.Request, _asked: VersionNamed) -> web.StreamResponse:
    return await pages.as_yaml(request)


@endpoint("Guarda otra versión de las coberturas.", CoveragesWritten, AltaCoverages, refuses=REFUSES)
async def write(request: web.Request, asked: CoveragesWritten) -> dict[str, Any]:
    alta, store = await find(request), altas(request).coverages
    last = await store.current(alta.id)
    was = last.content if last else Coverages()
    content = Coverages(
        coverages=_coverages(asked.coverages),
        conditions=was.conditions if asked.conditions is None else asked.conditions.strip(),
        guide=was.guide if asked.guide is None else asked.guide.strip(),
    )
    saved = await store.save(alta.id, content, person(request), asked.note, former=asked.version)
    return _whole(saved)


def _coverages(asked: list[CoverageAsked]) -> tuple[Coverage, ...]:
    """Raises `AltaRefused` with all that is wrong, row by row."""
    typed = [{name: "" if said is None else str(said).strip() for name, said in each} for each in asked]
    try:
        return coverages_of([Row(cells) for cells in typed])
    except WrongRows as wrong:
        problems = {
            f"{place}-{cell}": f"Cobertura {place}: {said}"
            for place, row in enumerate(wrong.rows, 1)
            for cell, said in row.problems.items()
        }
        raise AltaRefused(str(wrong), problems) from wrong


@endpoint(
    "Archiva en un paso el documento de la última versión.",
    CoveragesArchived,
    DocumentAnswer,
    refuses=REFUSES,
)
async def archive(request: web.Request, asked: CoveragesArchived) -> object:
    alta = await find(request)
    return await put_away(
        request, alta, asked.step, asked.name or altas(request).documents.filed_by(alta, asked.step)
    )


@endpoint("Qué fue de cada versión enviada al otro sistema de la empresa.", AltaNamed, Deliveries)
async def deliveries(request: web.Request, _asked: AltaNamed) -> dict[str, Any]:
    return {"items": await _deliveries(request)}


@endpoint("Envía otra vez una versión que no llegó.", DeliveryNamed, Deliveries, refuses=REFUSES)
async def send_again(request: web.Request, asked: DeliveryNamed) -> dict[str, Any]:
    alta = await find(request)
    await altas(request).coverages.hooks.again(alta.id, int(asked.delivery))
    return {"items": await _deliveries(request)}


async def _deliveries(request: web.Request) -> tuple[Delivery, ...]:
    return await altas(request).coverages.hooks.of_alta((await find(request)).id)


def _whole(version: CoverageVersion) -> dict[str, Any]:
    content = version.content
    written = {"conditions": content.conditions, "guide": content.guide}
    return _named(version) | written | {"coverages": [_coverage(each) for each in content.coverages]}


def _named(version: CoverageVersion) -> dict[str, Any]:
    return {"version": version.number, "at": version.at, "by": version.by, "note": version.note}


def _coverage(coverage: Coverage) -> dict[str, str]:
    return {"code": coverage.code} | {name: said(coverage, name) for name in FIELDS}
