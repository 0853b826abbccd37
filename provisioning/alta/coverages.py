"""The coverages of an alta, version by version, and what proves that they and the account are whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from plans.book import StoredPlan
from plans.model import Plan
from plans.store import PlanStore
from provisioning.alta import moves
from provisioning.alta.coverage_list import Coverages, Differences, against, compare, kept, of_plan
from provisioning.alta.events import Happened
from provisioning.alta.evidence import Found, Item
from provisioning.alta.hooks import Hooks
from provisioning.alta.ledger import Doing, Ledger, name_of
from provisioning.alta.refusals import AltaRefused, StaleStep
from provisioning.alta.tables import alta_coverages
from provisioning.alta.views import AltaState, AltaView, StepView
from provisioning.alta.who import refuse
from staff.person import Person

if TYPE_CHECKING:
    from provisioning.alta.store import Altas

EVIDENCE = "coverages"
IN_FORCE = "Las que están en servicio"


@dataclass(frozen=True, slots=True)
class CoverageVersion:
    """A version: the alta's `number`-th, with what its writer noted."""

    number: int
    content: Coverages
    note: str
    at: datetime
    by: str


class CoverageStore:
    """`hooks` carries each version on to the company's other system, where it keeps one."""

    def __init__(self, altas: "Altas", ledger: Ledger, plans: PlanStore, hooks: Hooks) -> None:
        self._altas = altas
        self._ledger = ledger
        self._plans = plans
        self.hooks = hooks

    async def current(self, alta: int) -> CoverageVersion | None:
        """The last version, None while there is none."""
        async with self._ledger.engine.connect() as connection:
            return await last_version(connection, alta)

    async def versions(self, alta: int) -> tuple[CoverageVersion, ...]:
        """Every version, the newest first."""
        wanted = select(alta_coverages).where(alta_coverages.c.alta == alta)
        async with self._ledger.engine.connect() as connection:
            rows = await connection.execute(wanted.order_by(alta_coverages.c.version.desc()))
            return tuple(_version(row) for row in rows)

    async def between(self, alta: int, old: int, new: int) -> Differences:
        """What version `new` changed of `old`. Raises `AltaRefused` for one that there is not."""
        found = {each.number: each.content for each in await self.versions(alta)}
        if not {old, new} <= found.keys():
            raise AltaRefused("Esa versión de las coberturas no existe.")
        return compare(found[old], found[new])

    async def save(
        self, alta: int, content: Coverages, by: Person | None, note: str = "", former: int | None = None
    ) -> CoverageVersion:
        """The next version. `former` is the one that its writer began from. Raises `AltaRefused`."""
        seen = await self._altas.need(alta, by)
        await self._may_write(by, seen)
        if problems := against(content):
            raise AltaRefused(problems=problems)

        await self._record(alta, content, by, moves.text(note), former)
        found = await self.current(alta)
        assert found is not None
        return found

    async def bring_in_force(self, alta: AltaView, plan: Plan, by: Person | None) -> AltaView:
        """The first version of an otro sí: what the plan in service covers, to be changed and compared."""
        content = of_plan(plan)
        if against(content) or not any(step.open for step in _steps(alta)):
            return alta
        return await self._record(alta.id, content, by, IN_FORCE, 0)

    async def _record(
        self, alta: int, content: Coverages, by: Person | None, note: str, former: int | None
    ) -> AltaView:
        async def work(connection: AsyncConnection, now: AltaView) -> Doing:
            step = _writing(now)
            if former is not None and former != now.coverages:
                raise StaleStep(now)
            number = await self._write(connection, now, content, note, name_of(by))
            return Doing(Happened.COVERAGES_CHANGED, step.id, note, {"version": number})

        after = await self._altas.record(alta, by, work)
        self.hooks.nudge()
        return after

    async def _write(
        self, connection: AsyncConnection, now: AltaView, content: Coverages, note: str, by: str
    ) -> int:
        wanted = select(alta_coverages.c.content).where(
            alta_coverages.c.alta == now.id, alta_coverages.c.version == now.coverages
        )
        if await connection.scalar(wanted) == kept(content):
            raise AltaRefused("No cambió nada: las coberturas quedan como están.")
        number, at = now.coverages + 1, self._ledger.clock()
        row = {"alta": now.id, "version": number, "content": kept(content), "note": note, "at": at, "by": by}
        await connection.execute(insert(alta_coverages).values(row))
        await self.hooks.put(connection, now.id, number, at)
        return number

    async def _may_write(self, by: Person | None, alta: AltaView) -> None:
        """Whoever has a step with coverages in hand, or who leads the alta."""
        said = [await self._altas.hands.may_close(by, step) for step in _steps(alta)]
        if "" not in said:
            refuse(said[0] if said else "Esta alta no lleva coberturas.")

    async def refusal(self, alta: AltaView, by: Person | None) -> str:
        """Why they are not to be written now, or not by this person; empty when they are."""
        try:
            _writing(alta)
            await self._may_write(by, alta)
        except AltaRefused as refused:
            return str(refused)
        return ""

    async def evidence(self, alta: AltaView) -> Found:
        """`coverages`: a list with its general conditions."""
        link = f"/altas/{alta.id}/coverages"
        found = await self.current(alta.id)
        if found is None:
            return Found(False, "Faltan las coberturas: cárguelas o impórtelas de un plan.", link)
        if not found.content.conditions.strip():
            return Found(False, "Faltan las condiciones generales de las coberturas.", link)
        many = len(found.content.coverages)
        said = f"Versión {found.number} con {many} {'cobertura' if many == 1 else 'coberturas'}."
        if found.note == IN_FORCE:
            said = f"{said} Son las que están en servicio: cámbielas si el otro sí las cambia."
        return Found(True, said, link, at=found.at, by=(found.by,))

    async def account_complete(self, alta: AltaView) -> Found:
        """`account-complete`: the plan on file says what was agreed, whole (P25)."""
        link = f"/plans/{alta.plan}"
        found = await self._plans.versions(alta.plan)
        agreed = await self.current(alta.id)
        if not found:
            return Found(False, f"El plan «{alta.plan}» todavía no está cargado.", link)
        items = tuple(_compared(alta, found[-1], agreed))
        if all(each.ok for each in items):
            return Found(True, f"Cuenta y plan completos, versión {found[-1].number}.", link, items)
        lacking = "; ".join(each.said for each in items if not each.ok)
        return Found(False, f"El plan cargado no está completo: {lacking}.", link, items)


