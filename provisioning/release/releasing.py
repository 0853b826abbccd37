"""Strangers are let in: the gate is asked, the PBX switched and read back, the dossier written (P40).

The order makes a crash harmless: a release is claimed before the PBX is touched, and what a process began
and did not end is looked at again at the next start: completed if strangers reach that version, else refused.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import structlog

from dialplan.errors import CannotBuild
from plans.book import PlanBook, StoredPlan
from plans.history import PlanHistory
from plans.model import Plan
from plans.site import Site
from provisioning.alta.evidence import Found
from provisioning.alta.store import Altas
from provisioning.alta.views import AltaState, AltaView
from provisioning.apply import Provisioner
from provisioning.editing.store import PlanDrafts
from provisioning.proof.outside import dialled
from provisioning.proof.reports import Report
from provisioning.proof.store import Reports
from provisioning.refusals import DialplanProblems, ProvisioningRefused
from provisioning.release.agreed import changed_terms
from provisioning.release.dossier import Section
from provisioning.release.dossiers import Dossiers, Looked
from provisioning.release.gate import Case, Demand, Passed, demands, open_to
from provisioning.release.store import Asked, LineRelease, ReleaseRefused, ReleaseStore
from staff import actor
from staff.people import People
from staff.permissions import Permission
from staff.person import Person
from staff.roles import Role
from staff.written import said
from telephony.publish import NotPublished

log = structlog.get_logger(__name__)

LOOK_SECONDS = 20.0
NOBODY_LEFT = "quien la pidió ya no tiene una cuenta activa"
INTERRUPTED = "Altavoz se detuvo antes de que la central cambiara; vuelva a pedirla."
MOVED_ON = "La versión por liberar ya es otra: pruebe la nueva y pida su liberación."


class ShutGate(ReleaseRefused):
    """Something is missing; `unmet` says what."""

    def __init__(self, unmet: tuple[Demand, ...]) -> None:
        super().__init__(" ".join(f"{demand.title}: {demand.said}" for demand in unmet))
        self.unmet = unmet


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan before the gate. `candidate` is what would be released, `live` what strangers reach; `served`
    whether they reach it, or did until it was suspended. `written_on`: a draft holds what is not released.
    """

    plan: str
    candidate: StoredPlan | None
    live: StoredPlan | None
    served: bool
    fingerprint: str
    it: Report | None
    operations: Report | None
    alta: AltaView | None
    under_way: LineRelease | None
    written_on: bool = False


