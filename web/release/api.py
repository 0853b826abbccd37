"""The gate, releases of lines and their dossiers, for other programs: the pages' own rules and refusals."""

from datetime import date, datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StringConstraints

from cases.pages import Page
from plans.book import Stands, StoredPlan
from plans.model import Plan
from provisioning.alta.evidence import Found
from provisioning.proof.store import Proof
from provisioning.refusals import ProvisioningRefused
from provisioning.release.canaries import Canary
from provisioning.release.gate import Demand, open_to
from provisioning.release.releasing import Standing
from provisioning.release.store import Kept, LineRelease, ReleaseRefused
from telephony.publish import NotPublished
from web.api_endpoint import JSON, PDF, download, endpoint
from web.api_fields import Answer, Asked, IdAsked, LimitAsked, MarkAsked, PlanAsked
from web.api_models import Because, Nothing, PageOf, PlanNamed
from web.keys import person, services
from web.release import dossier as dossier_pages
from web.release import pages
from web.release.turns import whose

REFUSES = (ReleaseRefused, ProvisioningRefused, NotPublished)


class ReleaseWanted(Because):
    fingerprint: Annotated[
        str,
        StringConstraints(min_length=1, max_length=120),
        Field(description="El «fingerprint» de la compuerta que se miró: otra versión no se libera."),
    ]
    day: Annotated[date | None, Field(description="Desde el comienzo de este día; ahora, si falta.")] = None


class DossiersAsked(Asked):
    plan: PlanAsked | None = None
    limit: LimitAsked = 50
    after: MarkAsked | None = None


class DossierNamed(Asked):
    id: IdAsked


class PlanVersion(Answer):
    number: int
    hash: Annotated[str, Field(description="El comienzo de su contenido.")]
    suspended: bool
    applied: datetime
    by: str


class LineReleaseAnswer(Answer):
    """Una liberación pedida."""

    id: int
    version: str
    state: Annotated[str, Field(description="scheduled, releasing, done, cancelled o refused.")]
    due: datetime
    by: str
    reason: str
    asked: datetime
    ended: datetime | None
    said: Annotated[str, Field(description="Por qué se anuló o no se hizo.")]


class CanaryAnswer(Answer):
    """La llamada del día."""

    day: date
    state: Annotated[str, Field(description="running, passed o failed.")]
    at: datetime
    report: int | None
    said: str


class UntestedAnswer(Answer):
    """Cómo se puso en servicio una versión sin sus dos pruebas."""

    at: datetime
    by: str
    reason: str
    urgent: Annotated[bool, Field(description="El plan ya atendía.")]


class ReleaseRow(Answer):
    """Un plan de la central: lo que espera liberación y lo que atiende a los afiliados."""

    plan: str
    name: str
    subsidiary: str
    account: str
    candidate: Annotated[PlanVersion | None, Field(description="La que espera liberación.")]
    live: Annotated[PlanVersion | None, Field(description="La que atiende a los afiliados.")]
    tested_it: Annotated[int | None, Field(description="El informe de la prueba de Sistemas.")]
    tested_operations: Annotated[int | None, Field(description="El informe de la prueba de Operaciones.")]
    under_way: LineReleaseAnswer | None
    untested: Annotated[
        UntestedAnswer | None, Field(description="La que atiende entró sin pruebas y todavía le faltan.")
    ]


class Releases(Answer):
    items: list[ReleaseRow]


class GateDemand(Answer):
    """Algo que la compuerta pide."""

    code: Annotated[str, Field(description="Estable: los programas se guían por él.")]
    title: str
    met: bool
    said: Annotated[str, Field(description="Qué se encontró y, si falta, qué hacer.")]
    link: str
    by: Annotated[list[str], Field(description="Las cuentas de quienes lo cumplieron.")]
    at: Annotated[datetime | None, Field(description="Cuándo se cumplió.")]
    turn: Annotated[str, Field(description="De quién es el turno; vacío si es de quien pregunta.")]