async def last_version(connection: AsyncConnection, alta: int) -> CoverageVersion | None:
    """The last version as it stands within a transaction, None while there is none."""
    wanted = select(alta_coverages).where(alta_coverages.c.alta == alta)
    last = wanted.order_by(alta_coverages.c.version.desc()).limit(1)
    row = (await connection.execute(last)).one_or_none()
    return _version(row) if row is not None else None


def _version(row: Row[Any]) -> CoverageVersion:
    content = Coverages.model_validate_json(row.content)
    return CoverageVersion(row.version, content, row.note, row.at, row.by)


def _steps(alta: AltaView) -> list[StepView]:
    return [step for step in alta.steps if EVIDENCE in step.step.evidence]


def _writing(alta: AltaView) -> StepView:
    """The open step in which coverages may be written."""
    if alta.state is not AltaState.RUNNING:
        standing = {AltaState.SUSPENDED: "suspendida", AltaState.CANCELLED: "cancelada"}
        said = standing.get(alta.state, "terminada")
        raise AltaRefused(f"El alta está {said}: las coberturas no cambian.")
    for step in _steps(alta):
        if step.open:
            return step
    if not any(step.closed for step in _steps(alta)):
        raise AltaRefused("Las coberturas se cargan cuando llegue su paso.")
    raise AltaRefused(
        "Las coberturas ya se cerraron: para cambiarlas devuelva o reabra ese paso, con un motivo."
    )


def _compared(alta: AltaView, stored: StoredPlan, agreed: CoverageVersion | None) -> list[Item]:
    plan, asked = stored.version.plan, alta.request
    has = of_plan(plan)
    checks: list[tuple[str, str, Callable[[], bool]]] = [
        (
            f"la cuenta es «{asked.account.name}»",
            f"la cuenta no es «{asked.account.name}»",
            lambda: plan.account.name == asked.account.name,
        ),
        (
            "la cuenta tiene su identificación fiscal",
            "falta la identificación fiscal de la cuenta",
            lambda: bool(plan.account.tax_id),
        ),
        (
            f"la filial es {asked.subsidiary}",
            f"la filial no es {asked.subsidiary}",
            lambda: plan.subsidiary == asked.subsidiary,
        ),
        (
            "las coberturas son las acordadas",
            "las coberturas no son las acordadas",
            lambda: agreed is not None and not _differ(agreed, has),
        ),
        (
            "tiene condiciones generales",
            "faltan las condiciones generales",
            lambda: bool(has.conditions.strip()),
        ),
        (
            "tiene guía para el coordinador",
            "falta la guía para el coordinador",
            lambda: bool(has.guide.strip()),
        ),
    ]
    return [Item(said if ok() else lacks, ok()) for said, lacks, ok in checks]


def _differ(agreed: CoverageVersion, has: Coverages) -> bool:
    found = compare(agreed.content, has)
    return bool(found.added or found.removed or found.changed)
