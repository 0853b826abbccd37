"""What tests prove of an alta: the version that stands was tested by IT, by Operations, and from outside."""

from collections.abc import Callable

from plans.book import PlanBook
from provisioning.alta.evidence import Evidence, Found, Item
from provisioning.alta.views import AltaView
from provisioning.proof.outside import DIALLED, dialled
from provisioning.proof.reports import Kind, Report
from provisioning.proof.store import Reports

_WHO = {Kind.IT: "Sistemas", Kind.OPERATIONS: "Operaciones"}


def proof_evidence(
    reports: Reports, book: PlanBook, entry_of: Callable[[str, str], str]
) -> dict[str, Evidence]:
    """By name of the evidence."""

    async def found(alta: AltaView, kind: Kind) -> Found:
        stored = book.of(alta.plan).tested
        if stored is None:
            return _nowhere(alta.plan)
        hash = stored.version.hash
        proof = await reports.standing(alta.plan, hash, entry_of(alta.plan, hash))
        report = proof.it if kind is Kind.IT else proof.operations
        latest = await reports.latest(alta.plan, kind)
        if report is None or (kind is Kind.OPERATIONS and proof.it is not None and not proof.complete):
            return _missing(alta.plan, kind, report or latest, report is not None)
        return _passed(report)

    async def by_it(alta: AltaView) -> Found:
        return await found(alta, Kind.IT)

    async def by_operations(alta: AltaView) -> Found:
        return await found(alta, Kind.OPERATIONS)

    async def from_outside(alta: AltaView) -> Found:
        stored = book.of(alta.plan).tested
        if stored is None:
            return _nowhere(alta.plan)
        hash = stored.version.hash
        made = await reports.by_hand(alta.plan, hash, entry_of(alta.plan, hash))
        return dialled(stored.version.plan, made)

    return {"tested-it": by_it, "tested-operations": by_operations, DIALLED: from_outside}


def _nowhere(plan: str) -> Found:
    said = "El plan todavía no está en la central: configúrelo y después pruébelo."
    return Found(False, said, f"/plans/{plan}")


def _passed(report: Report) -> Found:
    looked = f"{len(report.calls)} llamadas, {len(report.checks)} controles"
    said = f"{_WHO[report.kind]} aprobó la prueba de esta versión: {looked}."
    return Found(True, said, f"/line-tests/{report.id}", (), report.ended, (report.by,))


def _missing(plan: str, kind: Kind, latest: Report | None, alone: bool) -> Found:
    """Why there is no proof: nobody tested, the test failed, the plan changed since, one person did both."""
    who, link = _WHO[kind], f"/line-tests/of/{plan}"
    if alone:
        return Found(False, "Las dos pruebas las hizo la misma persona: una la hace otra.", link)
    if latest is None:
        return Found(False, f"{who} todavía no probó la línea.", link)
    if latest.passed:
        return Found(False, f"El plan cambió después de la prueba de {who}: pruébelo otra vez.", link)
    items = tuple(Item(f"{check.title}: {check.found}", False) for check in latest.failures[:10])
    return Found(False, f"La última prueba de {who} no pasó.", f"/line-tests/{latest.id}", items)