class OutsideAnswer(Answer):
    """Si alguien marcó los números desde afuera: la compuerta no lo pide."""

    met: Annotated[bool, Field(description="Cada número se marcó y la llamada pasó.")]
    said: str
    link: str
    by: list[str]
    at: datetime | None


class DossierAnswer(Answer):
    """Un expediente de liberación; su archivo firmado está en /api/v1/dossiers/{id}."""

    id: int
    plan: str
    subsidiary: str
    account: str
    at: datetime
    by: str
    previous: Annotated[str, Field(description="La cabeza del expediente anterior del sitio.")]
    head: Annotated[str, Field(description="SHA-256 con que termina su cadena.")]
    size: Annotated[int, Field(description="Bytes.")]


class Gate(ReleaseRow):
    """La compuerta de un plan como está ahora, para quien pregunta."""

    fingerprint: Annotated[str, Field(description="Nombra lo que se ve aquí: se envía al liberar.")]
    open: bool
    demands: list[GateDemand]
    outside: Annotated[OutsideAnswer, Field(description="Se dice siempre y no cierra la compuerta.")]
    history: list[LineReleaseAnswer]
    dossiers: list[DossierAnswer]
    canaries: list[CanaryAnswer]


class Dossiers(PageOf[DossierAnswer]):
    """Expedientes, del más nuevo al más viejo."""


@endpoint("Los planes de la central: qué espera liberación y qué atiende.", Nothing, Releases)
async def releases(request: web.Request, _asked: Nothing) -> dict[str, object]:
    scheduled = await services(request).office.line_releases.store.scheduled()
    under_way = {each.asked_for.plan: each for each in scheduled}
    return {"items": [await _row(request, stands, under_way) for stands in pages.in_sight(request)]}