class LineReleases:
    def __init__(
        self,
        *,
        store: ReleaseStore,
        provisioner: Provisioner,
        history: PlanHistory,
        drafts: PlanDrafts,
        book: PlanBook,
        reports: Reports,
        altas: Altas,
        people: People,
        dossiers: Dossiers,
        read: Callable[[str], Awaitable[Found | None]],
        site: Site,
        clock: Callable[[], datetime],
    ) -> None:
        """`read` tells whether coordinators read what a plan's version on trial changes for them."""
        self.store = store
        self.dossiers = dossiers
        self._provisioner = provisioner
        self._history = history
        self._drafts = drafts
        self._book = book
        self._reports = reports
        self._altas = altas
        self._people = people
        self._read = read
        self._site = site
        self._clock = clock
        self._turn = asyncio.Lock()

    async def standing(self, plan: str) -> Standing | None:
        """None for a plan that is nowhere in the PBX."""
        stands = self._book.of(plan)
        candidate = stands.candidate or stands.suspended
        known = candidate or stands.live
        if known is None:
            return None
        fingerprint = self._provisioner.entry_of(plan, known.version.hash)
        draft = await self._drafts.find(plan)
        proof = await self._reports.standing(plan, known.version.hash, fingerprint)
        return Standing(
            plan=plan,
            candidate=candidate,
            live=stands.live,
            served=(stands.live or stands.suspended) is not None,
            fingerprint=fingerprint,
            it=proof.it,
            operations=proof.operations,
            alta=await self._alta(plan),
            under_way=await self.store.under_way(plan),
            written_on=draft is not None and draft.open,
        )

    async def _alta(self, plan: str) -> AltaView | None:
        """The one under way, with the evidence of all its steps asked anew."""
        found = await self._altas.of_plan(plan, proved=True, anew=True)
        under_way = (AltaState.RUNNING, AltaState.SUSPENDED)
        return found if found is not None and found.state in under_way else None

    async def demands(self, standing: Standing, person: Person | None) -> tuple[Demand, ...]:
        """What the gate asks, of this person when one would release."""
        return demands(await self._case(standing, person))

    async def from_outside(self, standing: Standing) -> Found:
        """Whether somebody dialled the version that stands from outside. The gate does not ask it."""
        stored = standing.candidate or standing.live
        assert stored is not None
        made = await self._reports.by_hand(standing.plan, stored.version.hash, standing.fingerprint)
        return dialled(stored.version.plan, made)

    async def _case(self, standing: Standing, person: Person | None) -> Case:
        candidate, answers = standing.candidate, self._answers(standing)
        answered = candidate or answers
        assert answered is not None
        up = await self._put_up_by(candidate)
        return Case(
            plan=standing.plan,
            candidate=candidate is not None,
            answers=standing.served,
            configured_by=frozenset(up) | await self._writers(standing),
            nobody=await self._nobody(candidate, up),
            it=await self._passed(standing.it),
            operations=await self._passed(standing.operations),
            alta=standing.alta,
            by=person.name if person else None,
            may=person is None or may_release(person, answered.version.plan),
            names={each.name: each.full_name for each in await self._people.all()},
            terms=changed_terms(answers.version.plan, candidate.version.plan)
            if answers and candidate
            else (),
            read=await self._read(standing.plan),
        )

    def _answers(self, standing: Standing) -> StoredPlan | None:
        """What strangers reach, or did until it was suspended."""
        return standing.live or self._book.of(standing.plan).suspended

    async def releasers(self, standing: Standing) -> tuple[Person, ...]:
        """The people whom the gate would let release the candidate, by name; those of Operations first."""
        stored = standing.candidate
        if stored is None:
            return ()
        plan, case = stored.version.plan, await self._case(standing, None)
        barred = case.configured_by | ({case.it.by} if case.it else set())
        may = [
            person
            for person in await self._people.all()
            if person.active and person.name not in barred and may_release(person, plan)
        ]
        return tuple(sorted(may, key=lambda person: (Role.OPERATIONS not in person.roles, person.full_name)))

    async def _put_up_by(self, candidate: StoredPlan | None) -> tuple[str, ...]:
        if candidate is None:
            return ()
        return await self._history.put_up_by(candidate.version.plan.plan, candidate.version.hash)

    async def _nobody(self, candidate: StoredPlan | None, up: tuple[str, ...]) -> str:
        """Who put the candidate up, when that is nobody of the console; what is suspended answered before."""
        if candidate is None or candidate.suspended or not up:
            return ""
        return "" if await self._people.by_name(up[-1]) else up[-1]

    async def _writers(self, standing: Standing) -> frozenset[str]:
        """Who wrote in the candidate's drafts since the version that strangers reach, or its very text."""
        candidate, live = standing.candidate, standing.live
        if candidate is None:
            return frozenset()
        since = live.applied_at if live and live.applied_at < candidate.applied_at else None
        since_then = await self._drafts.writers(standing.plan, since, candidate.applied_at)
        return since_then | await self._drafts.authors(standing.plan, candidate.text)

    async def _passed(self, report: Report | None) -> Passed | None:
        if report is None:
            return None
        known = await self._people.by_name(report.by) is not None
        return Passed(report.id or 0, report.by, report.ended, known)

    async def release(
        self, plan: str, person: Person, reason: str, day: date | None = None, seen: str | None = None
    ) -> LineRelease:
        """Let strangers in now, or at the first instant of `day` at the subsidiary. `seen` is the fingerprint
        of what the person looked at: who signs, signs what was shown.

        Raises ShutGate, AlreadyUnderWay and, when the PBX would not, ReleaseRefused.
        """
        standing = await self.standing(plan)
        if standing is None or standing.candidate is None:
            raise ReleaseRefused("Este plan no tiene una versión por liberar: publíquela primero.")
        if seen not in (None, standing.fingerprint):
            raise ReleaseRefused("La versión cambió mientras usted la miraba: revísela de nuevo.")
        if not said(reason):
            raise ReleaseRefused("Escriba por qué la da por válida: queda en el expediente.")
        _open(await self.demands(standing, person))
        asked = await self.store.ask(self._asked(standing, person, reason, day), self._clock())
        return await self._carry_out(asked) if asked.asked_for.due <= self._clock() else asked

    def _asked(self, standing: Standing, person: Person, reason: str, day: date | None) -> Asked:
        assert standing.candidate is not None
        plan = standing.candidate.version.plan
        zone = ZoneInfo(self._site.subsidiaries[plan.subsidiary].timezone)
        if day is not None and day < self._clock().astimezone(zone).date():
            raise ReleaseRefused(f"El {day:%d/%m/%Y} ya pasó: elija hoy o un día por venir.")
        first = datetime.combine(day, time(), zone).astimezone(UTC) if day else self._clock()
        return Asked(
            plan=standing.plan,
            subsidiary=plan.subsidiary,
            account=plan.account.name,
            hash=standing.candidate.version.hash,
            fingerprint=standing.fingerprint,
            due=max(first, self._clock()),
            by=person.name,
            reason=said(reason),
        )

    async def to_be_signed(self, standing: Standing, person: Person, judged: bool) -> Sequence[Section]:
        """The dossier as this person would sign it now. `judged`: the gate is asked of them, too."""
        found = await self.demands(standing, person if judged else None)
        wanted = self._asked(standing, person, "", None)
        return await self.dossiers.gather(wanted, Looked(found, standing.alta))

    async def cancel(self, plan: str, reason: str) -> None:
        """Take back what is only scheduled. Raises ReleaseRefused."""
        found = await self.store.under_way(plan)
        if not (given := said(reason)):
            raise ReleaseRefused("Escriba por qué se anula.")
        if found is None or not await self.store.cancel(found, given, self._clock()):
            raise ReleaseRefused("No hay una liberación pendiente que se pueda anular.")

    async def run(self) -> None:
        """Carry out what is due, again and again."""
        while True:
            try:
                await self.recover()
                await self.run_due()
            except Exception:
                log.exception("releases_not_looked_at")
            await asyncio.sleep(LOOK_SECONDS)

    async def run_due(self) -> None:
        for found in await self.store.due(self._clock()):
            try:
                with actor.acting(actor.Actor(found.asked_for.by, "service")):
                    await self._carry_out(found)
            except ReleaseRefused as refused:
                log.warning("line_not_released", plan=found.asked_for.plan, reason=str(refused))

    async def recover(self) -> None:
        """What was begun and is carried out by nobody, after a crash or while the disk was full: completed if
        strangers reach it, else refused.
        """
        async with self._turn:
            for found in await self.store.begun():
                try:
                    await self._recovered(found)
                except Exception:
                    log.exception("release_not_completed", plan=found.asked_for.plan)

    async def _recovered(self, found: LineRelease) -> None:
        wanted = found.asked_for
        standing = await self.standing(wanted.plan)
        if standing is None or standing.live is None or standing.live.version.hash != wanted.hash:
            await self.store.refuse(found, INTERRUPTED, self._clock())
            return
        person = await self._people.by_name(wanted.by)
        case = await self._case(replace(standing, candidate=standing.live), person)
        await self._complete(found, Looked(demands(case), standing.alta))

    async def _carry_out(self, found: LineRelease) -> LineRelease:
        async with self._turn:
            if not await self.store.claim(found.id):
                return found
            try:
                looked = await self._let_in(found)
            except (
                ReleaseRefused,
                ProvisioningRefused,
                NotPublished,
                DialplanProblems,
                CannotBuild,
            ) as error:
                await self.store.refuse(found, str(error), self._clock())
                raise error if isinstance(error, ReleaseRefused) else ReleaseRefused(str(error)) from error
            return await self._complete(found, looked)

    async def _let_in(self, found: LineRelease) -> Looked:
        """The gate is asked once more: days may have passed since it opened."""
        wanted = found.asked_for
        person = await self._people.by_name(wanted.by)
        if person is None or not person.active:
            raise ReleaseRefused(f"No se libera: {NOBODY_LEFT}.")
        standing = await self.standing(wanted.plan)
        candidate = standing.candidate if standing else None
        if standing is None or candidate is None or standing.fingerprint != wanted.fingerprint:
            raise ReleaseRefused(MOVED_ON)
        found_now = await self.demands(standing, person)
        _open(found_now)
        if candidate.suspended:
            await self._provisioner.resume(wanted.plan, wanted.by, wanted.reason)
        else:
            await self._provisioner.go_live(wanted.plan, wanted.hash, wanted.by, wanted.reason)
        return Looked(found_now, standing.alta)

    async def _complete(self, found: LineRelease, looked: Looked) -> LineRelease:
        """Another dossier of the site may come in between: then this one is chained anew."""
        while True:
            kept = await self.dossiers.write(found, looked)
            if await self.store.done(found, kept.previous, kept.head, kept.size, self._clock()):
                break
        log.info("line_released", plan=found.asked_for.plan, by=found.asked_for.by)
        done = await self.store.last(found.asked_for.plan)
        return done or found

    async def released(self, alta: AltaView) -> Found:
        """The evidence `released`: strangers reach the version that this alta was for."""
        page = f"/releases/{alta.plan}"
        since = await self._history.live_since(alta.plan)
        if since is None:
            return Found(False, "El número todavía no atiende a los afiliados: Operaciones lo libera.", page)
        if since.at < alta.started or not await self._is_of(alta):
            return Found(False, "Atiende la versión anterior: falta liberar la de esta alta.", page)
        return Found(True, f"Liberada por {since.by}.", page, at=since.at, by=(since.by,))

    async def _is_of(self, alta: AltaView) -> bool:
        """Whether what strangers reach is no longer what they reached when an otro sí began."""
        live = self._book.of(alta.plan).live
        if live is None or alta.request.kind == "alta":
            return live is not None
        return await self._history.is_of(alta.plan, live.version.hash, alta.started)


def may_release(person: Person, plan: Plan) -> bool:
    """Whether it is theirs to let strangers in to a plan; who may not see it may not."""
    return person.may(Permission.LINE_RELEASE) and person.scope.covers(plan.subsidiary, plan.account.name)


def _open(found: tuple[Demand, ...]) -> None:
    if not open_to(found):
        raise ShutGate(tuple(demand for demand in found if not demand.met))