@endpoint("La compuerta de un plan, con cada cosa que pide.", PlanNamed, Gate)
async def gate(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    return await _gate(request)


@endpoint("Libera la versión que espera, ahora o un día.", ReleaseWanted, Gate, refuses=REFUSES)
async def release(request: web.Request, asked: ReleaseWanted) -> dict[str, object]:
    standing = await pages.find(request)
    line_releases, seen = services(request).office.line_releases, asked.fingerprint
    await line_releases.release(standing.plan, person(request), asked.reason, asked.day, seen)
    return await _gate(request)


@endpoint("Anula la liberación programada.", Because, Gate, refuses=REFUSES)
async def cancel(request: web.Request, asked: Because) -> dict[str, object]:
    standing = await pages.find(request)
    await services(request).office.line_releases.cancel(standing.plan, asked.reason)
    return await _gate(request)


@endpoint("Suspende la línea: quien llame oirá que no está habilitada.", Because, Gate, refuses=REFUSES)
async def suspend(request: web.Request, asked: Because) -> dict[str, object]:
    standing = await pages.find(request)
    provisioner = services(request).office.provisioner
    await provisioner.suspend(standing.plan, person(request).name, asked.reason)
    return await _gate(request)


@endpoint("Empieza a repetir la llamada del día, si la última falló.", PlanNamed, Gate, refuses=REFUSES)
async def repeat(request: web.Request, _asked: PlanNamed) -> dict[str, object]:
    standing = await pages.find(request)
    if standing.live is not None:
        await services(request).office.canaries.repeat(standing.live.version.plan)
    return await _gate(request)


@endpoint("Los expedientes de liberación, del más nuevo al más viejo.", DossiersAsked, Dossiers)
async def dossiers(request: web.Request, asked: DossiersAsked) -> Page[Kept]:
    store, before = services(request).office.line_releases.store, int(asked.after) if asked.after else None
    found = await store.dossiers_seen(person(request).scope, before, asked.limit, asked.plan or "")
    return Page(found, str(found[-1].id) if len(found) == asked.limit else None)


@download("El archivo firmado de un expediente, byte por byte.", DossierNamed, JSON)
async def dossier(request: web.Request, _asked: DossierNamed) -> web.StreamResponse:
    return await dossier_pages.as_file(request)


@download("Un expediente como PDF.", DossierNamed, PDF)
async def dossier_pdf(request: web.Request, _asked: DossierNamed) -> web.StreamResponse:
    return await dossier_pages.as_pdf(request)


async def _row(request: web.Request, stands: Stands, under_way: dict[str, LineRelease]) -> dict[str, object]:
    stored = stands.candidate or stands.suspended or stands.live
    assert stored is not None
    office, version = services(request).office, stored.version
    proof = Proof(None, None)
    if stored is not stands.live:
        fingerprint = office.provisioner.entry_of(version.plan.plan, version.hash)
        proof = await office.reports.standing(version.plan.plan, version.hash, fingerprint)
    candidate = stands.candidate or stands.suspended
    said = _said(version.plan, candidate, stands.live, proof, under_way.get(version.plan.plan))
    return said | await _untested(request, version.plan.plan)


async def _untested(request: web.Request, plan: str) -> dict[str, object]:
    found = (await services(request).office.untested.now()).get(plan)
    names = UntestedAnswer.model_fields
    return {"untested": {name: getattr(found, name) for name in names} if found else None}


def _said(
    plan: Plan,
    candidate: StoredPlan | None,
    live: StoredPlan | None,
    proof: Proof | Standing,
    under_way: LineRelease | None,
) -> dict[str, Any]:
    return {
        "plan": plan.plan,
        "name": plan.name,
        "subsidiary": plan.subsidiary,
        "account": plan.account.name,
        "candidate": _version(candidate),
        "live": _version(live),
        "tested_it": proof.it.id if proof.it else None,
        "tested_operations": proof.operations.id if proof.operations else None,
        "under_way": _release(under_way) if under_way else None,
    }


async def _gate(request: web.Request) -> dict[str, object]:
    standing, office = await pages.find(request), services(request).office
    stored = standing.candidate or standing.live
    assert stored is not None
    asked = await pages.demands(request, standing)
    row = _said(stored.version.plan, standing.candidate, standing.live, standing, standing.under_way)
    store, canaries = office.line_releases.store, await office.canaries.history(standing.plan, 14)
    row |= await _untested(request, standing.plan)
    return row | {
        "fingerprint": standing.fingerprint,
        "open": bool(asked) and open_to(asked),
        "demands": [await _demand(request, standing, each) for each in asked],
        "outside": _outside(await office.line_releases.from_outside(standing)),
        "history": [_release(each) for each in await store.history(standing.plan)],
        "dossiers": await store.dossiers_of(standing.plan),
        "canaries": [_canary(each) for each in canaries],
    }


async def _demand(request: web.Request, standing: Standing, demand: Demand) -> dict[str, object]:
    same = {name: getattr(demand, name) for name in ("code", "title", "met", "said", "link", "by", "at")}
    return same | {"turn": await whose(request, standing, demand)}


def _outside(found: Found) -> dict[str, object]:
    return {"met": found.ok} | {name: getattr(found, name) for name in ("said", "link", "by", "at")}


def _version(stored: StoredPlan | None) -> dict[str, object] | None:
    if stored is None:
        return None
    said = {"number": stored.number, "hash": stored.version.short, "suspended": stored.suspended}
    return said | {"applied": stored.applied_at, "by": stored.applied_by}


def _release(found: LineRelease) -> dict[str, object]:
    wanted = found.asked_for
    asked = {"version": wanted.hash[:12], "due": wanted.due, "by": wanted.by, "reason": wanted.reason}
    same = {name: getattr(found, name) for name in ("id", "state", "asked", "ended", "said")}
    return same | asked


def _canary(canary: Canary) -> dict[str, object]:
    return {name: getattr(canary, name) for name in CanaryAnswer.model_fields}
